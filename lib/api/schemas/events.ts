import { z } from 'zod'
import { facts, isoTime } from './common.ts'

export const eventAnswer = z.object({
  id: z.int(),
  /** The poll that saw it: it happened between that one and the one before. */
  at: isoTime,
  clusterId: z.string(),
  kind: z.string(),
  /** What it concerns; null where it does not concern one alone. */
  topic: z.string().nullable(),
  partition: z.int().nullable(),
  broker: z.string().nullable(),
  group: z.string().nullable(),
  facts,
})
export type EventAnswer = z.infer<typeof eventAnswer>

export const eventList = z.object({
  /** Newest first. */
  items: z.array(eventAnswer),
  /** There are older ones in the range. */
  truncated: z.boolean(),
})
export type EventListAnswer = z.infer<typeof eventList>
