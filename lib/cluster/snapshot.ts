/**
 * What one poll of a cluster saw, in the words both systems share.
 *
 * Conventions: `null` means "not known" for anything measured, unless a field says that it means
 * "there is none". Offsets, lags and bytes are `bigint`; times are epoch milliseconds and end in `AtMs`.
 * Broker ids are text (`"1"` on Kafka, `"broker-a:0"` on RocketMQ). A RocketMQ queue is a partition
 * whose `broker` names the broker that holds it; on Kafka `broker` is null.
 */
import type { Fault } from './fault.ts'
import type { NameServerState, RocketmqBrokerState, RocketmqGroupState, RocketmqTopicState } from './rocketmq-state.ts'

export type ClusterKind = 'kafka' | 'rocketmq'

export type BrokerRole = 'broker' | 'controller' | 'brokerController' | 'SYNC_MASTER' | 'ASYNC_MASTER' | 'SLAVE'

export type GroupType = 'classic' | 'consumer' | 'share' | 'streams' | 'rocketmq'

/** A kind of fact that a driver reads at its own pace. */
export type FactKind =
  | 'metadata'
  | 'offsets'
  | 'groups'
  | 'committedOffsets'
  | 'reassignments'
  | 'eligibleLeaders'
  | 'configs'
  | 'logDirs'
  | 'quorum'
  | 'firstUnread'
  | 'nameServers'
  | 'replication'
  | 'runtime'
  | 'members'
  | 'slaveCopies'
  | 'syncStateSets'
  | 'deadLetters'
  | 'connect'

/** How fresh one kind of fact is, and what could not be read of it. */
export interface FactStatus {
  kind: FactKind
  /** How often it is read; null when it is read with every poll. */
  paceMs: number | null
  /** The last time it was read at least in part; null when never. */
  lastReadAtMs: number | null
  /** Why it, or a part of it, is unknown; empty when all of it was read. At most 20 are kept. */
  faults: FactFault[]
  /** How many parts failed in all, also beyond the 20 that are kept. */
  faultCount: number
}

/** One part of a fact that could not be read: which broker, topic or group, and why. */
export interface FactFault {
  subject: SubjectRef
  fault: Fault
}

export type SubjectType = 'cluster' | 'nameServer' | 'broker' | 'topic' | 'partition' | 'group' | 'api' | 'connect'

export interface SubjectRef {
  type: SubjectType
  name: string
}

export interface ClusterSnapshot {
  kind: ClusterKind
  /** When the poll began and ended. */
  startedAtMs: number
  finishedAtMs: number
  /** The system's own version text, such as "4.3"; null when the cluster does not tell. */
  version: string | null
  systemClusterId: string | null
  quorum: QuorumState | null
  /** Null: there are none, as on Kafka. */
  nameServers: NameServerState[] | null
  brokers: BrokerState[]
  topics: TopicState[]
  groups: GroupState[]
  /** Topics that settings name as dead-letter queues, each once; whether they exist is another matter. */
  declaredDlqs: DeclaredDlq[]
  facts: FactStatus[]
}

/** A topic that settings of topics, groups or connectors name as a dead-letter queue. */
export interface DeclaredDlq {
  topic: string
  /** Whose dead letters it takes; empty where the settings do not say. */
  groups: string[]
  /** What these read, as far as the settings say. */
  sourceTopics: string[]
}

/** Kafka's KRaft quorum, as its leader describes it. */
export interface QuorumState {
  /** Node id of the active leader; null when there is none. */
  leader: string | null
  leaderEpoch: number | null
  highWatermark: bigint | null
  /**
   * False when the quorum has no active leader or its high watermark stands still: brokers then go on
   * answering with frozen metadata, so ISR and leaders are not to be believed.
   */
  isMoving: boolean | null
  voters: QuorumReplica[]
  observers: QuorumReplica[]
}

export interface QuorumReplica {
  id: string
  logEndOffset: bigint | null
  /** Records behind the leader; null when unknown. */
  lag: bigint | null
  lastCaughtUpAtMs: number | null
}

export interface BrokerState {
  id: string
  host: string
  port: number
  rack: string | null
  role: BrokerRole
  version: string | null
  /** True: listed and answering. False: not listed by the cluster. Null: listed, but it did not answer us. */
  online: boolean | null
  isController: boolean
  /** Why it did not answer. */
  fault: Fault | null
  logDirs: LogDirState[] | null
  config: ConfigEntry[] | null
  rocketmq: RocketmqBrokerState | null
}

export interface LogDirState {
  path: string
  /** Identity of the volume behind the path, where the system tells it. */
  volume: string | null
  totalBytes: bigint | null
  usableBytes: bigint | null
  /** Used share of the volume, 0 to 1, where the system itself tells it; null where only bytes tell. */
  usedRatio: number | null
  /** Bytes that the system itself stores there. */
  logBytes: bigint | null
  /** Null when there is no error. */
  error: Fault | null
}

export interface ConfigEntry {
  name: string
  /** Null for sensitive values and for settings without a value. */
  value: string | null
  /** The system's own word for where the value comes from. */
  source: string
  isDefault: boolean
  sensitive: boolean
}

export interface TopicState {
  name: string
  /** Changes when a topic is deleted and created again; null when the system has no such id. */
  topicId: string | null
  internal: boolean
  /** What an internal topic is for, where the system's name for it tells; null for any other. */
  internalKind: InternalTopicKind | null
  partitions: PartitionState[]
  config: ConfigEntry[] | null
  /** The few settings that rules read, parsed; each null when unknown. */
  settings: TopicSettings
  /** Why this topic's facts are unknown (authorisation, deleted meanwhile); null when there is no fault. */
  fault: Fault | null
  rocketmq: RocketmqTopicState | null
}

/** `half`: transactional messages before their commit. `delay`: messages before their time of delivery. */
export type InternalTopicKind = 'half' | 'delay'

export interface TopicSettings {
  minIsr: number | null
  /** -1 = unlimited. */
  retentionMs: bigint | null
  /** Per partition; -1 = unlimited. */
  retentionBytes: bigint | null
  cleanupPolicy: string | null
  uncleanLeaderElection: boolean | null
}

export interface PartitionState {
  partition: number
  broker: string | null
  /** Where it is the broker that decides, as on RocketMQ; null where the topic's setting holds. */
  minIsr: number | null
  /** Null: there is none (offline), or, with `isr` null too, unknown. */
  leader: string | null
  leaderEpoch: number | null
  replicas: string[]
  isr: string[] | null
  /** ELR; null when not read (it is read for partitions below full ISR only). */
  eligibleLeaders: string[] | null
  offlineReplicas: string[] | null
  startOffset: bigint | null
  endOffset: bigint | null
  lastStableOffset: bigint | null
  /** Asked of the leader where its epoch is another one than remembered; null when not asked or not answered. */
  earlierEpoch: EpochEnd | null
  /** When the record at `startOffset` was stored; read for RocketMQ's dead-letter queues only, null for any other. */
  oldestAtMs: number | null
  /**
   * When the first message was stored of a queue that was found to begin anew though it holds as much as before: its topic
   * was deleted and created within one poll. RocketMQ only, whose topics have no ids; null where nothing of it was found.
   */
  beganAnewAtMs: number | null
  /** One entry per replica whose size was read. */
  replicaSizes: ReplicaSize[] | null
  /** Set while the partition is being reassigned. */
  reassignment: { adding: string[]; removing: string[] } | null
}

/** How far the records of an earlier leader epoch reach in the log of today: what was cut off is not filled up by later ones. */
export interface EpochEnd {
  leaderEpoch: number
  /** Null: the leader does not know of that epoch any more. */
  endOffset: bigint | null
}

export interface ReplicaSize {
  broker: string
  logDir: string
  sizeBytes: bigint
  /** Offsets this replica is behind the high watermark. */
  offsetLag: bigint
  /** True for the copy that is being moved between log dirs. */
  isFuture: boolean
}

export interface GroupState {
  id: string
  type: GroupType
  /** The system's own word; null when unknown. */
  state: string | null
  coordinator: string | null
  members: GroupMember[] | null
  /** Null when its offsets could not be read. */
  partitions: GroupPartition[] | null
  /** Why parts of the group are unknown. */
  fault: Fault | null
  rocketmq: RocketmqGroupState | null
}

export interface GroupMember {
  memberId: string
  clientId: string
  host: string
  assignments: MemberAssignment[]
}

export interface MemberAssignment {
  topic: string
  broker: string | null
  /** Null: only the member itself knows, as on RocketMQ. */
  partitions: number[] | null
}

export interface GroupPartition {
  topic: string
  partition: number
  broker: string | null
  /** Null: never committed. For share groups the share-partition start offset. */
  committedOffset: bigint | null
  /** True: what is committed could not be read, and `committedOffset` null says nothing. */
  isCommitUnknown: boolean
  /**
   * Where the records begin that it has yet to read, where they were seen to begin behind what it committed: the ends of
   * transactions take places that no reader sees. The end of the log when there are none. Null: at what it committed, as far
   * as is known.
   */
  unreadFrom: bigint | null
  firstUnread: FirstUnread | null
}

/** The time stamp of the first record that a group has not read yet. */
export interface FirstUnread {
  /** The committed offset it was read for. */
  offset: bigint
  timestampMs: number
  /** `record`: that very record's. `batch`: the oldest of its batch, so the age may be overstated. */
  precision: 'record' | 'batch'
}
