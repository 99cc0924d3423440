/**
 * How old is what a group has not read? Brokers tell it by group and topic without handing out the message. It costs
 * them look-ups in their log, so only lagging groups are asked about, a bounded number at a time, and only where the
 * committed offset has moved.
 */
import type { FactBook } from '../cluster/fact-book.ts'
import type { Fault } from '../cluster/fault.ts'
import type { FirstUnread, GroupPartition } from '../cluster/snapshot.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { CONSUME_TIME_SPANS } from './rocketmq-requests.ts'

const QUESTIONS_PER_READ = 100
/** Nothing in a broker is older. */
const BEFORE_ROCKETMQ_MS = Date.UTC(2010, 0)

/** A topic of a group on one broker, with queues that it has not read to the end. */
export interface LaggingTopic {
  key: string
  group: string
  topic: string
  address: string
  partitions: GroupPartition[]
}

export class FirstUnreadReader {
  readonly #paceMs: number
  /** By lagging topic, then by queue. */
  #known = new Map<string, Map<number, FirstUnread>>()
  #faults: [topic: string, fault: Fault][] = []
  #readAtMs: number | null = null

  constructor(paceMs: number | null) {
    this.#paceMs = paceMs ?? 0
  }

  /** Reads what is due and writes what is known into the groups' partitions. */
  async read(caller: RocketmqCaller, lagging: readonly LaggingTopic[], book: FactBook, nowMs: number): Promise<void> {
    const keys = new Set(lagging.map(({ key }) => key))
    for (const key of this.#known.keys()) if (!keys.has(key)) this.#known.delete(key)
    const isDue = this.#readAtMs === null || nowMs - this.#readAtMs >= this.#paceMs
    if (isDue) {
      this.#faults = []
      this.#readAtMs = nowMs
      await Promise.all(this.#mostUrgent(lagging).map((topic) => this.#readTopic(caller, topic)))
      book.wasRead('firstUnread', nowMs)
    }
    for (const [topic, reason] of this.#faults) book.fail('firstUnread', 'topic', topic, reason)
    for (const { key, partitions } of lagging) {
      for (const partition of partitions) partition.firstUnread = this.#known.get(key)?.get(partition.partition) ?? null
    }
  }

  /** Those without any answer first, so that busy groups do not keep others waiting. */
  #mostUrgent(lagging: readonly LaggingTopic[]): LaggingTopic[] {
    const moved = lagging.filter(({ key, partitions }) => {
      const known = this.#known.get(key)
      return partitions.some((one) => known?.get(one.partition)?.offset !== one.committedOffset)
    })
    moved.sort((one, other) => Number(this.#known.has(one.key)) - Number(this.#known.has(other.key)))
    return moved.slice(0, QUESTIONS_PER_READ)
  }

  async #readTopic(caller: RocketmqCaller, { key, group, topic, address, partitions }: LaggingTopic): Promise<void> {
    const answer = await caller.call(address, CONSUME_TIME_SPANS, topic, group)
    if (answer.fault) {
      this.#faults.push([topic, answer.fault])
      return
    }
    const nowMs = Date.now()
    const times = new Map<number, FirstUnread>()
    for (const { partition, committedOffset } of partitions) {
      const delayMs = answer.value[partition]
      if (delayMs === undefined || committedOffset === null) continue
      const timestampMs = nowMs - delayMs
      // A message that is gone already was stored at "minus one", by a clock that is not ours.
      if (timestampMs < BEFORE_ROCKETMQ_MS) continue
      times.set(partition, { offset: committedOffset, timestampMs, precision: 'record' })
    }
    this.#known.set(key, times)
  }
}
