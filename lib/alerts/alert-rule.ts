/** What an alert rule is: a condition that a poll can tell of, and how long it has to hold, and not to hold. Pure. */
import { createHash } from 'node:crypto'
import type { SubjectRef } from '../cluster/snapshot.ts'
import type { FindingCode } from '../durability/finding-codes.ts'
import type { LossKind } from '../durability/losses/loss.ts'
import type { Severity } from '../durability/observation.ts'
import { anyGlobMatcher } from '../glob.ts'
import type { RuleSeries } from './rule-series.ts'

/** The one that tells that nobody can tell: it decides what is shown of all others of its cluster. */
export const BLIND_RULE = 'cluster.blind'

/** Globs by label; a label that is not named may be anything, one that is named must be there. */
export type LabelGlobs = Readonly<Record<string, string>>

/** Something is found, at least as grave as `from`. */
export interface FindingCondition {
  kind: 'finding'
  finding: FindingCode
  from: Severity
  labels: LabelGlobs
}

/** A number is beyond one mark, until it is back at another one: what lies between changes nothing. */
export interface SeriesCondition {
  kind: 'series'
  series: RuleSeries
  labels: LabelGlobs
  beyond: 'above' | 'below'
  raiseAt: number
  /** Null: as soon as it is not beyond the other one. */
  clearAt: number | null
}

/** A loss is in the ledger, and nobody has acknowledged it. */
export interface LossCondition {
  kind: 'loss'
  loss: LossKind
}

export type Condition = FindingCondition | SeriesCondition | LossCondition

export interface AlertRule {
  /** A built-in one's own, or the id of one that a person wrote. */
  code: string
  isBuiltIn: boolean
  when: Condition
  /** Null: as grave as what is found. */
  severity: Severity | null
  /** So long it must hold before it fires. */
  forMs: number
  /** So long it must be over before it has ended. */
  keepFiringForMs: number
  labels: Readonly<Record<string, string>>
  runbook: string | null
}

/** What an alert is about. `part` tells several at one subject apart, such as a log dir, or a partition of a group. */
export interface AlertSubject extends SubjectRef {
  part: string | null
}

/** One place of one rule: at most one alert is open there. */
export function placeKey(ruleCode: string, { type, name, part }: AlertSubject): string {
  return `${ruleCode}\n${type}\n${name}\n${part ?? ''}`
}

const REVISION_CHARS = 12

/** Changes with all that decides whether the rule fires; what it is called and links to does not. */
export function revisionOf({ when, severity, forMs, keepFiringForMs }: AlertRule): string {
  const decisive = JSON.stringify([when, severity, forMs, keepFiringForMs])
  return createHash('sha256').update(decisive).digest('base64url').slice(0, REVISION_CHARS)
}

type LabelsOf = Readonly<Record<string, string | number | undefined>>

/** @returns whether labels match all the globs */
export function labelMatcher(globs: LabelGlobs): (labels: LabelsOf) => boolean {
  const matchers = Object.entries(globs).map(([label, glob]) => ({ label, isMatch: anyGlobMatcher([glob]) }))
  return (labels) =>
    matchers.every(({ label, isMatch }) => {
      const value = labels[label]
      return value !== undefined && isMatch(String(value))
    })
}
