import { z } from 'zod'
import { EVENT_KINDS, FINDING_EVENT_KINDS } from '../../durability/events.ts'
import { timeInput } from '../time-input.ts'
import { REPLAY_EVENT } from './replay-events.ts'

const MAX_LIMIT = 2_000

/** No database stores a NUL in a name, and PostgreSQL fails when asked for one. */
const name = z
  .string()
  .max(1_000)
  .regex(/^[^\0]*$/, { error: 'issue:notAccepted' })

export const eventQuery = z.object({
  /** Left out: every cluster. */
  cluster: z.string().min(1).optional(),
  topic: name.optional(),
  group: name.optional(),
  broker: name.optional(),
  /** Left out: all but what began and ceased to be found. */
  kind: z.enum([...EVENT_KINDS, ...FINDING_EVENT_KINDS, REPLAY_EVENT], { error: 'issue:eventKind' }).optional(),
  /** Left out: a day before `to`. */
  from: timeInput.optional(),
  /** Left out: now. */
  to: timeInput.optional(),
  /** More than 2,000 is treated as 2,000. */
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .default(500)
    .transform((limit) => Math.min(limit, MAX_LIMIT)),
})
export type EventQueryInput = z.infer<typeof eventQuery>
