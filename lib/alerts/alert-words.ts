/** The words of alerts: those of the finding or loss that they tell, or of a number beyond its mark. */

import type { ClusterKind } from '../cluster/snapshot.ts'
import type { Locale } from '../i18n/locale.ts'
import { translate } from '../i18n/translate.ts'
import type { AlertBasis, AlertFacts } from './alert.ts'
import type { AlertSubject } from './alert-rule.ts'

interface Told {
  ruleCode: string
  basis: AlertBasis
  subject: Pick<AlertSubject, 'type' | 'name'>
  facts: AlertFacts
}

export function alertTitle(
  { ruleCode, basis, facts }: Omit<Told, 'subject'>,
  locale: Locale,
  system: ClusterKind,
): string {
  const { kind, code } = basis
  if (kind !== 'series') {
    return words(locale, kind === 'finding' ? 'findings' : 'lossKinds', `${code}.title`, facts, system) ?? code
  }
  return words(locale, 'alertWords', `rules.${ruleCode}.title`, facts, system) ?? seriesName(code, locale)
}

export function alertSummary(told: Told, locale: Locale, system: ClusterKind): string {
  const { ruleCode, basis, subject, facts } = told
  const { kind, code } = basis
  if (kind === 'finding') {
    const known = words(locale, 'reasons', `${code}.${subject.type}`, facts, system)
    return known ?? `${alertTitle(told, locale, system)}: ${subject.name}`
  }
  if (kind === 'loss') return translate(locale, 'lossKinds', `${code}.message`, facts, system)
  const own = words(locale, 'alertWords', `rules.${ruleCode}.summary`, facts, system)
  if (own !== null) return own
  const [metric, place] = [seriesName(code, locale), placeText(facts)]
  return translate(locale, 'alertWords', 'beyond', { ...facts, metric, place, hasPlace: place === '' ? 'no' : 'yes' })
}

/** Null: there are none, or not with these facts. */
function words(...[locale, namespace, key, facts, system]: Required<Parameters<typeof translate>>): string | null {
  const text = translate(locale, namespace, key, facts, system)
  return text === key ? null : text
}

function seriesName(series: string, locale: Locale): string {
  if (series === 'diskFullHours') return translate(locale, 'alertWords', 'diskFullHours')
  return translate(locale, 'explore', `metrics.${series}`)
}

/** Names as they are; which of them is what the metric says. */
function placeText({ group, topic, broker, partition, logDir }: AlertFacts): string {
  return [group, topic, broker, partition, logDir].filter((part) => part !== undefined).join(' / ')
}
