import type { Silence } from '../../alerting/silences.ts'
import { isSilencing } from '../../alerts/hidden.ts'
import type { FileSilence } from '../../config/alerts.ts'
import { LONGEST_MUTE_MS } from '../../durability/mutes.ts'
import { HoldfastError } from '../../errors.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import type { SilenceAnswer, SilenceListAnswer } from '../schemas/alerts.ts'
import type { ListQuery } from '../schemas/common.ts'
import { toIso, toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { readOpenAlerts } from './alert-rows.ts'

interface SilenceRow {
  silence: Silence
  isActive: boolean
  alerts: number
}

const SILENCE_LIST: ListDefinition<SilenceRow> = {
  key: 'id',
  defaultSort: 'untilAt',
  aliases: { until: ['untilAt'], from: ['fromAt'] },
  fields: {
    id: { type: 'text', get: ({ silence }) => silence.id },
    code: { type: 'text', get: ({ silence }) => silence.code },
    cluster: { type: 'text', get: ({ silence }) => silence.cluster },
    subject: { type: 'text', get: ({ silence }) => silence.subject },
    severity: { type: 'word', get: ({ silence }) => silence.severity },
    reason: { type: 'text', get: ({ silence }) => silence.reason },
    source: { type: 'word', get: ({ silence }) => silence.source },
    createdBy: { type: 'text', get: ({ silence }) => silence.createdBy },
    fromAt: { type: 'number', get: ({ silence }) => silence.fromAtMs },
    untilAt: { type: 'number', get: ({ silence }) => silence.untilAtMs },
    isActive: { type: 'boolean', get: (row) => row.isActive },
    alerts: { type: 'number', get: (row) => row.alerts },
  },
}

export async function listSilences(services: ApiServices, query: ListQuery): Promise<SilenceListAnswer> {
  const nowMs = services.now()
  const [silences, alertsOf] = await Promise.all([services.silences.list(), countSilenced(services)])
  const rows = silences.map((silence) => rowOf(silence, nowMs, alertsOf))
  const page = pageOf(rows, SILENCE_LIST, query)
  return {
    items: page.rows.map(toSilenceAnswer),
    nextCursor: page.nextCursor,
    asOf: toIso(nowMs),
    total: page.total,
  }
}

/** @throws HoldfastError `bad_request`, `silences_too_many` */
export async function addSilence(services: ApiServices, silence: FileSilence, actor: string): Promise<SilenceAnswer> {
  const nowMs = services.now()
  const { fromAtMs, untilAtMs } = silence
  if (untilAtMs <= nowMs || untilAtMs > nowMs + LONGEST_MUTE_MS)
    throw new HoldfastError('bad_request', { path: 'body.untilAt', issue: 'muteEnd' })
  if (untilAtMs <= fromAtMs) throw new HoldfastError('bad_request', { path: 'body.untilAt', issue: 'timeOrder' })
  const added = await services.silences.add(silence, actor)
  return toSilenceAnswer(rowOf(added, nowMs, await countSilenced(services)))
}

function rowOf(silence: Silence, nowMs: number, alertsOf: (id: string) => number): SilenceRow {
  return { silence, isActive: isSilencing(silence, nowMs), alerts: alertsOf(silence.id) }
}

async function countSilenced(services: ApiServices): Promise<(id: string) => number> {
  const counts = new Map<string, number>()
  for (const { silences } of await readOpenAlerts(services)) {
    for (const { id } of silences) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return (id) => counts.get(id) ?? 0
}

function toSilenceAnswer({ silence, isActive, alerts }: SilenceRow): SilenceAnswer {
  const { fromAtMs, untilAtMs, createdAtMs, ...rest } = silence
  return {
    ...{ ...rest, isActive, alerts, fromAt: fromAtMs === 0 ? null : toIso(fromAtMs), untilAt: toIso(untilAtMs) },
    createdAt: toIsoOrNull(createdAtMs),
  }
}
