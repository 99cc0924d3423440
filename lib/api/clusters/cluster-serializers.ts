import type { ConnectionStep } from '../../cluster/cluster-driver.ts'
import { type Fault, fault } from '../../cluster/fault.ts'
import type { FactStatus, QuorumReplica, QuorumState } from '../../cluster/snapshot.ts'
import { levelWithLosses } from '../../durability/losses/losing.ts'
import type { Verdict, VerdictReason } from '../../durability/observation.ts'
import type { ClusterSummary } from '../../history/snapshot-store.ts'
import { isStale } from '../../history/staleness.ts'
import type { Locale } from '../../i18n/locale.ts'
import { translate } from '../../i18n/translate.ts'
import type { RegisteredCluster } from '../../registry/cluster-registry.ts'
import { SECOND_MS } from '../../units.ts'
import type { OpenLosses } from '../losses/open-losses.ts'
import { toNameServerAnswer } from '../rocketmq-serializers.ts'
import type { ClusterAnswer, ConnectionTestAnswer, OpenLossesCode, VerdictReasonAnswer } from '../schemas/clusters.ts'
import { round, toFaultAnswer, toIso, toIsoOrNull, toNumber, toNumberOrNull, type WordChoice } from '../serialize.ts'

const OPEN_LOSSES: OpenLossesCode = 'cluster.openLosses'
/** A poll that hangs is given up after this long, unless its interval is longer still. */
const LONGEST_POLL_MS = 45 * SECOND_MS

export interface ClusterRow {
  registered: RegisteredCluster
  /** Null before the first poll. */
  summary: ClusterSummary | null
  /** Null: no loss is open. */
  losses: OpenLosses | null
  firingAlerts: number
}

export function toClusterAnswer(row: ClusterRow, pollIntervalMs: number, nowMs: number, locale: Locale): ClusterAnswer {
  const { config, source } = row.registered
  const { summary } = row
  const { id, name, kind, readOnly } = config
  const words = { locale, system: kind }
  const intervalMs = summary?.pollIntervalMs ?? pollIntervalMs
  return {
    ...{ id, name, kind, readOnly, source },
    version: summary?.version ?? null,
    verdict: toVerdictAnswer(row, isStale(summary?.lastPollAtMs ?? null, intervalMs, nowMs), words),
    lastPollAt: toIsoOrNull(summary?.lastPollAtMs ?? null),
    pollMs: round(summary?.pollMs ?? null),
    pollIntervalMs: intervalMs,
    pollError: toFaultAnswer(summary?.pollError?.fault ?? silence(summary, intervalMs, nowMs), words),
    ...totalsOf(summary),
    openLosses: row.losses?.open ?? 0,
    firingAlerts: row.firingAlerts,
    quorum: toQuorumAnswer(summary?.quorum ?? null),
    nameServers: summary?.nameServers?.map((server) => toNameServerAnswer(server, words)) ?? null,
    facts: (summary?.facts ?? []).map((fact) => toFactAnswer(fact, words)),
  }
}

/** A poll that fails is stored as a failure within its deadline; when not even that comes, nobody stores anything. */
function silence(summary: ClusterSummary | null, intervalMs: number, nowMs: number): Fault | null {
  const lastPollAtMs = summary?.lastPollAtMs ?? null
  const isSilent = isStale(lastPollAtMs, intervalMs, nowMs - LONGEST_POLL_MS)
  return isSilent ? fault('collectorStopped') : null
}

export function levelOf({ summary, losses }: Pick<ClusterRow, 'summary' | 'losses'>): Verdict['level'] {
  return levelWithLosses(summary?.verdict ?? null, losses?.ofOwned ?? 0)
}

function toVerdictAnswer(row: ClusterRow, stale: boolean, words: WordChoice): ClusterAnswer['verdict'] {
  const level = levelOf(row)
  const verdict = row.summary?.verdict ?? null
  if (verdict === null) return { level, stale, reasons: [] }
  const reasons = verdict.reasons.map((reason) => toReasonAnswer(reason, words))
  // What is being lost right now comes before what is lost.
  const firstOther = reasons.findIndex(
    ({ code, severity }) => code !== 'group.unreadDeleted' || severity !== 'critical',
  )
  reasons.splice(firstOther === -1 ? reasons.length : firstOther, 0, ...openLossReason(row.losses, words))
  return { level, stale, reasons }
}

function openLossReason(losses: OpenLosses | null, { locale, system }: WordChoice): VerdictReasonAnswer[] {
  if (losses === null || losses.newestAtMs === null) return []
  const facts = { count: losses.ofOwned }
  const message = translate(locale, 'lossKinds', 'open', facts, system)
  const subject = { type: 'cluster', name: '' } as const
  return [{ code: OPEN_LOSSES, severity: 'critical', subject, message, facts, at: toIso(losses.newestAtMs) }]
}

function toReasonAnswer(reason: VerdictReason, { locale, system }: WordChoice): VerdictReasonAnswer {
  const { code, severity, subject, facts, atMs } = reason
  const message = translate(locale, 'reasons', `${code}.${subject.type}`, facts, system)
  return { code, severity, subject, message, facts, at: toIso(atMs) }
}

type TotalsAnswer = Pick<
  ClusterAnswer,
  | 'brokersOnline'
  | 'brokersExpected'
  | 'topics'
  | 'partitions'
  | 'groups'
  | 'underReplicated'
  | 'atMinIsr'
  | 'underMinIsr'
  | 'offline'
  | 'unknownPartitions'
  | 'dlqDepth'
  | 'isPartial'
  | 'diskUsedRatioMax'
  | 'lagSecondsMax'
>

function totalsOf(summary: ClusterSummary | null): TotalsAnswer {
  const totals = summary?.totals ?? null
  return {
    brokersOnline: totals?.brokersOnline ?? null,
    brokersExpected: totals?.brokersExpected ?? null,
    topics: totals?.topics ?? null,
    partitions: totals?.partitions ?? null,
    groups: totals?.groups ?? null,
    underReplicated: totals?.underReplicated ?? null,
    atMinIsr: totals?.atMinIsr ?? null,
    underMinIsr: totals?.underMinIsr ?? null,
    offline: totals?.offline ?? null,
    unknownPartitions: totals?.unknownPartitions ?? null,
    dlqDepth: toNumberOrNull(totals?.dlqDepth ?? null),
    isPartial: totals?.dlqDepthIsPartial ?? false,
    diskUsedRatioMax: round(totals?.diskUsedRatioMax ?? null, 4),
    lagSecondsMax: round(totals?.lagSecondsMax ?? null),
  }
}

function toQuorumAnswer(quorum: QuorumState | null): ClusterAnswer['quorum'] {
  if (quorum === null) return null
  const { leader, leaderEpoch, highWatermark, isMoving, voters, observers } = quorum
  return {
    ...{ leader, leaderEpoch, isMoving },
    highWatermark: toNumberOrNull(highWatermark),
    voters: voters.map(toQuorumReplica),
    observers: observers.map(toQuorumReplica),
  }
}

function toQuorumReplica(replica: QuorumReplica): NonNullable<ClusterAnswer['quorum']>['voters'][number] {
  return {
    id: replica.id,
    logEndOffset: toNumberOrNull(replica.logEndOffset),
    lag: replica.lag === null ? null : toNumber(replica.lag),
    lastCaughtUpAt: toIsoOrNull(replica.lastCaughtUpAtMs),
  }
}

function toFactAnswer(fact: FactStatus, words: WordChoice): ClusterAnswer['facts'][number] {
  return {
    kind: fact.kind,
    paceMs: fact.paceMs,
    lastReadAt: toIsoOrNull(fact.lastReadAtMs),
    faults: fact.faults.flatMap(({ subject, fault }) => {
      const answer = toFaultAnswer(fault, words)
      return answer === null ? [] : [{ subject, fault: answer }]
    }),
    faultCount: fact.faultCount,
  }
}

export function toConnectionTestAnswer(steps: ConnectionStep[], choice: WordChoice): ConnectionTestAnswer {
  const answers = steps.map(({ name, ok, fault }) => {
    const words = toFaultAnswer(fault, choice)
    return { name, ok, message: words?.message ?? null, fix: words?.fix ?? null }
  })
  return { ok: answers.length > 0 && answers.every((step) => step.ok), steps: answers }
}
