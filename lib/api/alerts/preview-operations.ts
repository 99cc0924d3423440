/** How often a rule would have fired, from what is stored. */
import { type AlertRule, type AlertSubject, labelMatcher, type SeriesCondition } from '../../alerts/alert-rule.ts'
import { BUILT_IN_RULES } from '../../alerts/built-in-rules.ts'
import { partOf } from '../../alerts/finding-readings.ts'
import { type Episode, episodesOfPoints, episodesOfSpells, type Spell } from '../../alerts/preview.ts'
import type { EventKind } from '../../durability/events.ts'
import { USED_STEP_MS, USED_WINDOW_MS } from '../../durability/forecasts/disk-full.ts'
import { SEVERITIES, type Severity } from '../../durability/observation.ts'
import { HoldfastError } from '../../errors.ts'
import { fullRatioOf } from '../../history/disk-forecasts.ts'
import type { SeriesLabels, SeriesResult } from '../../history/history.ts'
import { METRICS, type MetricName } from '../../history/metrics.ts'
import { lossSubjectOf } from '../../losses/loss-facts.ts'
import { spellsOf } from '../../reports/finding-spells.ts'
import { DAY_MS, SECOND_MS } from '../../units.ts'
import { clustersAndRange } from '../clusters-and-range.ts'
import type { AlertPreviewAnswer } from '../schemas/alerts.ts'
import { toIso, toIsoOrNull } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { diskForecastRuns } from './disk-forecast-run.ts'
import { previewChart, type RunOver, type SeriesRun } from './preview-chart.ts'

const DEFAULT_RANGE_MS = 7 * DAY_MS
const MOST_EPISODES = 200
const MOST_EVENTS = 20_000
const MOST_POINTS = 2_000
const MOST_SERIES = 500

export interface PreviewInput {
  clusterId: string
  /** Epoch milliseconds; left out: seven days, and now. */
  from?: number | undefined
  to?: number | undefined
  /** One that is there, by its code, or one that may be written. */
  code?: string | undefined
  rule?: AlertRule | undefined
}

interface Range {
  clusterId: string
  fromMs: number
  toMs: number
  intervalMs: number
}

interface Previewed {
  episodes: Episode[]
  /** Null: it is not about numbers. */
  numbers: Pick<RunOver, 'metric' | 'beyond' | 'stepMs' | 'runs'> | null
}

/** @throws HoldfastError `cluster_not_found`, `bad_request`, `range_too_large` */
export async function previewRule(services: ApiServices, input: PreviewInput): Promise<AlertPreviewAnswer> {
  const { clusterId } = input
  const { clusters, fromMs, toMs } = await clustersAndRange(
    services,
    { ...input, cluster: clusterId },
    DEFAULT_RANGE_MS,
  )
  const rule = await ruleOf(services, input)
  const asked = { clusterId, fromMs, toMs, intervalMs: services.config.poll.intervalSeconds * SECOND_MS }
  const watched = await watchedWithin(services, asked)
  // What is known of an hour is run over in finer steps than a week.
  const range = { ...asked, fromMs: watched.recordedMs ?? fromMs }
  const { episodes, numbers } = await previewed(services, rule, range)
  const newest = episodes.toSorted((one, other) => other.firedAtMs - one.firedAtMs)
  return {
    ...{ clusterId, from: toIso(fromMs), to: toIso(toMs), times: episodes.length },
    subjects: new Set(episodes.map(({ subject }) => JSON.stringify(subject))).size,
    episodes: newest.slice(0, MOST_EPISODES).map(({ subject: { type, name, part }, firedAtMs, endedAtMs }) => ({
      ...{ subject: { type, name }, part, firedAt: toIso(firedAtMs), endedAt: toIsoOrNull(endedAtMs) },
    })),
    stepSeconds: numbers === null ? null : numbers.stepMs / SECOND_MS,
    ...{ recordedFrom: toIsoOrNull(watched.recordedMs), unseenSeconds: watched.unseenSeconds },
    chart:
      numbers === null
        ? null
        : previewChart({
            ...{ clusterId, isKafka: clusters.every(({ config }) => config.kind === 'kafka') },
            ...{ ...numbers, rangeMs: toMs - range.fromMs },
          }),
  }
}

async function ruleOf({ alertRules }: ApiServices, { code, rule }: PreviewInput): Promise<AlertRule> {
  if ((code === undefined) === (rule === undefined))
    throw new HoldfastError('bad_request', { path: 'body.rule', issue: 'codeOrRule' })
  if (rule !== undefined) return rule
  const known = [...(await alertRules.holding()), ...BUILT_IN_RULES].find((one) => one.code === code)
  if (known === undefined) throw new HoldfastError('bad_request', { path: 'body.code', issue: 'unknownAlertRule' })
  return known
}

async function previewed(services: ApiServices, rule: AlertRule, range: Range): Promise<Previewed> {
  const { when } = rule
  if (when.kind === 'series') return ofSeries(services, rule, when, range)
  const spells =
    when.kind === 'finding' ? await findingSpells(services, rule, range) : await lossSpells(services, when.loss, range)
  return { episodes: episodesOfSpells(rule, spells, range.intervalMs, range.toMs), numbers: null }
}

async function ofSeries(
  services: ApiServices,
  rule: AlertRule,
  when: SeriesCondition,
  range: Range,
): Promise<Previewed> {
  if (when.series === 'diskFullHours') return ofDiskForecasts(services, rule, when, range)
  if (!Object.hasOwn(METRICS, when.series))
    throw new HoldfastError('bad_request', { path: 'body.code', issue: 'notPreviewed' })
  const metric = when.series as MetricName
  const stepMs = stepOf(range)
  const wanted = await readWanted(services, when, { ...range, metric, stepMs })
  const runs = wanted.map((series) => ({ series, episodes: episodesOfPoints(rule, when, series) }))
  return previewOf(runs, { metric, beyond: when.beyond, stepMs })
}

/** Shown is how full they were: where nothing fills, there are no hours to be drawn. */
async function ofDiskForecasts(
  services: ApiServices,
  rule: AlertRule,
  when: SeriesCondition,
  range: Range,
): Promise<Previewed> {
  const { clusterId, fromMs, toMs } = range
  const metric = 'diskUsedRatio'
  const asked = { ...range, fromMs: fromMs - USED_WINDOW_MS, metric, stepMs: USED_STEP_MS } as const
  const [series, brokers] = await Promise.all([
    readWanted(services, when, asked),
    services.snapshots.brokers(clusterId),
  ])
  const fullRatios = new Map((brokers ?? []).map((broker) => [broker.id, fullRatioOf(broker)]))
  const { runs, stepMs } = diskForecastRuns(rule, when, { series, fullRatios, fromMs, toMs })
  return previewOf(runs, { metric, beyond: 'above', stepMs })
}

/** What a rule is about, of a metric that is kept. */
async function readWanted(
  { history }: ApiServices,
  when: SeriesCondition,
  { clusterId, fromMs, toMs, metric, stepMs }: Range & { metric: MetricName; stepMs: number },
): Promise<SeriesResult[]> {
  const isMatch = labelMatcher(when.labels)
  const labels = exactLabels(when)
  const series = await history.read({ clusterId, metric, labels, fromMs, toMs, stepMs, maxSeries: MOST_SERIES })
  return series.filter(({ labels }) => isMatch({ cluster: clusterId, ...labels }))
}

function previewOf(runs: SeriesRun[], shown: Omit<NonNullable<Previewed['numbers']>, 'runs'>): Previewed {
  return { episodes: runs.flatMap(({ episodes }) => episodes), numbers: { ...shown, runs } }
}

function stepOf({ fromMs, toMs, intervalMs }: Range): number {
  return Math.max(intervalMs, Math.ceil((toMs - fromMs) / MOST_POINTS / SECOND_MS) * SECOND_MS)
}

/** How much of the range anybody saw: each poll that is answered says how long it took. */
async function watchedWithin(
  { history }: ApiServices,
  range: Range,
): Promise<{ recordedMs: number | null; unseenSeconds: number }> {
  const { clusterId, fromMs, toMs } = range
  const query = { clusterId, metric: 'pollMs', labels: {}, fromMs, toMs, stepMs: stepOf(range), maxSeries: 1 } as const
  const [polls] = await history.read(query)
  const recordedMs = polls === undefined ? null : firstKnownMs(polls)
  if (polls === undefined || recordedMs === null) return { recordedMs: null, unseenSeconds: 0 }
  const unseenMs = polls.gaps.reduce((sum, gap) => sum + gap.toMs - gap.fromMs, 0)
  return { recordedMs: Math.max(fromMs, recordedMs), unseenSeconds: Math.round(unseenMs / SECOND_MS) }
}

/** A gap says that the cluster was known by then. */
function firstKnownMs({ points, gaps }: SeriesResult): number | null {
  const firstMs = Math.min(points[0]?.t ?? Infinity, gaps[0]?.fromMs ?? Infinity)
  return firstMs === Infinity ? null : firstMs
}

/** What the history can look up; globs are applied to what it finds. */
function exactLabels({ labels }: SeriesCondition): SeriesLabels {
  const exact: SeriesLabels = {}
  for (const name of ['topic', 'group', 'broker', 'logDir'] as const) {
    const value = labels[name]
    if (value !== undefined && !/[*?]/.test(value)) exact[name] = value
  }
  return exact
}

/** Of findings that are told: what is merely good to know leaves no trace. */
async function findingSpells({ events, snapshots }: ApiServices, { when }: AlertRule, range: Range): Promise<Spell[]> {
  if (when.kind !== 'finding') return []
  const { clusterId, fromMs, toMs } = range
  const read = (kind: EventKind) =>
    events.read({
      ...{ clusterIds: [clusterId], topic: null, group: null, broker: null, kind },
      ...{ fromMs, toMs, limit: MOST_EVENTS },
    })
  const [started, ended, findings] = await Promise.all([
    read('findingStarted'),
    read('findingEnded'),
    snapshots.findings(clusterId),
  ])
  const told = spellsOf({ findings: findings ?? [], events: [...started, ...ended], fromMs, toMs })
  const isMatch = labelMatcher(when.labels)
  const rank = (severity: Severity): number => SEVERITIES.indexOf(severity)
  return [...told.held, ...told.ended].flatMap(({ code, severity, subject, part, sinceMs, endedAtMs }): Spell[] => {
    const isAsked = code === when.finding && rank(severity) >= rank(when.from)
    if (!isAsked || !isMatch({ [subject.type]: subject.name, cluster: clusterId })) return []
    const at: AlertSubject = { ...subject, part: partOf({ part }) }
    return [{ subject: at, sinceMs: Math.max(sinceMs ?? fromMs, fromMs), endedAtMs }]
  })
}

async function lossSpells({ losses }: ApiServices, kind: string, { clusterId, fromMs, toMs }: Range): Promise<Spell[]> {
  return (await losses.list()).flatMap((loss): Spell[] => {
    const isAsked = loss.clusterId === clusterId && loss.kind === kind && !loss.isAbandoned
    if (!isAsked || loss.firstDetectedAtMs < fromMs || loss.firstDetectedAtMs > toMs) return []
    return [
      {
        subject: { ...lossSubjectOf(loss), part: loss.id },
        ...{ sinceMs: loss.firstDetectedAtMs, endedAtMs: loss.acknowledgedAtMs },
      },
    ]
  })
}
