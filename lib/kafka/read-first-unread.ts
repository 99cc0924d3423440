/**
 * How old is what a group has not read? The time stamp of the first record at each committed offset, fetched from
 * the leader: a bounded number of partitions and bytes per read, and only where the committed offset has moved.
 */

import type { FactBook } from '../cluster/fact-book.ts'
import type { Fault } from '../cluster/fault.ts'
import type { FirstUnread } from '../cluster/snapshot.ts'
import { timeOrNull } from '../cluster/time-or-null.ts'
import type { FetchedPartition, FetchTopic } from './fetch-request.ts'
import type { KafkaCaller } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { FETCH } from './kafka-requests.ts'
import type { LaggingPartitions, UnreadPlace } from './lagging-partitions.ts'
import { type UnreadStart, unreadStart } from './record-batch.ts'

const PARTITIONS_PER_READ = 2_000
const PARTITIONS_PER_REQUEST = 200
const BYTES_PER_PARTITION = 4 * 1024
const BYTES_PER_REQUEST = 1024 * 1024
/** Partitions whose batch is larger than that are asked one by one, which makes the broker send the whole batch. */
const LARGE_BATCHES_PER_READ = 40
const REQUESTS_PER_LEADER = 20

/** One record of one partition; groups that stand at the same offset share it. */
interface Wanted extends UnreadPlace {
  id: string
  topic: string
  partition: number
  offset: bigint
}

/** What is known of a lagging partition of a group. */
interface Known {
  /** Null: nothing yet. */
  firstUnread: FirstUnread | null
  /** Where what it was read for begins; null: nothing yet. */
  start: { offset: bigint; from: bigint } | null
  /** The round in which it was lagging last. */
  round: number
}

interface WantedPartition extends UnreadPlace {
  known: Known
  topic: string
  partition: number
  offset: bigint
}

export class FirstUnreadReader {
  readonly #paceMs: number
  readonly #known = new ByPartition<Known>()
  #round = 0
  #readAtMs: number | null = null
  #faults = new Map<string, Fault>()

  constructor(paceMs: number | null) {
    this.#paceMs = paceMs ?? 0
  }

  /** Reads what is due and writes what is known into the groups' partitions. */
  async read(caller: KafkaCaller, lagging: LaggingPartitions, book: FactBook, nowMs: number): Promise<void> {
    const isDue = this.#readAtMs === null || nowMs - this.#readAtMs >= this.#paceMs
    if (isDue) this.#faults = new Map()
    const wanted = this.#look(lagging, isDue)
    // Those without any answer first, so that busy groups do not keep others waiting.
    wanted.sort((a, b) => Number(a.known.firstUnread !== null) - Number(b.known.firstUnread !== null))
    if (wanted.length > 0) await this.#readSome(caller, wanted.slice(0, PARTITIONS_PER_READ))
    if (isDue) this.#readAtMs = nowMs
    if (isDue || wanted.length > 0) book.wasRead('firstUnread', nowMs)
    for (const [topic, fault] of this.#faults) book.fail('firstUnread', 'topic', topic, fault)
    lagging.each((group, partition, committed, offset) => {
      const { firstUnread = null, start = null } = this.#known.get(group, partition.topic, partition.partition) ?? {}
      // Where retention was faster, the first unread record lies behind what was committed.
      const isBehind = firstUnread?.offset === offset && offset !== committed
      partition.firstUnread = firstUnread && isBehind ? { ...firstUnread, offset: committed } : firstUnread
      partition.unreadFrom = start?.offset === offset && start.from > offset ? start.from : null
    })
  }

  /**
   * Those that are to be read. An older answer still bounds the age from above, so it stays until the next read; a
   * caught-up or rewound group has no use for it.
   */
  #look(lagging: LaggingPartitions, isDue: boolean): WantedPartition[] {
    const wanted: WantedPartition[] = []
    this.#round += 1
    const round = this.#round
    lagging.each((group, { topic, partition }, _committed, offset, place) => {
      let known = this.#known.get(group, topic, partition)
      const isNew = known === undefined
      if (known === undefined) {
        known = { firstUnread: null, start: null, round }
        this.#known.set(group, topic, partition, known)
      }
      known.round = round
      const isSame = known.firstUnread?.offset === offset
      if (known.firstUnread !== null && known.firstUnread.offset > offset) known.firstUnread = null
      if (!isSame && (isDue || isNew)) wanted.push({ ...place, known, topic, partition, offset })
    })
    this.#known.keep((known) => known.round === round)
    return wanted
  }

  async #readSome(caller: KafkaCaller, some: readonly WantedPartition[]): Promise<void> {
    const wanted = new Map<string, Wanted>()
    for (const { leader, leaderEpoch, topic, partition, offset } of some) {
      const id = recordId(topic, partition, offset)
      wanted.set(id, { leader, leaderEpoch, id, topic, partition, offset })
    }
    const starts = await this.#fetchStarts(caller, [...wanted.values()])
    for (const { known, topic, partition, offset } of some) {
      const start = starts.get(recordId(topic, partition, offset))
      if (start === undefined) continue
      known.start = { offset, from: start.from }
      // Producers write what they like: a lag since then would be none.
      if (start.time !== null && timeOrNull(start.time.timestampMs) !== null)
        known.firstUnread = { offset, ...start.time }
    }
  }

  async #fetchStarts(caller: KafkaCaller, wanted: Wanted[]): Promise<Map<string, UnreadStart>> {
    const starts = new Map<string, UnreadStart>()
    const byLeader = Map.groupBy(wanted, ({ leader }) => leader)
    let largeLeft = LARGE_BATCHES_PER_READ
    await Promise.all(
      [...byLeader].map(async ([leader, list]) => {
        const large: Wanted[] = []
        for (const some of requestsOf(list)) large.push(...(await this.#fetch(caller, leader, some, starts)))
        for (const one of large) {
          if (largeLeft-- <= 0) break
          await this.#fetch(caller, leader, [one], starts)
        }
      }),
    )
    return starts
  }

  /** Answers those whose batch did not fit. */
  async #fetch(
    caller: KafkaCaller,
    leader: number,
    wanted: Wanted[],
    starts: Map<string, UnreadStart>,
  ): Promise<Wanted[]> {
    const answer = await caller.call(leader, FETCH, fetchTopics(wanted), BYTES_PER_REQUEST, BYTES_PER_PARTITION)
    if (answer.fault) {
      for (const { topic } of wanted) this.#faults.set(topic, answer.fault)
      return []
    }
    const answers = new Map(answer.value.map((part) => [`${part.topic}/${part.partition}`, part]))
    return wanted.filter((one) => {
      const part = answers.get(`${one.topic}/${one.partition}`)
      return part ? this.#take(one, part, leader, starts) === 'tooLarge' : false
    })
  }

  #take(one: Wanted, part: FetchedPartition, broker: number, starts: Map<string, UnreadStart>): 'taken' | 'tooLarge' {
    const fault = faultOfErrorCode(part.errorCode, { api: FETCH.name, broker })
    if (fault) {
      // Out of range: retention has passed the committed offset since; the next poll sees that by itself.
      if (part.errorCode !== OFFSET_OUT_OF_RANGE) this.#faults.set(one.topic, fault)
      return 'taken'
    }
    if (!part.records || part.records.length === 0) return 'tooLarge'
    const start = unreadStart(part.records, one.offset)
    if (start.time === null && start.from === one.offset) return 'tooLarge'
    starts.set(one.id, start)
    return 'taken'
  }
}

/** By group, topic and partition number: a name for each of tens of thousands would be the most of a poll's memory. */
class ByPartition<T> {
  readonly #groups = new Map<string, Map<string, (T | undefined)[]>>()

  get(group: string, topic: string, partition: number): T | undefined {
    return this.#groups.get(group)?.get(topic)?.[partition]
  }

  set(group: string, topic: string, partition: number, value: T): void {
    const topics = this.#groups.get(group) ?? new Map<string, (T | undefined)[]>()
    const values = topics.get(topic) ?? []
    if (values.length === 0) this.#groups.set(group, topics.set(topic, values))
    values[partition] = value
  }

  keep(isKept: (value: T) => boolean): void {
    for (const [group, topics] of this.#groups) {
      for (const [topic, values] of topics) {
        let left = 0
        for (let at = 0; at < values.length; at += 1) {
          const value = values[at]
          if (value === undefined) continue
          if (isKept(value)) left += 1
          else values[at] = undefined
        }
        if (left === 0) topics.delete(topic)
      }
      if (topics.size === 0) this.#groups.delete(group)
    }
  }
}

const OFFSET_OUT_OF_RANGE = 1

function recordId(topic: string, partition: number, offset: bigint): string {
  return `${topic}/${partition}/${offset}`
}

/** A partition may stand in one request once, so groups at different offsets of it go into different requests. */
function requestsOf(wanted: readonly Wanted[]): Wanted[][] {
  const rounds: Wanted[][] = []
  const counts = new Map<string, number>()
  for (const one of wanted) {
    const partition = `${one.topic}/${one.partition}`
    const round = counts.get(partition) ?? 0
    counts.set(partition, round + 1)
    const list = rounds[round]
    if (list) list.push(one)
    else rounds[round] = [one]
  }
  const requests = rounds.flatMap((list) =>
    Array.from({ length: Math.ceil(list.length / PARTITIONS_PER_REQUEST) }, (_, index) =>
      list.slice(index * PARTITIONS_PER_REQUEST, (index + 1) * PARTITIONS_PER_REQUEST),
    ),
  )
  return requests.slice(0, REQUESTS_PER_LEADER)
}

function fetchTopics(wanted: readonly Wanted[]): FetchTopic[] {
  const topics = new Map<string, FetchTopic>()
  for (const { topic, partition, leaderEpoch, offset } of wanted) {
    const asked = topics.get(topic) ?? { topic, partitions: [] }
    topics.set(topic, asked)
    asked.partitions.push({ partition, leaderEpoch, offset })
  }
  return [...topics.values()]
}
