/**
 * What a RocketMQ cluster has beside the shape both systems share. The conventions of `snapshot.ts` hold: `null` is "not
 * known", which includes what a broker's version does not tell. Offsets of a commit log are positions in bytes.
 */
import type { Fault } from './fault.ts'

/** One NameServer. They do not talk to each other, so that each may list something else. */
export interface NameServerState {
  /** `host:port` as configured. */
  address: string
  /** True: it answers. Null: it did not answer us; nothing else tells of it. */
  online: true | null
  fault: Fault | null
  /** Ids of the brokers that it lists. */
  brokers: string[] | null
  topicCount: number | null
  /** Brokers that another one lists, or that run, and that this one does not list: clients that ask it do not see them. */
  missingBrokers: string[] | null
  /** Topics that another NameServer routes and this one does not. */
  missingTopicCount: number | null
}

export interface RocketmqBrokerState {
  /** What a master and its slaves have in common; queues belong to it. */
  brokerName: string
  /** 0 is the master's; in controller mode each member keeps the number the controller gave it. */
  brokerNumber: number
  /** `brokerClusterName`: one set of NameServers may serve several. */
  clusterName: string
  flushDiskType: 'SYNC_FLUSH' | 'ASYNC_FLUSH' | null
  /** How many copies, the master's included, a send waits for; null for a slave. */
  minIsr: number | null
  /** `fileReservedTime`. */
  retentionMs: number | null
  /** Null while the settings are not known. */
  diskMarks: RocketmqDiskMarks | null
  /** `brokerPermission`: 4 = read, 2 = write. */
  permission: number | null
  replication: RocketmqReplication | null
  runtime: RocketmqRuntime | null
  /** Transactional messages that are neither committed nor rolled back. */
  halfMessages: bigint | null
  /** Null for a slave, and while it is not known. */
  undecided: RocketmqUndecided | null
  /** Half messages that nobody decided about until the last check, set aside for good; those still stored. */
  givenUpHalfMessages: bigint | null
  delayLevels: RocketmqDelayLevel[] | null
  /** What a slave copies beside the log; null for a master. */
  slaveCopy: RocketmqSlaveCopy | null
  /** Null where no controller elects the masters. */
  syncStateSet: RocketmqSyncStateSet | null
}

/** Half messages that a master has not passed: it does so when it checks, each half minute, with all that are decided. */
export interface RocketmqUndecided {
  /** Some of them may be decided since. */
  atMost: bigint
  /** Of a few that were looked at, the one that was asked about most often. Null: there are none, or none can be told. */
  oldest: RocketmqHalfMessage | null
}

export interface RocketmqHalfMessage {
  /** By its producer's clock. */
  bornAtMs: number
  /** How often its producers were asked to decide, and did not. */
  checks: number
  topic: string | null
  producerGroup: string | null
}

/** From how full a volume, 0 to 1, a broker acts by itself. */
export interface RocketmqDiskMarks {
  /** Files past the reserved time go at any hour. */
  deletesExpired: number
  /** Files go before their time, read or not; null where that is turned off. */
  deletesUnexpired: number | null
  refusesMessages: number
}

/** How far a member's commit log reaches. */
export interface RocketmqReplication {
  commitLogMinOffset: bigint | null
  commitLogMaxOffset: bigint | null
  /** Slaves that are connected to this master; null for a slave. */
  connectedSlaves: number | null
  /** A slave: whether it is connected and at most `IN_SYNC_WITHIN_BYTES` behind. A master: true. */
  inSync: boolean | null
  /** Bytes of the master's log that were missing here when the master was asked; 0 for a master. */
  behindBytes: bigint | null
  /** Age of the first byte that is missing here; 0 when none is. */
  behindMs: number | null
  /** When a slave last read anything from its master, heartbeats included; null for a master. */
  lastReadAtMs: number | null
}

export interface RocketmqRuntime {
  bootAtMs: number | null
  /** False on a slave that does not act as master. */
  isActive: boolean | null
  putPerSecond: number | null
  getPerSecond: number | null
  putMessages: bigint | null
  putMessageFailures: bigint | null
  putLatencyP99Ms: number | null
  pageCacheLockMs: number | null
  /** Messages whose place in the log is known and whose queue entries are not written yet. */
  dispatchBehindBytes: bigint | null
  /** Written and not yet on the disk. Brokers round it to a tenth of its unit. */
  remainingToFlushBytes: bigint | null
  /** Still in the off-heap buffer; rounded likewise. */
  remainingToCommitBytes: bigint | null
  commitLogDiskRatio: number | null
  consumeQueueDiskRatio: number | null
  earliestMessageAtMs: number | null
  sendQueueSize: number | null
  sendQueueHeadWaitMs: number | null
  pullQueueSize: number | null
  pullQueueHeadWaitMs: number | null
  /** Of the timer wheel of 5.x. */
  timerReadBehindSeconds: number | null
  timerOffsetBehind: bigint | null
  timerCongestion: bigint | null
}

/** Messages that wait for one of the fixed delays. */
export interface RocketmqDelayLevel {
  level: number
  deliveredOffset: bigint
  maxOffset: bigint
}

/** Topics, groups and consumer offsets, which a slave copies every minute (4.9: every ten seconds) beside the log. */
export interface RocketmqSlaveCopy {
  readAtMs: number
  /** Of the master's topics, those that are not here. */
  missingTopics: number | null
  missingGroups: number | null
  /** Of the queues that the master knows an offset for. */
  missingOffsets: number | null
  /** Queues whose offset here is below the master's of the read before this one, so that the copy is older than that. */
  staleOffsets: number | null
}

/** As the controller keeps it. Numbers of members. */
export interface RocketmqSyncStateSet {
  controllerLeader: string | null
  master: number | null
  masterEpoch: number | null
  epoch: number | null
  inSync: number[]
  notInSync: number[]
}

/** A topic as each master keeps it; they need not agree. */
export interface RocketmqTopicState {
  /** Whose dead letters it holds; null for any other topic. */
  deadLetterGroup: string | null
  brokers: RocketmqTopicOnBroker[]
}

export interface RocketmqTopicOnBroker {
  broker: string
  readQueues: number
  writeQueues: number
  /** 4 = read, 2 = write. */
  permission: number
  isOrdered: boolean
  /** `message.type` of 5.x, such as NORMAL, FIFO, DELAY, TRANSACTION; null when it is not set. */
  messageType: string | null
}

export interface RocketmqGroupState {
  /** Null for a group that has offsets and no settings on any broker. */
  settings: RocketmqGroupSettings | null
  /** True when masters keep different settings for it; the most harmful are shown. */
  settingsDiffer: boolean
  /** `CONSUME_ACTIVELY`, `CONSUME_PASSIVELY` or `CONSUME_POP`; null while no member is online. */
  consumeType: string | null
  /** `CLUSTERING` or `BROADCASTING`; null while no member is online. */
  messageModel: string | null
  consumeFromWhere: string | null
  /** What slaves know of its offsets; null until they were read. */
  slaveOffsets: RocketmqSlaveOffsets[] | null
}

export interface RocketmqGroupSettings {
  isConsumeEnabled: boolean
  isBroadcastEnabled: boolean
  /** Null on 4.9. */
  isOrdered: boolean | null
  retryMaxTimes: number
  /** 0 or less: a message whose consumption fails is dropped. */
  retryQueues: number
  consumeTimeoutMinutes: number | null
}

export interface RocketmqSlaveOffsets {
  broker: string
  /** Queues the master has an offset for and this slave has none. */
  missing: number
  /** Sum over the queues that are known on both. */
  behindMessages: bigint
}
