/** Reads blocks of the index; what was decoded lately is kept, since stored blocks but the last never change. */
import type { Database } from '../db.ts'
import { type BlockColumns, decodeColumns, decodeSummary, type KindCount } from './block-codec.ts'
import { decodeLedgerRuns, type LedgerRuns } from './ledger-block.ts'
import { fromStoredBroker, placeKey, type Queue } from './queues.ts'

/** A block without its columns. */
export interface BlockHead {
  queueId: number
  partition: number
  broker: string | null
  firstOffset: bigint
  /** Behind its last record. */
  nextOffset: bigint
  records: number
  minAtMs: number | null
  maxAtMs: number | null
  kinds: KindCount[]
  /** Changes with its content. */
  version: string
}

/** Rows of the ledger of one partition, by their number. */
export type LedgerRows = ReadonlyMap<bigint, { runs: LedgerRuns; version: string }>

export interface PartitionIndex {
  partition: number
  broker: string | null
  /** Below it everything is gone. */
  startOffset: bigint
  /** Below it a person had the records deleted; null: nobody had. */
  purgedTo: bigint | null
  endOffset: bigint
  scannedTo: bigint
  unreadable: { from: string; to: string; code: string }[]
  fault: string | null
  scannedAtMs: number
  /** Rising; of each, something may still lie in the log. */
  blocks: BlockHead[]
  /** Rising; what is kept of those of which nothing does. */
  expiredBlocks: BlockHead[]
  ledger: LedgerRows
}

/** Each takes up to 300 KB. */
const KEPT_COLUMNS = 80
const KEPT_SUMMARIES = 2_000
const KEPT_LEDGER_ROWS = 200

export class BlockStore {
  readonly #database: Database
  readonly #columns = new KeptLately<BlockColumns>(KEPT_COLUMNS)
  readonly #summaries = new KeptLately<KindCount[]>(KEPT_SUMMARIES)
  readonly #ledgerRows = new KeptLately<LedgerRuns>(KEPT_LEDGER_ROWS)

  constructor(database: Database) {
    this.#database = database
  }

  /** What is known of a queue, by partition, as it is now. */
  async partitionsOf(queue: Queue): Promise<PartitionIndex[]> {
    const { client } = this.#database
    const where = { queueId: queue.id }
    // Positions first: a block that is stored meanwhile is then counted, and its position only seems older.
    const positions = await client.dlqPartition.findMany({ where, orderBy: [{ broker: 'asc' }, { partition: 'asc' }] })
    const blocks = Map.groupBy(await this.#headsOf(queue.id), placeKey)
    const ledger = await this.#ledgerOf(queue.id)
    return positions.map((row) => {
      const place = { partition: row.partition, broker: fromStoredBroker(row.broker) }
      const isThere = ({ nextOffset }: BlockHead): boolean => nextOffset > row.startOffset
      const all = blocks.get(placeKey(place)) ?? []
      return {
        ...place,
        startOffset: row.startOffset,
        purgedTo: row.purgedTo,
        endOffset: row.endOffset,
        scannedTo: row.scannedTo,
        unreadable: row.unreadable as unknown as PartitionIndex['unreadable'],
        fault: row.fault === null ? null : JSON.stringify(row.fault),
        scannedAtMs: Number(row.scannedAtMs),
        blocks: all.filter(isThere),
        expiredBlocks: all.filter((head) => !isThere(head)),
        ledger: ledger.get(placeKey(place)) ?? new Map(),
      }
    })
  }

  /** Null when it was dropped meanwhile. @throws RangeError when it is damaged */
  async columnsOf(head: BlockHead): Promise<BlockColumns | null> {
    const kept = this.#columns.get(head.version)
    if (kept !== null) return kept
    const { queueId, broker, partition, firstOffset } = head
    const key = { queueId, broker: broker ?? '', partition, firstOffset }
    const row = await this.#database.client.dlqBlock.findUnique({
      where: { queueId_broker_partition_firstOffset: key },
      select: { content: true },
    })
    if (row === null) return null
    const columns = decodeColumns(firstOffset, row.content)
    // It may have grown since its head was read: records behind that are not looked at, their kinds are not known.
    const known = columns.count > head.records ? cutTo(columns, head.records) : columns
    this.#columns.keep(head.version, known)
    return known
  }

  async #headsOf(queueId: number): Promise<BlockHead[]> {
    const rows = await this.#database.client.dlqBlock.findMany({
      where: { queueId },
      omit: { content: true },
      orderBy: [{ broker: 'asc' }, { partition: 'asc' }, { firstOffset: 'asc' }],
    })
    return rows.map((row) => {
      const { broker, partition, firstOffset, nextOffset, records } = row
      const version = [queueId, broker, partition, firstOffset, nextOffset].join(' ')
      const kinds = this.#summaries.get(version) ?? this.#summaries.keep(version, decodeSummary(row.summary))
      return {
        ...{ queueId, partition, broker: fromStoredBroker(broker), firstOffset, nextOffset, records, kinds, version },
        minAtMs: row.minAtMs === null ? null : Number(row.minAtMs),
        maxAtMs: row.maxAtMs === null ? null : Number(row.maxAtMs),
      }
    })
  }

  async #ledgerOf(queueId: number): Promise<Map<string, LedgerRows>> {
    const rows = await this.#database.client.dlqLedgerBlock.findMany({ where: { queueId } })
    const byPlace = new Map<string, Map<bigint, { runs: LedgerRuns; version: string }>>()
    for (const { broker, partition, block, content } of rows) {
      // Their checksum stands in front: it changes with what they say.
      const checksum = Buffer.from(content.buffer, content.byteOffset, 4).toString('hex')
      const version = [queueId, broker, partition, block, content.length, checksum].join(' ')
      const runs = this.#ledgerRows.get(version) ?? this.#ledgerRows.keep(version, decodeLedgerRuns(content))
      const key = placeKey({ partition, broker: fromStoredBroker(broker) })
      const ofPlace = byPlace.get(key) ?? new Map()
      ofPlace.set(block, { runs, version })
      byPlace.set(key, ofPlace)
    }
    return byPlace
  }
}

function cutTo({ firstOffset, offsets, times, kinds, flags }: BlockColumns, count: number): BlockColumns {
  return {
    ...{ firstOffset, count },
    offsets: offsets.subarray(0, count),
    times: times.subarray(0, count),
    kinds: kinds.subarray(0, count),
    flags: flags.subarray(0, count),
  }
}

/** The entries that were used last, so many of them. */
export class KeptLately<T> {
  readonly #max: number
  readonly #entries = new Map<string, T>()

  constructor(max: number) {
    this.#max = max
  }

  get(key: string): T | null {
    const entry = this.#entries.get(key)
    if (entry === undefined) return null
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry
  }

  keep(key: string, entry: T): T {
    this.#entries.set(key, entry)
    if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value ?? '')
    return entry
  }
}
