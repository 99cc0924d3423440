/**
 * What a person decides about the rules, in the configuration:
 *
 *     rules:
 *       mutes:
 *         - { code: topic.replicationFactorOne, cluster: "*", subject: "scratch.*", reason: "may be lost", until: 2026-12-31 }
 *       severity: { "topic.replicationFactorOne": info }
 */
import { z } from 'zod'
import { FINDING_CODES } from '../durability/finding-codes.ts'
import type { Severities } from '../durability/judge.ts'
import { LONGEST_MUTE_MS, uselessCodePattern } from '../durability/mutes.ts'
import { SEVERITIES } from '../durability/observation.ts'

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
const fileMute = muteInput
  .extend({ until: muteEnd.refine((atMs) => atMs <= Date.now() + LONGEST_MUTE_MS, { error: 'issue:muteTooLong' }) })
  .transform(({ until, ...mute }) => ({ ...mute, untilAtMs: until }))
export type FileMute = z.output<typeof fileMute>

/** A poll that failed is found by no rule. */
const RULE_CODES = FINDING_CODES.filter((code) => code !== 'cluster.pollFailed')

const severity = z.partialRecord(z.enum(RULE_CODES), z.enum(SEVERITIES))

export const ruleSettings = z
  .strictObject({ mutes: z.array(fileMute).max(1_000).default([]), severity: severity.default({}) })
  .nullish()
  .transform((rules): RuleSettings => rules ?? { mutes: [], severity: {} })

export interface RuleSettings {
  mutes: FileMute[]
  severity: Severities
}
