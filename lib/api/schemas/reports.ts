import { z } from 'zod'
import { EVENT_KINDS } from '../../durability/events.ts'
import { GAP_REASONS } from '../../history/history.ts'
import { HOLD_STATES } from '../../holds/hold.ts'
import { REPLAY_STATES } from '../../replay/replay-states.ts'
import { auditEntry } from './audit.ts'
import { count, facts, forecast, isoTime, listOf, severity, subject } from './common.ts'

const level = z.enum(['safe', 'watch', 'atRisk', 'losing', 'unknown'])
/** Of whoever looked after it when the report was made, from `owners` in the configuration. */
const labels = z.record(z.string(), z.string())
const because = z.enum(['gone', 'unknown'])

/** The gravest or newest of them, and how many there were. */
function some<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), total: count })
}

export const reportHead = z.object({
  id: z.string(),
  /** Null: a person asked for it. */
  schedule: z.enum(['daily', 'weekly']).nullable(),
  from: isoTime,
  /** Not part of the period. */
  to: isoTime,
  madeAt: isoTime,
  madeBy: z.string(),
  /** The worst of its clusters, at the end of the period. */
  level,
  /** The report in a few sentences. */
  summary: z.array(z.string()),
  counts: z.object({
    clusters: count,
    /** Of how many clusters a part of the period was not seen. */
    unseenClusters: count,
    /** Findings at the end of the period, without muted ones. */
    atRisk: z.object({ critical: count, high: count, warning: count, info: count }),
    ...{ muted: count, began: count, ended: count },
    /** Found in the period. */
    losses: count,
    lostMessages: count.nullable(),
    lostIsPartial: z.boolean(),
    ...{ openLosses: count, replays: count, replayedMessages: count },
  }),
  /** How long nobody saw the cluster that was seen least. */
  unseenSeconds: z.number(),
  /** How long after the end of the period it was made, when that was late; null: it was not. */
  lateSeconds: z.number().nullable(),
})
export type ReportHeadAnswer = z.infer<typeof reportHead>

export const reportList = listOf(reportHead)
export type ReportListAnswer = z.infer<typeof reportList>

export const reportCluster = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['kafka', 'rocketmq']),
  /** At the end of the period; `unknown` when nobody looked then. */
  level,
  lastPollAt: isoTime.nullable(),
  unseenSeconds: z.number(),
  /** How much of the period was seen. */
  message: z.string(),
  unseen: some(
    z.object({ from: isoTime, to: isoTime, reason: z.enum([...GAP_REASONS, 'notWatched']), message: z.string() }),
  ),
})

export const reportFinding = z.object({
  ...{ clusterId: z.string(), code: z.string(), severity, subject, labels },
  /** How many findings this is: more than one where many began or ended at once; the subject then has no name. */
  count,
  ...{ title: z.string(), message: z.string() },
  /** Null: many began at different times. */
  since: isoTime.nullable(),
  /** Null while it was not seen to end. */
  endedAt: isoTime.nullable(),
  /** `unknown`: nobody could look any more. Null while it was not seen to end. */
  because: because.nullable(),
  mute: z.object({ reason: z.string(), untilAt: isoTime }).nullable(),
})
export type ReportFindingAnswer = z.infer<typeof reportFinding>

export const reportLoss = z.object({
  ...{ id: z.string(), clusterId: z.string(), kind: z.string(), labels, title: z.string(), message: z.string() },
  ...{ topic: z.string().nullable(), partition: z.int().nullable() },
  ...{ broker: z.string().nullable(), group: z.string().nullable() },
  ...{ fromOffset: count.nullable(), toOffset: count.nullable() },
  ...{ count: count.nullable(), countBound: z.enum(['exact', 'upper', 'lower']) },
  ...{ firstDetectedAt: isoTime, lastDetectedAt: isoTime },
  /** False of one that was known before, and grew or was acknowledged in the period. */
  isNew: z.boolean(),
  isMuted: z.boolean(),
  ...{ acknowledgedAt: isoTime.nullable(), acknowledgedBy: z.string().nullable(), note: z.string().nullable() },
})

export const reportForecast = z.object({
  ...{ clusterId: z.string(), what: z.enum(['unread', 'deadLetters', 'disk']), subject, labels, title: z.string() },
  /** What it rests on. */
  message: z.string(),
  forecast,
})

export const reportEvent = z.object({
  ...{ clusterId: z.string(), labels, at: isoTime, kind: z.enum(EVENT_KINDS), title: z.string(), facts },
  ...{ topic: z.string().nullable(), broker: z.string().nullable(), group: z.string().nullable() },
})

export const reportReplay = z.object({
  ...{ id: z.string(), clusterId: z.string(), topic: z.string(), targetClusterId: z.string(), labels },
  ...{ state: z.enum(REPLAY_STATES), message: z.string(), reason: z.string(), createdBy: z.string() },
  ...{ startedAt: isoTime.nullable(), endedAt: isoTime.nullable() },
  counts: z.object({
    ...{ selected: count, produced: count, skipped: count, failed: count },
    ...{ delivered: count.nullable(), returned: count },
  }),
})

export const reportHold = z.object({
  ...{ id: z.string(), clusterId: z.string(), topic: z.string(), labels, state: z.enum(HOLD_STATES) },
  /** How it ended, or that it is open. */
  message: z.string(),
  ...{ reason: z.string(), createdBy: z.string(), createdAt: isoTime, untilAt: isoTime, endedAt: isoTime.nullable() },
})

export const reportMute = z.object({
  ...{ id: z.string(), code: z.string(), cluster: z.string(), subject: z.string(), reason: z.string() },
  ...{ createdBy: z.string().nullable(), createdAt: isoTime.nullable(), untilAt: isoTime },
})

export const report = reportHead.extend({
  clusters: z.array(reportCluster),
  losses: some(reportLoss),
  atRisk: some(reportFinding),
  muted: some(reportFinding),
  began: some(reportFinding),
  ended: some(reportFinding),
  /** Not all that began and ended was read. */
  isCut: z.boolean(),
  /** As of when the report was made; null when the period was long over then. */
  forecasts: some(reportForecast).extend({ unknown: count }).nullable(),
  events: some(reportEvent),
  replays: some(reportReplay),
  holds: some(reportHold),
  mutes: some(reportMute),
  audit: some(auditEntry),
})
export type ReportAnswer = z.infer<typeof report>

export const createReportBody = z.strictObject({ from: isoTime, to: isoTime })
