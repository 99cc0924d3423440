import { z } from 'zod'
import { count, forecast, isoTime, listOf } from './common.ts'

export const dlq = z.object({
  /** `clusterId/topic`, percent-encoded parts. */
  id: z.string(),
  clusterId: z.string(),
  topic: z.string(),
  /** Null until records were sampled. */
  format: z.string().nullable(),
  /** Empty where they are not known. */
  sourceTopics: z.array(z.string()),
  groups: z.array(z.string()),
  /** False: nobody may read it, so that only its depth is known. Null where the system has no such setting. */
  isReadable: z.boolean().nullable(),
  depth: count.nullable(),
  depthIsUpperBound: z.boolean(),
  /** Of the partitions whose number is known. */
  stored: count.nullable(),
  /** True: of some partitions it is not known, so that `stored` is a lower bound and `depth` is not known. */
  isPartial: z.boolean(),
  /** Null too when it is empty, or when some of its parts are unknown. */
  oldestAt: isoTime.nullable(),
  /** When the first record may be gone. */
  expiresAt: forecast,
  arrivalsPerMinute: z.number().nullable(),
})
export type DlqAnswer = z.infer<typeof dlq>

export const dlqList = listOf(dlq)
export type DlqListAnswer = z.infer<typeof dlqList>
