/** Pieces of a plan that are computed from what is known already. Pure. */
import type { Forecast } from '../durability/observation.ts'
import type { GroupRow } from '../history/snapshot-store.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import type { ReplayRate } from './rate-limit.ts'
import type { AffectedGroup, EstimateBasis, ReplayJob, ReplayPlan, ReplayRequest } from './replay-types.ts'

export interface Speed {
  recordsPerSecond: number
  bytesPerSecond: number
}

/** Without a limit of its own, and where nothing was measured: three brokers on a small machine. */
const ASSUMED_SPEED: Speed = { recordsPerSecond: 20_000, bytesPerSecond: 30 * 2 ** 20 }
/** Fewer records, or a shorter time, say more of how a replay begins and ends than of how fast it is. */
const LEAST_RECORDS = 1_000n
const LEAST_SECONDS = 1

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

/** Of replays without a limit that are over: the fastest one's, since people and brakes held up the others. */
export function measuredSpeed(done: readonly ReplayJob[], delivery: ReplayPlan['delivery']): Speed | null {
  const speeds = done.flatMap((job) => (job.plan?.delivery === delivery ? (speedOf(job, job.plan) ?? []) : []))
  if (speeds.length === 0) return null
  return {
    recordsPerSecond: Math.max(...speeds.map(({ recordsPerSecond }) => recordsPerSecond)),
    bytesPerSecond: Math.max(...speeds.map(({ bytesPerSecond }) => bytesPerSecond)),
  }
}

function speedOf(
  { startedAtMs, endedAtMs, counts, request }: ReplayJob,
  { bytes, messages }: ReplayPlan,
): Speed | null {
  if (startedAtMs === null || endedAtMs === null || counts.produced < LEAST_RECORDS) return null
  const seconds = (endedAtMs - startedAtMs) / SECOND_MS - waitSeconds(request)
  if (seconds < LEAST_SECONDS) return null
  const recordsPerSecond = Number(counts.produced) / seconds
  return { recordsPerSecond, bytesPerSecond: (recordsPerSecond * Number(bytes)) / Number(messages) }
}

function waitSeconds({ canary, graceSeconds }: Pick<ReplayRequest, 'canary' | 'graceSeconds'>): number {
  return (canary?.waitSeconds ?? 0) + graceSeconds
}

/** `measured`: how fast earlier ones went to the same cluster; null when nobody knows. */
export function estimateTime(
  plan: Pick<ReplayPlan, 'messages' | 'bytes'>,
  { recordsPerSecond, bytesPerSecond }: ReplayRate,
  request: Pick<ReplayRequest, 'canary' | 'graceSeconds'>,
  measured: Speed | null,
): { estimatedSeconds: number; estimateBasis: EstimateBasis } {
  const unhindered = secondsAt(plan, measured ?? ASSUMED_SPEED)
  const allowed = secondsAt(plan, {
    recordsPerSecond: recordsPerSecond ?? Infinity,
    bytesPerSecond: bytesPerSecond ?? Infinity,
  })
  const estimatedSeconds = Math.ceil(Math.max(unhindered, allowed) + waitSeconds(request))
  if (allowed > unhindered) return { estimatedSeconds, estimateBasis: 'rate' }
  return { estimatedSeconds, estimateBasis: measured === null ? 'assumed' : 'measured' }
}

function secondsAt({ messages, bytes }: Pick<ReplayPlan, 'messages' | 'bytes'>, speed: Speed): number {
  return Math.max(Number(messages) / speed.recordsPerSecond, Number(bytes) / speed.bytesPerSecond)
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
