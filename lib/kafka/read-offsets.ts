/** Start, end and last stable offsets: asked of each partition's leader, in batches, all leaders at once. */
import type { Fault } from '../cluster/fault.ts'
import type { KafkaCaller } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { LIST_OFFSETS } from './kafka-requests.ts'
import type { ListedOffsets } from './list-offsets-request.ts'
import type { MetadataAnswer } from './metadata-request.ts'

/** Kafka's markers in place of a time stamp. */
const LATEST = -1n
const EARLIEST = -2n
/** A request about more partitions than this is cut, so that no answer is held whole. */
export const PARTITIONS_PER_REQUEST = 5_000

/** Offsets by topic and partition number; a hole or null is "not known". Lists are never changed once they are answered. */
export type OffsetTable = ReadonlyMap<string, readonly (bigint | null | undefined)[]>

interface AskedPartition {
  partitionIndex: number
  currentLeaderEpoch: number
}

export interface AskedTopic {
  name: string
  partitions: AskedPartition[]
}

/** Requests by leader; partitions without a leader are in none. */
export type LeaderPlan = Map<number, AskedTopic[][]>

export type OffsetFault = (topic: string, partition: number | null, broker: number, fault: Fault) => void

export function planByLeader(topics: MetadataAnswer['topics']): LeaderPlan {
  const plan: LeaderPlan = new Map()
  const sizes = new Map<number, number>()
  for (const { name, partitions, errorCode } of topics) {
    if (typeof name !== 'string' || errorCode !== 0) continue
    const open = new Map<number, AskedTopic>()
    for (const { partitionIndex, leaderId, leaderEpoch } of partitions) {
      if (leaderId < 0) continue
      const size = sizes.get(leaderId) ?? 0
      let asked = open.get(leaderId)
      if (!asked || size % PARTITIONS_PER_REQUEST === 0) {
        asked = { name, partitions: [] }
        open.set(leaderId, asked)
        addTopic(plan, leaderId, asked, size % PARTITIONS_PER_REQUEST === 0)
      }
      // The epoch makes the answer belong to the leader that the snapshot names, or fail.
      asked.partitions.push({ partitionIndex, currentLeaderEpoch: leaderEpoch })
      sizes.set(leaderId, size + 1)
    }
  }
  return plan
}

function addTopic(plan: LeaderPlan, leader: number, topic: AskedTopic, startsRequest: boolean): void {
  const requests = plan.get(leader) ?? []
  plan.set(leader, requests)
  if (startsRequest) requests.push([])
  requests.at(-1)?.push(topic)
}

/** What is asked of each partition. */
export interface OffsetKind {
  timestamp: bigint
  isCommitted: boolean
}

export const START: OffsetKind = { timestamp: EARLIEST, isCommitted: false }
export const END: OffsetKind = { timestamp: LATEST, isCommitted: false }
export const STABLE: OffsetKind = { timestamp: LATEST, isCommitted: true }

/** A topic of which no offset changed has the very list of the poll before: most of a cluster rests. */
export class OffsetReader {
  #plan: LeaderPlan | null = null
  readonly #tables = new Map<OffsetKind, OffsetTable>()
  /** By what was asked: an answer that is the very same again says nothing new. */
  readonly #answers = new Map<OffsetKind, Map<readonly AskedTopic[], ListedOffsets>>()

  async read(caller: KafkaCaller, plan: LeaderPlan, kind: OffsetKind, failed: OffsetFault): Promise<OffsetTable> {
    // Another plan asks for other partitions: what it does not ask for must not stay.
    if (plan !== this.#plan) {
      this.#tables.clear()
      this.#answers.clear()
    }
    this.#plan = plan
    const table = new TableBuilder(this.#tables.get(kind) ?? new Map())
    const before = this.#answers.get(kind)
    const answers = new Map<readonly AskedTopic[], ListedOffsets>()
    const reads: Promise<void>[] = []
    for (const [broker, requests] of plan) {
      for (const topics of requests) {
        const ask = readSome(caller, broker, topics, kind, table, failed, before?.get(topics))
        reads.push(ask.then((answer) => void (answer && answers.set(topics, answer))))
      }
    }
    await Promise.all(reads)
    this.#tables.set(kind, table.offsets)
    this.#answers.set(kind, answers)
    return table.offsets
  }
}

/** Begins with what is known; each partition of the plan is then set once, to its offset or to null. */
class TableBuilder {
  readonly offsets: Map<string, (bigint | null | undefined)[]>
  readonly #own = new Set<string>()

  constructor(before: OffsetTable) {
    this.offsets = new Map(before as ReadonlyMap<string, (bigint | null | undefined)[]>)
  }

  set(topic: string, partition: number, offset: bigint | null): void {
    const known = this.offsets.get(topic)
    if (known !== undefined && known[partition] === offset) return
    let own = known ?? []
    if (!this.#own.has(topic)) {
      own = [...own]
      this.#own.add(topic)
      this.offsets.set(topic, own)
    }
    own[partition] = offset
  }
}

async function readSome(
  caller: KafkaCaller,
  broker: number,
  topics: AskedTopic[],
  { timestamp, isCommitted }: OffsetKind,
  table: TableBuilder,
  failed: OffsetFault,
  before: ListedOffsets | undefined,
): Promise<ListedOffsets | null> {
  const answer = await caller.call(broker, LIST_OFFSETS, timestamp, isCommitted, topics)
  if (answer.fault) {
    for (const { name } of topics) failed(name, null, broker, answer.fault)
    forget(topics, table)
    return null
  }
  if (answer.value === before) return before
  // What was asked and is not answered is not known.
  if (answer.value.count < countOf(topics)) forget(topics, table)
  const hasFaults = take(answer.value, broker, table, failed)
  // Faults are named anew with every poll.
  return hasFaults ? null : answer.value
}

function forget(topics: readonly AskedTopic[], table: TableBuilder): void {
  for (const { name, partitions } of topics) {
    for (const { partitionIndex } of partitions) table.set(name, partitionIndex, null)
  }
}

function countOf(topics: readonly AskedTopic[]): number {
  return topics.reduce((sum, { partitions }) => sum + partitions.length, 0)
}

function take(
  { topics, partitionIndexes, errorCodes, offsets }: ListedOffsets,
  broker: number,
  table: TableBuilder,
  failed: OffsetFault,
): boolean {
  let hasFaults = false
  let at = 0
  for (const { name, partitions } of topics) {
    for (const end = at + partitions; at < end; at += 1) {
      const partition = partitionIndexes[at] as number
      const offset = offsets[at] as bigint
      const code = errorCodes[at] as number
      const fault = code === 0 ? null : faultOfErrorCode(code, { api: LIST_OFFSETS.name, broker })
      if (fault) failed(name, partition, broker, fault)
      hasFaults ||= fault !== null
      // Minus one is Kafka's "no such offset".
      table.set(name, partition, fault || offset < 0n ? null : offset)
    }
  }
  return hasFaults
}
