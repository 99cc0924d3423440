/**
 * Topics that were deleted, created and filled again within one poll: their queues hold as much as before or more, and a topic
 * has no id that would tell. Its broker's table of topics is another one then, and the first message of such a queue was
 * stored after the last one that it held before; both times are the broker's own. Only topics that some group had not
 * read to the end are asked about.
 */
import type { BrokerTables } from './read-tables.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { EARLIEST_STORE_TIME, type QueueOffsets } from './rocketmq-requests.ts'

const QUESTIONS_PER_POLL = 100
/** Topics that are gone and may come back. */
const MOST_GONE = 1_000

type Queues = readonly (QueueOffsets | undefined)[]

/** What of a broker is known of the poll before. */
interface Look extends Pick<BrokerTables, 'topics' | 'queues' | 'offsets'> {
  sourceId: string
  /** Of topics that were not there any more, or could not be read: what they held, in case they come back. */
  gone: ReadonlyMap<string, Queues>
  /** Topics that are still to be asked about, with a queue as it was. */
  asked: ReadonlyMap<string, Suspect>
}

interface Suspect {
  queue: number
  lastStoredAtMs: number
}

export class AnewQueueReader {
  readonly #looks = new Map<string, Look>()
  /** By broker name and topic; stays, so that a poll that came to nothing hides none. */
  readonly #found = new Map<string, Map<string, number>>()

  async read(caller: RocketmqCaller, tables: readonly BrokerTables[]): Promise<void> {
    await Promise.all(tables.map((table) => this.#readBroker(caller, table)))
  }

  /** When the first message of what begins anew was stored, by the broker's clock; null: nothing was found. */
  of(brokerName: string, topic: string): number | null {
    return this.#found.get(brokerName)?.get(topic) ?? null
  }

  async #readBroker(caller: RocketmqCaller, table: BrokerTables): Promise<void> {
    const { brokerName, source } = table
    if (source === null || !source.isMaster) return
    const look = this.#looks.get(brokerName)
    // Another master has queues of its own, though they hold the same messages.
    const before = look?.sourceId === source.id ? look : undefined
    const gone = new Map(before?.gone)
    const asked = new Map(before?.asked)
    if (before !== undefined && before.topics !== table.topics) noteSuspects(before, table, gone, asked)
    for (const [topic, { queue, lastStoredAtMs }] of [...asked].slice(0, QUESTIONS_PER_POLL)) {
      const answer = await caller.call(source.address, EARLIEST_STORE_TIME, topic, queue)
      // Then with the next poll.
      if (answer.fault) continue
      asked.delete(topic)
      if (answer.value !== null && answer.value > lastStoredAtMs) this.#note(brokerName, topic, answer.value)
    }
    const { topics, queues, offsets } = table
    this.#looks.set(brokerName, { sourceId: source.id, topics, queues, offsets, gone, asked })
  }

  #note(brokerName: string, topic: string, atMs: number): void {
    const found = this.#found.get(brokerName) ?? new Map<string, number>()
    this.#found.set(brokerName, found.set(topic, atMs))
  }
}

function noteSuspects(
  before: Look,
  { queues }: BrokerTables,
  gone: Map<string, Queues>,
  asked: Map<string, Suspect>,
): void {
  const held = new Map([...gone, ...unreadQueues(before)])
  for (const [topic, was] of held) {
    const now = queues.get(topic)
    if (now === undefined) {
      if (gone.size < MOST_GONE) gone.set(topic, was)
      continue
    }
    gone.delete(topic)
    const queue = was.findIndex((one, index) => mayBeAnew(one, now[index]))
    const lastStoredAtMs = was[queue]?.lastStoredAtMs
    // What is asked about already is older, and tells as much.
    if (lastStoredAtMs != null && !asked.has(topic)) asked.set(topic, { queue, lastStoredAtMs })
  }
}

/** A queue that ends before where it ended tells by itself; one that took no message is the one that it was. */
function mayBeAnew(before: QueueOffsets | undefined, now: QueueOffsets | undefined): boolean {
  if (before === undefined || now === undefined) return false
  return now.min === before.min && now.max >= before.max && now.lastStoredAtMs !== before.lastStoredAtMs
}

function unreadQueues({ queues, offsets }: Look): Map<string, Queues> {
  const unread = new Map<string, Queues>()
  for (const topics of offsets.values()) {
    for (const [topic, committed] of topics) {
      const held = queues.get(topic)
      if (held?.some((one, queue) => one !== undefined && (committed[queue] ?? one.max) < one.max))
        unread.set(topic, held)
    }
  }
  return unread
}
