import { z } from 'zod'
import { METRICS, type MetricName } from '../../history/metrics.ts'

/** ISO 8601, or epoch milliseconds as series points carry them. */
const time = z.string().transform((text, context) => {
  const atMs = /^\d{1,15}$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isFinite(atMs) && Math.abs(atMs) <= MAX_TIME_MS) return atMs
  context.addIssue({ code: 'custom', message: 'issue:time' })
  return z.NEVER
})
/** The last moment a Date can hold. */
const MAX_TIME_MS = 8.64e15

export const seriesQuery = z.object({
  metric: z.enum(Object.keys(METRICS) as [MetricName, ...MetricName[]], { error: 'issue:metric' }),
  /** Left out: every cluster. */
  cluster: z.string().min(1).optional(),
  topic: z.string().optional(),
  partition: z.coerce.number().int().min(0).optional(),
  group: z.string().optional(),
  broker: z.string().optional(),
  logDir: z.string().optional(),
  /** Left out: one hour before `to`. */
  from: time.optional(),
  /** Left out: now. */
  to: time.optional(),
  /** Left out, or too fine for the range: chosen so that the answer stays small. */
  stepSeconds: z.coerce.number().min(1).max(31_536_000).optional(),
})
export type SeriesQueryInput = z.infer<typeof seriesQuery>
