/** The words of alerts: those of the finding or loss that they tell, or of a number beyond its mark. */
import type { AlertBasis, AlertFacts } from '../../alerts/alert.ts'
import type { AlertSubject } from '../../alerts/alert-rule.ts'
import type { ClusterKind } from '../../cluster/snapshot.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'

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
  if (basis.kind === 'finding') return translate(locale, 'findings', `${basis.code}.title`, facts, system)
  if (basis.kind === 'loss') return translate(locale, 'lossKinds', `${basis.code}.title`, facts, system)
  const own = translate(locale, 'alertWords', `rules.${ruleCode}.title`)
  return own === `rules.${ruleCode}.title` ? seriesName(basis.code, locale) : own
}

export function alertSummary({ ruleCode, basis, subject, facts }: Told, locale: Locale, system: ClusterKind): string {
  if (basis.kind === 'finding') return translate(locale, 'reasons', `${basis.code}.${subject.type}`, facts, system)
  if (basis.kind === 'loss') return translate(locale, 'lossKinds', `${basis.code}.message`, facts, system)
  const own = translate(locale, 'alertWords', `rules.${ruleCode}.summary`, facts)
  if (own !== `rules.${ruleCode}.summary`) return own
  const metric = seriesName(basis.code, locale)
  const place = placeText(facts)
  return translate(locale, 'alertWords', 'beyond', { ...facts, metric, place, hasPlace: place === '' ? 'no' : 'yes' })
}

function seriesName(series: string, locale: Locale): string {
  if (series === 'diskFullHours') return translate(locale, 'alertWords', 'diskFullHours')
  return translate(locale, 'explore', `metrics.${series}`)
}

/** Names as they are; which of them is what the metric says. */
function placeText({ group, topic, broker, partition, logDir }: AlertFacts): string {
  return [group, topic, broker, partition, logDir].filter((part) => part !== undefined).join(' / ')
}
