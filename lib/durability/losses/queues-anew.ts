/**
 * Which queues of RocketMQ begin anew: topics have no ids there. To delete one takes its queues alone, and leaves the log that
 * all topics of a broker share. That log is cut off only where its broker starts: a queue that ends before where it ended,
 * at a master that has run all the time, was deleted with its topic. One that was filled beyond that meanwhile is told by when
 * its first message was stored.
 */
import type { Observation, ObservedPartition } from '../observation.ts'
import { type KnownLogEnd, type KnownPartition, type LossMemory, logEndOf } from './loss-memory.ts'

export type IsAnew = (before: KnownPartition, now: ObservedPartition) => boolean

export function queuesAnew({ clusterKind, brokers, atMs }: Observation, memory: LossMemory): IsAnew {
  if (clusterKind !== 'rocketmq') return () => false
  const ends = new Map(brokers.flatMap((broker) => logEndOf(broker, atMs)).map((end) => [end.broker, end]))
  return (before, now) => {
    const { leader } = now
    if (leader === null || leader !== before.leader) return false
    if (beginsAnew(before, now)) return true
    return (
      endsSooner(before, now) && hasRun(memory.logEnds.get(leader), ends.get(leader), before.seenAtMs ?? memory.atMs)
    )
  }
}

type Ended = Pick<KnownPartition, 'endOffset'>

export function endsSooner(before: Ended, { endOffset }: Ended): boolean {
  return before.endOffset !== null && endOffset !== null && endOffset < before.endOffset
}

type Begun = Pick<KnownPartition, 'beganAnewAtMs'>

/** What was found once is told with every poll. */
export function beginsAnew(before: Begun, { beganAnewAtMs = null }: Begun): boolean {
  return beganAnewAtMs !== null && beganAnewAtMs !== (before.beganAnewAtMs ?? null)
}

/** Clocks of brokers are their own: that a start is the same one tells more than when it was. */
function hasRun(before: KnownLogEnd | undefined, now: KnownLogEnd | undefined, seenAtMs: number | null): boolean {
  if (before === undefined || now === undefined || before.atMs !== seenAtMs) return false
  return (before.bootAtMs ?? null) !== null && before.bootAtMs === now.bootAtMs && now.endOffset >= before.endOffset
}
