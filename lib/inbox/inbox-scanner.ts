/** Keeps the index of dead letters up to date: reads what came since the last time, and drops what expired. */
import { DbNull } from '@prisma/client/runtime/client'
import type { DlqPartition } from '../../prisma/generated/sqlite/client.ts'
import type { Fault } from '../cluster/fault.ts'
import {
  MessageAccessError,
  type PartitionLog,
  type PartitionPlace,
  type StoredMessage,
  type TopicLog,
} from '../cluster/messages.ts'
import type { Database } from '../db.ts'
import type { KnownTopics } from '../dlq/decode.ts'
import type { DlqProfile } from '../dlq/profile.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import { CauseBook } from './cause-book.ts'
import { decodeMessage, withoutHidden } from './decode-message.ts'
import { forgetExports } from './exports.ts'
import type { HandledLedger } from './handled-ledger.ts'
import type { OpenCounter } from './open-counter.ts'
import {
  beginNextLife,
  comparePlaces,
  fromStoredBroker,
  lockQueues,
  placeKey,
  type Queue,
  type QueueAccess,
  queueOf,
  toStoredBroker,
} from './queues.ts'
import { Returns } from './returns.ts'
import { PartitionScan, ScannedElsewhereError, type ScanPosition, type UnreadableRange } from './scan-partition.ts'

export type ScannedTopic = QueueAccess

export interface ScanOutcome {
  queue: Queue
  /** Records that were new. */
  records: number
  /** Read to the ends that the topic had when the scan began. */
  isAtEnd: boolean
  /** Why some partitions were not. */
  faults: Fault[]
}

export interface ScannerOptions {
  database: Database
  ledger: HandledLedger
  counter: OpenCounter
  profiles: readonly DlqProfile[]
  knownTopics(clusterId: string): KnownTopics
  now(): number
}

const DESCRIBE_DEADLINE_MS = 30 * SECOND_MS
/** An end below what was read is believed when it is still there after so long: a new leader may not know it at once. */
const BELIEVE_CUT_AFTER_MS = 30 * SECOND_MS
/** Positions that did not change are written again after so long, so that one sees that the scanner lives. */
const REWRITE_AFTER_MS = MINUTE_MS

export class InboxScanner {
  readonly #options: ScannerOptions

  constructor(options: ScannerOptions) {
    this.#options = options
  }

  /**
   * Reads a queue from where the index ends to its present ends, in bounded memory. May be stopped at any time, killed,
   * and run by several processes at once: each record is counted once. What was read before an end by `signal` is kept.
   *
   * @throws MessageAccessError when the topic is gone or its cluster cannot be asked; what single partitions fail by is
   *   in the answer
   */
  async scanOnce({ clusterId, topic, reader, decoder }: ScannedTopic, signal: AbortSignal): Promise<ScanOutcome> {
    const { database, ledger, profiles, knownTopics, now } = this.#options
    const log = await reader.describe(topic, AbortSignal.any([signal, AbortSignal.timeout(DESCRIBE_DEADLINE_MS)]))
    const { queue, positions } = await this.#positionsOf(clusterId, topic, log)
    const book = await CauseBook.load(database.client, queue.id)
    const known = knownTopics(clusterId)
    const shared = { database, reader, queue, book, now, returns: new Returns(ledger, now) }
    const decode = (message: StoredMessage) =>
      withoutHidden(topic, message, decoder, (headers) => decodeMessage(topic, headers, profiles, known))
    const outcome: ScanOutcome = { queue, records: 0, isAtEnd: true, faults: [] }
    for (const { position, fault } of positions) {
      const failed = fault ?? (await this.#scan({ ...shared, decode }, position, signal, outcome))
      if (failed !== null) outcome.faults.push(failed)
      if (failed !== null || signal.aborted) outcome.isAtEnd = false
      await this.#noteFault(queue, position, failed)
    }
    await book.storeChanges(database)
    await dropExpired(database, queue)
    await this.#options.counter.store(queue, outcome.isAtEnd)
    return outcome
  }

  /** Null when it was read to its end, or as far as the signal let it. */
  async #scan(
    options: Parameters<typeof PartitionScan.open>[0],
    position: ScanPosition,
    signal: AbortSignal,
    outcome: ScanOutcome,
  ): Promise<Fault | null> {
    if (signal.aborted) return null
    const scan = await PartitionScan.open(options, position)
    try {
      await scan.run(signal)
      return null
    } catch (error) {
      if (error instanceof ScannedElsewhereError) outcome.isAtEnd = false
      else if (error instanceof MessageAccessError) return error.fault
      else if (!signal.aborted) throw error
      return null
    } finally {
      outcome.records += scan.records
    }
  }

  /** Also begins a new life of the queue when the log is another one than before. */
  async #positionsOf(
    clusterId: string,
    topic: string,
    { topicId, partitions }: TopicLog,
  ): Promise<{ queue: Queue; positions: { position: ScanPosition; fault: Fault | null }[] }> {
    const { database, now } = this.#options
    let queue = await queueOf(database, { clusterId, topic, topicId }, now())
    let stored = await storedPositions(database, queue)
    const cuts = partitions.flatMap((log) => cutOf(log, stored.get(placeKey(log))) ?? [])
    const isBelieved = cuts.length > 0 && (await this.#isBelieved(queue, cuts))
    if (isBelieved && topicId === null) {
      queue = await beginNextLife(database, queue, now())
      stored = new Map()
    } else if (isBelieved || cuts.some(({ hasGrown }) => hasGrown)) {
      for (const cut of cuts) if (isBelieved || cut.hasGrown) await this.#cutOff(queue, cut)
      stored = await storedPositions(database, queue)
    }
    const positions = []
    for (const log of [...partitions].sort(comparePlaces)) {
      positions.push(await this.#positionOf(queue, log, stored.get(placeKey(log))))
    }
    return { queue, positions }
  }

  async #positionOf(
    queue: Queue,
    { partition, broker, startOffset, endOffset, fault }: PartitionLog,
    row: DlqPartition | undefined,
  ): Promise<{ position: ScanPosition; fault: Fault | null }> {
    const place = { partition, broker }
    if (startOffset === null || endOffset === null) {
      const known = { startOffset: row?.startOffset ?? 0n, endOffset: row?.endOffset ?? 0n }
      const position = { ...place, ...known, scannedTo: row?.scannedTo ?? 0n, unreadable: unreadableOf(row) }
      return { position, fault: fault ?? unknownEnds(queue.topic, partition) }
    }
    const scannedTo = row?.scannedTo ?? startOffset
    await this.#touch(queue, row, { ...place, startOffset, endOffset, scannedTo })
    return { position: { ...place, startOffset, endOffset, scannedTo, unreadable: unreadableOf(row) }, fault: null }
  }

  /** Makes the row that the scan will move on, and keeps the ends of one that has nothing new. */
  async #touch(queue: Queue, row: DlqPartition | undefined, position: Omit<ScanPosition, 'unreadable'>): Promise<void> {
    const { database, now } = this.#options
    const { partition, broker, startOffset, endOffset, scannedTo } = position
    const key = { queueId: queue.id, broker: toStoredBroker(broker), partition }
    const isSame = row?.startOffset === startOffset && row.endOffset === endOffset
    if (isSame && now() - Number(row.scannedAtMs) < REWRITE_AFTER_MS) return
    const data = { startOffset, endOffset, scannedAtMs: BigInt(now()) }
    await database.transaction(async (tx) => {
      await lockQueues(tx, [queue.id])
      const { count } = await tx.dlqPartition.updateMany({ where: key, data })
      if (count === 0) await tx.dlqPartition.create({ data: { ...key, ...data, scannedTo, unreadable: [] } })
    })
  }

  async #noteFault(queue: Queue, { partition, broker }: ScanPosition, fault: Fault | null): Promise<void> {
    const where = { queueId: queue.id, broker: toStoredBroker(broker), partition }
    const data = { fault: fault === null ? DbNull : { code: fault.code, facts: fault.facts } }
    const { dlqPartition } = this.#options.database.client
    if (fault !== null) await dlqPartition.updateMany({ where, data })
    else await dlqPartition.updateMany({ where: { ...where, fault: { not: DbNull } }, data })
  }

  /** False while one is seen for the first time, or not for long enough. */
  async #isBelieved(queue: Queue, cuts: readonly Cut[]): Promise<boolean> {
    const { database, now } = this.#options
    for (const { partition, broker, offset, sinceMs } of cuts.filter(({ isNew }) => isNew)) {
      const where = { queueId: queue.id, broker: toStoredBroker(broker), partition }
      const data = { cutOffset: offset, cutSeenAtMs: BigInt(sinceMs ?? now()) }
      await database.client.dlqPartition.updateMany({ where, data })
    }
    const shrunk = cuts.filter(({ hasGrown }) => !hasGrown)
    return (
      shrunk.length > 0 && shrunk.every(({ sinceMs }) => sinceMs !== null && now() - sinceMs >= BELIEVE_CUT_AFTER_MS)
    )
  }

  /**
   * What lay behind the new end is lost, and other records take those offsets: they are read anew, and nothing was done
   * to them. Of a log that has grown again so soon it is not certain that anything was lost: what was done is kept then.
   */
  async #cutOff(queue: Queue, { partition, broker, offset, hasGrown }: Cut): Promise<void> {
    const { database, ledger } = this.#options
    const place = { queueId: queue.id, broker: toStoredBroker(broker), partition }
    await database.transaction(async (tx) => {
      await lockQueues(tx, [queue.id])
      if (!hasGrown) await ledger.cutWithin(tx, queue.id, { partition, broker }, offset)
      await forgetExports(tx, queue.id, { partition, broker }, offset)
      // Blocks are small: the one that reaches over the end is read anew as a whole.
      const over = { ...place, nextOffset: { gt: offset } }
      const first = await tx.dlqBlock.findFirst({ where: over, orderBy: { firstOffset: 'asc' } })
      await tx.dlqBlock.deleteMany({ where: over })
      const scannedTo = first !== null && first.firstOffset < offset ? first.firstOffset : offset
      await tx.dlqPartition.updateMany({ where: place, data: { scannedTo, cutOffset: null, cutSeenAtMs: null } })
    })
  }
}

/** A log whose end was seen below what had been read of it. */
interface Cut extends PartitionPlace {
  /** The lowest end that was seen. */
  offset: bigint
  /** Null when it was not written down yet. */
  sinceMs: number | null
  /** Lower than what is written down. */
  isNew: boolean
  /** Its end is again where it was, or further. */
  hasGrown: boolean
}

function cutOf({ partition, broker, endOffset }: PartitionLog, row: DlqPartition | undefined): Cut | null {
  if (endOffset === null || row === undefined) return null
  const hasGrown = endOffset >= row.scannedTo
  if (hasGrown && row.cutOffset === null) return null
  const offset = row.cutOffset === null || endOffset < row.cutOffset ? endOffset : row.cutOffset
  const sinceMs = row.cutSeenAtMs === null ? null : Number(row.cutSeenAtMs)
  return { partition, broker, offset, sinceMs, isNew: offset !== row.cutOffset, hasGrown }
}

const unknownEnds = (topic: string, partition: number): Fault => ({
  code: 'leaderNotAvailable',
  facts: { topic, partition },
})

function unreadableOf(row: DlqPartition | undefined): UnreadableRange[] {
  return (row?.unreadable ?? []) as unknown as UnreadableRange[]
}

async function storedPositions(database: Database, queue: Queue): Promise<Map<string, DlqPartition>> {
  const rows = await database.client.dlqPartition.findMany({ where: { queueId: queue.id } })
  return new Map(rows.map((row) => [placeKey({ partition: row.partition, broker: fromStoredBroker(row.broker) }), row]))
}

/**
 * Of each partition so many blocks of which nothing lies in the log any more are kept, so that people see what expired
 * before anybody handled it: up to 131,072 records, some 40 KB for each 16,384 of them.
 */
export const KEPT_EXPIRED_BLOCKS = 8

async function dropExpired({ client }: Database, queue: Queue): Promise<void> {
  const partitions = await client.dlqPartition.findMany({
    where: { queueId: queue.id },
    select: { broker: true, partition: true, startOffset: true },
  })
  for (const { broker, partition, startOffset } of partitions) {
    const where = { queueId: queue.id, broker, partition, nextOffset: { lte: startOffset } }
    const newest = await client.dlqBlock.findFirst({
      ...{ where, skip: KEPT_EXPIRED_BLOCKS, orderBy: { firstOffset: 'desc' } },
      select: { firstOffset: true },
    })
    if (newest === null) continue
    await client.dlqBlock.deleteMany({ where: { ...where, firstOffset: { lte: newest.firstOffset } } })
  }
}
