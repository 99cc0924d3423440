/** What pages conclude from the list of clusters for showing it: pure, and tested apart from the pages. */
import type { ClusterAnswer } from '../api/schemas/clusters.ts'
import { type StateLevel, worseFirst, worstState } from './states.ts'

export interface VerdictCount {
  level: StateLevel
  count: number
}

/** A stale verdict is not to be trusted as the present, so quiet ones count as unknown; an alarm stays an alarm. */
export function shownLevel(cluster: Pick<ClusterAnswer, 'verdict'>): StateLevel {
  const { level, stale } = cluster.verdict
  return stale && (level === 'safe' || level === 'watch') ? 'unknown' : level
}

export function worstVerdict(clusters: readonly Pick<ClusterAnswer, 'verdict'>[]): VerdictCount | null {
  const levels = clusters.map(shownLevel)
  const level = worstState(levels)
  return level === null ? null : { level, count: levels.filter((other) => other === level).length }
}

/** Worst first, then by name, so that what needs a person is on top. */
export function worstClustersFirst(clusters: readonly ClusterAnswer[]): ClusterAnswer[] {
  return [...clusters].sort(
    (one, other) => worseFirst(shownLevel(one), shownLevel(other)) || one.name.localeCompare(other.name),
  )
}

/** Partitions below their full number of in-sync replicas; null when unknown, also when each of them is. */
export function belowFullIsr(cluster: ClusterAnswer): number | null {
  if (cluster.partitions !== null && cluster.partitions > 0 && cluster.unknownPartitions === cluster.partitions)
    return null
  const parts = [cluster.underReplicated, cluster.atMinIsr, cluster.underMinIsr, cluster.offline]
  return parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0)
}

/** Dead letters of all clusters whose number is known; null when none is. */
export function dlqDepthOfAll(clusters: readonly ClusterAnswer[]): number | null {
  const known = clusters.flatMap((cluster) => (cluster.dlqDepth === null ? [] : [cluster.dlqDepth]))
  return known.length === 0 ? null : known.reduce((sum, depth) => sum + depth, 0)
}

/** Of all clusters whose ledger is known. */
export function openLossesOfAll(clusters: readonly Pick<ClusterAnswer, 'openLosses'>[]): number {
  return clusters.reduce((sum, { openLosses }) => sum + (openLosses ?? 0), 0)
}

export function firingAlertsOfAll(clusters: readonly Pick<ClusterAnswer, 'firingAlerts'>[]): number {
  return clusters.reduce((sum, { firingAlerts }) => sum + (firingAlerts ?? 0), 0)
}

/** When the cluster that was polled last was polled; null when none ever was. */
export function newestPoll(clusters: readonly ClusterAnswer[]): string | null {
  const polls = clusters.flatMap((cluster) => (cluster.lastPollAt === null ? [] : [cluster.lastPollAt]))
  return polls.sort().at(-1) ?? null
}

export function shortestIntervalMs(clusters: readonly ClusterAnswer[]): number | null {
  return clusters.length === 0 ? null : Math.min(...clusters.map((cluster) => cluster.pollIntervalMs))
}
