import { z } from 'zod'
import { REPLAY_OUTCOMES, REPLAY_STATES } from '../schemas/replays.ts'

const limit = z.coerce
  .number()
  .int()
  .min(1)
  .default(100)
  .transform((value) => Math.min(value, 1000))

/** One, or several parted by commas. */
const states = z
  .string()
  .max(200)
  .transform((text) => text.split(','))
  .pipe(z.array(z.enum(REPLAY_STATES)))

/** The newest come first, always: there is no other order that anybody looks for. */
export const replayQuery = z.object({
  limit,
  cursor: z.string().max(100).optional(),
  q: z.string().max(500).optional(),
  cluster: z.string().max(100).optional(),
  topic: z.string().max(255).optional(),
  state: states.optional(),
})
export type ReplayQuery = z.infer<typeof replayQuery>

export const recordsQuery = z.object({
  limit,
  cursor: z.string().max(100).optional(),
  outcome: z.enum(REPLAY_OUTCOMES).optional(),
})
export type RecordsQuery = z.infer<typeof recordsQuery>
