/**
 * Which half messages wait undecided? With each check a broker writes those anew at the end of their topic, and passes the old
 * places: offsets and store times stay young, however long nobody answers. What tells is the message itself, by how often
 * was asked about it. Of those that the broker has not passed, a few are looked at, spread over all.
 */
import { type FactBook, PacedCache } from '../cluster/fact-book.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { RocketmqHalfMessage, RocketmqUndecided } from '../cluster/rocketmq-state.ts'
import { QUEUE_INDEX, VIEW_MESSAGE } from './message-requests.ts'
import type { BrokerTables } from './read-tables.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { decodeMessages, parseProperties } from './stored-message.ts'
import { HALF_TOPIC, TRANSACTION_GROUP } from './system-names.ts'

const LOOKED_AT_PER_QUEUE = 16
/** Larger ones are not asked for: their content is of no use here. */
const LARGEST_BYTES = 256 * 1024

/** What a broker has not passed of one queue. */
interface Span {
  queue: number
  from: bigint
  to: bigint
}

export class HalfMessageReader {
  /** By address: another member that becomes master has passed other places. Null: none of those looked at can be told. */
  readonly #oldest: PacedCache<RocketmqHalfMessage | null>
  readonly #undecided = new Map<string, RocketmqUndecided>()

  constructor(paceMs: number | null) {
    this.#oldest = new PacedCache(paceMs)
  }

  /** Asks the masters of which some wait, where due. */
  async read(caller: RocketmqCaller, tables: readonly BrokerTables[], book: FactBook, nowMs: number): Promise<void> {
    const waiting = new Map<string, Span[]>()
    const counts = tables.flatMap((table) => {
      const spans = table.source?.isMaster ? spansOf(table) : null
      if (table.source === null || spans === null) return []
      const atMost = spans.reduce((sum, { from, to }) => sum + to - from, 0n)
      if (atMost > 0n) waiting.set(table.source.address, spans)
      return [{ id: table.source.id, address: table.source.address, atMost }]
    })
    this.#oldest.retain((address) => waiting.has(address))
    const due = this.#oldest.due(waiting.keys(), nowMs)
    const answers = due.map(async (address) => {
      this.#oldest.set(address, await oldestOf(caller, address, waiting.get(address) ?? []), nowMs)
    })
    await Promise.all(answers)
    for (const [, reason] of this.#oldest.faults()) book.fail('firstUnread', 'topic', HALF_TOPIC, reason)
    this.#undecided.clear()
    for (const { id, address, atMost } of counts) {
      this.#undecided.set(id, { atMost, oldest: this.#oldest.value(address) })
    }
  }

  /** Null: not known. */
  of(memberId: string): RocketmqUndecided | null {
    return this.#undecided.get(memberId) ?? null
  }
}

/** None without the topic, which every master makes when it starts; null while a part is not known. */
function spansOf({ queues, offsets, topics }: BrokerTables): Span[] | null {
  if (queues.size === 0) return null
  if (!topics.has(HALF_TOPIC)) return []
  const passed = offsets.get(TRANSACTION_GROUP)?.get(HALF_TOPIC)
  const spans: Span[] = []
  for (const [queue, log] of (queues.get(HALF_TOPIC) ?? [undefined]).entries()) {
    if (log === undefined) return null
    const at = passed?.[queue]
    // What it has not passed may have expired.
    spans.push({ queue, from: at === undefined || at < log.min ? log.min : at, to: log.max })
  }
  return spans
}

async function oldestOf(
  caller: RocketmqCaller,
  address: string,
  spans: readonly Span[],
): Promise<Outcome<RocketmqHalfMessage | null>> {
  const places = spans.flatMap(({ queue, from, to }) => spread(from, to).map((offset) => ({ queue, offset })))
  const answers = await Promise.all(places.map(({ queue, offset }) => view(caller, address, queue, offset)))
  const seen = answers.flatMap(({ value }) => value ?? [])
  const failed = answers.find(({ fault }) => fault !== null)
  if (seen.length === 0 && failed !== undefined) return failed
  seen.sort((one, other) => other.checks - one.checks || one.bornAtMs - other.bornAtMs)
  return { value: seen[0] ?? null, fault: null }
}

function spread(from: bigint, to: bigint): bigint[] {
  const count = to > from ? to - from : 0n
  const taken = count < LOOKED_AT_PER_QUEUE ? Number(count) : LOOKED_AT_PER_QUEUE
  return Array.from({ length: taken }, (_, index) => from + (BigInt(index) * count) / BigInt(taken))
}

/** By the index, and not by a pull: nothing of it stays behind in the broker. */
async function view(
  caller: RocketmqCaller,
  address: string,
  queue: number,
  offset: bigint,
): Promise<Outcome<RocketmqHalfMessage | null>> {
  const index = await caller.call(address, QUEUE_INDEX, HALF_TOPIC, queue, offset, 1)
  if (index.fault) return index
  const [entry] = index.value.entries
  if (entry === undefined || entry.sizeBytes > LARGEST_BYTES) return { value: null, fault: null }
  const answer = await caller.call(address, VIEW_MESSAGE, HALF_TOPIC, entry.physicalOffset)
  return answer.fault ? answer : { value: halfMessageIn(answer.value), fault: null }
}

function halfMessageIn(bytes: Buffer): RocketmqHalfMessage | null {
  const [message] = decodeMessages(bytes).messages
  if (message?.topic !== HALF_TOPIC) return null
  const properties = parseProperties(message.propertyBytes)
  return {
    bornAtMs: message.bornAtMs,
    // Stands there from the first check on.
    checks: Number(properties.get('TRANSACTION_CHECK_TIMES') ?? 0) || 0,
    topic: properties.get('REAL_TOPIC') ?? null,
    producerGroup: properties.get('PGROUP') ?? null,
  }
}
