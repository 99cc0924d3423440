/**
 * When the console writes reports by itself, in the configuration:
 *
 *     reports: { schedule: daily, atHour: 8, timeZone: Asia/Shanghai, language: zh-CN, keep: 60, receivers: [mail] }
 *
 * Each report of the schedule is sent to these receivers, each in its own language. A day ends at that hour, a week at that
 * hour of its Monday.
 */
import { z } from 'zod'

export const REPORT_LANGUAGES = ['en', 'zh-CN'] as const

const isTimeZone = (timeZone: string): boolean => {
  try {
    return Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    // The one thing that it throws for.
    return false
  }
}

export const timeZone = z.string().refine(isTimeZone, { error: 'issue:timeZone' })

const settings = z.strictObject({
  schedule: z.enum(['daily', 'weekly', 'off']).default('daily'),
  atHour: z.int().min(0).max(23).default(8),
  timeZone: timeZone.default('UTC'),
  /** Of what leaves the console without saying in which: a page is in its reader's. */
  language: z.enum(REPORT_LANGUAGES).default('en'),
  /** So many of the scheduled ones, and as many of those that people asked for. */
  keep: z.int().min(1).max(1_000).default(60),
  /** Ids of `alerts.receivers`, or of receivers that were added at run time. */
  receivers: z.array(z.string().min(1).max(60)).max(20).default([]),
})

export const reportSettings = settings.nullish().transform((given) => given ?? settings.parse({}))
export type ReportSettings = z.output<typeof reportSettings>
