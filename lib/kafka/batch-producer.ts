/**
 * Sends batches to the leaders of their partitions and asks again after what passes by itself. A batch keeps its
 * producer id and sequence, so a broker that has it already stores it once however often it is sent.
 */
import { type Fault, fault } from '../cluster/fault.ts'
import { MessageAccessError } from '../cluster/messages.ts'
import type { Outcome } from '../cluster/outcome.ts'
import { SECOND_MS } from '../units.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { PRODUCE } from './kafka-requests.ts'
import { isPassing, type KafkaRouter, type KnownPartition, pause } from './kafka-router.ts'
import type { ProducedBatch } from './produce-request.ts'

export type ProduceResult =
  /** The offset of its first record; null where the broker only says that it had it already. */
  | { baseOffset: bigint | null; fault: null }
  /** `mayBeStored`: an attempt may have reached the log although no good answer came. */
  | { baseOffset: null; fault: Fault; mayBeStored: boolean }

export interface BatchProducerOptions {
  transactionalId: string | null
  /** How long one batch is tried. */
  patienceMs: number
}

/** Batches of several partitions travel in one request up to this size; a larger one travels alone. */
const REQUEST_BYTES = 4 * 1024 * 1024
/** How long a broker waits for the in-sync replicas: shorter than our own deadline, so that its answer comes. */
const ACKNOWLEDGE_MS = 8 * SECOND_MS
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = SECOND_MS
const UNKNOWN_TOPIC_OR_PARTITION = 3
const DUPLICATE_SEQUENCE_NUMBER = 46
const NO_OFFSET = -1n
/** After these the batch stands in the leader's log, and only its copies are in doubt. */
const APPENDED_CODES: readonly number[] = [7, 20]

interface Answer {
  errorCode: number
  baseOffset: bigint
}

export class BatchProducer {
  readonly #router: KafkaRouter
  readonly #options: BatchProducerOptions
  readonly #signal: AbortSignal
  readonly #lanes = new Map<number, Lane>()
  /** The longest that a quota held a request back; null: none was answered. */
  heldBackMs: number | null = null

  constructor(router: KafkaRouter, options: BatchProducerOptions, signal: AbortSignal) {
    this.#router = router
    this.#options = options
    this.#signal = signal
  }

  async produce(batch: ProducedBatch): Promise<ProduceResult> {
    const endsAtMs = performance.now() + this.#options.patienceMs
    let mayBeStored = false
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      const result = await this.#attempt(batch)
      if (result.fault === null) return result
      mayBeStored ||= result.mayBeStored
      const hasTime = !this.#signal.aborted && performance.now() + pauseMs <= endsAtMs
      if (!hasTime || !isPassing(result.fault)) return { ...result, mayBeStored }
      this.#router.forget(batch.topic)
      await pause(pauseMs, this.#signal)
    }
  }

  async #attempt(batch: ProducedBatch): Promise<ProduceResult> {
    const { topic, partition } = batch
    const failed = (reason: Fault, mayBeStored: boolean) => ({ baseOffset: null, fault: reason, mayBeStored })
    const found = await this.#leader(topic, partition)
    if (found.fault) return failed(found.fault, false)
    const { leader } = found.value
    if (leader < 0) return failed(fault('leaderNotAvailable', { topic, partition }), false)
    const answer = await this.#lane(leader).send(batch)
    if (answer.fault) return failed(answer.fault, wasSent(answer.fault))
    const { errorCode, baseOffset } = answer.value
    if (errorCode === DUPLICATE_SEQUENCE_NUMBER) return { baseOffset: null, fault: null }
    const facts = { api: PRODUCE.name, broker: leader, topic, partition }
    // A leader that is not it any more says the same as one whose topic is gone; new metadata tells.
    const isLost = errorCode === UNKNOWN_TOPIC_OR_PARTITION
    const reason = isLost ? fault('leaderNotAvailable', facts) : faultOfErrorCode(errorCode, facts)
    if (reason) return failed(reason, APPENDED_CODES.includes(errorCode))
    return { baseOffset: baseOffset === NO_OFFSET ? null : baseOffset, fault: null }
  }

  async #leader(topic: string, partition: number): Promise<Outcome<KnownPartition>> {
    try {
      return { value: await this.#router.partition(topic, partition, this.#signal), fault: null }
    } catch (error) {
      // A topic that was deleted meanwhile, among others: one more outcome of this batch.
      if (error instanceof MessageAccessError) return { value: null, fault: error.fault }
      throw error
    }
  }

  #lane(broker: number): Lane {
    const known = this.#lanes.get(broker) ?? new Lane((batches) => this.#request(broker, batches))
    this.#lanes.set(broker, known)
    return known
  }

  async #request(broker: number, batches: ProducedBatch[]): Promise<Outcome<Answer>[]> {
    const { transactionalId } = this.#options
    const { client } = this.#router
    const answer = await client.callWithin(this.#signal, broker, PRODUCE, transactionalId, ACKNOWLEDGE_MS, batches)
    if (answer.fault) return batches.map(() => answer)
    const { partitions, throttleMs } = answer.value
    this.heldBackMs = Math.max(this.heldBackMs ?? 0, throttleMs)
    return batches.map(({ topic, partition }) => {
      const found = partitions.find((one) => one.topic === topic && one.partition === partition)
      if (found) return { value: found, fault: null }
      return { value: null, fault: fault('invalidAnswer', { api: PRODUCE.name, broker }) }
    })
  }
}

/** A fault that names the request came after the request was on its way. */
function wasSent({ code, facts }: Fault): boolean {
  return facts.api === PRODUCE.name && code !== 'unsupportedByBroker'
}

interface Waiting {
  batch: ProducedBatch
  done: (answer: Outcome<Answer>) => void
}

/** One request to a broker at a time, since it works through those of one connection one by one anyway. */
class Lane {
  readonly #request: (batches: ProducedBatch[]) => Promise<Outcome<Answer>[]>
  #waiting: Waiting[] = []
  #isRunning = false

  constructor(request: (batches: ProducedBatch[]) => Promise<Outcome<Answer>[]>) {
    this.#request = request
  }

  send(batch: ProducedBatch): Promise<Outcome<Answer>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, done: resolve })
      if (!this.#isRunning) this.#run().catch(reject)
    })
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    try {
      while (this.#waiting.length > 0) {
        // Those that were just answered come with their next batch in this turn, and travel together.
        await new Promise((resolve) => setImmediate(resolve))
        const together = this.#takeSome()
        const answers = await this.#request(together.map(({ batch }) => batch))
        together.forEach(({ done }, index) => {
          done(answers[index] ?? { value: null, fault: fault('invalidAnswer', { api: PRODUCE.name }) })
        })
      }
    } finally {
      this.#isRunning = false
    }
  }

  #takeSome(): Waiting[] {
    const taken: Waiting[] = []
    let bytes = 0
    for (const one of this.#waiting) {
      bytes += one.batch.batch.length
      if (taken.length > 0 && bytes > REQUEST_BYTES) break
      taken.push(one)
    }
    this.#waiting = this.#waiting.slice(taken.length)
    return taken
  }
}
