import { z } from 'zod'
import { count, durability, faultAnswer, listOf } from './common.ts'
import { rocketmqTopic } from './rocketmq.ts'

export const topicKind = z.enum(['normal', 'retry', 'dlq', 'internal', 'half', 'delay'])

export const topicRow = z.object({
  name: z.string(),
  kind: topicKind,
  internal: z.boolean(),
  partitions: count.nullable(),
  replicationFactor: count.nullable(),
  minIsr: count.nullable(),
  durability,
  /** True when the place of some partition on the ladder, or some sum, is of the known part only. */
  isPartial: z.boolean(),
  /** Which of them: the place on the ladder, `messages`, or the sizes. */
  durabilityIsPartial: z.boolean(),
  messagesIsPartial: z.boolean(),
  sizeIsPartial: z.boolean(),
  messages: count.nullable(),
  sizeBytes: count.nullable(),
  leaderSizeBytes: count.nullable(),
  produceRatePerSecond: z.number().nullable(),
  retention: z.object({ timeMs: count.nullable(), sizeBytes: count.nullable() }),
  /** That are more than good to know; null when unknown. */
  findings: count.nullable(),
  fault: faultAnswer.nullable(),
})
export type TopicRowAnswer = z.infer<typeof topicRow>

export const topicList = listOf(topicRow)
export type TopicListAnswer = z.infer<typeof topicList>

export const partitionState = z.object({
  partition: z.int(),
  broker: z.string().nullable(),
  /** How many copies a send waits for where the broker decides; null where the topic's setting holds. */
  minIsr: count.nullable(),
  leader: z.string().nullable(),
  leaderEpoch: count.nullable(),
  replicas: z.array(z.string()),
  isr: z.array(z.string()).nullable(),
  eligibleLeaders: z.array(z.string()).nullable(),
  offlineReplicas: z.array(z.string()).nullable(),
  startOffset: count.nullable(),
  endOffset: count.nullable(),
  lastStableOffset: count.nullable(),
  sizeBytes: count.nullable(),
  leaderSizeBytes: count.nullable(),
  produceRatePerSecond: z.number().nullable(),
  reassignment: z.object({ adding: z.array(z.string()), removing: z.array(z.string()) }).nullable(),
  durability,
})
export type PartitionAnswer = z.infer<typeof partitionState>

export const configEntry = z.object({
  name: z.string(),
  value: z.string().nullable(),
  source: z.string(),
  isDefault: z.boolean(),
  sensitive: z.boolean(),
})

export const topicDetail = topicRow.extend({
  topicId: z.string().nullable(),
  cleanupPolicy: z.string().nullable(),
  uncleanLeaderElection: z.boolean().nullable(),
  partitionStates: z.array(partitionState),
  config: z.array(configEntry).nullable(),
  /** The RocketMQ group whose retries or dead letters it takes; null for any other topic. */
  group: z.string().nullable(),
  rocketmq: rocketmqTopic.nullable(),
  asOf: z.iso.datetime().nullable(),
})
export type TopicDetailAnswer = z.infer<typeof topicDetail>
