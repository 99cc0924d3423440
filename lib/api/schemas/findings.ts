import { z } from 'zod'
import { facts, isoTime, listOf, severity, subject } from './common.ts'
import { muteOf } from './mutes.ts'
import { settingRepair } from './repairs.ts'

/** One check, with the words for it. `system` null: it is for both. */
export const ruleAnswer = z.object({
  code: z.string(),
  system: z.enum(['kafka', 'rocketmq']).nullable(),
  /** The gravest that it gives, or the one that the configuration gives it. */
  severity,
  title: z.string(),
  why: z.string(),
  fix: z.string(),
})
export type RuleAnswer = z.infer<typeof ruleAnswer>

export const ruleList = z.object({ items: z.array(ruleAnswer) })
export type RuleListAnswer = z.infer<typeof ruleList>

export const findingAnswer = z.object({
  /** Stays the same for as long as it holds. */
  id: z.string(),
  code: z.string(),
  severity,
  clusterId: z.string(),
  subject,
  /** Of whoever looks after the subject, from `owners` in the configuration. */
  labels: z.record(z.string(), z.string()),
  facts,
  message: z.string(),
  title: z.string(),
  /** Steps in their order. `command` null: something to do that no command does. */
  fix: z.array(z.object({ title: z.string(), command: z.string().nullable() })),
  /** What the console can set by itself where it may, after a preview; none: a person has to do it. */
  repair: z.array(settingRepair),
  /** Since when it holds, as far as this console watched. */
  since: isoTime,
  /** False of what tells how far the rest can be believed. */
  canBeMuted: z.boolean(),
  /** What hides it now, the one that lasts longest; null: it is not muted. */
  mute: muteOf.nullable(),
})
export type FindingAnswer = z.infer<typeof findingAnswer>

export const findingList = listOf(findingAnswer)
export type FindingListAnswer = z.infer<typeof findingList>
