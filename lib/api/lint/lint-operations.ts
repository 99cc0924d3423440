import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import { lintSettings } from '../../lint/lint-settings.ts'
import type { LintFinding } from '../../lint/lint-types.ts'
import type { LintAnswer, LintBody, LintFindingAnswer } from '../schemas/lint.ts'
import type { ApiServices } from '../services.ts'
import { topicFactsOf } from './topic-facts.ts'

/** @throws HoldfastError `cluster_not_found`, `topic_not_found` */
export async function lintText(services: ApiServices, body: LintBody, locale: Locale): Promise<LintAnswer> {
  const { client, text, version = null, clusterId, topic } = body
  const facts = clusterId ? await topicFactsOf(services, clusterId, topic ?? null) : null
  const { verdict, findings, effective, corrected } = lintSettings({ client, text, version, topic: facts })
  return { verdict, findings: findings.map((one) => toFindingAnswer(one, locale)), effective, corrected }
}

function toFindingAnswer(finding: LintFinding, locale: Locale): LintFindingAnswer {
  const { code, severity, setting, value, effective, line, facts } = finding
  return {
    ...{ code, severity, setting, value, effective, line },
    why: translate(locale, 'lintCodes', `${code}.why`, facts),
    fix: translate(locale, 'lintCodes', `${code}.fix`, facts),
  }
}
