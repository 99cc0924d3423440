import type { StoredTransition } from '../../alerting/alert-store.ts'
import type { AlertRule } from '../../alerts/alert-rule.ts'
import { alertSummary, alertTitle } from '../../alerts/alert-words.ts'
import { labeller, type Owner } from '../../config/owners.ts'
import type { Locale } from '../../i18n/locale.ts'
import { toMuteOf } from '../mutes/mute-of.ts'
import type { AlertAnswer, AlertDetailAnswer } from '../schemas/alerts.ts'
import { toIso, toIsoOrNull } from '../serialize.ts'
import type { PlacedAlert } from './alert-rows.ts'

export function alertSerializer(
  owners: readonly Owner[],
  rules: readonly AlertRule[],
  locale: Locale,
): (placed: PlacedAlert) => AlertAnswer {
  const labelsOf = labeller(owners)
  const runbooks = new Map(rules.map(({ code, runbook }) => [code, runbook]))
  return ({ cluster, alert, state, mutes, silences: [silence] }) => {
    const { id, ruleCode, severity, subject, isFlapping, endReason, acknowledgedBy, note, inhibitedBy } = alert
    const { type, name, part } = subject
    return {
      ...{ id, ruleCode, severity, clusterId: cluster.id, subject: { type, name }, part, state, isFlapping },
      labels: { ...alert.labels, ...labelsOf(cluster.id, subject) },
      ...{ startedAt: toIso(alert.startedAtMs), firedAt: toIsoOrNull(alert.firedAtMs) },
      ...{ endedAt: toIsoOrNull(alert.endedAtMs), endReason },
      title: alertTitle(alert, locale, cluster.kind),
      summary: alertSummary(alert, locale, cluster.kind),
      facts: alert.facts,
      runbook: runbooks.get(ruleCode) ?? null,
      ...{ acknowledgedAt: toIsoOrNull(alert.acknowledgedAtMs), acknowledgedBy, note, inhibitedBy },
      silence:
        silence === undefined ? null : { id: silence.id, reason: silence.reason, untilAt: toIso(silence.untilAtMs) },
      mute: toMuteOf(mutes),
    }
  }
}

export function toTransitionAnswer(transition: StoredTransition): AlertDetailAnswer['transitions'][number] {
  const { atMs, from, to, reason, severity, isInhibited } = transition
  return { at: toIso(atMs), from, to, reason, severity, isInhibited }
}
