import { z } from 'zod'

export const seriesLabels = z.object({
  cluster: z.string(),
  topic: z.string().optional(),
  partition: z.int().optional(),
  group: z.string().optional(),
  /** The broker's name for partition series (null on Kafka), the broker's id for disk series. */
  broker: z.string().nullable().optional(),
  logDir: z.string().optional(),
})

export const seriesOfAnswer = z.object({
  labels: seriesLabels,
  points: z.array(z.object({ t: z.int(), min: z.number(), max: z.number(), avg: z.number(), last: z.number() })),
  gaps: z.array(z.object({ from: z.iso.datetime(), to: z.iso.datetime(), reason: z.string() })),
})

export const seriesAnswer = z.object({
  metric: z.string(),
  unit: z.string(),
  /** The step that was used; wider than asked when the range needs it. */
  stepSeconds: z.number(),
  series: z.array(seriesOfAnswer),
})
export type SeriesAnswer = z.infer<typeof seriesAnswer>

export const metricList = z.object({
  items: z.array(z.object({ metric: z.string(), unit: z.string(), labels: z.array(z.string()) })),
})
export type MetricListAnswer = z.infer<typeof metricList>
