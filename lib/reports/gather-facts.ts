/** Reads what a report is made of: stored things alone, each read bounded. Nothing here asks a cluster. */
import type { AuditLog } from '../audit/audit-log.ts'
import type { SubjectRef } from '../cluster/snapshot.ts'
import type { Labels } from '../config/owners.ts'
import type { EventKind } from '../durability/events.ts'
import type { Forecast } from '../durability/observation.ts'
import { withDiskForecasts } from '../history/disk-forecasts.ts'
import type { EventHistory, StoredEvent } from '../history/event-history.ts'
import type { History } from '../history/history.ts'
import type { ClusterSummary, SnapshotReader } from '../history/snapshot-store.ts'
import type { HoldStore } from '../holds/hold-store.ts'
import type { LossLedger } from '../losses/loss-ledger.ts'
import type { ClusterRegistry } from '../registry/cluster-registry.ts'
import type { Mutes } from '../registry/mutes.ts'
import type { ReplayStore } from '../replay/replay-store.ts'
import { MINUTE_MS } from '../units.ts'
import { MOST_ROWS } from './compose-report.ts'
import type { ClusterFacts, ForecastFact, PeriodFacts } from './period-facts.ts'
import type { ReportedForecast } from './report.ts'
import { type UnseenStretch, unseenOf } from './unseen.ts'

export interface ReportSources {
  registry: Pick<ClusterRegistry, 'list'>
  snapshots: Pick<SnapshotReader, 'summaries' | 'findings' | 'groups' | 'dlqs' | 'brokers'>
  history: Pick<History, 'read'>
  events: Pick<EventHistory, 'read'>
  losses: Pick<LossLedger, 'list'>
  replays: Pick<ReplayStore, 'runningBetween'>
  holds: Pick<HoldStore, 'openBetween'>
  mutes: Pick<Mutes, 'list'>
  audit: Pick<AuditLog, 'between'>
  labelsOf(clusterId: string, subject: SubjectRef): Labels
}

export interface Range {
  fromMs: number
  /** Not part of it. */
  toMs: number
}

/** Beginnings, and ends, of findings of one cluster: more in one report are a flapping cluster, and said to be cut. */
const MOST_CHANGES = 5_000
/** A silence is told to the poll; points are only looked at for the first one. */
const STEP_MS = 5 * MINUTE_MS

export async function gatherFacts(
  sources: ReportSources,
  { fromMs, toMs }: Range,
  { madeAtMs, isScheduled }: Pick<PeriodFacts, 'madeAtMs' | 'isScheduled'>,
): Promise<PeriodFacts> {
  const [registered, summaries] = await Promise.all([sources.registry.list(), sources.snapshots.summaries()])
  const [losses, replays, holds, mutes, audit] = await Promise.all([
    sources.losses.list(),
    sources.replays.runningBetween(fromMs, toMs, MOST_ROWS),
    sources.holds.openBetween(fromMs, toMs, MOST_ROWS),
    sources.mutes.list(),
    sources.audit.between(fromMs, toMs, MOST_ROWS),
  ])
  const clusters: ClusterFacts[] = []
  let isCut = false
  // One after the other: all of a large fleet at once would be more memory than the report needs.
  for (const { config } of registered) {
    const summary = summaries.find(({ clusterId }) => clusterId === config.id) ?? null
    const read = await gatherCluster(sources, config, summary, { fromMs, toMs, madeAtMs })
    clusters.push(read.facts)
    isCut ||= read.isCut
  }
  const { labelsOf } = sources
  return {
    ...{ fromMs, toMs, madeAtMs, isScheduled, clusters, isCut },
    ...{ losses, replays, holds, mutes, audit, labelsOf },
  }
}

async function gatherCluster(
  sources: ReportSources,
  { id, name, kind }: Pick<ClusterFacts, 'id' | 'name' | 'kind'>,
  summary: ClusterSummary | null,
  { fromMs, toMs, madeAtMs }: Range & { madeAtMs: number },
): Promise<{ facts: ClusterFacts; isCut: boolean }> {
  const read = (kind: EventKind | null, untilMs: number, limit: number): Promise<StoredEvent[]> => {
    const place = { clusterIds: [id], topic: null, group: null, broker: null, kind }
    return sources.events.read({ ...place, fromMs, toMs: untilMs, limit })
  }
  const [started, ended, events, findings, unseen, forecasts] = await Promise.all([
    read('findingStarted', madeAtMs, MOST_CHANGES),
    read('findingEnded', madeAtMs, MOST_CHANGES),
    read(null, toMs - 1, MOST_ROWS),
    sources.snapshots.findings(id),
    readUnseen(sources, id, summary, { fromMs, toMs }),
    readForecasts(sources, id, summary),
  ])
  const facts = {
    ...{ id, name, kind, lastPollAtMs: summary?.lastPollAtMs ?? null, unseen, events, forecasts },
    ...{ findings: findings ?? [], findingEvents: [...started, ...ended] },
  }
  return { facts, isCut: started.length === MOST_CHANGES || ended.length === MOST_CHANGES }
}

async function readUnseen(
  { history }: ReportSources,
  clusterId: string,
  summary: ClusterSummary | null,
  { fromMs, toMs }: Range,
): Promise<UnseenStretch[]> {
  const metric = { clusterId, metric: 'pollMs', labels: {}, maxSeries: 1 } as const
  const [series] = await history.read({ ...metric, fromMs, toMs, stepMs: STEP_MS })
  return unseenOf(series ?? null, { fromMs, toMs, stepMs: STEP_MS, intervalMs: summary?.pollIntervalMs ?? 0 })
}

async function readForecasts(
  { snapshots, history }: ReportSources,
  clusterId: string,
  summary: ClusterSummary | null,
): Promise<ForecastFact[]> {
  const [groups, dlqs, brokers] = await Promise.all([
    snapshots.groups(clusterId),
    snapshots.dlqs(clusterId),
    snapshots.brokers(clusterId),
  ])
  const disks = await withDiskForecasts(history, summary, brokers ?? [])
  const all = [
    ...(groups ?? []).map(({ id, lossAt }) => forecastOf('unread', 'group', id, lossAt)),
    ...(dlqs ?? []).map(({ topic, expiry }) => forecastOf('deadLetters', 'topic', topic, expiry)),
    ...disks.map(({ id, diskFullAt }) => forecastOf('disk', 'broker', id, diskFullAt)),
  ]
  return all.filter((forecast) => forecast !== 'none')
}

function forecastOf(
  what: ReportedForecast['what'],
  type: SubjectRef['type'],
  name: string,
  { state, earliestAtMs, latestAtMs, because }: Forecast,
): ForecastFact | 'none' {
  if (state === 'none') return 'none'
  return state === 'unknown' ? null : { what, subject: { type, name }, earliestAtMs, latestAtMs, because }
}
