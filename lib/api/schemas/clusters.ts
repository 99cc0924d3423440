import { z } from 'zod'
import { count, facts, faultAnswer, isoTime, listOf, severity, subject } from './common.ts'
import { nameServer } from './rocketmq.ts'

/** The one reason of a verdict that no finding stands behind: losses in the ledger that nobody has acknowledged. */
export type OpenLossesCode = 'cluster.openLosses'

export const verdictReason = z.object({
  code: z.string(),
  severity,
  subject,
  message: z.string(),
  facts,
  at: isoTime,
})
export type VerdictReasonAnswer = z.infer<typeof verdictReason>

export const verdict = z.object({
  level: z.enum(['safe', 'watch', 'atRisk', 'losing', 'unknown']),
  stale: z.boolean(),
  reasons: z.array(verdictReason),
})

/** How fresh one kind of fact is. `paceMs` null: read with every poll. */
export const factStatus = z.object({
  kind: z.string(),
  paceMs: count.nullable(),
  lastReadAt: isoTime.nullable(),
  faults: z.array(z.object({ subject, fault: faultAnswer })),
  faultCount: count,
})

const quorumReplica = z.object({
  id: z.string(),
  logEndOffset: count.nullable(),
  lag: count.nullable(),
  lastCaughtUpAt: isoTime.nullable(),
})

export const quorum = z.object({
  leader: z.string().nullable(),
  leaderEpoch: count.nullable(),
  highWatermark: count.nullable(),
  isMoving: z.boolean().nullable(),
  voters: z.array(quorumReplica),
  observers: z.array(quorumReplica),
})

export const cluster = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['kafka', 'rocketmq']),
  version: z.string().nullable(),
  readOnly: z.boolean(),
  /** `file`: from the configuration file. `runtime`: added through the API. */
  source: z.enum(['file', 'runtime']),
  verdict,
  lastPollAt: isoTime.nullable(),
  pollMs: z.number().nullable(),
  pollIntervalMs: count,
  pollError: faultAnswer.nullable(),
  brokersOnline: count.nullable(),
  brokersExpected: count.nullable(),
  topics: count.nullable(),
  partitions: count.nullable(),
  groups: count.nullable(),
  underReplicated: count.nullable(),
  atMinIsr: count.nullable(),
  underMinIsr: count.nullable(),
  offline: count.nullable(),
  unknownPartitions: count.nullable(),
  dlqDepth: count.nullable(),
  isPartial: z.boolean(),
  diskUsedRatioMax: z.number().nullable(),
  lagSecondsMax: z.number().nullable(),
  openLosses: count.nullable(),
  firingAlerts: count.nullable(),
  quorum: quorum.nullable(),
  /** RocketMQ's, one by one; null on Kafka, which has none, and before the first poll. */
  nameServers: z.array(nameServer).nullable(),
  facts: z.array(factStatus),
})
export type ClusterAnswer = z.infer<typeof cluster>

export const clusterList = listOf(cluster)
export type ClusterListAnswer = z.infer<typeof clusterList>

export const connectionStep = z.object({
  name: z.string(),
  ok: z.boolean(),
  message: z.string().nullable(),
  fix: z.string().nullable(),
})

export const connectionTest = z.object({ ok: z.boolean(), steps: z.array(connectionStep) })
export type ConnectionTestAnswer = z.infer<typeof connectionTest>
