/** Pieces of a plan that are computed from what is known already. Pure. */
import type { Forecast } from '../durability/observation.ts'
import type { GroupRow } from '../history/snapshot-store.ts'
import { MINUTE_MS } from '../units.ts'
import type { ReplayRate } from './rate-limit.ts'
import type { AffectedGroup, ReplayPlan, ReplayRequest } from './replay-types.ts'

/** Without a limit of its own, a replay is about this fast: measured with three brokers on a small machine. */
const USUAL_RECORDS_PER_SECOND = 20_000
const USUAL_BYTES_PER_SECOND = 30 * 2 ** 20

/** Every group that reads one of the targets sees the records again, whether it failed or not. */
export function affectedGroups(
  groups: readonly GroupRow[],
  targets: ReadonlySet<string>,
  failedGroups: readonly string[],
): AffectedGroup[] {
  const rank = { failed: 0, other: 1, unknown: 2 }
  const affected = groups.flatMap((group): AffectedGroup[] => {
    const topics = group.topics.filter((topic) => targets.has(topic))
    const isBlind = group.fault !== null && group.topics.length === 0
    if (topics.length === 0 && !isBlind) return []
    const note = isBlind ? 'unknown' : failedGroups.includes(group.id) ? 'failed' : 'other'
    return [{ group: group.id, state: group.state, topics, note }]
  })
  return affected.sort((one, other) => rank[one.note] - rank[other.note] || (one.group < other.group ? -1 : 1))
}

/** Groups that failed and that nobody runs now: the records would wait for them. */
export function groupsDown(groups: readonly GroupRow[], failedGroups: readonly string[]): string[] {
  return failedGroups.filter((id) => {
    const group = groups.find((one) => one.id === id)
    return group !== undefined && group.memberCount === 0
  })
}

/** Letters have their broker's time or their producer's, and polls have ours. */
const CLOCK_MARGIN_MS = MINUTE_MS

/** Groups that failed and whose consumers were all there before the newest record died: none was started again since. */
export function groupsUnchanged(
  groups: readonly GroupRow[],
  failedGroups: readonly string[],
  newestDeathMs: number | null,
): string[] {
  if (newestDeathMs === null) return []
  return failedGroups.filter((id) => {
    const sinceMs = groups.find((one) => one.id === id)?.membersSinceMs ?? null
    return sinceMs !== null && sinceMs + CLOCK_MARGIN_MS < newestDeathMs
  })
}

export function estimateSeconds(
  { messages, bytes }: Pick<ReplayPlan, 'messages' | 'bytes'>,
  { recordsPerSecond, bytesPerSecond }: ReplayRate,
  { canary, graceSeconds }: Pick<ReplayRequest, 'canary' | 'graceSeconds'>,
): number {
  const byRecords = Number(messages) / Math.min(recordsPerSecond ?? Infinity, USUAL_RECORDS_PER_SECOND)
  const byBytes = Number(bytes) / Math.min(bytesPerSecond ?? Infinity, USUAL_BYTES_PER_SECOND)
  return Math.ceil(Math.max(byRecords, byBytes) + (canary?.waitSeconds ?? 0) + graceSeconds)
}

/** When the first of the records may be gone; null when unknown or never. */
export function expiryOf(
  oldestAtMs: number | null,
  retentionMs: bigint | null,
  forecast: Forecast | null,
): number | null {
  if (forecast?.state === 'forecast' && forecast.earliestAtMs !== null) return forecast.earliestAtMs
  if (oldestAtMs === null || retentionMs === null || retentionMs < 0n) return null
  return oldestAtMs + Number(retentionMs)
}
