/** A rule that a person wrote, as they would write it: what is stored, and what is given to whoever changes it. Pure. */
import type { z } from 'zod'
import type { AlertRule, SeriesCondition } from '../alerts/alert-rule.ts'
import { OWN_RULE_SERIES } from '../alerts/rule-series.ts'
import { SECOND_MS } from '../units.ts'
import type { alertRuleInput } from './alerts.ts'

type Written = z.input<typeof alertRuleInput>
type Labels = Record<string, string>

/** With all that may be left out, so that it means the same when defaults change. */
export interface AlertRuleDefinition extends Written {
  when: Written['when'] & { labels: Labels }
  forSeconds: number
  keepFiringForSeconds: number
  labels: Labels
}

/** @returns what `alertRuleInput` makes the rule of; null of a rule that no person can write */
export function definitionOf(rule: AlertRule): AlertRuleDefinition | null {
  const { code: id, severity, forMs, keepFiringForMs, labels, runbook } = rule
  const condition = conditionOf(rule)
  if (condition === null) return null
  return {
    ...{ id, ...condition },
    ...(severity === null ? {} : { severity }),
    ...{ forSeconds: forMs / SECOND_MS, keepFiringForSeconds: keepFiringForMs / SECOND_MS },
    labels: { ...labels },
    ...(runbook === null ? {} : { runbook }),
  }
}

type ConditionInput = Pick<AlertRuleDefinition, 'when' | 'raiseAbove' | 'clearBelow' | 'raiseBelow' | 'clearAbove'>

function conditionOf({ isBuiltIn, when }: AlertRule): ConditionInput | null {
  if (isBuiltIn || when.kind === 'loss') return null
  const labels = { ...when.labels }
  if (when.kind === 'finding') return { when: { finding: when.finding, fromSeverity: when.from, labels } }
  const series = OWN_RULE_SERIES.find((one) => one === when.series)
  return series === undefined ? null : { when: { series, labels }, ...marksOf(when) }
}

function marksOf({ beyond, raiseAt, clearAt }: SeriesCondition): Omit<ConditionInput, 'when'> {
  if (beyond === 'above') return { raiseAbove: raiseAt, ...(clearAt === null ? {} : { clearBelow: clearAt }) }
  return { raiseBelow: raiseAt, ...(clearAt === null ? {} : { clearAbove: clearAt }) }
}
