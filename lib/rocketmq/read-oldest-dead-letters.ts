/**
 * When was the oldest dead letter of a queue stored? It is the next one to expire. The answer holds as long as the
 * queue starts at the same offset, so a queue is asked anew when its start has moved, and once per pace in case its
 * topic was deleted and made again meanwhile. Queues that hold nothing are not asked.
 */
import { type FactBook, PacedCache } from '../cluster/fact-book.ts'
import type { PartitionState, TopicState } from '../cluster/snapshot.ts'
import type { BrokerTables } from './read-tables.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { EARLIEST_STORE_TIME } from './rocketmq-requests.ts'
import { deadLetterGroup } from './system-names.ts'

const QUESTIONS_PER_POLL = 100

/** A queue of dead letters that holds some, and the member that tells of it. */
export interface DeadLetterQueue {
  key: string
  topic: string
  address: string
  partition: PartitionState
}

interface Oldest {
  startOffset: bigint | null
  /** Null: the broker does not know it either. */
  storedAtMs: number | null
}

export class OldestDeadLetterReader {
  readonly #known: PacedCache<Oldest>

  constructor(paceMs: number | null) {
    this.#known = new PacedCache(paceMs)
  }

  /** Reads what is due, of many queues a part per poll, and writes what is known into the partitions. */
  async read(caller: RocketmqCaller, queues: readonly DeadLetterQueue[], book: FactBook, nowMs: number): Promise<void> {
    const byKey = new Map(queues.map((queue) => [queue.key, queue]))
    this.#known.retain((key) => byKey.has(key) && !this.#hasMoved(byKey.get(key)))
    const due = this.#known.due(byKey.keys(), nowMs).slice(0, QUESTIONS_PER_POLL)
    await Promise.all(due.map((key) => this.#readQueue(caller, byKey.get(key), nowMs)))
    if (due.length > 0 || queues.length === 0) book.wasRead('deadLetters', nowMs)
    for (const [key, reason] of this.#known.faults()) {
      book.fail('deadLetters', 'topic', byKey.get(key)?.topic ?? '', reason)
    }
    for (const { key, partition } of queues) partition.oldestAtMs = this.#known.value(key)?.storedAtMs ?? null
  }

  #hasMoved(queue: DeadLetterQueue | undefined): boolean {
    const known = queue && this.#known.value(queue.key)
    return known != null && known.startOffset !== queue?.partition.startOffset
  }

  async #readQueue(caller: RocketmqCaller, queue: DeadLetterQueue | undefined, nowMs: number): Promise<void> {
    if (queue === undefined) return
    const { key, topic, address, partition } = queue
    const answer = await caller.call(address, EARLIEST_STORE_TIME, topic, partition.partition)
    const { startOffset } = partition
    this.#known.set(
      key,
      answer.fault ? answer : { value: { startOffset, storedAtMs: answer.value }, fault: null },
      nowMs,
    )
  }
}

export function deadLetterQueues(topics: readonly TopicState[], tables: readonly BrokerTables[]): DeadLetterQueue[] {
  const addresses = new Map(tables.map(({ brokerName, source }) => [brokerName, source?.address]))
  return topics
    .filter(({ name }) => deadLetterGroup(name) !== null)
    .flatMap(({ name: topic, partitions }) =>
      partitions.flatMap((partition): DeadLetterQueue[] => {
        const { broker, startOffset, endOffset } = partition
        const address = addresses.get(broker ?? '')
        const holdsSome = startOffset !== null && endOffset !== null && startOffset < endOffset
        if (address === undefined || !holdsSome) return []
        return [{ key: `${topic}\0${broker}\0${partition.partition}`, topic, address, partition }]
      }),
    )
}
