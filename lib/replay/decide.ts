/** What becomes of one dead letter: sent where and as what, or left out and why. Pure; plan and run ask alike. */
import type { MessageHeader, OutgoingMessage, PartitionPlace, StoredMessage } from '../cluster/messages.ts'
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { DecodedDeadLetter } from '../dlq/dead-letter.ts'
import { isOwnHeader } from '../dlq/own-headers.ts'
import type { DlqProfile } from '../dlq/profile.ts'
import { replayAttempts, replayHeaders } from '../dlq/replay-headers.ts'
import { replayProperties } from '../dlq/replay-properties.ts'
import { decodeMessage } from '../inbox/decode-message.ts'
import type { GuessedOrigin } from '../inbox/guessed-origin.ts'
import { type EditIndex, editOf } from './edits.ts'
import { replayIdOf } from './replay-id.ts'
import type { ReplayRequest, SkipCode } from './replay-types.ts'
import { type Route, type RouteFacts, routeOf } from './routing.ts'
import { applyTransform, type Transform, type TransformedRecord } from './transform.ts'

export interface DecideContext {
  jobId: string
  request: ReplayRequest
  sourceKind: ClusterKind
  routes: RouteFacts
  profiles: readonly DlqProfile[]
  edits: EditIndex
  transform: Transform | null
  /** Topics of the source cluster, when the letters are decoded. */
  isQueue(topic: string): boolean
  guessed: GuessedOrigin | null
  /** Only where each died is asked for, not why. */
  placesOnly?: boolean
}

export interface Sendable {
  message: OutgoingMessage
  route: Route
  /** Key, value and headers as they are sent, not compressed. */
  sizeBytes: number
}

export type Decision = { send: Sendable; skip: null } | { send: null; skip: SkipCode }

/** What a batch of one record adds to it on Kafka's wire: generous, so that nothing is sent that a broker would refuse. */
const BATCH_OVERHEAD_BYTES = 100
const HEADER_OVERHEAD_BYTES = 10

export function decodeRecord(record: StoredMessage, context: DecideContext): DecodedDeadLetter {
  const { request, profiles, guessed, placesOnly = false } = context
  const kindOf = (name: string): 'dlq' | 'normal' => (context.isQueue(name) ? 'dlq' : 'normal')
  return decodeMessage(request.topic, record, profiles, { kindOf, guessed, placesOnly })
}

/**
 * @param original what lies at `originalOf`; null where the letter holds everything, or no longer lies there. A letter
 * without payload must not come with null.
 * @param home the queue of its topic that it lay in, where only the broker could tell
 */
export function decide(
  record: StoredMessage,
  decoded: DecodedDeadLetter,
  original: StoredMessage | null,
  context: DecideContext,
  nowMs: number,
  home?: PartitionPlace,
): Decision {
  const { request } = context
  const content = contentOf(record, decoded, original)
  // What a share group buries anew lacks the count of its replays; the record has it.
  const attempts = replayAttempts(content.headers) ?? 1
  if (attempts >= request.maxAttempts) return { send: null, skip: 'quarantined' }
  const place = { partition: record.partition, broker: record.broker, hasKey: content.key !== null }
  const { route, skip } = routeOf(decoded, place, request, context.routes)
  if (route === null) return { send: null, skip }
  if (route.topic.isCompacted && content.key === null) return { send: null, skip: 'keyMissing' }
  const isHome = home !== undefined && decoded.origin?.topic === route.topic.topic
  const message = outgoing(record, decoded, content, isHome ? { ...route, ...home } : route, context, nowMs)
  if (message === null) return { send: null, skip: 'notTransformable' }
  const sizeBytes = sizeOf(message)
  const limit = route.topic.maxMessageBytes
  if (limit !== null && sizeOnWire(message, sizeBytes) > limit) return { send: null, skip: 'tooLarge' }
  return { send: { message, route, sizeBytes }, skip: null }
}

export function contentOf(
  record: StoredMessage,
  { pointer }: DecodedDeadLetter,
  original: StoredMessage | null,
): StoredMessage {
  if (original === null) return record
  return pointer === null ? { ...record, headers: original.headers } : original
}

function outgoing(
  record: StoredMessage,
  decoded: DecodedDeadLetter,
  content: StoredMessage,
  { topic, partition, broker }: Pick<OutgoingMessage, 'partition' | 'broker'> & Pick<Route, 'topic'>,
  context: DecideContext,
  nowMs: number,
): OutgoingMessage | null {
  const headers = headersOf(record, decoded, content, context, nowMs)
  const changed = changedContent(record, content, headers, context)
  if (changed === null) return null
  return {
    ...{ topic: topic.topic, partition, broker },
    key: content.key,
    ...changed,
    timestampMs: null,
    ...(context.routes.targetKind === 'rocketmq' ? { together: togetherOf(record, content) } : {}),
    ...(content.rocketmq === null ? {} : { flag: content.rocketmq.flag }),
  }
}

/** Of messages that are consumed in order. */
const SHARDING_KEY = '__SHARDINGKEY'

/** What its order may be about. */
export function orderKeyOf({ key, headers }: StoredMessage): Uint8Array | null {
  return headers.findLast((header) => header.key === SHARDING_KEY)?.value ?? key
}

/** Where nobody knows which queue it lay in, those whose order may matter go to one. */
function togetherOf({ broker, partition }: StoredMessage, content: StoredMessage): Uint8Array {
  return orderKeyOf(content) ?? Buffer.from(`${broker ?? ''}/${partition}`)
}

/** What was edited by hand goes as a person saw it. Null: it cannot be changed as asked. */
function changedContent(
  record: StoredMessage,
  { value }: StoredMessage,
  headers: MessageHeader[],
  { edits, transform }: DecideContext,
): TransformedRecord | null {
  const edit = editOf(edits, record, record.offset)
  if (edit === undefined) return transform === null ? { value, headers } : applyTransform(transform, { value, headers })
  const own = headers.filter(({ key }) => isOwnHeader(key))
  return {
    value: edit.value === undefined ? value : edit.value,
    headers: edit.headers === undefined ? headers : [...edit.headers, ...own],
  }
}

function headersOf(
  record: StoredMessage,
  decoded: DecodedDeadLetter,
  content: StoredMessage,
  { jobId, request, profiles, sourceKind }: DecideContext,
  nowMs: number,
): MessageHeader[] {
  const { partition, broker, offset } = record
  const options = {
    replayId: replayIdOf(jobId, record, offset),
    jobId,
    source: { topic: request.topic, partition, broker, offset },
    nowMs,
    // Who asked may be personal data, and stands in the audit log.
    operator: null,
    keepAll: request.keepHeaders,
  }
  if (sourceKind === 'rocketmq') {
    return replayProperties(content, decoded, { ...options, toRetryTopic: request.target.mode === 'retry' })
  }
  return replayHeaders(content, decoded, { ...options, profiles })
}

function sizeOf({ key, value, headers }: OutgoingMessage): number {
  let bytes = (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers) bytes += header.key.length + (header.value?.length ?? 0)
  return bytes
}

function sizeOnWire({ headers }: OutgoingMessage, sizeBytes: number): number {
  return sizeBytes + BATCH_OVERHEAD_BYTES + headers.length * HEADER_OVERHEAD_BYTES
}
