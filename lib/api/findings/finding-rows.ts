/** The findings of the newest polls, with the mutes that hide them at this moment. */
import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { muteFinder } from '../../durability/mutes.ts'
import type { Finding } from '../../durability/observation.ts'
import { HoldfastError } from '../../errors.ts'
import type { Mute } from '../../registry/mutes.ts'
import { createRowCache } from '../row-cache.ts'
import type { ApiServices } from '../services.ts'

/** A finding with the cluster that it is of. */
export interface PlacedFinding {
  cluster: ClusterConfig
  finding: Finding
  /** All that hide it; the one that lasts longest first. */
  mutes: readonly Mute[]
}

export interface FindingRows {
  rows: PlacedFinding[]
  /** Of the poll that is the longest ago; null when there was none. */
  asOfMs: number | null
}

const cache = createRowCache<Finding>((snapshots, clusterId) => snapshots.findings(clusterId))

/** Of one cluster, or of all (null). @throws HoldfastError `cluster_not_found` */
export async function readFindings(services: ApiServices, clusterId: string | null): Promise<FindingRows> {
  const registered = (await services.registry.list()).map(({ config }) => config)
  const clusters = registered.filter(({ id }) => clusterId === null || id === clusterId)
  if (clusterId !== null && clusters.length === 0) throw new HoldfastError('cluster_not_found', { cluster: clusterId })
  const [summaries, mutes] = await Promise.all([services.snapshots.summaries(), services.mutes.list()])
  const known = new Map(summaries.map((summary) => [summary.clusterId, summary]))
  const nowMs = services.now()
  const polls: number[] = []
  const rows = await Promise.all(
    clusters.map(async (cluster): Promise<PlacedFinding[]> => {
      const summary = known.get(cluster.id) ?? null
      if (summary?.lastPollAtMs == null) return []
      polls.push(summary.lastPollAtMs)
      const mutesOf = muteFinder(mutes, cluster.id, nowMs)
      const findings = await cache.rows(services.snapshots, summary)
      return findings.map((finding) => ({ cluster, finding, mutes: mutesOf(finding) }))
    }),
  )
  return { rows: rows.flat(), asOfMs: polls.length === 0 ? null : Math.min(...polls) }
}
