import type { FileMute } from '../../config/rules.ts'
import { isActive, LONGEST_MUTE_MS } from '../../durability/mutes.ts'
import { HoldfastError } from '../../errors.ts'
import type { Mute } from '../../registry/mutes.ts'
import { readFindings } from '../findings/finding-rows.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import { readLosses } from '../losses/loss-rows.ts'
import type { ListQuery } from '../schemas/common.ts'
import type { MuteAnswer, MuteListAnswer } from '../schemas/mutes.ts'
import { toIso, toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'

interface MuteRow {
  mute: Mute
  isActive: boolean
  hidden: Hidden
}

/** How much a mute hides now. */
interface Hidden {
  findings: number
  losses: number
}

const MUTE_LIST: ListDefinition<MuteRow> = {
  key: 'id',
  defaultSort: 'untilAt',
  aliases: { until: ['untilAt'] },
  fields: {
    id: { type: 'text', get: ({ mute }) => mute.id },
    code: { type: 'text', get: ({ mute }) => mute.code },
    cluster: { type: 'text', get: ({ mute }) => mute.cluster },
    subject: { type: 'text', get: ({ mute }) => mute.subject },
    reason: { type: 'text', get: ({ mute }) => mute.reason },
    source: { type: 'word', get: ({ mute }) => mute.source },
    createdBy: { type: 'text', get: ({ mute }) => mute.createdBy },
    createdAt: { type: 'number', get: ({ mute }) => mute.createdAtMs },
    untilAt: { type: 'number', get: ({ mute }) => mute.untilAtMs },
    isActive: { type: 'boolean', get: (row) => row.isActive },
    findings: { type: 'number', get: ({ hidden }) => hidden.findings },
    losses: { type: 'number', get: ({ hidden }) => hidden.losses },
  },
}

export async function listMutes(services: ApiServices, query: ListQuery): Promise<MuteListAnswer> {
  const nowMs = services.now()
  const [mutes, hidden] = await Promise.all([services.mutes.list(), countHidden(services)])
  const rows = mutes.map((mute) => ({ mute, isActive: isActive(mute, nowMs), hidden: hidden(mute.id) }))
  const page = pageOf(rows, MUTE_LIST, query)
  return {
    items: page.rows.map(toMuteAnswer),
    nextCursor: page.nextCursor,
    asOf: toIso(nowMs),
    total: page.total,
  }
}

/** @throws HoldfastError `bad_request`, `mutes_too_many` */
export async function addMute(services: ApiServices, mute: FileMute, actor: string): Promise<MuteAnswer> {
  const nowMs = services.now()
  if (mute.untilAtMs <= nowMs || mute.untilAtMs > nowMs + LONGEST_MUTE_MS) {
    throw new HoldfastError('bad_request', { path: 'body.untilAt', issue: 'muteEnd' })
  }
  const added = await services.mutes.add(mute, actor)
  const hidden = await countHidden(services)
  return toMuteAnswer({ mute: added, isActive: true, hidden: hidden(added.id) })
}

/** By the id of the mute. */
async function countHidden(services: ApiServices): Promise<(id: string) => Hidden> {
  const [findings, losses] = await Promise.all([readFindings(services, null), readLosses(services)])
  const ofFindings = countByMute(findings.rows)
  const ofLosses = countByMute(losses)
  return (id) => ({ findings: ofFindings.get(id) ?? 0, losses: ofLosses.get(id) ?? 0 })
}

function countByMute(rows: readonly { mutes: readonly Mute[] }[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { mutes } of rows) for (const { id } of mutes) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

function toMuteAnswer({ mute: { untilAtMs, createdAtMs, ...mute }, isActive, hidden }: MuteRow): MuteAnswer {
  return { ...mute, untilAt: toIso(untilAtMs), createdAt: toIsoOrNull(createdAtMs), isActive, ...hidden }
}
