/**
 * Rows of the newest poll, kept until the next one: lists are asked for far more often than they change,
 * and the orders made from them hang on the array's identity (see `lists/page.ts`).
 */
import type { ClusterSummary, SnapshotReader } from '../history/snapshot-store.ts'

export interface RowCache<Row> {
  /** Empty before the first good poll. */
  rows(snapshots: SnapshotReader, summary: ClusterSummary | null): Promise<readonly Row[]>
}

export type LoadRows<Row> = (snapshots: SnapshotReader, clusterId: string) => Promise<Row[] | null>

interface Entry<Row> {
  atMs: number
  rows: Promise<readonly Row[]>
}

/** Clusters that were removed leave at most this many entries behind. */
const MAX_CLUSTERS = 50

export function createRowCache<Row>(load: LoadRows<Row>): RowCache<Row> {
  const stores = new WeakMap<SnapshotReader, Map<string, Entry<Row>>>()
  return {
    async rows(snapshots, summary) {
      if (summary?.lastPollAtMs == null) return []
      const { clusterId, lastPollAtMs: atMs } = summary
      const entries = stores.get(snapshots) ?? new Map<string, Entry<Row>>()
      stores.set(snapshots, entries)
      const known = entries.get(clusterId)
      if (known?.atMs === atMs) return known.rows
      const rows = load(snapshots, clusterId).then((loaded) => loaded ?? [])
      entries.delete(clusterId)
      if (entries.size >= MAX_CLUSTERS) entries.delete(entries.keys().next().value ?? '')
      entries.set(clusterId, { atMs, rows })
      // A failed read is not an answer to keep.
      rows.catch(() => entries.delete(clusterId))
      return rows
    },
  }
}
