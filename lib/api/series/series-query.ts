import { z } from 'zod'
import { METRICS, type MetricName } from '../../history/metrics.ts'
import { timeInput } from '../time-input.ts'

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
  from: timeInput.optional(),
  /** Left out: now. */
  to: timeInput.optional(),
  /** Left out, or too fine for the range: chosen so that the answer stays small. */
  stepSeconds: z.coerce.number().min(1).max(31_536_000).optional(),
})
export type SeriesQueryInput = z.infer<typeof seriesQuery>
