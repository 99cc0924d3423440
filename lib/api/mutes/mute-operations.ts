import type { FileMute } from '../../config/rules.ts'
import { isActive, LONGEST_MUTE_MS } from '../../durability/mutes.ts'
import { HoldfastError } from '../../errors.ts'
import type { Mute } from '../../registry/mutes.ts'
import { readFindings } from '../findings/finding-rows.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import type { ListQuery } from '../schemas/common.ts'
import type { MuteAnswer, MuteListAnswer } from '../schemas/mutes.ts'
import { toIso, toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'

interface MuteRow {
  mute: Mute
  isActive: boolean
  /** How many it hides now. */
  findings: number
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
    findings: { type: 'number', get: (row) => row.findings },
  },
}

export async function listMutes(services: ApiServices, query: ListQuery): Promise<MuteListAnswer> {
  const nowMs = services.now()
  const [mutes, hidden] = await Promise.all([services.mutes.list(), countHidden(services)])
  const rows = mutes.map((mute) => ({ mute, isActive: isActive(mute, nowMs), findings: hidden.get(mute.id) ?? 0 }))
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
  const findings = (await countHidden(services)).get(added.id) ?? 0
  return toMuteAnswer({ mute: added, isActive: true, findings })
}

/** By the id of the mute; those that hide nothing are left out. */
async function countHidden(services: ApiServices): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const { mutes } of (await readFindings(services, null)).rows) {
    for (const { id } of mutes) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

function toMuteAnswer({ mute: { untilAtMs, createdAtMs, ...mute }, isActive, findings }: MuteRow): MuteAnswer {
  return { ...mute, untilAt: toIso(untilAtMs), createdAt: toIsoOrNull(createdAtMs), isActive, findings }
}
