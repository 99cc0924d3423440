/**
 * How old is what a group has not read? The time stamp of the first record at each committed offset, fetched from
 * the leader: a bounded number of partitions and bytes per read, and only where the committed offset has moved.
 */

import type { FactBook } from '../cluster/fact-book.ts'
import type { Fault } from '../cluster/fault.ts'
import type { FirstUnread } from '../cluster/snapshot.ts'
import type { FetchedPartition, FetchTopic } from './fetch-request.ts'
import type { KafkaCaller } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { FETCH } from './kafka-requests.ts'
import type { LaggingPartition, UnreadPlace } from './lagging-partitions.ts'
import { firstRecordTime } from './record-batch.ts'

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

export class FirstUnreadReader {
  readonly #paceMs: number
  readonly #known = new Map<string, FirstUnread>()
  /** Groups' partitions that had no answer yet when they were last looked at. */
  #seen = new Set<string>()
  #readAtMs: number | null = null
  #faults = new Map<string, Fault>()

  constructor(paceMs: number | null) {
    this.#paceMs = paceMs ?? 0
  }

  /** Reads what is due and writes what is known into the groups' partitions. */
  async read(caller: KafkaCaller, lagging: readonly LaggingPartition[], book: FactBook, nowMs: number): Promise<void> {
    this.#forgetOthers(lagging)
    const isDue = this.#readAtMs === null || nowMs - this.#readAtMs >= this.#paceMs
    const wanted = lagging.filter(({ key, offset }) => {
      const isKnown = this.#known.get(key)?.offset === offset
      return !isKnown && (isDue || !this.#seen.has(key))
    })
    this.#seen = new Set(lagging.map(({ key }) => key))
    if (isDue) this.#faults = new Map()
    // Those without any answer first, so that busy groups do not keep others waiting.
    wanted.sort((a, b) => Number(this.#known.has(a.key)) - Number(this.#known.has(b.key)))
    if (wanted.length > 0) await this.#readSome(caller, wanted.slice(0, PARTITIONS_PER_READ))
    if (isDue) this.#readAtMs = nowMs
    if (isDue || wanted.length > 0) book.wasRead('firstUnread', nowMs)
    for (const [topic, fault] of this.#faults) book.fail('firstUnread', 'topic', topic, fault)
    for (const { key, partition, committed, offset } of lagging) {
      const known = this.#known.get(key) ?? null
      partition.firstUnread = known && known.offset === offset ? { ...known, offset: committed } : known
    }
  }

  #forgetOthers(lagging: readonly LaggingPartition[]): void {
    const offsets = new Map(lagging.map(({ key, offset }) => [key, offset]))
    for (const [key, known] of this.#known) {
      const offset = offsets.get(key)
      // An older answer still bounds the age from above, so it stays until the next read; a caught-up or rewound
      // group has no use for it.
      if (offset === undefined || known.offset > offset) this.#known.delete(key)
    }
  }

  async #readSome(caller: KafkaCaller, lagging: readonly LaggingPartition[]): Promise<void> {
    const wanted = new Map<string, Wanted>()
    for (const { partition, offset, place } of lagging) {
      const id = recordId(partition.topic, partition.partition, offset)
      wanted.set(id, { ...place, id, topic: partition.topic, partition: partition.partition, offset })
    }
    const times = await this.#fetchTimes(caller, [...wanted.values()])
    for (const { key, partition, offset } of lagging) {
      const time = times.get(recordId(partition.topic, partition.partition, offset))
      if (time) this.#known.set(key, time)
    }
  }

  async #fetchTimes(caller: KafkaCaller, wanted: Wanted[]): Promise<Map<string, FirstUnread>> {
    const times = new Map<string, FirstUnread>()
    const byLeader = Map.groupBy(wanted, ({ leader }) => leader)
    let largeLeft = LARGE_BATCHES_PER_READ
    await Promise.all(
      [...byLeader].map(async ([leader, list]) => {
        const large: Wanted[] = []
        for (const some of requestsOf(list)) large.push(...(await this.#fetch(caller, leader, some, times)))
        for (const one of large) {
          if (largeLeft-- <= 0) break
          await this.#fetch(caller, leader, [one], times)
        }
      }),
    )
    return times
  }

  /** Answers those whose batch did not fit. */
  async #fetch(
    caller: KafkaCaller,
    leader: number,
    wanted: Wanted[],
    times: Map<string, FirstUnread>,
  ): Promise<Wanted[]> {
    const answer = await caller.call(leader, FETCH, fetchTopics(wanted), BYTES_PER_REQUEST, BYTES_PER_PARTITION)
    if (answer.fault) {
      for (const { topic } of wanted) this.#faults.set(topic, answer.fault)
      return []
    }
    const answers = new Map(answer.value.map((part) => [`${part.topic}/${part.partition}`, part]))
    return wanted.filter((one) => {
      const part = answers.get(`${one.topic}/${one.partition}`)
      return part ? this.#take(one, part, leader, times) === 'tooLarge' : false
    })
  }

  #take(one: Wanted, part: FetchedPartition, broker: number, times: Map<string, FirstUnread>): 'taken' | 'tooLarge' {
    const fault = faultOfErrorCode(part.errorCode, { api: FETCH.name, broker })
    if (fault) {
      // Out of range: retention has passed the committed offset since; the next poll sees that by itself.
      if (part.errorCode !== OFFSET_OUT_OF_RANGE) this.#faults.set(one.topic, fault)
      return 'taken'
    }
    if (!part.records || part.records.length === 0) return 'tooLarge'
    const time = firstRecordTime(part.records, one.offset)
    if (!time) return 'tooLarge'
    times.set(one.id, { offset: one.offset, ...time })
    return 'taken'
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
