/**
 * A job's messages and its progress in one transaction. The transactional id is the job's own, so whoever opens the
 * channel ends what an earlier worker left open, and that worker's next request is refused.
 */
import { type Fault, fault } from '../cluster/fault.ts'
import {
  type ExactlyOnceChannel,
  type ExactlyOnceJob,
  MessageAccessError,
  type OutgoingMessage,
  type Progress,
  type SentMessage,
} from '../cluster/messages.ts'
import { SECOND_MS } from '../units.ts'
import { BatchProducer } from './batch-producer.ts'
import { choosePartition } from './choose-partition.ts'
import type { KafkaClient } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import {
  ADD_OFFSETS_TO_TXN,
  ADD_PARTITIONS_TO_TXN,
  DELETE_GROUPS,
  END_TXN,
  INIT_PRODUCER_ID,
  type KafkaRequest,
  OFFSET_FETCH,
  TXN_OFFSET_COMMIT,
} from './kafka-requests.ts'
import { type CoordinatorKind, isPassing, KafkaRouter } from './kafka-router.ts'
import { producePartition, sequenceBehind } from './partition-producer.ts'
import type { CodedAnswer } from './transaction-requests.ts'

/** The coordinator ends a transaction by itself after this long: what readers wait for at most when a worker dies. */
const TRANSACTION_TIMEOUT_MS = 10 * SECOND_MS
/** Writing goes on for this long after a passing failure; then there is still time to end the transaction. */
const WRITE_PATIENCE_MS = 6 * SECOND_MS
const END_PATIENCE_MS = 15 * SECOND_MS
/** The caller's signal does not cut off the end of a transaction: half of it would be known to nobody. */
const END_DEADLINE_MS = 20 * SECOND_MS
const NO_GENERATION = -1
const NO_LEADER_EPOCH = -1
const GROUP_ID_NOT_FOUND = 69
const INVALID_TXN_STATE = 48
const TRANSACTION_ABORTABLE = 120

interface Producer {
  producerId: bigint
  producerEpoch: number
  isTransactional: true
}

export class KafkaExactlyOnce implements ExactlyOnceChannel {
  readonly #client: KafkaClient
  readonly #router: KafkaRouter
  /** Names the transaction and the group alike. */
  readonly #id: string
  readonly #sourceTopic: string
  /** Null: not open, or something went wrong since. */
  #producer: Producer | null = null
  readonly #sequences = new Map<string, number>()
  heldBackMs = 0

  constructor(client: KafkaClient, job: ExactlyOnceJob, patienceMs?: number) {
    this.#client = client
    this.#router = new KafkaRouter(client, patienceMs)
    this.#id = `holdfast-replay-${job.jobId}`
    this.#sourceTopic = job.sourceTopic
  }

  async open(signal: AbortSignal): Promise<Progress[]> {
    this.#producer = null
    const { producerId, producerEpoch } = await this.#ask(
      'transaction',
      signal,
      INIT_PRODUCER_ID,
      this.#id,
      TRANSACTION_TIMEOUT_MS,
      // None: with those of before, a worker that died in an open transaction would be refused for ever.
      -1n,
      -1,
    )
    this.#sequences.clear()
    const progress = await this.peek(signal)
    this.#producer = { producerId, producerEpoch, isTransactional: true }
    return progress
  }

  async peek(signal: AbortSignal): Promise<Progress[]> {
    const asked = [{ groupId: this.#id, memberId: null, memberEpoch: -1, topics: null }]
    const coordinator = { kind: 'group', key: this.#id, signal } as const
    const answer = await this.#router.retry(signal, () =>
      // Stable: not before the offsets of a transaction that is just ending are visible.
      this.#router.callCoordinator(
        coordinator,
        OFFSET_FETCH,
        ({ groups }, facts) => {
          const [group] = groups
          const codes = [
            group?.errorCode ?? 0,
            ...(group?.topics ?? []).flatMap((topic) => topic.partitions.map((p) => p.errorCode)),
          ]
          const code = codes.find((one) => one !== 0 && one !== GROUP_ID_NOT_FOUND) ?? 0
          return faultOfErrorCode(code, facts)
        },
        asked,
        true,
      ),
    )
    const topic = answer.groups[0]?.topics.find(({ name }) => name === this.#sourceTopic)
    const committed = (topic?.partitions ?? []).filter(({ committedOffset }) => committedOffset >= 0n)
    return committed.map(({ partitionIndex, committedOffset, metadata }) => ({
      partition: partitionIndex,
      broker: null,
      nextOffset: committedOffset,
      note: metadata ?? '',
    }))
  }

  async commit(
    messages: readonly OutgoingMessage[],
    progressOf: (sent: readonly SentMessage[]) => Progress[],
    signal: AbortSignal,
  ): Promise<SentMessage[]> {
    const producer = this.#producer
    if (!producer) throw new MessageAccessError(fault('transactionNotOpen'), true)
    // Until the end is known the channel counts as closed: whatever happens, `open` puts it right.
    this.#producer = null
    const beganAtMs = performance.now()
    let sent: SentMessage[]
    try {
      sent = await this.#write(producer, messages, signal)
      await this.#addProgress(producer, progressOf(sent), signal)
    } catch (error) {
      await this.#abort(producer)
      throw nothingHappened(error, beganAtMs)
    }
    await this.#commit(producer, beganAtMs)
    this.#producer = producer
    return sent
  }

  async #write(producer: Producer, messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<SentMessage[]> {
    const shares = await this.#sharesOf(messages, signal)
    if (shares.length === 0) return []
    await this.#addPartitions(producer, shares, signal)
    const options = { transactionalId: this.#id, patienceMs: WRITE_PATIENCE_MS }
    const batches = new BatchProducer(this.#router, options, signal)
    const nowMs = Date.now()
    const sent: SentMessage[] = []
    const results = await Promise.allSettled(
      shares.map(async ({ topic, partition, indexes }) => {
        const place = `${topic}/${partition}`
        const sequence = this.#sequences.get(place) ?? 0
        const some = indexes.map((index) => messages[index] as OutgoingMessage)
        const result = await producePartition(batches, { topic, partition, messages: some, producer, sequence, nowMs })
        if (result.failure) throw new MessageAccessError(result.failure.fault, isPassing(result.failure.fault))
        this.#sequences.set(place, sequenceBehind(sequence, some.length))
        indexes.forEach((index, position) => {
          sent[index] = { topic, partition, broker: null, offset: result.offsets[position] ?? null }
        })
      }),
    )
    this.heldBackMs = batches.heldBackMs ?? this.heldBackMs
    // All have come to rest before the transaction is ended.
    for (const result of results) if (result.status === 'rejected') throw result.reason
    return sent
  }

  /**
   * Where the messages go.
   *
   * @throws MessageAccessError `topicDeleted`, `partitionNotFound`
   */
  async #sharesOf(messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<Share[]> {
    const byTopic = new Map<string, { count: number; shares: (Share | undefined)[] }>()
    for (const [index, { topic, partition: wanted, key }] of messages.entries()) {
      let known = byTopic.get(topic)
      if (known === undefined) {
        known = { count: (await this.#router.topic(topic, signal)).partitions.length, shares: [] }
        byTopic.set(topic, known)
      }
      const partition = wanted ?? choosePartition(key, known.count, index % known.count)
      let share = known.shares[partition]
      if (share === undefined) {
        await this.#router.partition(topic, partition, signal)
        share = { topic, partition, indexes: [] }
        known.shares[partition] = share
      }
      share.indexes.push(index)
    }
    return [...byTopic.values()].flatMap(({ shares }) => shares.filter((share) => share !== undefined))
  }

  async #addPartitions(producer: Producer, shares: readonly Share[], signal: AbortSignal): Promise<void> {
    const topics = [...Map.groupBy(shares, ({ topic }) => topic)].map(([name, some]) => ({
      name,
      partitions: some.map(({ partition }) => partition),
    }))
    const { producerId, producerEpoch } = producer
    const transaction = { transactionalId: this.#id, producerId, producerEpoch, verifyOnly: false, topics }
    await this.#ask('transaction', signal, ADD_PARTITIONS_TO_TXN, [transaction])
  }

  async #addProgress(producer: Producer, progress: readonly Progress[], signal: AbortSignal): Promise<void> {
    if (progress.length === 0) return
    const { producerId, producerEpoch } = producer
    await this.#ask('transaction', signal, ADD_OFFSETS_TO_TXN, this.#id, producerId, producerEpoch, this.#id)
    const partitions = progress.map(({ partition, nextOffset, note }) => ({
      partitionIndex: partition,
      committedOffset: nextOffset,
      committedLeaderEpoch: NO_LEADER_EPOCH,
      committedMetadata: note,
    }))
    const topics = [{ name: this.#sourceTopic, partitions }]
    const member = [NO_GENERATION, '', null] as const
    await this.#ask(
      'group',
      signal,
      TXN_OFFSET_COMMIT,
      this.#id,
      this.#id,
      producerId,
      producerEpoch,
      ...member,
      topics,
    )
  }

  /** @throws MessageAccessError that says whether it is known that nothing was committed */
  async #commit({ producerId, producerEpoch }: Producer, beganAtMs: number): Promise<void> {
    let isUnknown = false
    const signal = AbortSignal.timeout(END_DEADLINE_MS)
    const coordinator = { kind: 'transaction', key: this.#id, signal } as const
    try {
      await this.#router.retry(
        signal,
        async () => {
          const answer = await this.#router.callCoordinator(
            coordinator,
            END_TXN,
            codeFault,
            this.#id,
            producerId,
            producerEpoch,
            true,
          )
          isUnknown ||= answer.fault !== null && isWithoutAnswer(answer.fault)
          return answer
        },
        END_PATIENCE_MS,
      )
    } catch (error) {
      if (isUnknown || !(error instanceof MessageAccessError)) {
        throw new MessageAccessError(fault('transactionOutcomeUnknown'), false, error)
      }
      throw nothingHappened(error, beganAtMs)
    }
  }

  /** So that readers of the partitions need not wait for the timeout. `open` would end it too, as would the timeout. */
  async #abort({ producerId, producerEpoch }: Producer): Promise<void> {
    const signal = AbortSignal.timeout(END_DEADLINE_MS)
    try {
      await this.#ask('transaction', signal, END_TXN, this.#id, producerId, producerEpoch, false)
    } catch (error) {
      // The fault that led here is the one to tell; the broker ends the transaction by itself soon.
      if (!(error instanceof MessageAccessError)) throw error
    }
  }

  async forget(signal: AbortSignal): Promise<void> {
    const coordinator = { kind: 'group', key: this.#id, signal } as const
    await this.#router.retry(signal, () =>
      this.#router.callCoordinator(
        coordinator,
        DELETE_GROUPS,
        ({ results }, facts) => {
          const code = results[0]?.errorCode ?? 0
          return code === GROUP_ID_NOT_FOUND ? null : faultOfErrorCode(code, facts)
        },
        [this.#id],
      ),
    )
  }

  async close(): Promise<void> {
    this.#producer = null
    await this.#client.close()
  }

  #ask<Args extends unknown[], Answer extends CodedAnswer>(
    kind: CoordinatorKind,
    signal: AbortSignal,
    request: KafkaRequest<Args, Answer>,
    ...args: Args
  ): Promise<Answer> {
    const coordinator = { kind, key: this.#id, signal }
    return this.#router.retry(signal, () => this.#router.callCoordinator(coordinator, request, codeFault, ...args))
  }
}

/** The messages of one partition, by their places in the list. */
interface Share {
  topic: string
  partition: number
  indexes: number[]
}

function codeFault({ errorCode }: CodedAnswer, facts: Fault['facts']): Fault | null {
  return faultOfErrorCode(errorCode, facts)
}

/** The request may have been carried out although its answer never came. */
function isWithoutAnswer({ code, facts }: Fault): boolean {
  return facts.api === END_TXN.name && WITHOUT_ANSWER.includes(code)
}

/** A coordinator that is moving may have written the commit before it moved. */
const WITHOUT_ANSWER: readonly Fault['code'][] = [
  'requestTimeout',
  'connectionClosed',
  'invalidAnswer',
  'coordinatorNotAvailable',
]

/**
 * For a transaction that certainly was not committed. The coordinator that ended one by its timeout refuses the
 * worker with the words it has for one that was fenced.
 */
function nothingHappened(error: unknown, beganAtMs: number): unknown {
  if (!(error instanceof MessageAccessError)) return error
  const { code, facts } = error.fault
  const isState = code === 'brokerError' && [INVALID_TXN_STATE, TRANSACTION_ABORTABLE].includes(Number(facts.errorCode))
  const tookMs = performance.now() - beganAtMs
  if ((code === 'producerFenced' || isState) && tookMs >= TRANSACTION_TIMEOUT_MS) {
    return new MessageAccessError(fault('transactionTimedOut', { tookMs: Math.round(tookMs) }), true, error)
  }
  return isState ? new MessageAccessError(error.fault, true, error) : error
}
