/** From what is known of a period to a report. Pure: the same facts give the same report. */
import type { SubjectRef } from '../cluster/snapshot.ts'
import { lossMuteFinder, muteFinder } from '../durability/mutes.ts'
import type { VerdictLevel } from '../durability/observation.ts'
import { harmRank, verdictOf } from '../durability/verdict.ts'
import { lossSubjectOf } from '../losses/loss-facts.ts'
import type { StoredLoss } from '../losses/loss-ledger.ts'
import type { Mute } from '../registry/mutes.ts'
import { HOUR_MS } from '../units.ts'
import { type Spell, spellsOf } from './finding-spells.ts'
import { headlineOf } from './headline.ts'
import type { ClusterFacts, PeriodFacts } from './period-facts.ts'
import type {
  Bounded,
  Headline,
  ReportContent,
  ReportedEvent,
  ReportedFinding,
  ReportedForecasts,
  ReportedHold,
  ReportedLoss,
  ReportedMute,
  ReportedReplay,
} from './report.ts'
import { lengthMs } from './unseen.ts'

/** More than this in one section nobody reads; how many there were is told. */
export const MOST_ROWS = 500
/** A forecast looks ahead from now: of a period that is over for longer it tells nothing. */
const FORECAST_WITHIN_MS = HOUR_MS

export function composeReport(facts: PeriodFacts): { headline: Headline; content: ReportContent } {
  const spells = facts.clusters.map((cluster) => ({ cluster, ...placedSpells(cluster, facts) }))
  const all = (part: 'held' | 'began' | 'ended'): ReportedFinding[] => spells.flatMap((one) => one[part])
  const losses = lossesOf(facts)
  const openLosses = losses.all.filter((loss) => wasOpen(loss, facts.toMs) && !loss.isMuted)
  const content: ReportContent = {
    clusters: spells.map(({ cluster, held }) => {
      const { id, name, kind, lastPollAtMs, unseen } = cluster
      const level = levelOf(cluster, held, openLosses, facts.toMs)
      return { id, name, kind, level, lastPollAtMs, unseenMs: lengthMs(unseen), unseen: bounded(unseen) }
    }),
    losses: bounded(losses.ofPeriod),
    atRisk: bounded(
      all('held')
        .filter(({ mute }) => mute === null)
        .sort(gravestFirst),
    ),
    muted: bounded(
      all('held')
        .filter(({ mute }) => mute !== null)
        .sort(gravestFirst),
    ),
    began: bounded(all('began').sort(gravestFirst)),
    ended: bounded(all('ended').sort(gravestFirst)),
    isCut: facts.isCut,
    forecasts: facts.madeAtMs - facts.toMs > FORECAST_WITHIN_MS ? null : forecastsOf(facts),
    events: bounded(eventsOf(facts)),
    replays: bounded(replaysOf(facts)),
    holds: bounded(holdsOf(facts)),
    mutes: bounded(mutesOf(facts)),
    audit: facts.audit,
  }
  const counted = { content, openLosses: openLosses.length, all: { held: all('held'), losses: losses.ofPeriod } }
  return { headline: headlineOf(facts, counted), content }
}

function bounded<T>(items: readonly T[]): Bounded<T> {
  return { items: items.slice(0, MOST_ROWS), total: items.length }
}

function gravestFirst(one: ReportedFinding, other: ReportedFinding): number {
  return harmRank(one) - harmRank(other) || (one.sinceMs ?? 0) - (other.sinceMs ?? 0)
}

type PlacedSpells = Record<'held' | 'began' | 'ended', ReportedFinding[]>

function placedSpells(cluster: ClusterFacts, { fromMs, toMs, mutes, labelsOf }: PeriodFacts): PlacedSpells {
  const { id, findings, findingEvents } = cluster
  const muteOf = muteFinder(mutesBefore(mutes, toMs), id, toMs)
  const placed = (spell: Spell): ReportedFinding => {
    const [mute] = muteOf(spell)
    const hiding = mute === undefined ? null : { reason: mute.reason, untilAtMs: mute.untilAtMs }
    return { ...spell, clusterId: id, team: labelsOf(id, spell.subject).team ?? null, mute: hiding }
  }
  const { held, began, ended } = spellsOf({ findings, events: findingEvents, fromMs, toMs })
  return { held: held.map(placed), began: began.map(placed), ended: ended.map(placed) }
}

function mutesBefore(mutes: readonly Mute[], atMs: number): Mute[] {
  return mutes.filter(({ createdAtMs }) => createdAtMs === null || createdAtMs < atMs)
}

/** Whoever was not looked at in the end is unknown, whatever was known before. */
function levelOf(
  { id, lastPollAtMs, unseen }: ClusterFacts,
  held: readonly ReportedFinding[],
  openLosses: readonly ReportedLoss[],
  toMs: number,
): VerdictLevel {
  if (lastPollAtMs === null || unseen.some((stretch) => stretch.toMs >= toMs)) return 'unknown'
  if (openLosses.some(({ clusterId, isAbandoned }) => clusterId === id && !isAbandoned)) return 'losing'
  const findings = held.flatMap(({ code, severity, subject, part, facts, sinceMs, mute }) =>
    mute === null ? [{ code, severity, subject, part, facts: facts ?? {}, atMs: sinceMs ?? toMs }] : [],
  )
  return verdictOf(findings).level
}

function lossesOf(facts: PeriodFacts): { all: ReportedLoss[]; ofPeriod: ReportedLoss[] } {
  const { fromMs, toMs, losses, mutes, labelsOf } = facts
  const isIn = (atMs: number | null): boolean => atMs !== null && atMs >= fromMs && atMs < toMs
  const muteOf = new Map(
    facts.clusters.map(({ id }) => [id, lossMuteFinder(mutesBefore(mutes, toMs), id, toMs)] as const),
  )
  const all = losses.flatMap((loss): ReportedLoss[] => {
    const mutesOfLoss = muteOf.get(loss.clusterId)
    if (mutesOfLoss === undefined || loss.firstDetectedAtMs >= toMs) return []
    const team = labelsOf(loss.clusterId, lossSubjectOf(loss)).team ?? null
    return [{ ...loss, team, isNew: isIn(loss.firstDetectedAtMs), isMuted: mutesOfLoss(loss).length > 0 }]
  })
  const ofPeriod = all.filter(
    ({ lastDetectedAtMs, acknowledgedAtMs }) => lastDetectedAtMs >= fromMs || isIn(acknowledgedAtMs),
  )
  return { all, ofPeriod: ofPeriod.sort((one, other) => other.lastDetectedAtMs - one.lastDetectedAtMs) }
}

function wasOpen({ acknowledgedAtMs }: StoredLoss, atMs: number): boolean {
  return acknowledgedAtMs === null || acknowledgedAtMs >= atMs
}

function forecastsOf({ clusters, labelsOf }: PeriodFacts): ReportedForecasts {
  const all = clusters.flatMap(({ id, forecasts }) => forecasts.map((forecast) => ({ id, forecast })))
  const known = all.flatMap(({ id, forecast }) =>
    forecast === null ? [] : [{ ...forecast, clusterId: id, team: labelsOf(id, forecast.subject).team ?? null }],
  )
  // One whose moment is not known in either direction may be the nearest.
  known.sort((one, other) => (one.earliestAtMs ?? 0) - (other.earliestAtMs ?? 0))
  return { ...bounded(known), unknown: all.length - known.length }
}

function eventsOf({ clusters, labelsOf }: PeriodFacts): ReportedEvent[] {
  return clusters
    .flatMap(({ events }) => events)
    .map(({ clusterId, atMs, kind, topic, broker, group, facts }) => {
      const subject: SubjectRef = group !== null ? { type: 'group', name: group } : { type: 'topic', name: topic ?? '' }
      return { clusterId, team: labelsOf(clusterId, subject).team ?? null, atMs, kind, topic, broker, group, facts }
    })
    .sort((one, other) => other.atMs - one.atMs)
}

function replaysOf({ replays, labelsOf }: PeriodFacts): ReportedReplay[] {
  return replays.map(({ id, request, state, createdBy, startedAtMs, endedAtMs, counts }) => {
    const { clusterId, topic, target, reason } = request
    const team = labelsOf(clusterId, { type: 'topic', name: topic }).team ?? null
    const place = { clusterId, team, topic, targetClusterId: target.clusterId }
    return { id, ...place, state, reason, createdBy, startedAtMs, endedAtMs, counts }
  })
}

function holdsOf({ holds, labelsOf }: PeriodFacts): ReportedHold[] {
  return holds.map(({ id, clusterId, topic, state, outcome, reason, createdBy, createdAtMs, untilAtMs, endedAtMs }) => {
    const team = labelsOf(clusterId, { type: 'topic', name: topic }).team ?? null
    return { id, clusterId, team, topic, state, outcome, reason, createdBy, createdAtMs, untilAtMs, endedAtMs }
  })
}

function mutesOf({ mutes, fromMs, toMs }: PeriodFacts): ReportedMute[] {
  return mutesBefore(mutes, toMs)
    .filter(({ untilAtMs }) => untilAtMs > fromMs)
    .map(({ id, code, cluster, subject, reason, createdBy, createdAtMs, untilAtMs }) => {
      return { id, code, cluster, subject, reason, createdBy, createdAtMs, untilAtMs }
    })
}
