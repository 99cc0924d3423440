/** A report in a few sentences: the head of its page, and what a message about it says. */
import { splitDuration } from '../client/format.ts'
import type { Locale } from '../i18n/locale.ts'
import { translate } from '../i18n/translate.ts'
import type { Headline } from './report.ts'

/** What is worst comes first; that something was not seen is said whatever else there is. */
export function summaryOf(headline: Headline, locale: Locale): string[] {
  const { atRisk, lateMs, unseenClusters, unseenMs, clusters } = headline
  const say = (key: string, facts: Record<string, string | number> = {}): string =>
    translate(locale, 'reports', `summary.${key}`, facts)
  const open = headline.openLosses > 0 ? [say('openLosses', { count: headline.openLosses })] : []
  const { began, ended, muted, replays } = headline
  return [
    ...(clusters === 0 ? [say('noClusters')] : []),
    ...(unseenClusters > 0
      ? [say('unseen', { count: unseenClusters, clusters, duration: durationText(unseenMs, locale) })]
      : []),
    ...(lateMs === null ? [] : [say('late', { duration: durationText(lateMs, locale) })]),
    ...[lossSentence(headline, say), ...open],
    say('atRisk', { total: atRisk.critical + atRisk.high + atRisk.warning, ...atRisk }),
    say('changes', { began, ended }),
    ...(muted > 0 ? [say('muted', { count: muted })] : []),
    say('replays', { count: replays, messages: Number(headline.replayedMessages) }),
  ]
}

function lossSentence(
  { losses, lostMessages, lostIsPartial, unseenClusters }: Headline,
  say: (key: string, facts?: Record<string, string | number>) => string,
): string {
  if (losses === 0) return say(unseenClusters > 0 ? 'noLossSeen' : 'noLoss')
  if (lostMessages === null) return say('lossesUnknown', { count: losses })
  return say('losses', { count: losses, messages: Number(lostMessages), partial: lostIsPartial ? 'yes' : 'no' })
}

export function durationText(durationMs: number, locale: Locale): string {
  return splitDuration(durationMs)
    .map(({ value, unit }) => translate(locale, 'units', unit, { value }))
    .join(' ')
}
