import type { AlertRule } from '../../alerts/alert-rule.ts'
import { alertTitle } from '../../alerts/alert-words.ts'
import { BUILT_IN_RULES, rulesOf } from '../../alerts/built-in-rules.ts'
import { basisOf } from '../../alerts/state-machine.ts'
import type { Locale } from '../../i18n/locale.ts'
import { SECOND_MS } from '../../units.ts'
import type { AlertRuleAnswer, AlertRuleListAnswer } from '../schemas/alerts.ts'
import type { ApiServices } from '../services.ts'
import { isFiring, readOpenAlerts } from './alert-rows.ts'

/** Also those that are turned off, as they are built in. A person's own come first. */
export async function listAlertRules(services: ApiServices, locale: Locale): Promise<AlertRuleListAnswer> {
  const { tuned, own } = services.config.alerts
  const firing = Map.groupBy((await readOpenAlerts(services)).filter(isFiring), ({ alert }) => alert.ruleCode)
  const rules = new Map(rulesOf(services.config.alerts).map((rule) => [rule.code, rule]))
  const shown = [...own, ...BUILT_IN_RULES.map((builtIn) => rules.get(builtIn.code) ?? builtIn)]
  const items = shown.map((rule) => ({
    ...toRuleAnswer(rule, locale),
    isTuned: rule.isBuiltIn && tuned[rule.code] != null,
    isOff: !rules.has(rule.code),
    firing: firing.get(rule.code)?.length ?? 0,
  }))
  return { items }
}

function toRuleAnswer(rule: AlertRule, locale: Locale): Omit<AlertRuleAnswer, 'isTuned' | 'isOff' | 'firing'> {
  const { code, isBuiltIn, when, severity, forMs, keepFiringForMs, labels, runbook } = rule
  const basis = basisOf(rule)
  return {
    ...{ code, isBuiltIn, severity, labels: { ...labels }, runbook, when: toWhenAnswer(when, basis.code) },
    ...{ forSeconds: forMs / SECOND_MS, keepFiringForSeconds: keepFiringForMs / SECOND_MS },
    title: alertTitle({ ruleCode: code, basis, facts: {} }, locale, 'kafka'),
  }
}

const NO_MARKS = { raiseAbove: null, clearBelow: null, raiseBelow: null, clearAbove: null }

function toWhenAnswer(when: AlertRule['when'], code: string): AlertRuleAnswer['when'] {
  const shared = { kind: when.kind, code, fromSeverity: null, labels: {}, ...NO_MARKS }
  if (when.kind === 'loss') return shared
  if (when.kind === 'finding') return { ...shared, fromSeverity: when.from, labels: { ...when.labels } }
  const { beyond, raiseAt, clearAt, labels } = when
  const marks =
    beyond === 'above' ? { raiseAbove: raiseAt, clearBelow: clearAt } : { raiseBelow: raiseAt, clearAbove: clearAt }
  return { ...shared, ...marks, labels: { ...labels } }
}
