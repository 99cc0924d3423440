/** How many losses of each cluster wait for somebody. */
import type { ApiServices } from '../services.ts'
import { type PlacedLoss, readLosses } from './loss-rows.ts'

export interface OpenLosses {
  open: number
  /** Of groups that are somebody's, or of no group. */
  ofOwned: number
  /** When the newest of the latter was found. */
  newestAtMs: number | null
}

/** By cluster, without what is muted; one without an open loss is not among them. */
export async function openLosses(services: ApiServices): Promise<Map<string, OpenLosses>> {
  const isOpen = ({ loss, mutes }: PlacedLoss): boolean => loss.acknowledgedAtMs === null && mutes.length === 0
  const open = Map.groupBy((await readLosses(services)).filter(isOpen), ({ cluster }) => cluster.id)
  return new Map([...open].map(([clusterId, losses]) => [clusterId, countOf(losses)]))
}

function countOf(losses: readonly PlacedLoss[]): OpenLosses {
  const found = losses.filter(({ loss }) => !loss.isAbandoned).map(({ loss }) => loss.firstDetectedAtMs)
  const newestAtMs = found.length === 0 ? null : found.reduce((one, other) => Math.max(one, other))
  return { open: losses.length, ofOwned: found.length, newestAtMs }
}
