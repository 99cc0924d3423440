/**
 * What a person decides about the rules, in the configuration:
 *
 *     rules:
 *       mutes:
 *         - { code: topic.replicationFactorOne, cluster: "*", subject: "scratch.*", reason: "may be lost", until: 2026-12-31 }
 *       tuned:
 *         - { code: topic.minIsrOne, cluster: "*", subject: "scratch.*", severity: info, reason: "may be lost", until: 2026-12-31 }
 *       severity: { "topic.replicationFactorOne": info }
 */
import { z } from 'zod'
import { FINDING_CODES } from '../durability/finding-codes.ts'
import { LONGEST_MUTE_MS, uselessCodePattern } from '../durability/mutes.ts'
import { SEVERITIES } from '../durability/observation.ts'
import { canBeTuned, type Severities, type Tuning } from '../durability/severities.ts'

/** PostgreSQL stores no text that holds one. */
const hasNoNul = [(text: string): boolean => !text.includes('\0'), { error: 'issue:notAccepted' }] as const

const glob = z
  .string()
  .min(1)
  .max(256)
  .refine(...hasNoNul)
  .default('*')

const codePattern = z
  .string()
  .max(100)
  .superRefine((pattern, context) => {
    const useless = uselessCodePattern(pattern)
    if (useless !== null) context.addIssue({ code: 'custom', message: `issue:${useless}` })
  })

/** Of a mute, in the file and in the body of `POST /api/v1/mutes`. */
export const muteInput = z.strictObject({
  code: codePattern,
  cluster: glob,
  /** Names of groups may be longer than a topic's. */
  subject: z
    .string()
    .min(1)
    .max(1_000)
    .refine(...hasNoNul)
    .default('*'),
  reason: z
    .string()
    .trim()
    .min(3)
    .max(500)
    .refine(...hasNoNul),
})

/** A day alone is its beginning, in UTC. */
export const muteEnd = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], { error: 'issue:muteTime' })
  .transform((text) => Date.parse(text))

/** One that has ended is no fault: a console must start again on the day after. */
const until = muteEnd.refine((atMs) => atMs <= Date.now() + LONGEST_MUTE_MS, { error: 'issue:muteTooLong' })

const fileMute = muteInput.extend({ until }).transform(({ until, ...mute }) => ({ ...mute, untilAtMs: until }))
export type FileMute = z.output<typeof fileMute>

const tuning = muteInput
  .extend({
    until,
    severity: z.enum(SEVERITIES),
    code: z.enum(FINDING_CODES, { error: 'issue:unknownRule' }).refine(canBeTuned, { error: 'issue:neverTuned' }),
  })
  .transform(({ until, ...tuned }) => ({ ...tuned, untilAtMs: until }))

const severity = z.partialRecord(z.enum(FINDING_CODES), z.enum(SEVERITIES)).superRefine((severities, context) => {
  for (const code of FINDING_CODES) {
    if (severities[code] === undefined || canBeTuned(code)) continue
    context.addIssue({ code: 'custom', path: [code], message: 'issue:neverTuned' })
  }
})

export const ruleSettings = z
  .strictObject({
    mutes: z.array(fileMute).max(1_000).default([]),
    tuned: z.array(tuning).max(1_000).default([]),
    severity: severity.default({}),
  })
  .nullish()
  .transform((rules): RuleSettings => {
    const { mutes, tuned, severity } = rules ?? { mutes: [], tuned: [], severity: {} }
    return { mutes, tunings: tuned.map((one, index) => ({ ...one, id: `tuned-${index + 1}` })), severity }
  })

export interface RuleSettings {
  mutes: FileMute[]
  tunings: Tuning[]
  severity: Severities
}
