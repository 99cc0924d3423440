import type { BrokerState, LogDirState } from '../cluster/snapshot.ts'
import type { ObservedBroker, ObservedLogDir, ObservedTopic } from './observation.ts'

/** A broker that was seen once and not retired by a person since. */
export interface ExpectedBroker {
  id: string
  host: string
  port: number
  rack: string | null
  role: BrokerState['role']
  lastSeenAtMs: number
}

/** The brokers of a snapshot and, as offline, those that are expected but missing from it. */
export function observeBrokers(
  brokers: readonly BrokerState[],
  expected: readonly ExpectedBroker[],
  topics: readonly ObservedTopic[],
  nowMs: number,
): ObservedBroker[] {
  const counts = countPartitions(topics)
  const expectedById = new Map(expected.map((broker) => [broker.id, broker]))
  const seen = brokers.map(
    (broker): ObservedBroker => ({
      ...broker,
      ...countsOf(counts, broker.id),
      lastSeenAtMs: broker.online === true ? nowMs : (expectedById.get(broker.id)?.lastSeenAtMs ?? null),
      logDirs: broker.logDirs?.map(observeLogDir) ?? null,
    }),
  )
  const seenIds = new Set(brokers.map((broker) => broker.id))
  const missing = expected
    .filter((broker) => !seenIds.has(broker.id))
    .map(
      (broker): ObservedBroker => ({
        ...broker,
        ...countsOf(counts, broker.id),
        version: null,
        online: false,
        isController: false,
        fault: null,
        logDirs: null,
        config: null,
        rocketmq: null,
      }),
    )
  return [...seen, ...missing].sort((one, other) => one.id.localeCompare(other.id, 'en', { numeric: true }))
}

function observeLogDir(logDir: LogDirState): ObservedLogDir {
  const { totalBytes, usableBytes } = logDir
  const usedBytes = totalBytes === null || usableBytes === null ? null : totalBytes - usableBytes
  return { ...logDir, usedBytes, usedRatio: logDir.usedRatio ?? shareOf(usedBytes, totalBytes) }
}

function shareOf(usedBytes: bigint | null, totalBytes: bigint | null): number | null {
  if (usedBytes === null || totalBytes === null || totalBytes <= 0n) return null
  return Number(usedBytes) / Number(totalBytes)
}

interface PartitionCounts {
  leaderPartitions: number
  replicaPartitions: number
}

function countPartitions(topics: readonly ObservedTopic[]): Map<string, PartitionCounts> {
  const counts = new Map<string, PartitionCounts>()
  const of = (id: string): PartitionCounts => {
    let known = counts.get(id)
    if (known === undefined) {
      known = { leaderPartitions: 0, replicaPartitions: 0 }
      counts.set(id, known)
    }
    return known
  }
  for (const topic of topics) {
    for (const partition of topic.partitions) {
      if (partition.leader !== null) of(partition.leader).leaderPartitions += 1
      for (const replica of partition.replicas) of(replica).replicaPartitions += 1
    }
  }
  return counts
}

function countsOf(counts: ReadonlyMap<string, PartitionCounts>, id: string): PartitionCounts {
  return counts.get(id) ?? { leaderPartitions: 0, replicaPartitions: 0 }
}
