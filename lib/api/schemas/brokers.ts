import { z } from 'zod'
import { count, faultAnswer, forecast, isoTime, listOf } from './common.ts'
import { rocketmqBroker } from './rocketmq.ts'

export const logDir = z.object({
  path: z.string(),
  volume: z.string().nullable(),
  totalBytes: count.nullable(),
  usableBytes: count.nullable(),
  usedBytes: count.nullable(),
  logBytes: count.nullable(),
  /** Used share of the volume, 0 to 1; known on RocketMQ too, where bytes are not. */
  usedRatio: z.number().nullable(),
  /** When the system stops writing because the volume is full, or deletes what is not due. */
  fullAt: forecast,
  error: faultAnswer.nullable(),
})

export const broker = z.object({
  id: z.string(),
  host: z.string(),
  port: z.int(),
  rack: z.string().nullable(),
  role: z.enum(['broker', 'controller', 'brokerController', 'SYNC_MASTER', 'ASYNC_MASTER', 'SLAVE']),
  version: z.string().nullable(),
  online: z.boolean().nullable(),
  fault: faultAnswer.nullable(),
  lastSeenAt: isoTime.nullable(),
  isController: z.boolean(),
  leaderPartitions: count.nullable(),
  replicaPartitions: count.nullable(),
  logDirs: z.array(logDir).nullable(),
  diskFullAt: forecast,
  rocketmq: rocketmqBroker.nullable(),
})
export type BrokerAnswer = z.infer<typeof broker>

/** Topics whose copies on a broker grew most in the last day, the largest growth first; none while that is not known. */
export const growingTopics = z.object({
  items: z.array(
    z.object({
      topic: z.string(),
      /** Null on RocketMQ, where all topics share one log. */
      logDir: z.string().nullable(),
      /** Null on RocketMQ, which tells messages alone. */
      bytes: count.nullable(),
      messages: count.nullable(),
    }),
  ),
  asOf: isoTime.nullable(),
})
export type GrowingTopicsAnswer = z.infer<typeof growingTopics>

export const brokerList = listOf(broker)
export type BrokerListAnswer = z.infer<typeof brokerList>
