/**
 * What a poll finds as it was before is kept as the very object of the poll before. Most of a cluster rests, so the
 * stages behind (samples, stored sections) can skip what they did already, and little memory is new.
 */
import { saysTheSame } from '../plain-data.ts'
import type { ObservedGroupPartition, ObservedPartition } from './observation.ts'

/** A check per field: a field that is added cannot be forgotten, and reading fields by name would take ten times as long. */
type Checks<T> = { [Field in keyof T]-?: Check<T> }
type Check<T> = (one: T, other: T) => boolean

/** What changes most comes first. */
const PARTITION: Checks<ObservedPartition> = {
  endOffset: (one, other) => one.endOffset === other.endOffset,
  produceRatePerSecond: (one, other) => one.produceRatePerSecond === other.produceRatePerSecond,
  startOffset: (one, other) => one.startOffset === other.startOffset,
  lastStableOffset: (one, other) => one.lastStableOffset === other.lastStableOffset,
  sizeBytes: (one, other) => one.sizeBytes === other.sizeBytes,
  leaderSizeBytes: (one, other) => one.leaderSizeBytes === other.leaderSizeBytes,
  oldestAtMs: (one, other) => one.oldestAtMs === other.oldestAtMs,
  beganAnewAtMs: (one, other) => one.beganAnewAtMs === other.beganAnewAtMs,
  earlierEpoch: (one, other) => saysTheSame(one.earlierEpoch, other.earlierEpoch),
  partition: (one, other) => one.partition === other.partition,
  broker: (one, other) => one.broker === other.broker,
  minIsr: (one, other) => one.minIsr === other.minIsr,
  durability: (one, other) => one.durability === other.durability,
  leader: (one, other) => one.leader === other.leader,
  leaderEpoch: (one, other) => one.leaderEpoch === other.leaderEpoch,
  replicas: (one, other) => saysTheSame(one.replicas, other.replicas),
  isr: (one, other) => saysTheSame(one.isr, other.isr),
  eligibleLeaders: (one, other) => saysTheSame(one.eligibleLeaders, other.eligibleLeaders),
  offlineReplicas: (one, other) => saysTheSame(one.offlineReplicas, other.offlineReplicas),
  replicaSizes: (one, other) => saysTheSame(one.replicaSizes, other.replicaSizes),
  reassignment: (one, other) => saysTheSame(one.reassignment, other.reassignment),
}

const GROUP_PARTITION: Checks<ObservedGroupPartition> = {
  committedOffset: (one, other) => one.committedOffset === other.committedOffset,
  lagSeconds: (one, other) => one.lagSeconds === other.lagSeconds,
  consumeRatePerSecond: (one, other) => one.consumeRatePerSecond === other.consumeRatePerSecond,
  endOffset: (one, other) => one.endOffset === other.endOffset,
  startOffset: (one, other) => one.startOffset === other.startOffset,
  lossAt: (one, other) => saysTheSame(one.lossAt, other.lossAt),
  lagMessages: (one, other) => one.lagMessages === other.lagMessages,
  lagSecondsSource: (one, other) => one.lagSecondsSource === other.lagSecondsSource,
  lostMessages: (one, other) => one.lostMessages === other.lostMessages,
  committedSinceMs: (one, other) => one.committedSinceMs === other.committedSinceMs,
  standsSinceMs: (one, other) => one.standsSinceMs === other.standsSinceMs,
  rewind: (one, other) => saysTheSame(one.rewind, other.rewind),
  commitLostSinceMs: (one, other) => one.commitLostSinceMs === other.commitLostSinceMs,
  isCommitUnknown: (one, other) => one.isCommitUnknown === other.isCommitUnknown,
  evaluation: (one, other) => one.evaluation === other.evaluation,
  member: (one, other) => one.member === other.member,
  topic: (one, other) => one.topic === other.topic,
  partition: (one, other) => one.partition === other.partition,
  broker: (one, other) => one.broker === other.broker,
}

/** `previous` if it says the same as `next`, else `next`. */
type Unchanged<T> = (previous: T | undefined, next: T) => T

function unchangedBy<T>(checks: Checks<T>): Unchanged<T> {
  const all: Check<T>[] = Object.values(checks)
  return (previous, next) => (previous !== undefined && all.every((isSame) => isSame(previous, next)) ? previous : next)
}

export const unchangedPartition: Unchanged<ObservedPartition> = unchangedBy(PARTITION)
export const unchangedGroupPartition: Unchanged<ObservedGroupPartition> = unchangedBy(GROUP_PARTITION)
