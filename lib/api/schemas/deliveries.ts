import { z } from 'zod'
import { count, facts, isoTime, listOf } from './common.ts'

const attempt = z.object({
  at: isoTime,
  /** What became of it, such as `delivered`, `rateLimited`, `tlsUntrusted`. */
  code: z.string(),
  ...{ message: z.string(), fix: z.string(), facts },
  latencyMs: z.number(),
})

export const deliveryAnswer = z.object({
  /** The same with each attempt; webhooks have it as `webhook-id`. */
  id: z.string(),
  receiverId: z.string(),
  kind: z.enum(['alert', 'report', 'receiver', 'test']),
  /** What it is about: the id of a report, `receiver:` and the id of a receiver, or of alerts that its receiver is told of one after the other. */
  source: z.string(),
  /** Of how many alerts it tells, and which one where it is one; a reminder of what fires names none. */
  alerts: count,
  alertId: z.string().nullable(),
  /** `waiting`: it is tried again. `refused`: it is not, until somebody asks for it. `givenUp`: nobody took it for a day. */
  state: z.enum(['waiting', 'delivered', 'refused', 'givenUp']),
  createdAt: isoTime,
  /** Null when nothing is to be done any more. */
  nextAttemptAt: isoTime.nullable(),
  attempts: count,
  /** Null before the first attempt. */
  last: attempt.nullable(),
})
export type DeliveryAnswer = z.infer<typeof deliveryAnswer>

export const deliveryList = listOf(deliveryAnswer)
export type DeliveryListAnswer = z.infer<typeof deliveryList>

export const deliveryWithLog = deliveryAnswer.extend({
  /** Alerts of which it tells, at most 50. */
  alertIds: z.array(z.string()),
  /** Every attempt, the newest first. */
  log: z.array(attempt),
})
export type DeliveryWithLogAnswer = z.infer<typeof deliveryWithLog>
