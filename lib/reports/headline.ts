/** A report in a few numbers. Pure. */
import { worstState } from '../client/states.ts'
import { SEVERITIES, type Severity } from '../durability/observation.ts'
import { MINUTE_MS } from '../units.ts'
import type { PeriodFacts } from './period-facts.ts'
import type { Headline, ReportContent, ReportedFinding, ReportedLoss } from './report.ts'

interface Counted {
  content: ReportContent
  openLosses: number
  /** Unbounded. */
  all: { held: readonly ReportedFinding[]; losses: readonly ReportedLoss[] }
}

/** What makes one is started within seconds; later than this, it could not be made in time. */
const LATE_MS = 10 * MINUTE_MS

export function headlineOf(facts: PeriodFacts, { content, openLosses, all }: Counted): Headline {
  const { clusters, replays, began, ended, muted } = content
  const found = all.losses.filter(({ isNew, isMuted }) => isNew && !isMuted)
  const counts = found.flatMap(({ count }) => (count === null ? [] : [count]))
  const afterMs = facts.madeAtMs - facts.toMs
  return {
    level: worstState(clusters.map(({ level }) => level)) ?? 'unknown',
    clusters: clusters.length,
    unseenClusters: clusters.filter(({ unseenMs }) => unseenMs > 0).length,
    unseenMs: Math.max(0, ...clusters.map(({ unseenMs }) => unseenMs)),
    atRisk: bySeverity(all.held.filter(({ mute }) => mute === null)),
    muted: muted.total,
    began: began.total,
    ended: ended.total,
    losses: found.length,
    lostMessages: counts.length === 0 && found.length > 0 ? null : counts.reduce((sum, count) => sum + count, 0n),
    lostIsPartial: counts.length < found.length,
    openLosses,
    replays: replays.total,
    replayedMessages: facts.replays.reduce((sum, { counts: { produced } }) => sum + produced, 0n),
    lateMs: facts.isScheduled && afterMs > LATE_MS ? afterMs : null,
  }
}

function bySeverity(findings: readonly ReportedFinding[]): Record<Severity, number> {
  const of = (wanted: Severity): number =>
    findings.reduce((sum, { severity, count }) => sum + (severity === wanted ? count : 0), 0)
  return Object.fromEntries(SEVERITIES.map((severity) => [severity, of(severity)])) as Record<Severity, number>
}
