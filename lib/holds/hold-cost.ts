/**
 * What a hold costs: how fast grows what is not deleted, and how much room its brokers have. On Kafka that is the topic; a
 * broker of RocketMQ has one log for all of its topics. Pure.
 */
import type { ObservedBroker, ObservedLogDir, ObservedPartition, ObservedTopic } from '../durability/observation.ts'
import { DAY_MS, HOUR_MS, SECOND_MS } from '../units.ts'

const SECONDS_PER_DAY = DAY_MS / SECOND_MS
const UNKNOWN_RANK = -1
/** A log that is younger tells nothing of a day. */
const LEAST_AGE_MS = HOUR_MS

export interface BrokerCost {
  broker: string
  /** Of this topic's copies there, or of the broker's whole log; null when unknown. */
  growthBytesPerDay: number | null
  /** Of the fullest volume with such a copy; null when unknown. */
  usableBytes: bigint | null
  totalBytes: bigint | null
  /**
   * When that volume is full if nothing else changes, or so full that the broker deletes all the same; null when unknown, or
   * when nothing grows.
   */
  fullInDays: number | null
}

export interface HoldCost {
  /** All copies, or logs, together; null when unknown. */
  growthBytesPerDay: number | null
  /** Those with copies of the topic, the one that is full first in front. */
  brokers: BrokerCost[]
}

/** @param atMs when this was so */
export function holdCost(topic: ObservedTopic, brokers: readonly ObservedBroker[], atMs: number): HoldCost {
  const costs = costsOfLogs(topic, brokers, atMs) ?? costsOfCopies(topic, brokers)
  return {
    growthBytesPerDay: sumOrNull(costs.map(({ growthBytesPerDay }) => growthBytesPerDay)),
    brokers: costs.sort(byFirstFull),
  }
}

/** Ids of those with copies of the topic. */
export function brokersOf({ partitions }: ObservedTopic): string[] {
  return [...new Set(partitions.flatMap(({ replicas }) => replicas))]
}

/** Null where topics have logs of their own. */
function costsOfLogs(topic: ObservedTopic, brokers: readonly ObservedBroker[], atMs: number): BrokerCost[] | null {
  const known = new Map(brokers.flatMap((broker) => (broker.rocketmq === null ? [] : [[broker.id, broker] as const])))
  if (known.size === 0) return null
  return brokersOf(topic).map((id) => {
    const broker = known.get(id)
    return broker === undefined ? costOf(id, null, null, 1) : costOfLog(broker, atMs)
  })
}

/** At the rate of the newest poll. */
function costsOfCopies(topic: ObservedTopic, brokers: readonly ObservedBroker[]): BrokerCost[] {
  const copyBytes = topic.partitions.map((partition) => copyBytesPerDay(topic, partition))
  return brokersOf(topic).map((id) => {
    const held = topic.partitions.flatMap(({ replicas }, index) => (replicas.includes(id) ? [copyBytes[index]] : []))
    return costOf(id, sumOrNull(held), fullest(logDirsOf(id, topic, brokers)), 1)
  })
}

/** Grows as much a day as on average since its first message. */
function costOfLog({ id, logDirs, rocketmq }: ObservedBroker, atMs: number): BrokerCost {
  const log = logDirs?.find(({ logBytes }) => logBytes !== null) ?? null
  const ageMs = atMs - (rocketmq?.runtime?.earliestMessageAtMs ?? atMs)
  const growth = log === null || ageMs < LEAST_AGE_MS ? null : (Number(log.logBytes) / ageMs) * DAY_MS
  const marks = rocketmq?.diskMarks ?? null
  return costOf(id, growth, log, marks === null ? 1 : (marks.deletesUnexpired ?? marks.refusesMessages))
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

/** @param untilRatio up to this share, 0 to 1, the volume may fill */
function costOf(
  broker: string,
  growthBytesPerDay: number | null,
  volume: ObservedLogDir | null,
  untilRatio: number,
): BrokerCost {
  const { usableBytes = null, totalBytes = null } = volume ?? {}
  const isGrowing = growthBytesPerDay !== null && growthBytesPerDay > 0
  const roomBytes = roomOf(usableBytes, totalBytes, untilRatio)
  return {
    ...{ broker, growthBytesPerDay, usableBytes, totalBytes },
    fullInDays: isGrowing && roomBytes !== null ? roomBytes / growthBytesPerDay : null,
  }
}

function roomOf(usableBytes: bigint | null, totalBytes: bigint | null, untilRatio: number): number | null {
  if (usableBytes === null || untilRatio === 1) return usableBytes === null ? null : Number(usableBytes)
  return totalBytes === null ? null : Math.max(0, Number(usableBytes) - (1 - untilRatio) * Number(totalBytes))
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
