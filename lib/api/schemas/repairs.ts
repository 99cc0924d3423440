import { z } from 'zod'
import { isoTime } from './common.ts'

export const settingRepair = z.object({
  name: z.string(),
  /** Null: the topic's own value is taken away, so that a default of the brokers holds. */
  value: z.string().nullable(),
})

const plannedSetting = z.object({
  name: z.string(),
  /** What the topic itself says; null: nothing, so that a default of the brokers is in effect. */
  before: z.string().nullable(),
  /** What is in effect; several where the defaults of brokers differ, none where it is unknown. */
  effectiveBefore: z.array(z.string()),
  after: z.string().nullable(),
})

export const repairPreview = z.object({
  code: z.string(),
  /** Why it cannot be done now; null: it can. */
  refusal: z.object({ code: z.string(), message: z.string(), fix: z.string() }).nullable(),
  /** What changes, as the newest poll knows it. */
  settings: z.array(plannedSetting),
  /** What brings back by hand what is there now. */
  undo: z.array(z.string()),
  /** Of the poll that it rests on. */
  asOf: isoTime.nullable(),
})
export type RepairPreviewAnswer = z.infer<typeof repairPreview>

export const repairDone = repairPreview.pick({ code: true, settings: true, undo: true })
export type RepairDoneAnswer = z.infer<typeof repairDone>

export const repairBody = z.strictObject({
  code: z.string().max(100),
  /** What the preview showed: when it is another by now, nothing is changed. */
  expected: z.array(z.strictObject({ name: z.string().max(200), before: z.string().max(1_000).nullable() })).max(20),
  reason: z
    .string()
    .trim()
    .min(3)
    .max(500)
    .refine((text) => !text.includes('\0'), { error: 'issue:notAccepted' }),
})
export type RepairBody = z.output<typeof repairBody>
