/**
 * What a new master of RocketMQ lacks of the one before, where that was told already when the one before stayed away: it is the
 * same loss, of which the ends of the queues now tell how many messages it took.
 */
import type { Observation } from '../observation.ts'
import type { Loss } from './loss.ts'
import type { Episode, LossMemory } from './loss-memory.ts'
import { keyOfAway } from './rocketmq-losses.ts'

export interface FailoverFindings {
  losses: Loss[]
  /** As of `OverrunFindings`. */
  episodes: Map<string, Episode | null>
}

/** @param truncations of all queues */
export function mergedIntoAway(
  truncations: readonly Loss[],
  { topics }: Observation,
  memory: LossMemory,
): FailoverFindings {
  const found: FailoverFindings = { losses: [], episodes: new Map() }
  const internal = new Set(topics.filter((topic) => topic.internal).map(({ name }) => name))
  for (const [before, losses] of Map.groupBy(truncations, masterBefore)) {
    const away = before === null ? undefined : memory.episodes.get(keyOfAway(before))
    if (away === undefined) {
      found.losses.push(...losses)
      continue
    }
    // Nobody misses what only brokers read.
    const missed = losses.filter(({ topic }) => topic !== null && !internal.has(topic))
    const [first] = missed
    if (first === undefined || before === null) continue
    const count = missed.reduce((sum, loss) => sum + (loss.count ?? 0n), away.count)
    found.episodes.set(away.key, { ...away, count })
    found.losses.push({
      ...{ ...first, topic: null, partition: null, broker: before, episode: away.name, count },
      ...{ fromOffset: null, toOffset: null, windowFromMs: away.windowFromMs },
      evidence: { broker: before, replica: first.evidence.leaderNow ?? 'unknown', queues: missed.length },
    })
  }
  return found
}

/** Null: another one did not take over. */
function masterBefore({ kind, evidence }: Loss): string | null {
  return kind === 'replicaBehindAtFailover' ? String(evidence.leaderBefore) : null
}
