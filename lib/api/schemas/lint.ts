import { z } from 'zod'
import { LINT_CLIENTS, LINT_VERDICTS } from '../../lint/lint-types.ts'
import { count, severity } from './common.ts'

export { LINT_CLIENTS }

/** A file of settings has a few thousand. */
export const MAX_LINT_CHARS = 100_000

export const lintBody = z
  .strictObject({
    client: z.enum(LINT_CLIENTS),
    /** Read, answered and forgotten: it may hold passwords. */
    text: z.string().max(MAX_LINT_CHARS),
    /** Of the client library, of Spring Boot for `springBoot`; without it, defaults that versions differ in are unknown. */
    version: z.string().max(100).nullish(),
    /** Together with `topic`: the settings are judged on this topic, as it was polled last. */
    clusterId: z.string().max(100).nullish(),
    topic: z.string().max(255).nullish(),
  })
  .refine(({ clusterId, topic }) => !topic || Boolean(clusterId), {
    path: ['clusterId'],
    error: 'issue:lintClusterNeeded',
  })
export type LintBody = z.infer<typeof lintBody>

export const lintFinding = z.object({
  code: z.string(),
  severity,
  /** As the client calls it; null for what is about no single setting. */
  setting: z.string().nullable(),
  /** As it stands in the text; null when it is not there. */
  value: z.string().nullable(),
  /** What the client goes by; null when it is not known, or when there is none. */
  effective: z.string().nullable(),
  /** Of the text, from 1; null when it stands nowhere. */
  line: count.nullable(),
  /** In the language asked for. */
  why: z.string(),
  fix: z.string(),
})
export type LintFindingAnswer = z.infer<typeof lintFinding>

export const effectiveSetting = z.object({
  setting: z.string(),
  /** Null when it is not known, or when there is none. */
  value: z.string().nullable(),
  /** `implied`: follows from another setting. */
  source: z.enum(['set', 'default', 'implied', 'unknown']),
  line: count.nullable(),
})
export type EffectiveSettingAnswer = z.infer<typeof effectiveSetting>

export const lintAnswer = z.object({
  verdict: z.enum(LINT_VERDICTS),
  /** Worst first. */
  findings: z.array(lintFinding),
  effective: z.array(effectiveSetting),
  /** The text with what settings can mend mended; the text itself where nothing is. */
  corrected: z.string(),
})
export type LintAnswer = z.infer<typeof lintAnswer>
