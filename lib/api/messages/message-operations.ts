import type { ClusterConfig } from '../../cluster/cluster-config.ts'
import { fault } from '../../cluster/fault.ts'
import {
  MessageAccessError,
  type MessageReader,
  type OutgoingMessage,
  type PartitionLog,
  type TopicLog,
} from '../../cluster/messages.ts'
import { HoldfastError } from '../../errors.ts'
import type { TopicPlace } from '../../scope.ts'
import { SECOND_MS } from '../../units.ts'
import { getClusterOrThrow } from '../get-cluster-or-throw.ts'
import type { Audience } from '../route-declaration.ts'
import type { MessageAnswer, MessageInput, MessageListAnswer, SentMessageAnswer } from '../schemas/messages.ts'
import { toFaultAnswer, toNumber, toNumberOrNull, type WordChoice } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import { withMessages } from './cluster-messages.ts'
import { isFiltering, type MessageFilter, messageMatcher, parseHeaderFilter } from './message-filter.ts'
import type { MessageQuery } from './message-query.ts'
import { SCAN_LIMITS, type ScanResult, type ScanStart, scanMessages } from './message-scan.ts'
import { FULL_BYTES, SHOWN_BYTES, toMessageAnswer } from './message-serializers.ts'

/** What the scan's own time does not bound: connecting, and one request that hangs. */
const READ_DEADLINE_MS = 15 * SECOND_MS
const SEND_DEADLINE_MS = 20 * SECOND_MS
/** Of the newest messages a filtered search begins at so many per topic. */
const NEWEST_SCANNED = 50_000

/**
 * @throws HoldfastError `cluster_not_found`, `topic_not_found`, `bad_request`, `cluster_fault`
 */
export async function listMessages(
  services: ApiServices,
  { cluster, topic }: TopicPlace,
  query: MessageQuery,
  { locale, seesPayloads }: Audience,
): Promise<MessageListAnswer> {
  const config = await getTopicCluster(services, cluster, topic)
  const decoder = services.payloadDecoders.of(config)
  const words: WordChoice = { locale, system: config.kind }
  const filter = filterOf(query)
  const found = await withMessages(services, config, async ({ reader }) => {
    const signal = AbortSignal.timeout(READ_DEADLINE_MS)
    const log = await reader.describe(topic, signal)
    const chosen = chooseLogs(topic, log, query)
    const starts = await startsOf(reader, topic, chosen, query, isFiltering(filter), signal)
    const limits = { ...SCAN_LIMITS, messages: query.limit }
    let undecoded = 0
    const matches = messageMatcher(filter, { topic, decoder, onUndecoded: () => undecoded++ })
    const result = await scanMessages(reader, topic, starts, matches, limits, signal)
    return { ...result, unreachable: [...result.unreachable, ...withFault(chosen)], undecoded }
  })
  const maxBytes = query.full ? FULL_BYTES : SHOWN_BYTES
  const options = { topic, words, decoder, maxBytes, seesPayloads }
  const items: MessageAnswer[] = []
  for (const message of found.found) items.push(await toMessageAnswer(message, options))
  return { items, ...toSearchedAnswer(found, words) }
}

/** @throws HoldfastError `cluster_not_found`, `topic_not_found`, `message_not_found`, `cluster_fault` */
export async function getMessage(
  services: ApiServices,
  { cluster, topic }: TopicPlace,
  place: { partition: number; offset: number; broker?: string | undefined; full: boolean },
  { locale, seesPayloads }: Audience,
): Promise<MessageAnswer> {
  const { partition, offset } = place
  const config = await getTopicCluster(services, cluster, topic)
  const broker = place.broker ?? null
  const message = await withMessages(services, config, async ({ reader }) => {
    const signal = AbortSignal.timeout(READ_DEADLINE_MS)
    const request = { topic, partition, broker, fromOffset: BigInt(offset), maxBytes: 1 }
    const { messages } = await reader.read(request, signal)
    return messages.find((one) => one.offset === BigInt(offset))
  })
  if (message === undefined) throw new HoldfastError('message_not_found', { cluster, topic, partition, offset })
  const words: WordChoice = { locale, system: config.kind }
  const maxBytes = place.full ? FULL_BYTES : SHOWN_BYTES
  const decoder = services.payloadDecoders.of(config)
  return toMessageAnswer(message, { topic, words, decoder, maxBytes, seesPayloads })
}

/** @throws HoldfastError `cluster_not_found`, `cluster_read_only`, `topic_not_found`, `message_not_stored`, `message_uncertain` */
export async function produceMessage(
  services: ApiServices,
  clusterId: string,
  topic: string,
  input: MessageInput,
): Promise<SentMessageAnswer> {
  const { config } = await getClusterOrThrow(services, clusterId)
  if (config.readOnly) throw new HoldfastError('cluster_read_only', { cluster: clusterId })
  await getTopicCluster(services, clusterId, topic)
  const message = toOutgoing(topic, input)
  const [outcome] = await withMessages(services, config, ({ sender }) =>
    sender.send([message], AbortSignal.timeout(SEND_DEADLINE_MS)),
  )
  if (outcome === undefined) throw new Error('a sender answered without an outcome')
  if (outcome.sent === null) {
    const { facts, code } = outcome.fault
    const said = { ...facts, cluster: clusterId, system: config.kind, fault: code }
    throw new HoldfastError(outcome.isUncertain ? 'message_uncertain' : 'message_not_stored', said)
  }
  const { sent, durability } = outcome
  return {
    ...{ topic: sent.topic, partition: sent.partition, broker: sent.broker, offset: toNumberOrNull(sent.offset) },
    confirmed: durability !== 'unconfirmed',
  }
}

async function getTopicCluster(services: ApiServices, clusterId: string, topic: string): Promise<ClusterConfig> {
  const { config } = await getClusterOrThrow(services, clusterId)
  const known = await services.snapshots.topic(clusterId, topic)
  if (known === null) throw new HoldfastError('topic_not_found', { cluster: clusterId, topic })
  return config
}

function filterOf({ q, key, header, path }: MessageQuery): MessageFilter {
  return {
    q: q ?? null,
    key: key ?? null,
    header: header === undefined ? null : parseHeaderFilter(header),
    path: path ?? null,
  }
}

/** @throws MessageAccessError `partitionNotFound` */
function chooseLogs(topic: string, { partitions }: TopicLog, { partition, broker }: MessageQuery): PartitionLog[] {
  const chosen = partitions.filter(
    (log) =>
      (partition === undefined || log.partition === partition) && (broker === undefined || log.broker === broker),
  )
  if (chosen.length > 0 || (partition === undefined && broker === undefined)) return chosen
  throw new MessageAccessError(fault('partitionNotFound', { topic, partition: partition ?? broker ?? '' }), false)
}

async function startsOf(
  reader: MessageReader,
  topic: string,
  logs: readonly PartitionLog[],
  query: MessageQuery,
  isFiltered: boolean,
  signal: AbortSignal,
): Promise<ScanStart[]> {
  const { from, fromOffset, fromTime, position, limit } = query
  const atTime = fromTime === undefined ? [] : await reader.offsetsAtTime(topic, fromTime, signal)
  const newest = BigInt(Math.ceil((isFiltered ? NEWEST_SCANNED : limit) / Math.max(1, logs.length)))
  const startOf = ({ partition, broker }: PartitionLog, start: bigint, end: bigint): bigint => {
    const isHere = (place: { partition: number; broker: string | null }) =>
      place.partition === partition && place.broker === broker
    if (from !== undefined) return from.find(isHere)?.offset ?? start
    if (fromOffset !== undefined) return BigInt(fromOffset)
    if (fromTime !== undefined) return atTime.find(isHere)?.offset ?? end
    return position === 'earliest' ? start : largest(start, end - newest)
  }
  const starts: ScanStart[] = []
  for (const log of logs) {
    const { partition, broker, startOffset, endOffset } = log
    if (startOffset === null || endOffset === null) continue
    // Where to go on may have been overtaken by retention; a place behind the end waits there for what comes.
    starts.push({ partition, broker, endOffset, offset: largest(startOffset, startOf(log, startOffset, endOffset)) })
  }
  return starts
}

function withFault(logs: readonly PartitionLog[]): ScanResult['unreachable'] {
  return logs.flatMap(({ partition, broker, fault: reason }) =>
    reason === null ? [] : [{ partition, broker, fault: reason }],
  )
}

function toSearchedAnswer(
  { scanned, stoppedAt, isComplete, unreadable, unreachable, undecoded }: ScanResult & { undecoded: number },
  words: WordChoice,
): Omit<MessageListAnswer, 'items'> {
  return {
    scanned,
    stoppedAt: stoppedAt.map((place) => ({ ...place, offset: toNumber(place.offset) })),
    complete: isComplete && unreachable.length === 0,
    undecoded,
    unreadable: unreadable.map(({ partition, broker, fromOffset, toOffset, fault: reason }) => ({
      ...{ partition, broker, fromOffset: toNumber(fromOffset), toOffset: toNumber(toOffset) },
      fault: toFaultAnswer(reason, words),
    })),
    unreachable: unreachable.map(({ partition, broker, fault: reason }) => ({
      ...{ partition, broker },
      fault: toFaultAnswer(reason, words),
    })),
  }
}

function toOutgoing(topic: string, { partition, broker, key, value, ...more }: MessageInput): OutgoingMessage {
  return {
    topic,
    partition: partition ?? null,
    broker: broker ?? null,
    key: toBytes(key ?? null, more.keyEncoding, 'key'),
    value: toBytes(value ?? null, more.valueEncoding, 'value'),
    headers: more.headers.map((header) => ({ key: header.key, value: toBytes(header.value, 'utf8', 'headers') })),
    timestampMs: null,
  }
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Node reads base64 with anything in between; what was meant then is anybody's guess. */
function toBytes(text: string | null, encoding: 'utf8' | 'base64', name: string): Buffer | null {
  if (text === null) return null
  if (encoding === 'base64' && !BASE64.test(text)) {
    throw new HoldfastError('bad_request', { path: `body.${name}`, issue: 'base64' })
  }
  return Buffer.from(text, encoding)
}

function largest(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
