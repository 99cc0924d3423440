/** What a replay is, as its parts share it. Shapes only. */
import type { PartitionPlace } from '../cluster/messages.ts'
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { GuessedOrigin } from '../inbox/guessed-origin.ts'
import type { OffsetRuns } from '../inbox/offset-runs.ts'
import type { ReplayRate } from './rate-limit.ts'
import type { RecordPin } from './record-pins.ts'
import type { ReplayState } from './replay-states.ts'
import type { TransformMark, TransformStep } from './transform.ts'

export type TargetMode = 'origin' | 'retry' | 'topic'

/** Which dead letters, as they were asked for; see the API's schema of the same name. */
export interface ReplaySelection {
  all?: true | undefined
  causes?: string[] | undefined
  offsets?: { partition: number; broker?: string | null | undefined; offset: number }[] | undefined
  fromTime?: string | undefined
  toTime?: string | undefined
  key?: string | undefined
  q?: string | undefined
  includeHandled?: boolean | undefined
}

export interface ReplayEdit {
  partition: number
  broker: string | null
  offset: bigint
  /** Undefined: unchanged. Null: a tombstone. */
  value?: string | null
  /** Undefined: unchanged. */
  headers?: { key: string; value: string | null }[]
}

/** One record that was changed, told by digests: the record itself may expire, and nobody may read it here. */
export interface EditDigest extends PartitionPlace {
  offset: bigint
  /** Of the content as it lies in the queue, and as it is sent: see `content-digest.ts`. */
  before: string
  after: string
}

export interface ReplayBrake {
  /** Null: off. */
  maxAddedLag: number | null
  maxReturnRatio: number | null
  isr: boolean
}

/** Everything a person decided, complete: what was left out has its default. Never changes, but for the rate. */
export interface ReplayRequest {
  clusterId: string
  topic: string
  selection: ReplaySelection
  target: { mode: TargetMode; topic: string | null; clusterId: string }
  edits: ReplayEdit[]
  /** The same change for every other record; empty: none. */
  transform: TransformStep[]
  canary: { count: number; waitSeconds: number } | null
  brake: ReplayBrake
  maxAttempts: number
  keepHeaders: boolean
  accept: { guessedOrigins: boolean; queueTargets: boolean; staleKeys: boolean }
  graceSeconds: number
  reason: string
}

/** Why a record is left out from the start, as the plan says. */
export const SKIP_CODES = [
  'originUnknown',
  'originGuessed',
  'originGone',
  // The console may not read what the letter points to, or not see where it would go.
  'noRight',
  'targetIsQueue',
  'targetIsSource',
  'targetIsInternal',
  'noRetryTopic',
  'groupUnknown',
  'quarantined',
  'tooLarge',
  'keyMissing',
  'staleKey',
  'payloadGone',
  'duplicateLetter',
  'notTransformable',
] as const
export type SkipCode = (typeof SKIP_CODES)[number]

/** Why a record that was to be sent was not, found while the replay ran. */
export const FAILURE_CODES = [
  // Retention of the dead-letter queue was faster.
  'expired',
  // It was there when the plan was made, and no longer is: compacted, or cut off by an unclean election.
  'gone',
  // The target's broker refuses this one record, whatever else is sent.
  'refused',
  'tooLarge',
  // Where a share group's letter points, nothing lies any more.
  'payloadGone',
  // An earlier record of the same key failed: the order of the key would break.
  'behindFailed',
  // Its headers or the topics are not what they were when it was planned.
  'notAsPlanned',
  // Somebody else replayed or archived it after the plan pinned it.
  'handledMeanwhile',
  // It was sent, or may have been, and is not found where it went.
  'uncertain',
] as const
export type FailureCode = (typeof FAILURE_CODES)[number]

/** A topic that records go to, as the plan found it. */
export interface TargetTopic {
  topic: string
  /** Null where the system has none. */
  topicId: string | null
  /** Kafka: how many. Null on RocketMQ, where the sender chooses a queue. */
  partitions: number | null
  /** Null when unknown. */
  maxMessageBytes: number | null
  /** Null when unknown: then nothing older is put over what lies there either. */
  isCompacted: boolean | null
}

/** What the plan rests on; the run must find it unchanged. */
export interface PlanFacts {
  sourceKind: ClusterKind
  targetKind: ClusterKind
  sourceTopicId: string | null
  targets: TargetTopic[]
  /** Dead-letter and retry topics that the name alone does not tell, and names that only look like one. */
  queues: string[]
  ordinary: string[]
  /** Where letters came from that do not say so; null: nobody knows. */
  guessed: GuessedOrigin | null
  /** Of the header profiles: others could read an origin differently. */
  profilesDigest: string
  /** The change for all other records; null: there is none, or the plan is older than this mark. */
  transform: TransformMark | null
  /** Of each record edited by hand, and of the first that the change for all fits, in the order of the queue. */
  edited: EditDigest[]
  /** Where the queue has no id: its first and its last record of each partition. */
  pins: RecordPin[]
  plannedAtMs: number
  delivery: 'exactlyOnce' | 'atLeastOnce'
}

export interface PlanWarning {
  code: WarningCode
  count: bigint | null
  facts: Record<string, string | number>
}

export const WARNING_CODES = [
  'otherGroupsRead',
  'failedGroupDown',
  'failedGroupUnchanged',
  'groupsUnknown',
  'readUncommitted',
  'atLeastOnce',
  'guessedOrigins',
  'queueTarget',
  'oversize',
  'sizeLimitUnknown',
  'compactionUnknown',
  'keyMissing',
  'staleKeys',
  'staleUnchecked',
  'alreadyReplayed',
  'cameBack',
  'payloadGone',
  'originGone',
  'noRight',
  'keysInterrupted',
  'partitionMoved',
  'queueUnknown',
  'duplicateLetters',
  'duplicatesUnchecked',
  'expiresDuringReplay',
  'headersRemoved',
  'headersGone',
  'headersKept',
  'changed',
  'otherReplay',
  'unreadable',
  'indexIncomplete',
  'searchUndecoded',
  'targetUnderMinIsr',
  'snapshotOld',
] as const
export type WarningCode = (typeof WARNING_CODES)[number]

export interface AffectedGroup {
  group: string
  state: string | null
  topics: string[]
  note: 'failed' | 'other' | 'unknown'
}

/** What limits a replay: its own rate, else the speed of earlier ones to the same cluster, else what is usual. */
export type EstimateBasis = 'rate' | 'measured' | 'assumed'

export interface ReplayPlan {
  messages: bigint
  bytes: bigint
  targets: { topic: string; messages: bigint; bytes: bigint }[]
  affectedGroups: AffectedGroup[]
  /** The groups that failed, whether or not they read the target. */
  failedGroups: string[]
  warnings: PlanWarning[]
  skipped: { code: SkipCode; count: bigint }[]
  delivery: 'exactlyOnce' | 'atLeastOnce'
  estimatedSeconds: number | null
  /** Null in plans of before. */
  estimateBasis: EstimateBasis | null
  needsApproval: boolean
  removedHeaders: { key: string; count: bigint }[]
}

/** The selected records of one source partition. */
export interface ReplayPart extends PartitionPlace {
  /** Exactly those that were readable when the plan was made. */
  selected: OffsetRuns
  skips: { code: SkipCode; offsets: OffsetRuns }[]
  /** Of them, what was handled when they were pinned, by the action of the ledger that did it; null: not known. */
  handled: { actionId: number; offsets: OffsetRuns }[] | null
  /** Everything selected below it is decided and written down. */
  nextOffset: bigint
  /** Below it, records may have been sent that are not written down; null when none. */
  inFlightTo: bigint | null
  /** Digests of keys behind whose failed record nothing more of that key goes. */
  stoppedKeys: string[]
}

export interface ReplayCounts {
  selected: bigint
  produced: bigint
  /** Of those produced: stored, and not confirmed to be on disk and replicas. */
  unconfirmed: bigint
  skipped: bigint
  failed: bigint
  /** Null when no group's progress is known. */
  delivered: bigint | null
  returned: bigint
}

/** Produced records that will not be seen delivered any more. */
export interface LostFromSight {
  /** The target's retention took them before the groups that count had read them. */
  expiredInTarget: number
  /** Nobody can tell: gone between two looks, or the time of watching is over. */
  unknown: number
}

/** Whose progress says that a record is delivered: of several groups, the slowest one's. */
export interface DeliveredBy {
  groups: string[]
  /** They are those that failed; otherwise nobody knows which one did, and all count that read. */
  haveFailed: boolean
}

/** A stable code with facts; words are chosen where it is shown. */
export interface CodedFact {
  code: string
  facts: Record<string, string | number>
}

/** One replay without its parts and outcomes. */
export interface ReplayJob {
  id: string
  state: ReplayState
  request: ReplayRequest
  rate: ReplayRate
  plan: ReplayPlan | null
  facts: PlanFacts | null
  /** Of the selection and everything but the rate; null before there is a plan. */
  planDigest: string | null
  planHash: string | null
  counts: ReplayCounts
  /** Null while nobody's progress is known. */
  deliveredBy: DeliveredBy | null
  /** Null while nobody has counted them. */
  lost: LostFromSight | null
  /** A run was begun whose end is not written down yet. */
  hasOpenRun: boolean
  /** What became of its records is still watched. */
  isWatched: boolean
  /** When the last of its first records was sent; null while they are not all sent. */
  canarySentAtMs: number | null
  isCanaryPassed: boolean
  /** What people saw and went on with all the same: the brake counts from here. */
  baseline: ReplayBaseline | null
  waitsFor: CodedFact | null
  recordsPerSecond: number | null
  createdAtMs: number
  createdBy: string
  approvedAtMs: number | null
  approvedBy: string | null
  /** What was agreed to: faster than this it goes only with another approval. Null: nobody was asked. */
  approvedRate: ReplayRate | null
  startedAtMs: number | null
  endedAtMs: number | null
  error: CodedFact | null
}

export interface ReplayBaseline {
  /** Messages each group was behind on the target topics; null until that is known. */
  lagByGroup: Record<string, number | null>
  returned: number
  produced: number
}
