/** From the headers of a dead letter to what the inbox shows. */
import type { TopicKind } from '../durability/observation.ts'
import type { DeadRecord, DecodedDeadLetter, FaultCode, Hop, Origin, PayloadPointer } from './dead-letter.ts'
import { MAX_HOPS } from './dead-letter.ts'
import { FaultList, hopsOf, type PlacedHop } from './hops.ts'
import { shapeOf } from './match-profiles.ts'
import { readEarlierReplay } from './own-headers.ts'
import { type DlqProfile, type FieldName, headerOf } from './profile.ts'
import { kindByName } from './topic-kind.ts'

/** What the caller knows of the cluster, to catch headers that lie. What is left out is not checked. */
export interface KnownTopics {
  kindOf?(topic: string): TopicKind
  /** Null when unknown, or when there is no such topic. */
  partitionCount?(topic: string): number | null
  endOffset?(topic: string, partition: number): bigint | null
  /** Leaves out why the record died: a replay asks only where, and stack traces are long. */
  placesOnly?: boolean
}

/**
 * Never throws, whatever the bytes: what cannot be understood is null, and named among the faults. Takes time and space
 * in proportion to the record's headers; what it answers is bounded (`MAX_HOPS` and its neighbours).
 *
 * Looks at headers alone: formats that hide them inside the payload (Cloud Stream's `embeddedHeaders`) are not seen.
 */
export function decodeDeadLetter(
  record: DeadRecord,
  profiles: readonly DlqProfile[],
  known: KnownTopics = {},
): DecodedDeadLetter {
  const faults = new FaultList()
  const { index, matched } = shapeOf(record.headers, profiles)
  const kindOf = known.kindOf ?? kindByName
  const chains = matched.map((profile) => hopsOf(profile, record.headers, index, faults, known.placesOnly))
  const hops = mergeChains(matched, chains, kindOf)
  if (hops.length > MAX_HOPS) faults.add('tooMany', '', null)
  hops.length = Math.min(hops.length, MAX_HOPS)
  keepRecordTime(record, hops, matched)
  checkPlaces(record, hops, matched, known, faults)
  const [newest] = hops
  const { pointer, headersAt } = pointersOf(record, newest)
  return {
    format: newest?.format ?? null,
    profile: newest?.profile ?? null,
    origin: originOf(hops, kindOf),
    exception: newest?.exception ?? null,
    attempts: newest?.attempts ?? null,
    hops,
    pointer,
    headersAt,
    replay: readEarlierReplay(record.headers),
    faults: faults.faults,
  }
}

/**
 * Producers that add their headers behind the record's own are told apart by place: what stands later is newer. Those
 * that write in front of them stand before everything, whenever they wrote; there, a death in a retry or dead-letter
 * topic is newer than one in an ordinary topic, and else the one written in front is.
 */
function mergeChains(
  profiles: readonly DlqProfile[],
  chains: readonly PlacedHop[][],
  kindOf: (topic: string) => TopicKind,
): Hop[] {
  // Most records died once.
  if (chains.length === 1 && chains[0]?.length === 1) return chains[0].map(({ hop }) => hop)
  const chainsOf = (newest: 'first' | 'last'): PlacedHop[] =>
    chains.filter((_, index) => profiles[index]?.newest === newest).flat()
  const behind = chainsOf('last').sort((one, other) => other.at - one.at)
  const inFront = chainsOf('first').sort((one, other) => one.at - other.at)
  const hops: Hop[] = []
  while (behind.length > 0 && inFront.length > 0) {
    const isBehindNewer = diedInQueue(behind[0]?.hop, kindOf) && !diedInQueue(inFront[0]?.hop, kindOf)
    hops.push((isBehindNewer ? behind : inFront).shift()?.hop as Hop)
  }
  return [...hops, ...inFront.map(({ hop }) => hop), ...behind.map(({ hop }) => hop)]
}

function diedInQueue(hop: Hop | undefined, kindOf: (topic: string) => TopicKind): boolean {
  const topic = hop?.origin.topic ?? null
  return topic !== null && isQueue(kindOf(topic))
}

function isQueue(kind: TopicKind): boolean {
  return kind === 'dlq' || kind === 'retry'
}

/** Where a topic stamps its records itself (LogAppendTime), this is the time of the death instead. */
function keepRecordTime({ timestampMs }: DeadRecord, hops: readonly Hop[], profiles: readonly DlqProfile[]): void {
  const [newest] = hops
  if (newest === undefined || newest.origin.timestampMs !== null) return
  const keeps = profiles.some(({ name, keepsTimestamp }) => keepsTimestamp && name === newest.profile)
  if (keeps) newest.origin.timestampMs = timestampMs
}

/** The newest place that is no queue; when all are, the oldest one told, which is nearest to where the record began. */
function originOf(hops: readonly Hop[], kindOf: (topic: string) => TopicKind): Origin | null {
  let oldest: Origin | null = null
  for (const { origin } of hops) {
    if (origin.topic === null) continue
    if (!isQueue(kindOf(origin.topic))) return origin
    oldest = origin
  }
  return oldest ?? hops.find(({ origin }) => origin.group !== null)?.origin ?? null
}

const NO_POINTERS = { pointer: null, headersAt: null }
const SHARE_GROUP_MARKS = '__dlq.errors.'

/**
 * A broker that was told to copy the record copies its key and value, and not its headers; a record that was empty
 * itself points, too.
 */
function pointersOf(
  { key, value, headers }: DeadRecord,
  newest: Hop | undefined,
): Pick<DecodedDeadLetter, 'pointer' | 'headersAt'> {
  if (newest?.format !== 'shareGroup') return NO_POINTERS
  const { topic, partition, offset } = newest.origin
  if (topic === null || partition === null || offset === null) return NO_POINTERS
  const place = { topic, partition, offset }
  if (key === null && value === null) return { pointer: place, headersAt: null }
  const isWithout = headers.every((header) => header.key.startsWith(SHARE_GROUP_MARKS))
  return { pointer: null, headersAt: isWithout ? place : null }
}

/** 128 bits in the URL-safe alphabet of base 64: 22 characters, of which the last one carries two bits. */
const TOPIC_ID = /^[\w-]{21}[AQgw]$/

function checkPlaces(
  record: DeadRecord,
  hops: readonly Hop[],
  profiles: readonly DlqProfile[],
  known: KnownTopics,
  faults: FaultList,
): void {
  for (const { origin, profile: name, format } of hops) {
    const { topic, partition, offset } = origin
    if (topic === null) continue
    const profile = profiles.find((candidate) => candidate.name === name)
    const partitions = known.partitionCount?.(topic) ?? null
    if (format === 'shareGroup' && partitions === null && TOPIC_ID.test(topic)) {
      faults.add('perhapsTopicId', firstHeader(profile, 'topic'), topic.length)
    }
    if (partitions !== null && partition !== null && partition >= partitions) {
      faults.add('impossible', firstHeader(profile, 'partition'), null)
    }
    if (partition === null || offset === null) continue
    const fault = offsetFault(record, { topic, partition, offset }, known)
    if (fault !== null) faults.add(fault, firstHeader(profile, 'offset'), null)
  }
}

function offsetFault(
  record: DeadRecord,
  { topic, partition, offset }: PayloadPointer,
  known: KnownTopics,
): FaultCode | null {
  if (topic === record.topic && partition === record.partition && offset >= record.offset) return 'pointsAtItself'
  const end = known.endOffset?.(topic, partition) ?? null
  return end !== null && offset >= end ? 'impossible' : null
}

function firstHeader(profile: DlqProfile | undefined, field: FieldName): string {
  const from = profile?.fields[field]?.[0]
  return from === undefined ? '' : headerOf(from)
}
