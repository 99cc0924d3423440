/** A report as sections of lines: what its page, its HTML file and its CSV show alike. Pure. */
import type { ReportAnswer, ReportFindingAnswer } from '../api/schemas/reports.ts'
import type { SubjectType } from '../cluster/snapshot.ts'
import type { Severity, VerdictLevel } from '../durability/observation.ts'

/** In their order: what hurts first, who did what last. */
export const REPORT_SECTIONS = [
  ...(['clusters', 'unseen', 'losses', 'atRisk', 'forecasts', 'began', 'ended'] as const),
  ...(['events', 'replays', 'holds', 'muted', 'mutes', 'audit'] as const),
] as const
export type ReportSectionId = (typeof REPORT_SECTIONS)[number]

export interface ReportLine {
  key: string
  level: VerdictLevel | null
  severity: Severity | null
  title: string
  /** Null where the title says it all. */
  text: string | null
  clusterId: string | null
  /** Its name is '' where it is of no single subject. */
  subject: { type: SubjectType; name: string } | null
  team: string | null
  from: string | null
  to: string | null
  /** Findings, or messages. Null: unknown, or nothing is counted. */
  count: number | null
  by: string | null
  note: string | null
  outcome: 'ok' | 'refused' | 'failed' | null
  /** A finding of which nobody could see whether it still holds. */
  isDoubtful: boolean
}

export interface ReportSection {
  id: ReportSectionId
  lines: ReportLine[]
  /** Of all that there were; null: it was not looked for. */
  total: number | null
}

const NOTHING: Omit<ReportLine, 'key' | 'title'> = {
  ...{ level: null, severity: null, text: null, clusterId: null, subject: null, team: null, from: null, to: null },
  ...{ count: null, by: null, note: null, outcome: null, isDoubtful: false },
}

export function reportSections(report: ReportAnswer): ReportSection[] {
  return REPORT_SECTIONS.map((id) => {
    const { lines, total } = MAKERS[id](report)
    return { id, total, lines: lines.map((line, index) => ({ ...NOTHING, ...line, key: `${id}-${index}` })) }
  })
}

type Line = Partial<ReportLine> & Pick<ReportLine, 'title'>
interface Lines {
  lines: Line[]
  total: number | null
}

function linesOf<T>({ items, total }: { items: T[]; total: number }, toLine: (item: T) => Line): Lines {
  return { lines: items.map(toLine), total }
}

const MAKERS: Record<ReportSectionId, (report: ReportAnswer) => Lines> = {
  clusters: ({ clusters }) =>
    linesOf({ items: clusters, total: clusters.length }, ({ id, name, level, message }) => {
      return { title: name, text: message, clusterId: id, level }
    }),
  unseen: ({ clusters }) => ({
    lines: clusters.flatMap(({ id, unseen }) =>
      unseen.items.map(({ from, to, message }) => ({ title: message, clusterId: id, from, to })),
    ),
    total: clusters.reduce((sum, { unseen }) => sum + unseen.total, 0),
  }),
  losses: ({ losses }) =>
    linesOf(losses, (loss) => ({
      ...{ title: loss.title, text: loss.message, clusterId: loss.clusterId, team: loss.labels.team ?? null },
      subject: loss.group === null ? subjectOf('topic', loss.topic) : subjectOf('group', loss.group),
      ...{ from: loss.firstDetectedAt, to: loss.lastDetectedAt, count: loss.count },
      ...{ level: loss.acknowledgedAt === null ? 'losing' : 'safe', by: loss.acknowledgedBy, note: loss.note },
    })),
  atRisk: ({ atRisk }) => linesOf(atRisk, findingLine),
  muted: ({ muted }) => linesOf(muted, (finding) => ({ ...findingLine(finding), note: finding.mute?.reason ?? null })),
  began: ({ began }) => linesOf(began, findingLine),
  ended: ({ ended }) => linesOf(ended, findingLine),
  forecasts: ({ forecasts }) =>
    forecasts === null
      ? { lines: [], total: null }
      : linesOf(forecasts, ({ clusterId, subject, labels, title, message, forecast }) => ({
          ...{ title, text: message, clusterId, subject, team: labels.team ?? null },
          ...{ from: forecast.earliest, to: forecast.latest },
        })),
  events: ({ events }) =>
    linesOf(events, ({ clusterId, labels, at, title, facts, topic, broker, group }) => ({
      ...{ title, text: factsText(facts), clusterId, team: labels.team ?? null, from: at },
      subject: subjectOf('group', group) ?? subjectOf('topic', topic) ?? subjectOf('broker', broker),
    })),
  replays: ({ replays }) =>
    linesOf(replays, ({ id, clusterId, topic, labels, message, reason, createdBy, startedAt, endedAt, counts }) => ({
      ...{ title: topic, text: `${message} ${id}`, clusterId, subject: subjectOf('topic', topic) },
      ...{
        team: labels.team ?? null,
        from: startedAt,
        to: endedAt,
        count: counts.produced,
        by: createdBy,
        note: reason,
      },
    })),
  holds: ({ holds }) =>
    linesOf(holds, ({ clusterId, topic, labels, message, reason, createdBy, createdAt, endedAt, untilAt }) => ({
      ...{ title: topic, text: message, clusterId, subject: subjectOf('topic', topic), team: labels.team ?? null },
      ...{ from: createdAt, to: endedAt ?? untilAt, by: createdBy, note: reason },
    })),
  mutes: ({ mutes }) =>
    linesOf(mutes, ({ code, cluster, subject, reason, createdBy, createdAt, untilAt }) => ({
      ...{ title: code, text: `${cluster} / ${subject}`, from: createdAt, to: untilAt, by: createdBy, note: reason },
    })),
  audit: ({ audit }) =>
    linesOf(audit, ({ action, target, at, actor, outcome, remoteAddress }) => {
      return { title: action, text: target, from: at, by: actor, outcome, note: remoteAddress }
    }),
}

function findingLine(finding: ReportFindingAnswer): Line {
  const { title, message, clusterId, subject, labels, severity, since, endedAt, because, count } = finding
  return {
    ...{ title, text: message === title ? null : message, clusterId, subject, team: labels.team ?? null, severity },
    ...{ from: since, to: endedAt, count: count === 1 ? null : count, isDoubtful: because === 'unknown' },
  }
}

function subjectOf(type: SubjectType, name: string | null): ReportLine['subject'] {
  return name === null ? null : { type, name }
}

function factsText(facts: Record<string, string | number>): string | null {
  const parts = Object.entries(facts).map(([name, value]) => `${name}: ${value}`)
  return parts.length === 0 ? null : parts.join(', ')
}

/** What a section has to tell in columns of its own: one that none of its lines fills is not shown. */
export function columnsOf(
  lines: readonly ReportLine[],
): Record<'team' | 'from' | 'to' | 'count' | 'by' | 'note' | 'cluster' | 'subject', boolean> {
  const has = (isThere: (line: ReportLine) => boolean): boolean => lines.some(isThere)
  return {
    team: has(({ subject }) => subject !== null),
    ...{ from: has(({ from }) => from !== null), to: has(({ to }) => to !== null) },
    ...{ count: has(({ count }) => count !== null), by: has(({ by }) => by !== null) },
    note: has(({ note, outcome }) => note !== null || outcome !== null),
    ...{
      cluster: has(({ clusterId }) => clusterId !== null),
      subject: has(({ subject }) => (subject?.name ?? '') !== ''),
    },
  }
}
