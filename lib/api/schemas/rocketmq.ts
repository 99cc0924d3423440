/** What only RocketMQ has; null on Kafka. In every object, null is "not known", unless it says otherwise. */
import { z } from 'zod'
import { count, faultAnswer, isoTime } from './common.ts'

/** They do not talk to each other, so that each may list something else. */
export const nameServer = z.object({
  address: z.string(),
  /** True: it answers; null: it does not answer the console. */
  online: z.literal(true).nullable(),
  fault: faultAnswer.nullable(),
  brokers: z.array(z.string()).nullable(),
  topics: count.nullable(),
  /** What another NameServer lists, or runs all the same, and this one does not list. */
  missingBrokers: z.array(z.string()).nullable(),
  /** What another one lists. */
  missingTopics: count.nullable(),
})
export type NameServerAnswer = z.infer<typeof nameServer>

const replication = z.object({
  commitLogMinOffset: count.nullable(),
  commitLogMaxOffset: count.nullable(),
  /** Of a master; null for a slave. */
  connectedSlaves: count.nullable(),
  /** Connected and few enough bytes behind; true for a master. */
  inSync: z.boolean().nullable(),
  behindBytes: count.nullable(),
  behindMs: z.number().nullable(),
  lastReadAt: isoTime.nullable(),
})

const runtime = z.object({
  bootAt: isoTime.nullable(),
  isActive: z.boolean().nullable(),
  putPerSecond: z.number().nullable(),
  getPerSecond: z.number().nullable(),
  putMessages: count.nullable(),
  putMessageFailures: count.nullable(),
  putLatencyP99Ms: z.number().nullable(),
  pageCacheLockMs: z.number().nullable(),
  dispatchBehindBytes: count.nullable(),
  remainingToFlushBytes: count.nullable(),
  remainingToCommitBytes: count.nullable(),
  /** 0 to 1, of the volume. */
  commitLogDiskRatio: z.number().nullable(),
  consumeQueueDiskRatio: z.number().nullable(),
  earliestMessageAt: isoTime.nullable(),
  sendQueueSize: count.nullable(),
  sendQueueHeadWaitMs: z.number().nullable(),
  pullQueueSize: count.nullable(),
  pullQueueHeadWaitMs: z.number().nullable(),
  timerReadBehindSeconds: z.number().nullable(),
  timerOffsetBehind: count.nullable(),
  timerCongestion: count.nullable(),
})

const slaveCopy = z.object({
  readAt: isoTime,
  missingTopics: count.nullable(),
  missingGroups: count.nullable(),
  missingOffsets: count.nullable(),
  staleOffsets: count.nullable(),
})

const syncStateSet = z.object({
  controllerLeader: z.string().nullable(),
  master: count.nullable(),
  masterEpoch: count.nullable(),
  epoch: count.nullable(),
  inSync: z.array(z.int()),
  notInSync: z.array(z.int()),
})

export const rocketmqBroker = z.object({
  /** What a master and its slaves have in common; queues belong to it. */
  brokerName: z.string(),
  brokerNumber: z.int(),
  clusterName: z.string(),
  flushDiskType: z.enum(['SYNC_FLUSH', 'ASYNC_FLUSH']).nullable(),
  /** How many copies, the master's included, a send waits for; null for a slave. */
  minIsr: count.nullable(),
  retentionMs: count.nullable(),
  /** From how full a volume, 0 to 1, the broker acts; `deletesUnexpired` is null where that is turned off. */
  diskMarks: z
    .object({ deletesExpired: z.number(), deletesUnexpired: z.number().nullable(), refusesMessages: z.number() })
    .nullable(),
  /** 4 = read, 2 = write. */
  permission: z.int().nullable(),
  replication: replication.nullable(),
  runtime: runtime.nullable(),
  /** Neither committed nor rolled back. */
  halfMessages: count.nullable(),
  /** Undecided after the last check and set aside for good, as far as they are still stored; null for a slave. */
  givenUpHalfMessages: count.nullable(),
  delayLevels: z
    .array(z.object({ level: z.int(), deliveredOffset: count, maxOffset: count, waitingMessages: count }))
    .nullable(),
  /** Null for a master. */
  slaveCopy: slaveCopy.nullable(),
  /** Null where no controller elects the masters. */
  syncStateSet: syncStateSet.nullable(),
})
export type RocketmqBrokerAnswer = z.infer<typeof rocketmqBroker>

export const rocketmqTopic = z.object({
  /** Whose dead letters it holds; null for any other topic. */
  deadLetterGroup: z.string().nullable(),
  brokers: z.array(
    z.object({
      broker: z.string(),
      readQueues: count,
      writeQueues: count,
      /** 4 = read, 2 = write. */
      permission: z.int(),
      isOrdered: z.boolean(),
      /** Null: none is set. */
      messageType: z.string().nullable(),
    }),
  ),
})
export type RocketmqTopicAnswer = z.infer<typeof rocketmqTopic>

export const rocketmqGroup = z.object({
  /** Null for a group that has offsets and no settings on any broker. */
  settings: z
    .object({
      isConsumeEnabled: z.boolean(),
      isBroadcastEnabled: z.boolean(),
      isOrdered: z.boolean().nullable(),
      retryMaxTimes: z.int(),
      /** 0 or less: a message whose consumption fails is dropped. */
      retryQueues: z.int(),
      consumeTimeoutMinutes: z.number().nullable(),
    })
    .nullable(),
  settingsDiffer: z.boolean(),
  /** These three are null while no member is online. */
  consumeType: z.string().nullable(),
  messageModel: z.string().nullable(),
  consumeFromWhere: z.string().nullable(),
  slaveOffsets: z.array(z.object({ broker: z.string(), missing: count, behindMessages: count })).nullable(),
})
export type RocketmqGroupAnswer = z.infer<typeof rocketmqGroup>
