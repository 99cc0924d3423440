/** A report with its words, in the language of whoever reads it. */
import type { ClusterKind } from '../../cluster/snapshot.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import { lossFactsOf } from '../../losses/loss-facts.ts'
import type {
  Bounded,
  Report,
  ReportedCluster,
  ReportedEvent,
  ReportedFinding,
  ReportedForecast,
  ReportedHold,
  ReportedLoss,
  ReportedReplay,
  ReportHead,
} from '../../reports/report.ts'
import { durationText, summaryOf } from '../../reports/report-words.ts'
import { SECOND_MS } from '../../units.ts'
import type { ReportAnswer, ReportFindingAnswer, ReportHeadAnswer } from '../schemas/reports.ts'
import { toForecastAnswer, toIso, toIsoOrNull, toNumber, toNumberOrNull, withNumbers } from '../serialize.ts'

type Item<Section extends keyof ReportAnswer> = ReportAnswer[Section] extends { items: (infer T)[] } | null ? T : never

export function toReportHead(report: ReportHead, locale: Locale): ReportHeadAnswer {
  const { id, schedule, fromMs, toMs, madeAtMs, madeBy, headline } = report
  const { level, unseenMs, lateMs, lostMessages, replayedMessages, ...counts } = headline
  return {
    ...{ id, schedule, from: toIso(fromMs), to: toIso(toMs), madeAt: toIso(madeAtMs), madeBy, level },
    summary: summaryOf(headline, locale),
    counts: {
      ...counts,
      lostMessages: toNumberOrNull(lostMessages),
      replayedMessages: toNumber(replayedMessages),
    },
    unseenSeconds: unseenMs / SECOND_MS,
    lateSeconds: lateMs === null ? null : lateMs / SECOND_MS,
  }
}

export function toReportAnswer(report: Report, locale: Locale): ReportAnswer {
  const { content } = report
  const kinds = new Map(content.clusters.map(({ id, kind }) => [id, kind]))
  const words: Words = { locale, kindOf: (clusterId) => kinds.get(clusterId) ?? 'kafka' }
  const findings = (some: Bounded<ReportedFinding>) => mapped(some, (finding) => toFinding(finding, words))
  return {
    ...toReportHead(report, locale),
    clusters: content.clusters.map((cluster) => toCluster(cluster, words)),
    losses: mapped(content.losses, (loss) => toLoss(loss, words)),
    ...{ atRisk: findings(content.atRisk), muted: findings(content.muted) },
    ...{ began: findings(content.began), ended: findings(content.ended), isCut: content.isCut },
    forecasts: content.forecasts && {
      ...mapped(content.forecasts, (forecast) => toForecast(forecast, words)),
      unknown: content.forecasts.unknown,
    },
    events: mapped(content.events, (event) => toEvent(event, words)),
    replays: mapped(content.replays, (replay) => toReplay(replay, words)),
    holds: mapped(content.holds, (hold) => toHold(hold, words)),
    mutes: mapped(content.mutes, ({ createdAtMs, untilAtMs, ...mute }) => {
      return { ...mute, createdAt: toIsoOrNull(createdAtMs), untilAt: toIso(untilAtMs) }
    }),
    audit: mapped(content.audit, ({ atMs, httpStatus, ...entry }) => ({
      ...entry,
      at: toIso(atMs),
      status: httpStatus,
    })),
  }
}

interface Words {
  locale: Locale
  kindOf(clusterId: string): ClusterKind
}

function mapped<T, R>({ items, total }: Bounded<T>, toItem: (item: T) => R): Bounded<R> {
  return { items: items.map(toItem), total }
}

function labelsOf({ team }: { team: string | null }): Record<string, string> {
  return team === null ? {} : { team }
}

function toCluster(cluster: ReportedCluster, { locale }: Words): ReportAnswer['clusters'][number] {
  const { id, name, kind, level, lastPollAtMs, unseenMs, unseen } = cluster
  return {
    ...{ id, name, kind, level, lastPollAt: toIsoOrNull(lastPollAtMs), unseenSeconds: unseenMs / SECOND_MS },
    message:
      unseenMs === 0
        ? translate(locale, 'reports', 'seen.all')
        : translate(locale, 'reports', 'seen.part', { duration: durationText(unseenMs, locale) }),
    unseen: mapped(unseen, ({ fromMs, toMs, reason }) => {
      const message = translate(locale, 'reports', `unseenReasons.${reason}`)
      return { from: toIso(fromMs), to: toIso(toMs), reason, message }
    }),
  }
}

function toFinding(finding: ReportedFinding, { locale, kindOf }: Words): ReportFindingAnswer {
  const { clusterId, code, severity, subject, count, facts, sinceMs, endedAtMs, because, mute } = finding
  const system = kindOf(clusterId)
  const title = translate(locale, 'findings', `${code}.title`, facts ?? {}, system)
  return {
    ...{ clusterId, code, severity, subject, labels: labelsOf(finding), count, title },
    message: facts === null ? title : translate(locale, 'reasons', `${code}.${subject.type}`, facts, system),
    ...{ since: toIsoOrNull(sinceMs), endedAt: toIsoOrNull(endedAtMs), because },
    mute: mute && { reason: mute.reason, untilAt: toIso(mute.untilAtMs) },
  }
}

function toLoss(loss: ReportedLoss, { locale, kindOf }: Words): Item<'losses'> {
  const { id, clusterId, kind, topic, partition, broker, group, countBound, isNew, isMuted } = loss
  const words = (path: string): string =>
    translate(locale, 'lossKinds', `${kind}.${path}`, lossFactsOf(loss), kindOf(clusterId))
  return {
    ...{ id, clusterId, kind, labels: labelsOf(loss), title: words('title'), message: words('message') },
    ...{ topic, partition, broker, group, countBound, isNew, isMuted },
    ...{ fromOffset: toNumberOrNull(loss.fromOffset), toOffset: toNumberOrNull(loss.toOffset) },
    count: toNumberOrNull(loss.count),
    ...{ firstDetectedAt: toIso(loss.firstDetectedAtMs), lastDetectedAt: toIso(loss.lastDetectedAtMs) },
    acknowledgedAt: toIsoOrNull(loss.acknowledgedAtMs),
    ...{ acknowledgedBy: loss.acknowledgedBy, note: loss.note },
  }
}

function toForecast(forecast: ReportedForecast, { locale }: Words): Item<'forecasts'> {
  const { clusterId, what, subject, because } = forecast
  const title = translate(locale, 'reports', `forecasts.${what}`, { name: subject.name })
  return {
    ...{ clusterId, what, subject, labels: labelsOf(forecast), title },
    message: translate(locale, 'ui', `forecast.because.${because}`),
    forecast: toForecastAnswer({ ...forecast, state: 'forecast' }),
  }
}

function toEvent(event: ReportedEvent, { locale }: Words): Item<'events'> {
  const { clusterId, atMs, kind, topic, broker, group, facts } = event
  const title = translate(locale, 'explore', `events.${kind}`)
  // Finding events have a section of their own.
  return {
    clusterId,
    labels: labelsOf(event),
    at: toIso(atMs),
    kind: kind as Item<'events'>['kind'],
    title,
    facts,
    topic,
    broker,
    group,
  }
}

function toReplay(replay: ReportedReplay, { locale }: Words): Item<'replays'> {
  const { team: _, startedAtMs, endedAtMs, counts, ...rest } = replay
  return {
    ...{ ...rest, labels: labelsOf(replay), startedAt: toIsoOrNull(startedAtMs), endedAt: toIsoOrNull(endedAtMs) },
    message: translate(locale, 'replays', `sentence.${replay.state}`),
    counts: withNumbers(counts),
  }
}

function toHold(hold: ReportedHold, { locale }: Words): Item<'holds'> {
  const { team: _, outcome, createdAtMs, untilAtMs, endedAtMs, ...rest } = hold
  return {
    ...{ ...rest, labels: labelsOf(hold), createdAt: toIso(createdAtMs), untilAt: toIso(untilAtMs) },
    endedAt: toIsoOrNull(endedAtMs),
    message:
      outcome === null ? translate(locale, 'reports', 'holdOpen') : translate(locale, 'holds', `outcomes.${outcome}`),
  }
}
