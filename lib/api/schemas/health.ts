import { z } from 'zod'

export const live = z.object({ status: z.literal('ok') })

export const ready = z.object({
  status: z.enum(['ok', 'unavailable']),
  database: z.boolean(),
  /** Null in a role without a collector. */
  collector: z.boolean().nullable(),
})
export type ReadyAnswer = z.infer<typeof ready>
