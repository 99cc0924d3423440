/** What a hold costs: how fast the topic grows while nothing of it is deleted, and how much room its brokers have. Pure. */
import type { ObservedBroker, ObservedLogDir, ObservedPartition, ObservedTopic } from '../durability/observation.ts'
import { DAY_MS, SECOND_MS } from '../units.ts'

const SECONDS_PER_DAY = DAY_MS / SECOND_MS
const UNKNOWN_RANK = -1

export interface BrokerCost {
  broker: string
  /** Of this topic's copies there; null when unknown. */
  growthBytesPerDay: number | null
  /** Of the fullest volume with such a copy; null when unknown. */
  usableBytes: bigint | null
  totalBytes: bigint | null
  /** When that volume is full if nothing else changes; null when unknown, or when the topic does not grow. */
  fullInDays: number | null
}

export interface HoldCost {
  /** All copies together, at the rate of the newest poll; null when unknown. */
  growthBytesPerDay: number | null
  /** Those with copies of the topic, the one that is full first in front. */
  brokers: BrokerCost[]
}

export function holdCost(topic: ObservedTopic, brokers: readonly ObservedBroker[]): HoldCost {
  const copyBytes = topic.partitions.map((partition) => copyBytesPerDay(topic, partition))
  const ids = [...new Set(topic.partitions.flatMap(({ replicas }) => replicas))]
  const costs = ids.map((id) => costOf(id, topic, copyBytes, brokers))
  return {
    growthBytesPerDay: sumOrNull(
      topic.partitions.map(({ replicas }, index) => times(copyBytes[index], replicas.length)),
    ),
    brokers: costs.sort(byFirstFull),
  }
}

/** Of one copy: the rate of messages times what a message takes on the disk. */
function copyBytesPerDay(topic: ObservedTopic, { produceRatePerSecond }: ObservedPartition): number | null {
  if (produceRatePerSecond === null) return null
  if (produceRatePerSecond === 0) return 0
  const bytes = bytesPerMessage(topic)
  return bytes === null ? null : produceRatePerSecond * bytes * SECONDS_PER_DAY
}

/** Of all its messages, compressed as they lie there; what compaction left out makes it look larger, never smaller. */
function bytesPerMessage({
  messages,
  messagesIsPartial,
  leaderSizeBytes,
  sizeIsPartial,
}: ObservedTopic): number | null {
  if (messages === null || leaderSizeBytes === null || messagesIsPartial || sizeIsPartial) return null
  return messages > 0n && leaderSizeBytes > 0n ? Number(leaderSizeBytes) / Number(messages) : null
}

function costOf(
  id: string,
  topic: ObservedTopic,
  copyBytes: readonly (number | null)[],
  brokers: readonly ObservedBroker[],
): BrokerCost {
  const held = topic.partitions.flatMap(({ replicas }, index) => (replicas.includes(id) ? [copyBytes[index]] : []))
  const growthBytesPerDay = sumOrNull(held)
  const volume = fullest(logDirsOf(id, topic, brokers))
  const usableBytes = volume?.usableBytes ?? null
  const isGrowing = growthBytesPerDay !== null && growthBytesPerDay > 0
  return {
    ...{ broker: id, growthBytesPerDay, usableBytes, totalBytes: volume?.totalBytes ?? null },
    fullInDays: isGrowing && usableBytes !== null ? Number(usableBytes) / growthBytesPerDay : null,
  }
}

/** Those with copies of the topic, where that is known; otherwise any may have one. Null when one of them is unknown. */
function logDirsOf(id: string, topic: ObservedTopic, brokers: readonly ObservedBroker[]): ObservedLogDir[] | null {
  const all = brokers.find((broker) => broker.id === id)?.logDirs ?? null
  const copies = topic.partitions
    .flatMap(({ replicaSizes }) => replicaSizes ?? [])
    .filter(({ broker }) => broker === id)
  const paths = new Set(copies.map(({ logDir }) => logDir))
  const used = all?.filter(({ path }) => paths.size === 0 || paths.has(path)) ?? null
  return used === null || used.length === 0 || used.some(({ usableBytes }) => usableBytes === null) ? null : used
}

function fullest(dirs: readonly ObservedLogDir[] | null): ObservedLogDir | null {
  if (dirs === null) return null
  return dirs.reduce((least, dir) => ((dir.usableBytes ?? 0n) < (least.usableBytes ?? 0n) ? dir : least))
}

function times(value: number | null | undefined, count: number): number | null {
  return value === null || value === undefined ? null : value * count
}

/** Unlike a sum that is partial, it promises nothing when a part is unknown. */
function sumOrNull(parts: readonly (number | null | undefined)[]): number | null {
  return parts.reduce<number | null>((sum, part) => (sum === null || part == null ? null : sum + part), 0)
}

/** What is unknown comes first: nobody knows that it is not the worst. */
function byFirstFull(one: BrokerCost, other: BrokerCost): number {
  return compareNumbers(rank(one), rank(other)) || one.broker.localeCompare(other.broker, 'en', { numeric: true })
}

function rank({ fullInDays, growthBytesPerDay }: BrokerCost): number {
  if (fullInDays !== null) return fullInDays
  return growthBytesPerDay === 0 ? Number.POSITIVE_INFINITY : UNKNOWN_RANK
}

/** Infinity less Infinity is no number. */
function compareNumbers(one: number, other: number): number {
  return one === other ? 0 : one - other
}
