/** Reads messages of any topic without leaving a trace on the cluster: no group, no commit. */
import { type Fault, fault } from '../cluster/fault.ts'
import {
  MessageAccessError,
  type MessageBatch,
  type MessageReader,
  type PartitionLog,
  type PartitionPlace,
  type ReadRequest,
  type TopicLog,
} from '../cluster/messages.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { SECOND_MS } from '../units.ts'
import { decodeBatches } from './decode-batches.ts'
import type { FetchedPartition } from './fetch-request.ts'
import type { KafkaClient } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { toTopicId } from './kafka-mapping.ts'
import { FETCH_COMMITTED, LIST_LOCAL_OFFSETS, LIST_OFFSETS } from './kafka-requests.ts'
import { isPassing, KafkaRouter, type KnownPartition, pause } from './kafka-router.ts'
import { listedOf } from './list-offsets-request.ts'

/** Kafka's markers in place of a time stamp. */
const LATEST = -1n
const EARLIEST = -2n
/** Where the broker's own disk begins; what lies before is in remote storage. */
const EARLIEST_LOCAL = -4n
/** One partition without a leader does not keep all that can be told of a topic waiting for longer. */
const DESCRIBE_PATIENCE_MS = 3 * SECOND_MS
const OFFSET_OUT_OF_RANGE = 1
const UNKNOWN_TOPIC_OR_PARTITION = 3
/** How long the broker may wait for records from remote storage, or for a quota. */
const PATIENT_WAIT_MS = 500
/** So many empty answers in a row, although more should follow, mean that compaction left nothing there. */
const EMPTY_ANSWERS = 2
/** Remote storage may be slow: after so many it is a failure, never an end. */
const REMOTE_ANSWERS = 20
/** A fetch that held not even one whole batch is made again with this much more room, up to a limit. */
const GROWTH = 4
const MAX_FETCH_BYTES = 256 * 1024 * 1024

export class KafkaReader implements MessageReader {
  readonly #client: KafkaClient
  readonly #router: KafkaRouter

  constructor(client: KafkaClient, patienceMs?: number) {
    this.#client = client
    this.#router = new KafkaRouter(client, patienceMs)
  }

  async describe(topic: string, signal: AbortSignal): Promise<TopicLog> {
    this.#router.forget(topic)
    const { topicId, partitions } = await this.#router.topic(topic, signal)
    const starts = await this.#offsets(topic, partitions, EARLIEST, signal)
    const ends = await this.#offsets(topic, partitions, LATEST, signal)
    return {
      topicId: toTopicId(topicId),
      partitions: partitions.map(({ partition }) => toLog(partition, starts[partition], ends[partition])),
    }
  }

  async offsetsAtTime(
    topic: string,
    atMs: number,
    signal: AbortSignal,
  ): Promise<(PartitionPlace & { offset: bigint })[]> {
    const { partitions } = await this.#router.topic(topic, signal)
    // The end first: what arrives in between is then found by its time or lies behind the end.
    const ends = await this.#offsets(topic, partitions, LATEST, signal)
    const found = await this.#offsets(topic, partitions, BigInt(Math.trunc(atMs)), signal)
    return partitions.map(({ partition }) => {
      const reason = found[partition]?.fault ?? ends[partition]?.fault
      if (reason) throw new MessageAccessError(reason, isPassing(reason))
      const offset = found[partition]?.value?.offset ?? ends[partition]?.value?.offset
      if (offset === undefined || offset === null) throw noAnswer(partition)
      return { partition, broker: null, offset }
    })
  }

  /** By partition: one request to each leader, and one more for each partition that it could not answer for. */
  async #offsets(
    topic: string,
    partitions: readonly KnownPartition[],
    timestamp: bigint,
    signal: AbortSignal,
  ): Promise<Outcome<FoundOffset>[]> {
    const found: Outcome<FoundOffset>[] = []
    const leaders = Map.groupBy(partitions, ({ leader }) => leader)
    await Promise.all(
      [...leaders].map(async ([leader, led]) => {
        const asked = led.map(({ partition, leaderEpoch }) => ({
          partitionIndex: partition,
          currentLeaderEpoch: leaderEpoch,
        }))
        const ask = { name: topic, partitions: asked }
        const answer = await this.#client.callWithin(signal, leader, LIST_OFFSETS, timestamp, true, [ask])
        for (const { partitionIndex, errorCode, offset } of answer.value ? listedOf(answer.value) : []) {
          if (errorCode === 0) found[partitionIndex] = { value: { offset: offset < 0n ? null : offset }, fault: null }
        }
      }),
    )
    const missing = partitions.filter(({ partition }) => !found[partition])
    if (missing.length > 0) this.#router.forget(topic)
    await Promise.all(
      missing.map(async ({ partition }) => {
        found[partition] = await this.#offsetOrFault(topic, partition, timestamp, signal)
      }),
    )
    return found
  }

  async #offsetOrFault(
    topic: string,
    partition: number,
    timestamp: bigint,
    signal: AbortSignal,
  ): Promise<Outcome<FoundOffset>> {
    try {
      const offset = await this.#offset({ topic, partition }, timestamp, signal, DESCRIBE_PATIENCE_MS)
      return { value: { offset }, fault: null }
    } catch (error) {
      if (!(error instanceof MessageAccessError)) throw error
      return { value: null, fault: error.fault }
    }
  }

  /** Null when there is none at or after that time. */
  #offset(
    { topic, partition }: { topic: string; partition: number },
    timestamp: bigint,
    signal: AbortSignal,
    patienceMs?: number,
  ): Promise<bigint | null> {
    const place = { topic, partition, signal, patienceMs }
    return this.#atLeader(place, async ({ leader, leaderEpoch }) => {
      const asked = [{ name: topic, partitions: [{ partitionIndex: partition, currentLeaderEpoch: leaderEpoch }] }]
      const answer = await this.#client.callWithin(signal, leader, LIST_OFFSETS, timestamp, true, asked)
      if (answer.fault) return answer
      const [listed] = listedOf(answer.value)
      const facts = { api: LIST_OFFSETS.name, broker: leader }
      const reason = faultOfErrorCode(listed?.errorCode ?? UNKNOWN_TOPIC_OR_PARTITION, facts)
      if (reason || !listed) return { value: null, fault: reason ?? fault('invalidAnswer', facts) }
      // Wrapped, since null alone would be no value.
      return { value: { offset: listed.offset < 0n ? null : listed.offset }, fault: null }
    }).then(({ offset }) => offset)
  }

  async read(request: ReadRequest, signal: AbortSignal): Promise<MessageBatch> {
    let fromOffset = request.fromOffset
    let maxBytes = request.maxBytes
    for (let emptyAnswers = 0; ; ) {
      const fetched = await this.#fetch({ ...request, fromOffset, maxBytes }, emptyAnswers > 0, signal)
      if (fetched === 'outOfRange') {
        const bounds = await this.#bounds(request, signal)
        // Behind the end: the log was cut, or the topic made anew; the offsets say so to the caller.
        if (fromOffset >= bounds.startOffset) return nothing(fromOffset, bounds)
        fromOffset = bounds.startOffset
        continue
      }
      const bytes = fetched.records ?? EMPTY
      if (bytes.length === 0) {
        const end = await this.#endOf(request, fromOffset, fetched, ++emptyAnswers, signal)
        if (end) return end
        continue
      }
      const batch = decodeFetched(request.partition, fromOffset, bytes, fetched)
      if (batch) return batch
      if (maxBytes >= MAX_FETCH_BYTES) return passOne(fromOffset, boundsOf(fetched))
      maxBytes = Math.min(MAX_FETCH_BYTES, Math.max(bytes.length, maxBytes) * GROWTH)
    }
  }

  /** What an empty answer means; null: ask again, more patiently. */
  async #endOf(
    request: ReadRequest,
    fromOffset: bigint,
    fetched: FetchedPartition,
    emptyAnswers: number,
    signal: AbortSignal,
  ): Promise<MessageBatch | null> {
    const bounds = boundsOf(fetched)
    if (fromOffset >= bounds.endOffset) return nothing(fromOffset, bounds)
    if (emptyAnswers <= EMPTY_ANSWERS) return null
    if (await this.#isLocal(request, fromOffset, signal)) return nothing(bounds.endOffset, bounds)
    if (emptyAnswers > REMOTE_ANSWERS) throw tooSlow(request)
    return null
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  #fetch(
    { topic, partition, fromOffset, maxBytes }: ReadRequest,
    isPatient: boolean,
    signal: AbortSignal,
  ): Promise<FetchedPartition | 'outOfRange'> {
    return this.#atLeader<FetchedPartition | 'outOfRange'>(
      { topic, partition, signal },
      async ({ leader, leaderEpoch }) => {
        const asked = { topic, partitions: [{ partition, leaderEpoch, offset: fromOffset }] }
        const waitMs = isPatient ? PATIENT_WAIT_MS : 0
        const answer = await this.#client.callWithin(signal, leader, FETCH_COMMITTED, asked, maxBytes, waitMs)
        if (answer.fault) return answer
        const { throttleMs, partitions } = answer.value
        const fetched = partitions[0]
        const facts = { api: FETCH_COMMITTED.name, broker: leader }
        if (fetched?.errorCode === OFFSET_OUT_OF_RANGE) return { value: 'outOfRange', fault: null }
        const reason = faultOfErrorCode(fetched?.errorCode ?? UNKNOWN_TOPIC_OR_PARTITION, facts)
        if (reason || !fetched) return { value: null, fault: reason ?? fault('invalidAnswer', facts) }
        // Held back by a quota: an empty answer says nothing about what is stored.
        if (throttleMs > 0) await pause(throttleMs, signal)
        const isHeldBack = throttleMs > 0 && !fetched.records?.length && fromOffset < fetched.lastStableOffset
        return isHeldBack ? { value: null, fault: fault('quotaExceeded', facts) } : { value: fetched, fault: null }
      },
    )
  }

  /** False: it lies in remote storage, where an empty answer only means that reading takes longer. */
  #isLocal({ topic, partition }: ReadRequest, offset: bigint, signal: AbortSignal): Promise<boolean> {
    return this.#atLeader({ topic, partition, signal }, async ({ leader, leaderEpoch }) => {
      const asked = [{ name: topic, partitions: [{ partitionIndex: partition, currentLeaderEpoch: leaderEpoch }] }]
      const answer = await this.#client.callWithin(signal, leader, LIST_LOCAL_OFFSETS, EARLIEST_LOCAL, true, asked)
      // Brokers that do not know the question have no remote storage either.
      if (answer.fault?.code === 'unsupportedByBroker') return { value: true, fault: null }
      if (answer.fault) return answer
      const [listed] = listedOf(answer.value)
      const facts = { api: LIST_LOCAL_OFFSETS.name, broker: leader }
      const reason = faultOfErrorCode(listed?.errorCode ?? UNKNOWN_TOPIC_OR_PARTITION, facts)
      return reason || !listed
        ? { value: null, fault: reason ?? fault('invalidAnswer', facts) }
        : { value: offset >= listed.offset, fault: null }
    })
  }

  async #bounds(place: { topic: string; partition: number }, signal: AbortSignal): Promise<Bounds> {
    const startOffset = await this.#offset(place, EARLIEST, signal)
    const endOffset = await this.#offset(place, LATEST, signal)
    if (startOffset !== null && endOffset !== null) return { startOffset, endOffset }
    throw new MessageAccessError(fault('invalidAnswer', { api: LIST_OFFSETS.name }), true)
  }

  /** Asks the leader; after a failure, whoever leads then. */
  #atLeader<T>(
    { topic, partition, signal, patienceMs }: AskedPlace,
    ask: (leader: KnownPartition) => Promise<Outcome<T>>,
  ): Promise<T> {
    const attempt = async (): Promise<Outcome<T>> => {
      const known = await this.#router.partition(topic, partition, signal)
      const answer: Outcome<T> =
        known.leader < 0 ? { value: null, fault: fault('leaderNotAvailable', { topic, partition }) } : await ask(known)
      if (answer.fault === null) return answer
      this.#router.forget(topic)
      return { value: null, fault: await this.#sureFault(topic, answer.fault, signal) }
    }
    return this.#router.retry(signal, attempt, patienceMs)
  }

  /** A broker that does not know a partition yet says the same as one whose topic is gone; the metadata tells. */
  async #sureFault(topic: string, reason: Fault, signal: AbortSignal): Promise<Fault> {
    if (reason.code !== 'topicDeleted') return reason
    await this.#router.topic(topic, signal)
    return fault('leaderNotAvailable', reason.facts)
  }
}

const EMPTY = Buffer.alloc(0)

interface AskedPlace {
  topic: string
  partition: number
  signal: AbortSignal
  patienceMs?: number | undefined
}

/** Null: none at or after the time that was asked for. */
interface FoundOffset {
  offset: bigint | null
}

function toLog(partition: number, start?: Outcome<FoundOffset>, end?: Outcome<FoundOffset>): PartitionLog {
  return {
    ...{ partition, broker: null },
    startOffset: start?.value?.offset ?? null,
    endOffset: end?.value?.offset ?? null,
    fault: start?.fault ?? end?.fault ?? null,
  }
}

function noAnswer(partition: number): MessageAccessError {
  return new MessageAccessError(fault('invalidAnswer', { api: LIST_OFFSETS.name, partition }), true)
}

interface Bounds {
  startOffset: bigint
  endOffset: bigint
}

function boundsOf({ logStartOffset, lastStableOffset }: FetchedPartition): Bounds {
  return { startOffset: logStartOffset, endOffset: lastStableOffset }
}

/** Null when the bytes hold not even one whole batch. */
function decodeFetched(
  partition: number,
  fromOffset: bigint,
  bytes: Buffer,
  fetched: FetchedPartition,
): MessageBatch | null {
  const bounds = boundsOf(fetched)
  const { endOffset } = bounds
  const decoded = decodeBatches({ partition, bytes, fromOffset, endOffset, aborted: fetched.aborted })
  if (decoded.nextOffset <= fromOffset) return null
  return { ...decoded, isAtEnd: decoded.nextOffset >= endOffset, ...bounds }
}

function nothing(nextOffset: bigint, bounds: Bounds): MessageBatch {
  return { messages: [], nextOffset, isAtEnd: true, ...bounds, unreadable: [] }
}

function tooSlow({ topic, partition }: ReadRequest): MessageAccessError {
  return new MessageAccessError(fault('requestTimeout', { api: FETCH_COMMITTED.name, topic, partition }), true)
}

/** A batch larger than anything that may be fetched. */
function passOne(fromOffset: bigint, bounds: Bounds): MessageBatch {
  const toOffset = fromOffset + 1n
  const reason = fault('batchTooLarge', { limitBytes: MAX_FETCH_BYTES })
  const unreadable = [{ fromOffset, toOffset, fault: reason }]
  return { messages: [], nextOffset: toOffset, isAtEnd: toOffset >= bounds.endOffset, ...bounds, unreadable }
}
