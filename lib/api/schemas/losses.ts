import { z } from 'zod'
import { LOSS_KINDS } from '../../durability/losses/loss.ts'
import { count, facts, isoTime, listOf } from './common.ts'
import { muteOf } from './mutes.ts'

export const lossKind = z.enum(LOSS_KINDS)

export const loss = z.object({
  /** Stays the same while it grows. */
  id: z.string(),
  clusterId: z.string(),
  kind: lossKind,
  topic: z.string().nullable(),
  partition: count.nullable(),
  broker: z.string().nullable(),
  group: z.string().nullable(),
  /** Of whoever looks after the group, or else the topic, from `owners` in the configuration. */
  labels: z.record(z.string(), z.string()),
  /** The first record that is gone, and the place behind the last one. */
  fromOffset: count.nullable(),
  toOffset: count.nullable(),
  /** Null: nobody knows how many. */
  count: count.nullable(),
  countBound: z.enum(['exact', 'upper', 'lower']),
  firstDetectedAt: isoTime,
  lastDetectedAt: isoTime,
  /** When it happened. `from` null: the console had not looked before. */
  window: z.object({ from: isoTime.nullable(), to: isoTime }),
  /** Of a group that is nobody's any more: it does not make the cluster `losing`. */
  isAbandoned: z.boolean(),
  title: z.string(),
  message: z.string(),
  /** How it can be, and what the count counts. */
  why: z.string(),
  evidence: facts,
  /** Steps in their order. `command` null: something to do that no command does. */
  recovery: z.array(z.object({ title: z.string(), command: z.string().nullable() })),
  /** These three are null while it is open. */
  acknowledgedAt: isoTime.nullable(),
  acknowledgedBy: z.string().nullable(),
  note: z.string().nullable(),
  /** What hides it now, the one that lasts longest; null: it is not muted. */
  mute: muteOf.nullable(),
})
export type LossAnswer = z.infer<typeof loss>

export const lossList = listOf(loss)
export type LossListAnswer = z.infer<typeof lossList>

export const acknowledgeLossBody = z.strictObject({ note: z.string().trim().min(1).max(1_000) })
