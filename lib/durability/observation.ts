/**
 * What the console concludes from a snapshot: the snapshot's facts with ladder, lag, rates and verdict added.
 * This is what is stored and served. The conventions of `cluster/snapshot.ts` hold; sums over parts of which
 * some are unknown are the sum of the known ones with `isPartial`.
 */
import type { Fault } from '../cluster/fault.ts'
import type { NameServerState, RocketmqGroupState, RocketmqTopicState } from '../cluster/rocketmq-state.ts'
import type {
  BrokerState,
  ClusterKind,
  ConfigEntry,
  FactStatus,
  GroupMember,
  GroupType,
  InternalTopicKind,
  PartitionState,
  QuorumState,
  SubjectRef,
  TopicSettings,
} from '../cluster/snapshot.ts'
import type { FindingCode } from './finding-codes.ts'
import type { KeepingOrNot } from './forecasts/keeping.ts'

/** The partition durability ladder, best first; `unknown` stands apart. */
export const LADDER = ['healthy', 'underReplicated', 'atMinIsr', 'underMinIsr', 'offline'] as const
export type LadderStep = (typeof LADDER)[number]
export type Durability = LadderStep | 'unknown'

export const SEVERITIES = ['info', 'warning', 'high', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

export const VERDICT_LEVELS = ['safe', 'watch', 'atRisk', 'losing', 'unknown'] as const
export type VerdictLevel = (typeof VERDICT_LEVELS)[number]

export const TOPIC_KINDS = ['normal', 'retry', 'dlq', 'internal', 'half', 'delay'] as const
export type TopicKind = (typeof TOPIC_KINDS)[number]

/**
 * `internalKind`: what the system says of an internal topic, see `TopicState`. `isDeclared`: settings name it as a
 * dead-letter queue, see `ClusterSnapshot.declaredDlqs`.
 */
export type TopicKindOf = (
  name: string,
  internal: boolean,
  internalKind: InternalTopicKind | null,
  isDeclared: boolean,
) => TopicKind

export const GROUP_EVALUATIONS = ['ok', 'warn', 'stalled', 'stopped', 'rewound', 'abandoned', 'unknown'] as const
export type GroupEvaluation = (typeof GROUP_EVALUATIONS)[number]

/** How a lag in seconds was found. */
export const LAG_SECONDS_SOURCES = ['caughtUp', 'record', 'batch', 'interpolated'] as const
export type LagSecondsSource = (typeof LAG_SECONDS_SOURCES)[number]

/** One thing that can cost messages, or has: a stable code and facts; the words are in the message files. */
export interface Finding {
  code: FindingCode
  severity: Severity
  subject: SubjectRef
  facts: Record<string, string | number>
  /** Tells several findings of one code at one subject apart; null where there can be only one. */
  part: string | null
  /** Since when it holds, as far as this console watched. */
  atMs: number
}

/** Checks that could tell nothing about a subject: neither that something is amiss there nor that all is well. */
export interface Unjudged {
  subject: SubjectRef
  codes: FindingCode[]
}

/** One reason for a verdict: a finding, or one for many of the same code. */
export type VerdictReason = Omit<Finding, 'part'>

export interface Verdict {
  level: VerdictLevel
  /** Soonest harm first. */
  reasons: VerdictReason[]
}

export interface ClusterTotals {
  brokersOnline: number
  brokersExpected: number
  topics: number
  partitions: number
  groups: number
  /** Known partitions by their place on the ladder, each once; null when there are partitions and none's is known. */
  underReplicated: number | null
  atMinIsr: number | null
  underMinIsr: number | null
  offline: number | null
  unknownPartitions: number
  /** Null when no dead-letter topic's depth is known although there are some. */
  dlqDepth: bigint | null
  dlqDepthIsPartial: boolean
  /** 0 to 1; null when no log dir's size is known. */
  diskUsedRatioMax: number | null
  /** Seconds of the group that is furthest behind; null when unknown, 0 when there is no group. */
  lagSecondsMax: number | null
}

export interface ObservedLogDir {
  path: string
  volume: string | null
  totalBytes: bigint | null
  usableBytes: bigint | null
  /** Total less usable. */
  usedBytes: bigint | null
  /** Used share of the volume, 0 to 1. */
  usedRatio: number | null
  logBytes: bigint | null
  error: Fault | null
}

export interface ObservedBroker extends Omit<BrokerState, 'logDirs' | 'online'> {
  online: boolean | null
  lastSeenAtMs: number | null
  leaderPartitions: number | null
  replicaPartitions: number | null
  logDirs: ObservedLogDir[] | null
}

export interface ObservedPartition extends PartitionState {
  durability: Durability
  /** Sum over the replicas whose size is known; null when none is. */
  sizeBytes: bigint | null
  leaderSizeBytes: bigint | null
  produceRatePerSecond: number | null
}

export interface ObservedTopic {
  name: string
  topicId: string | null
  kind: TopicKind
  internal: boolean
  /** Null when only the topic's name is known. */
  partitionCount: number | null
  /** Null when unknown; the largest when partitions differ. */
  replicationFactor: number | null
  durability: Durability
  /** True when some partition's place on the ladder is unknown. */
  isPartial: boolean
  /** End less start over all partitions, markers and compacted records included: an upper bound. */
  messages: bigint | null
  messagesIsPartial: boolean
  sizeBytes: bigint | null
  leaderSizeBytes: bigint | null
  sizeIsPartial: boolean
  produceRatePerSecond: number | null
  settings: TopicSettings
  rocketmq: RocketmqTopicState | null
  fault: Fault | null
  partitions: ObservedPartition[]
  config: ConfigEntry[] | null
}

export interface ObservedGroupPartition {
  topic: string
  partition: number
  broker: string | null
  committedOffset: bigint | null
  /** See `GroupPartition`. */
  isCommitUnknown: boolean
  startOffset: bigint | null
  endOffset: bigint | null
  lagMessages: bigint | null
  lagSeconds: number | null
  lagSecondsSource: LagSecondsSource | null
  /** Unread records that retention already deleted: start less committed, an upper bound. */
  lostMessages: bigint | null
  consumeRatePerSecond: number | null
  /** When the first unread record may be deleted. */
  lossAt: Forecast
  /** When this committed offset was first seen; null when nothing is committed. */
  committedSinceMs: number | null
  /** Since when it has had something to read and committed nothing; null while nothing is unread, or that is not known. */
  standsSinceMs: number | null
  /** Set for a while after the commit moved back, until it is where it was again. */
  rewind: Rewind | null
  /**
   * Since when a commit that was there before is gone; null otherwise. Clients that find their offset deleted commit
   * "none" while they reset, and offsets expire: the lag is then unknown, not without a commit to measure it by.
   */
  commitLostSinceMs: number | null
  evaluation: GroupEvaluation
  /** Member id that owns the partition; null when none does or when unknown. */
  member: string | null
}

export interface Rewind {
  /** What had been committed before. */
  from: bigint
  atMs: number
}

export interface ObservedGroup {
  id: string
  type: GroupType
  state: string | null
  coordinator: string | null
  memberCount: number | null
  members: GroupMember[] | null
  /**
   * Since which poll nobody has joined it, by the ids of its members, which a consumer that is started again does not keep.
   * Null: it has none, or they are not known.
   */
  membersSinceMs: number | null
  topics: string[]
  lagMessages: bigint | null
  lagIsPartial: boolean
  lagSeconds: number | null
  consumeRatePerSecond: number | null
  evaluation: GroupEvaluation
  lostMessages: bigint | null
  /** When the first unread record of any partition may be deleted. */
  lossAt: Forecast
  fault: Fault | null
  rocketmq: RocketmqGroupState | null
  partitions: ObservedGroupPartition[] | null
}

/** What a forecast rests on, why nothing will come, or why that is unknown; the words are in `ui.forecast`. */
export const FORECAST_REASONS = [
  'retention',
  'retentionBySize',
  'forcedCleaning',
  'overdue',
  'caughtUp',
  'keepingUp',
  'catchesUp',
  'notGrowing',
  'noRetention',
  'retentionByKey',
  'empty',
  'notCommitted',
  'lagUnknown',
  'ageUnknown',
  'oldestUnknown',
  'retentionUnknown',
  'sizeUnknown',
  'rateUnknown',
  'growth',
  'notFilling',
  'historyShort',
] as const
export type ForecastReason = (typeof FORECAST_REASONS)[number]

/** A moment that is to come. The bounds are null unless `state` is `forecast`, where null means that none is known. */
export interface Forecast {
  /** `none`: it will not come. */
  state: 'none' | 'unknown' | 'forecast'
  earliestAtMs: number | null
  latestAtMs: number | null
  because: ForecastReason
}

export interface ObservedDlq {
  topic: string
  topicId: string | null
  /** Sum of its partitions' ends; null when one is unknown. */
  endSum: bigint | null
  /** Records that nobody has handled, as the inbox counted them; null before it did. */
  unresolved: bigint | null
  /** The groups whose dead letters these are; empty where that is not known. */
  groups: string[]
  /** What they read; empty where that is not known. */
  sourceTopics: string[]
  /** End less start: what the queue stores, as far as known. Null when nothing is. */
  stored: bigint | null
  /** Of some partitions it is not known. */
  isPartial: boolean
  /** When the oldest record was stored; null when there is none, or that of some partition is unknown. */
  oldestAtMs: number | null
  /** When the first record may be gone. */
  expiry: Forecast
  /** On Kafka, where only the index of dead letters knows how old they are; null on RocketMQ. */
  keeping: KeepingOrNot | null
  arrivalsPerMinute: number | null
  /** False where the permission of some broker's queues lets nobody read; null where the system has no such setting. */
  isReadable: boolean | null
}

/** One good poll of one cluster, concluded. */
export interface Observation {
  clusterKind: ClusterKind
  atMs: number
  pollMs: number
  version: string | null
  systemClusterId: string | null
  verdict: Verdict
  totals: ClusterTotals
  quorum: QuorumState | null
  nameServers: NameServerState[] | null
  facts: FactStatus[]
  brokers: ObservedBroker[]
  topics: ObservedTopic[]
  groups: ObservedGroup[]
  dlqs: ObservedDlq[]
  findings: Finding[]
  /** A subject may be named more than once. */
  unjudged: Unjudged[]
}
