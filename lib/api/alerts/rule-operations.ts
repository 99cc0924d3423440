import type { OwnRule, UnusableRule } from '../../alerting/own-rules.ts'
import type { AlertRule } from '../../alerts/alert-rule.ts'
import { alertTitle } from '../../alerts/alert-words.ts'
import { BUILT_IN_RULES } from '../../alerts/built-in-rules.ts'
import { basisOf } from '../../alerts/state-machine.ts'
import { definitionOf } from '../../config/alert-rule-definition.ts'
import { HoldfastError } from '../../errors.ts'
import type { Locale } from '../../i18n/locale.ts'
import { SECOND_MS } from '../../units.ts'
import type { RequestContext } from '../route-declaration.ts'
import type { AlertRuleAnswer, AlertRuleListAnswer, UnusableRuleAnswer } from '../schemas/alerts.ts'
import { toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { isFiring, readOpenAlerts } from './alert-rows.ts'

/** Also those that are turned off, as they are built in. A person's own come first. */
export async function listAlertRules(services: ApiServices, locale: Locale): Promise<AlertRuleListAnswer> {
  const { alertRules, config } = services
  const [{ rules: own, unusable }, holding, firingOf] = await Promise.all([
    alertRules.list(),
    alertRules.holding(),
    firingCounter(services),
  ])
  const rules = new Map(holding.map((rule) => [rule.code, rule]))
  const builtIn = BUILT_IN_RULES.map(({ code, ...rest }) => ({
    ...toRuleAnswer(rules.get(code) ?? { code, ...rest }, locale, firingOf),
    ...{ source: 'builtIn' as const, ...NOBODY },
    ...{ isTuned: config.alerts.tuned[code] != null, isOff: !rules.has(code) },
  }))
  return {
    items: [...own.map((rule) => toOwnAnswer(rule, locale, firingOf)), ...builtIn],
    unusable: unusable.map(toUnusableAnswer),
  }
}

/** A path of its own stands there. */
const RESERVED_CODE = 'preview'

/** @throws HoldfastError `bad_request`, `alert_rule_exists`, `alert_rule_in_file`, `alert_rules_too_many` */
export async function addAlertRule(
  rule: AlertRule,
  { services, locale, audit }: RequestContext,
): Promise<AlertRuleAnswer> {
  audit.target = rule.code
  audit.detail = { definition: textOf(rule) }
  if (rule.code === RESERVED_CODE)
    throw new HoldfastError('bad_request', { path: 'body.id', issue: 'alertRuleReserved' })
  return toOwnAnswer(await services.alertRules.add(rule, audit.actor), locale, await firingCounter(services))
}

/** @throws HoldfastError `bad_request`, `alert_rule_not_found`, `alert_rule_built_in`, `alert_rule_in_file`, `alert_rule_changed` */
export async function replaceAlertRule(
  { code, writtenAtMs }: { code: string; writtenAtMs: number | null },
  rule: AlertRule,
  { services, locale, audit }: RequestContext,
): Promise<AlertRuleAnswer> {
  audit.target = code
  audit.detail = { definition: textOf(rule) }
  if (rule.code !== code) throw new HoldfastError('bad_request', { path: 'body.id', issue: 'alertRuleOther' })
  const replaced = await services.alertRules.replace(rule, audit.actor, writtenAtMs)
  audit.detail = { definition: textOf(rule), before: replaced.before }
  return toOwnAnswer(replaced.rule, locale, await firingCounter(services))
}

/** @throws HoldfastError `alert_rule_not_found`, `alert_rule_built_in`, `alert_rule_in_file` */
export async function removeAlertRule(code: string, { services, audit }: RequestContext): Promise<void> {
  audit.target = code
  audit.detail = { before: await services.alertRules.remove(code) }
}

function textOf(rule: AlertRule): string {
  return JSON.stringify(definitionOf(rule))
}

type FiringOf = (code: string) => number

async function firingCounter(services: ApiServices): Promise<FiringOf> {
  const firing = (await readOpenAlerts(services)).filter(isFiring)
  const counts = Map.groupBy(firing, ({ alert }) => alert.ruleCode)
  return (code) => counts.get(code)?.length ?? 0
}

type Written = Pick<AlertRuleAnswer, 'createdAt' | 'createdBy' | 'changedAt' | 'changedBy'>

const NOBODY: Written = { createdAt: null, createdBy: null, changedAt: null, changedBy: null }

function toOwnAnswer({ rule, source, ...written }: OwnRule, locale: Locale, firingOf: FiringOf): AlertRuleAnswer {
  return {
    ...{ ...toRuleAnswer(rule, locale, firingOf), source, ...toWritten(written) },
    ...{ isTuned: false, isOff: false },
  }
}

function toUnusableAnswer({ code, reason, definition, ...written }: UnusableRule): UnusableRuleAnswer {
  return { code, reason, definition, ...toWritten(written) }
}

function toWritten({ createdAtMs, createdBy, changedAtMs, changedBy }: Omit<OwnRule, 'rule' | 'source'>): Written {
  return { createdAt: toIsoOrNull(createdAtMs), createdBy, changedAt: toIsoOrNull(changedAtMs), changedBy }
}

type Shared = Omit<AlertRuleAnswer, 'source' | 'isTuned' | 'isOff' | keyof Written>

function toRuleAnswer(rule: AlertRule, locale: Locale, firingOf: FiringOf): Shared {
  const { code, isBuiltIn, when, severity, forMs, keepFiringForMs, labels, runbook } = rule
  const basis = basisOf(rule)
  return {
    ...{ code, isBuiltIn, severity, labels: { ...labels }, runbook, when: toWhenAnswer(when, basis.code) },
    ...{ forSeconds: forMs / SECOND_MS, keepFiringForSeconds: keepFiringForMs / SECOND_MS },
    title: alertTitle({ ruleCode: code, basis, facts: {} }, locale, 'kafka'),
    ...{ definition: definitionOf(rule), firing: firingOf(code) },
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
