import { z } from 'zod'
import { count, isoTime } from './common.ts'

/** The order that cells refer to: the ladder, best first, then `unknown`. */
export const LADDER_PLACES = ['healthy', 'underReplicated', 'atMinIsr', 'underMinIsr', 'offline', 'unknown'] as const

/** Every partition of a cluster and its place on the ladder, as few bytes as JSON allows: tens of thousands are usual. */
export const ladder = z.object({
  asOf: isoTime.nullable(),
  topics: z.array(z.string()),
  /** One per leading broker and, on RocketMQ, per name of the broker that holds the queues; those without a leader first. */
  blocks: z.array(
    z.object({
      /** The leader's id; null: the partitions have none. */
      leader: z.string().nullable(),
      /** The broker's name, which is part of a queue's identity; null on Kafka. */
      broker: z.string().nullable(),
      /** Three numbers per partition: index into `topics`, partition, index of its place (healthy = 0 … unknown = 5). */
      cells: z.array(count),
    }),
  ),
})
export type LadderAnswer = z.infer<typeof ladder>
