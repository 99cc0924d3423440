/**
 * How many dead letters of each kind are open: what the blocks hold, less what the ledger says was handled, less what
 * expired, which is counted too as far as its blocks are kept. Exact. Only blocks that are handled in part, or that reach
 * below the log's start, are decoded; what was counted of a block is kept until it or the ledger changes.
 */
import type { Database } from '../db.ts'
import type { BlockColumns } from './block-codec.ts'
import { RETURNED } from './block-codec.ts'
import { EXPIRED, type HandledRun, handledRunsIn, isGone, OPEN, statesOf } from './block-states.ts'
import { type BlockHead, type BlockStore, KeptLately, type PartitionIndex } from './block-store.ts'
import { LEDGER_BLOCK_OFFSETS } from './ledger-block.ts'
import type { Queue } from './queues.ts'

export interface KindTotal {
  causeId: number
  originId: number
  open: number
  /** Replayed, came back or archived, and still there. */
  handled: number
  /** Gone before anybody handled them. */
  expired: number
  /** Carry the marks of a replay and are still there, whatever their state. */
  returned: number
  /** Null when none of the open ones has a time. */
  oldestOpenAtMs: number | null
}

export interface QueueCounts {
  open: number
  handled: number
  oldestOpenAtMs: number | null
  kinds: KindTotal[]
  partitions: PartitionIndex[]
}

const KEPT_COUNTS = 4_000
/** Names that a list of queues shows. */
const SHOWN_NAMES = 20
/** Counts that did not change are written again after so long, so that one sees how old they are. */
const REWRITE_AFTER_MS = 30_000
const REFRESHED_AT_ONCE = 5

export class OpenCounter {
  readonly #database: Database
  readonly #blocks: BlockStore
  readonly #now: () => number
  readonly #counts = new KeptLately<KindTotal[]>(KEPT_COUNTS)

  constructor(database: Database, blocks: BlockStore, now: () => number) {
    this.#database = database
    this.#blocks = blocks
    this.#now = now
  }

  async count(queue: Queue): Promise<QueueCounts> {
    const partitions = await this.#blocks.partitionsOf(queue)
    const kinds = new KindSums()
    for (const partition of partitions) {
      for (const block of partition.blocks) kinds.add(await this.#countBlock(partition, block))
      for (const block of partition.expiredBlocks) kinds.add(await this.#countExpired(partition, block))
    }
    return { ...kinds.totals(), partitions }
  }

  /** Counts, and keeps the sums where a list of all queues finds them. */
  async store(queue: Queue, isAtEnd: boolean): Promise<QueueCounts> {
    // Read before anything is counted: what changes meanwhile is counted the next time.
    const known = await this.#database.client.dlqQueue.findUnique({ where: { id: queue.id } })
    const counts = await this.count(queue)
    const names = await this.#namesOf(counts)
    const now = this.#now()
    const isComplete = isAtEnd && counts.partitions.every(isWholeIndex)
    const data = {
      openCount: BigInt(counts.open),
      scannedEnds: counts.partitions.reduce((sum, { scannedTo }) => sum + scannedTo, 0n),
      isComplete,
      countedRevision: known?.revision ?? 0,
      oldestOpenAtMs: counts.oldestOpenAtMs === null ? null : BigInt(counts.oldestOpenAtMs),
      ...names,
    }
    const isSame =
      known !== null && Object.entries(data).every(([name, value]) => isAlike(known[name as keyof typeof data], value))
    if (!isSame || now - Number(known?.countedAtMs ?? 0) > REWRITE_AFTER_MS) {
      await this.#database.client.dlqQueue.updateMany({
        where: { id: queue.id },
        data: { ...data, countedAtMs: BigInt(now) },
      })
    }
    return counts
  }

  /** Counts queues anew whose ledger or index changed since: some of them, the rest with the next call. */
  async refreshStale(): Promise<void> {
    const { dlqQueue } = this.#database.client
    const changed = await dlqQueue.findMany({
      where: { openCount: { not: null }, NOT: { revision: { equals: dlqQueue.fields.countedRevision } } },
      take: REFRESHED_AT_ONCE,
    })
    for (const queue of changed) await this.store(queue, queue.isComplete)
  }

  async #countBlock(partition: PartitionIndex, block: BlockHead): Promise<KindTotal[]> {
    const runs = handledRunsIn(block, partition.ledger)
    const isClipped = partition.startOffset > block.firstOffset
    if (!isClipped && runs.length === 0) return block.kinds.map(allOpen)
    if (!isClipped && isWholly(block, runs)) return block.kinds.map(allHandled)
    return this.#countEach(partition, block, runs)
  }

  async #countExpired(partition: PartitionIndex, block: BlockHead): Promise<KindTotal[]> {
    const runs = handledRunsIn(block, partition.ledger)
    if (runs.length === 0) return block.kinds.map(allExpired)
    return isWholly(block, runs) ? [] : this.#countEach(partition, block, runs)
  }

  async #countEach(partition: PartitionIndex, block: BlockHead, runs: readonly HandledRun[]): Promise<KindTotal[]> {
    // Where all or nothing of it is gone, it does not matter where the log begins.
    const start = cutStart(partition.startOffset, block)
    const key = [block.version, start, ...ledgerVersions(block, partition)].join('|')
    const kept = this.#counts.get(key)
    if (kept !== null) return kept
    const columns = await this.#blocks.columnsOf(block)
    return columns === null ? [] : this.#counts.keep(key, countColumns(block, columns, runs, start))
  }

  /** Of what still lies there. */
  async #namesOf({
    kinds: all,
  }: QueueCounts): Promise<{ format: string | null; originTopics: string[]; groups: string[] }> {
    const { client } = this.#database
    const kinds = all.filter(({ open, handled }) => open + handled > 0)
    const causes = await client.dlqCause.findMany({
      where: { id: { in: idsByCount(kinds, 'causeId') } },
      select: { id: true, format: true },
    })
    const origins = await client.dlqOrigin.findMany({ where: { id: { in: idsByCount(kinds, 'originId') } } })
    const formats = new Map(causes.map(({ id, format }) => [id, format]))
    const [format] = byCount(kinds, ({ causeId }) => formats.get(causeId) ?? null)
    const originOf = new Map(origins.map((origin) => [origin.id, origin]))
    return {
      format: format ?? null,
      originTopics: byCount(kinds, ({ originId }) => originOf.get(originId)?.topic || null).slice(0, SHOWN_NAMES),
      groups: byCount(kinds, ({ originId }) => originOf.get(originId)?.group || null).slice(0, SHOWN_NAMES),
    }
  }
}

/** Everything that lay in the partition when it was looked at is indexed, and nothing of it was unreadable. */
export function isWholeIndex({ scannedTo, endOffset, unreadable, fault }: PartitionIndex): boolean {
  return scannedTo >= endOffset && unreadable.length === 0 && fault === null
}

function isAlike(one: unknown, other: unknown): boolean {
  return typeof other === 'object' ? JSON.stringify(one) === JSON.stringify(other) : one === other
}

/** A query may name only so many. */
const MAX_NAMED = 500

function idsByCount(kinds: readonly KindTotal[], id: 'causeId' | 'originId'): number[] {
  return byCount(kinds, (kind) => String(kind[id]))
    .slice(0, MAX_NAMED)
    .map(Number)
}

/** Names by how many records have them, most first. */
function byCount(kinds: readonly KindTotal[], nameOf: (kind: KindTotal) => string | null): string[] {
  const counts = new Map<string, number>()
  for (const kind of kinds) {
    const name = nameOf(kind)
    if (name !== null) counts.set(name, (counts.get(name) ?? 0) + kind.open + kind.handled)
  }
  return [...counts].sort(([, one], [, other]) => other - one).map(([name]) => name)
}

const allOpen = ({ causeId, originId, records, returned, minAtMs }: BlockHead['kinds'][number]): KindTotal => ({
  ...{ causeId, originId, returned },
  ...{ open: records, handled: 0, expired: 0 },
  oldestOpenAtMs: minAtMs,
})

const allHandled = ({ causeId, originId, records, returned }: BlockHead['kinds'][number]): KindTotal => ({
  ...{ causeId, originId, returned },
  ...{ open: 0, handled: records, expired: 0 },
  oldestOpenAtMs: null,
})

const allExpired = ({ causeId, originId, records }: BlockHead['kinds'][number]): KindTotal => ({
  ...{ causeId, originId, open: 0, handled: 0, expired: records, returned: 0 },
  oldestOpenAtMs: null,
})

function cutStart(startOffset: bigint, { firstOffset, nextOffset }: BlockHead): bigint {
  if (startOffset <= firstOffset) return firstOffset
  return startOffset < nextOffset ? startOffset : nextOffset
}

/** Runs of several actions that leave nothing out count too. */
function isWholly({ firstOffset, nextOffset }: BlockHead, runs: readonly HandledRun[]): boolean {
  let reached = 0
  for (const { from, to } of runs) {
    if (from > reached) return false
    reached = to
  }
  return reached >= Number(nextOffset - firstOffset)
}

const ROW = BigInt(LEDGER_BLOCK_OFFSETS)

function ledgerVersions({ firstOffset, nextOffset }: BlockHead, { ledger }: PartitionIndex): string[] {
  const [first, last] = [firstOffset / ROW, (nextOffset - 1n) / ROW]
  return [...ledger].flatMap(([row, { version }]) => (row >= first && row <= last ? [version] : []))
}

function countColumns(
  { kinds }: BlockHead,
  columns: BlockColumns,
  runs: readonly HandledRun[],
  startOffset: bigint,
): KindTotal[] {
  const states = statesOf(columns, runs, startOffset)
  const totals = kinds.map(({ causeId, originId }) => ({
    ...{ causeId, originId, open: 0, handled: 0, expired: 0, returned: 0 },
    oldestOpenAtMs: null as number | null,
  }))
  for (let at = 0; at < columns.count; at += 1) {
    const state = states[at] as number
    const total = totals[columns.kinds[at] as number]
    if (total === undefined) continue
    if (state === EXPIRED) total.expired += 1
    if (isGone(state)) continue
    if (((columns.flags[at] as number) & RETURNED) !== 0) total.returned += 1
    if (state !== OPEN) {
      total.handled += 1
      continue
    }
    total.open += 1
    const time = columns.times[at] as number
    if (!Number.isNaN(time) && (total.oldestOpenAtMs === null || time < total.oldestOpenAtMs))
      total.oldestOpenAtMs = time
  }
  return totals.filter(({ open, handled, expired }) => open + handled + expired > 0)
}

class KindSums {
  readonly #sums = new Map<string, KindTotal>()

  add(totals: readonly KindTotal[]): void {
    for (const total of totals) {
      const key = `${total.causeId} ${total.originId}`
      const sum = this.#sums.get(key)
      if (sum === undefined) this.#sums.set(key, { ...total })
      else {
        sum.open += total.open
        sum.handled += total.handled
        sum.expired += total.expired
        sum.returned += total.returned
        sum.oldestOpenAtMs = earlier(sum.oldestOpenAtMs, total.oldestOpenAtMs)
      }
    }
  }

  totals(): Omit<QueueCounts, 'partitions'> {
    const kinds = [...this.#sums.values()]
    return {
      kinds,
      open: kinds.reduce((sum, { open }) => sum + open, 0),
      handled: kinds.reduce((sum, { handled }) => sum + handled, 0),
      oldestOpenAtMs: kinds.reduce<number | null>((least, kind) => earlier(least, kind.oldestOpenAtMs), null),
    }
  }
}

function earlier(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other
  return Math.min(one, other)
}
