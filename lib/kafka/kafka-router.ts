/**
 * Finds who answers for a partition, a group or a transaction, asks there, and asks again after what passes by
 * itself: a leader that moves, a broker that restarts, a quota.
 */
import { type Fault, fault } from '../cluster/fault.ts'
import { MessageAccessError } from '../cluster/messages.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { SECOND_MS } from '../units.ts'
import type { KafkaClient } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { FIND_COORDINATOR, type KafkaRequest, METADATA } from './kafka-requests.ts'

export interface KnownPartition {
  partition: number
  /** Minus one: there is none for now. */
  leader: number
  leaderEpoch: number
}

export interface KnownTopic {
  topic: string
  topicId: string
  /** In the order of their numbers. */
  partitions: KnownPartition[]
}

export type CoordinatorKind = 'group' | 'transaction'

const KEY_TYPES: Record<CoordinatorKind, number> = { group: 0, transaction: 1 }
/** How long a call goes on trying; its own signal may end it sooner. */
export const DEFAULT_PATIENCE_MS = 30 * SECOND_MS
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = SECOND_MS
/** What is gone in a minute or less when a broker restarts or a leader moves. */
const PASSING_FAULTS: readonly Fault['code'][] = [
  'leaderNotAvailable',
  'coordinatorNotAvailable',
  'requestTimeout',
  'connectionClosed',
  'connectionRefused',
  'connectTimeout',
  'hostNotFound',
  'advertisedAddressUnreachable',
  'logDirOffline',
  'noBrokers',
  'notEnoughReplicas',
  'quotaExceeded',
  'settingsDisagree',
]
/** Kafka's codes with no fault of their own that mean "not yet". */
const NETWORK_EXCEPTION = 13
const CONCURRENT_TRANSACTIONS = 51
const UNSTABLE_OFFSET_COMMIT = 88
const PASSING_CODES = [NETWORK_EXCEPTION, CONCURRENT_TRANSACTIONS, UNSTABLE_OFFSET_COMMIT]
/** The end of a transaction is being written to its partitions: a matter of milliseconds. */
const SHORT_WAITS = [CONCURRENT_TRANSACTIONS, UNSTABLE_OFFSET_COMMIT]
const SHORTER = 4
const LONGEST_SHORT_PAUSE_MS = 50

/** The same request may succeed a little later. */
export function isPassing({ code, facts }: Fault): boolean {
  return PASSING_FAULTS.includes(code) || (code === 'brokerError' && PASSING_CODES.includes(Number(facts.errorCode)))
}

export class KafkaRouter {
  readonly client: KafkaClient
  readonly #patienceMs: number
  readonly #topics = new Map<string, KnownTopic>()
  readonly #coordinators = new Map<string, number>()

  constructor(client: KafkaClient, patienceMs: number = DEFAULT_PATIENCE_MS) {
    this.client = client
    this.#patienceMs = patienceMs
  }

  /**
   * Who leads what, as last heard; `forget` makes it heard anew.
   *
   * @throws MessageAccessError `topicDeleted` when there is no such topic
   */
  async topic(topic: string, signal: AbortSignal): Promise<KnownTopic> {
    const known = this.#topics.get(topic) ?? (await this.#ask(topic, signal))
    this.#topics.set(topic, known)
    return known
  }

  /** @throws MessageAccessError `topicDeleted`, `partitionNotFound` */
  async partition(topic: string, partition: number, signal: AbortSignal): Promise<KnownPartition> {
    const known = (await this.topic(topic, signal)).partitions[partition]
    if (known) return known
    // It may have been added since.
    this.forget(topic)
    const added = (await this.topic(topic, signal)).partitions[partition]
    if (added) return added
    throw new MessageAccessError(fault('partitionNotFound', { topic, partition }), false)
  }

  forget(topic: string): void {
    this.#topics.delete(topic)
  }

  async coordinator(kind: CoordinatorKind, key: string, signal: AbortSignal): Promise<number> {
    const id = `${kind} ${key}`
    const known = this.#coordinators.get(id) ?? (await this.#findCoordinator(kind, key, signal))
    this.#coordinators.set(id, known)
    return known
  }

  /** One request to the coordinator; where the answer says that it is another one, that one is looked for next time. */
  async callCoordinator<Args extends unknown[], Answer>(
    { kind, key, signal }: { kind: CoordinatorKind; key: string; signal: AbortSignal },
    request: KafkaRequest<Args, Answer>,
    faultOf: (answer: Answer, facts: Fault['facts']) => Fault | null,
    ...args: Args
  ): Promise<Outcome<Answer>> {
    const broker = await this.coordinator(kind, key, signal)
    const answer = await this.client.callWithin(signal, broker, request, ...args)
    const reason = answer.fault ?? faultOf(answer.value, { api: request.name, broker })
    if (reason === null) return answer
    if (reason.code !== 'brokerError') this.#coordinators.delete(`${kind} ${key}`)
    return { value: null, fault: reason }
  }

  /**
   * Asks until there is an answer, or a fault that stays, or patience or the signal ends.
   *
   * @throws MessageAccessError with the last fault
   */
  async retry<T>(signal: AbortSignal, attempt: () => Promise<Outcome<T>>, patienceMs = this.#patienceMs): Promise<T> {
    const endsAtMs = performance.now() + patienceMs
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const { value, fault: reason } = await attempt()
      if (reason === null) return value
      const passes = isPassing(reason)
      if (!passes || signal.aborted || performance.now() + pauseMs > endsAtMs) {
        throw new MessageAccessError(reason, passes, signal.aborted ? signal.reason : undefined)
      }
      const isShort = SHORT_WAITS.includes(Number(reason.facts.errorCode))
      await pause(isShort ? Math.min(pauseMs / SHORTER, LONGEST_SHORT_PAUSE_MS) : pauseMs, signal)
    }
  }

  async #ask(topic: string, signal: AbortSignal): Promise<KnownTopic> {
    return this.retry(signal, async () => {
      const answer = await this.client.metadataWithin(signal, [topic])
      if (answer.fault) return answer
      const { brokers, topics } = answer.value
      this.client.setBrokers(brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port })))
      const found = topics.find(({ name }) => name === topic)
      const reason = found
        ? faultOfErrorCode(found.errorCode, { api: METADATA.name, topic })
        : fault('topicDeleted', { topic })
      if (reason || !found) return { value: null, fault: reason ?? fault('topicDeleted', { topic }) }
      const partitions: KnownPartition[] = []
      for (const { partitionIndex: partition, leaderId, leaderEpoch } of found.partitions) {
        partitions[partition] = { partition, leader: leaderId, leaderEpoch }
      }
      return { value: { topic, topicId: found.topicId, partitions }, fault: null }
    })
  }

  /** The list of brokers, for those who have no topic to ask about. */
  async listBrokers(signal: AbortSignal): Promise<number[]> {
    return this.retry(signal, async () => {
      const answer = await this.client.metadataWithin(signal, [])
      if (answer.fault) return answer
      const brokers = answer.value.brokers.map(({ nodeId, host, port }) => ({ id: nodeId, host, port }))
      this.client.setBrokers(brokers)
      return brokers.length > 0
        ? { value: brokers.map(({ id }) => id), fault: null }
        : { value: null, fault: fault('noBrokers') }
    })
  }

  async #findCoordinator(kind: CoordinatorKind, key: string, signal: AbortSignal): Promise<number> {
    return this.retry(signal, async () => {
      let failure = fault('coordinatorNotAvailable')
      for (const broker of await this.listBrokers(signal)) {
        const answer = await this.client.callWithin(signal, broker, FIND_COORDINATOR, KEY_TYPES[kind], [key])
        const found = answer.value?.coordinators[0]
        const facts = { api: FIND_COORDINATOR.name, broker }
        const reason = answer.fault ?? faultOfErrorCode(found?.errorCode ?? COORDINATOR_NOT_AVAILABLE, facts)
        if (reason === null && found) return { value: found.nodeId, fault: null }
        failure = reason ?? failure
        if (!isPassing(failure)) break
      }
      return { value: null, fault: failure }
    })
  }
}

const COORDINATOR_NOT_AVAILABLE = 15

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
