/**
 * The causes and origins of one queue as its scanner knows them: which number each has, and which are not stored yet.
 *
 * Their number is bounded, whatever the records say: an application whose messages hold names would otherwise make a row
 * of every record. Beyond the bounds records are told apart by their exception's class only, and then no more.
 */
import type { DlqCause, DlqOrigin } from '../../prisma/generated/sqlite/client.ts'
import type { PartitionPlace } from '../cluster/messages.ts'
import type { Database, TransactionClient } from '../db.ts'
import type { DecodedDeadLetter } from '../dlq/dead-letter.ts'
import { type Fingerprint, fingerprintOf } from '../dlq/fingerprint.ts'
import { lockQueues, toStoredBroker } from './queues.ts'

export const MAX_CAUSES = 2_000
export const MAX_COARSE_CAUSES = 1_000
export const MAX_ORIGINS = 1_000
/** What is put together beyond the bounds. */
export const REST = 'rest'

export interface Sample extends PartitionPlace {
  offset: bigint
  message: string | null
}

interface Entry {
  /** Null until it is stored. */
  id: number | null
  firstSeenAtMs: number | null
  lastSeenAtMs: number | null
  sample: Sample
  /** Something of it is newer than what is stored. */
  isChanged: boolean
}

export interface CauseEntry extends Entry {
  fingerprint: string
  exception: string | null
  message: string | null
  frame: string | null
  format: string | null
}

export interface OriginEntry extends Entry {
  topic: string
  group: string
}

export class CauseBook {
  readonly #queueId: number
  readonly #causes: CauseEntry[]
  readonly #origins: OriginEntry[]
  readonly #causeAt = new Map<string, number>()
  readonly #originAt = new Map<string, Map<string, number>>()

  private constructor(queueId: number, causes: CauseEntry[], origins: OriginEntry[]) {
    this.#queueId = queueId
    this.#causes = causes
    this.#origins = origins
    for (const [index, { fingerprint }] of causes.entries()) this.#causeAt.set(fingerprint, index)
    for (const [index, { topic, group }] of origins.entries()) this.#noteOrigin(topic, group, index)
  }

  static async load(client: TransactionClient, queueId: number): Promise<CauseBook> {
    const causes = await client.dlqCause.findMany({ where: { queueId } })
    const origins = await client.dlqOrigin.findMany({ where: { queueId } })
    return new CauseBook(queueId, causes.map(toCauseEntry), origins.map(toOriginEntry))
  }

  /** Of one record: the numbers of its cause and origin in this book. */
  note(
    decoded: DecodedDeadLetter,
    atMs: number | null,
    place: PartitionPlace,
    offset: bigint,
  ): { causeId: number; originId: number } {
    const fingerprint = fingerprintOf(decoded)
    const causeId = this.#causeOf(fingerprint, decoded.format, place, offset)
    const originId = this.#originOf(decoded, place, offset)
    touch(this.#causes[causeId] as CauseEntry, atMs, place, offset, fingerprint.sample)
    touch(this.#origins[originId] as OriginEntry, atMs, place, offset, fingerprint.sample)
    return { causeId, originId }
  }

  /** The book's numbers of what is stored under these ids; null when one is not in the book. */
  indexesOf(causeId: number, originId: number): { causeId: number; originId: number } | null {
    const cause = this.#causes.findIndex(({ id }) => id === causeId)
    const origin = this.#origins.findIndex(({ id }) => id === originId)
    return cause < 0 || origin < 0 ? null : { causeId: cause, originId: origin }
  }

  /**
   * Stores those that have no id yet. What another process stored meanwhile has the same id here. The caller has locked
   * the queue: nobody else stores any between looking and writing.
   */
  async storeNew(tx: TransactionClient): Promise<void> {
    for (const some of piecesOf(this.#causes.filter(({ id }) => id === null))) await this.#storeCauses(tx, some)
    for (const some of piecesOf(this.#origins.filter(({ id }) => id === null))) await this.#storeOrigins(tx, some)
  }

  /** After a transaction that was not committed: what it stored is not there. */
  forgetIds(before: { causes: number; origins: number }): void {
    for (const cause of this.#causes.slice(before.causes)) cause.id = null
    for (const origin of this.#origins.slice(before.origins)) origin.id = null
  }

  /** How many have an id; those without come last. */
  get stored(): { causes: number; origins: number } {
    const count = (entries: readonly Entry[]): number => entries.filter(({ id }) => id !== null).length
    return { causes: count(this.#causes), origins: count(this.#origins) }
  }

  /** @param index one that `note` answered, stored by now */
  idsOf(index: { causeId: number; originId: number }): { causeId: number; originId: number } {
    const [causeId, originId] = [this.#causes[index.causeId]?.id, this.#origins[index.originId]?.id]
    if (causeId == null || originId == null) throw new Error('a cause is used before it was stored')
    return { causeId, originId }
  }

  /** Times and samples that changed since they were stored last, some at a time: on SQLite a writer keeps all others out. */
  async storeChanges(database: Database): Promise<void> {
    for (const some of piecesOf(this.#causes.filter(isWorthStoring))) {
      await database.transaction(async (tx) => {
        await lockQueues(tx, [this.#queueId])
        for (const cause of some)
          await tx.dlqCause.updateMany({ where: { id: cause.id ?? 0 }, data: seenColumns(cause) })
      })
      for (const cause of some) cause.isChanged = false
    }
    for (const some of piecesOf(this.#origins.filter(isWorthStoring))) {
      await database.transaction(async (tx) => {
        await lockQueues(tx, [this.#queueId])
        for (const { id, ...seen } of some)
          await tx.dlqOrigin.updateMany({ where: { id: id ?? 0 }, data: seenColumns(seen) })
      })
      for (const origin of some) origin.isChanged = false
    }
  }

  #causeOf(
    { key, exception, message, frame, sample }: Fingerprint,
    format: string | null,
    place: PartitionPlace,
    offset: bigint,
  ): number {
    const known = this.#causeAt.get(key)
    if (known !== undefined) return known
    const count = this.#causes.length
    if (count < MAX_CAUSES) {
      return this.#addCause({ fingerprint: key, exception, message, frame, format }, place, offset, sample)
    }
    const coarse = exception === null ? REST : `${REST}:${exception}`.slice(0, 100)
    const fingerprint = this.#causeAt.has(coarse) || count < MAX_CAUSES + MAX_COARSE_CAUSES ? coarse : REST
    const about = fingerprint === REST ? null : exception
    return (
      this.#causeAt.get(fingerprint) ??
      this.#addCause({ fingerprint, exception: about, message: null, frame: null, format: null }, place, offset, sample)
    )
  }

  #addCause(
    facts: Pick<CauseEntry, 'fingerprint' | 'exception' | 'message' | 'frame' | 'format'>,
    place: PartitionPlace,
    offset: bigint,
    message: string | null,
  ): number {
    const { exception, message: template, frame } = facts
    const texts = { exception: withoutNul(exception), message: withoutNul(template), frame: withoutNul(frame) }
    const index = this.#causes.push({ ...facts, ...texts, ...newEntry(place, offset, message) }) - 1
    this.#causeAt.set(facts.fingerprint, index)
    return index
  }

  #originOf({ origin }: DecodedDeadLetter, place: PartitionPlace, offset: bigint): number {
    const [topic, group] = [origin?.topic ?? '', origin?.group ?? '']
    const known = this.#originAt.get(topic)?.get(group)
    if (known !== undefined) return known
    if (this.#origins.length < MAX_ORIGINS) return this.#addOrigin(topic, group, place, offset)
    return this.#originAt.get('')?.get('') ?? this.#addOrigin('', '', place, offset)
  }

  #addOrigin(topic: string, group: string, place: PartitionPlace, offset: bigint): number {
    const entry = { topic, group: group.replaceAll('\0', NO_NUL), ...newEntry(place, offset, null) }
    const index = this.#origins.push(entry) - 1
    this.#noteOrigin(topic, group, index)
    return index
  }

  #noteOrigin(topic: string, group: string, index: number): void {
    const byGroup = this.#originAt.get(topic) ?? new Map<string, number>()
    byGroup.set(group, index)
    this.#originAt.set(topic, byGroup)
  }

  async #storeCauses(tx: TransactionClient, causes: readonly CauseEntry[]): Promise<void> {
    const queueId = this.#queueId
    const names = causes.map(({ fingerprint }) => fingerprint)
    const where = { queueId, fingerprint: { in: names } }
    const known = new Set((await tx.dlqCause.findMany({ where })).map(({ fingerprint }) => fingerprint))
    const missing = causes.filter(({ fingerprint }) => !known.has(fingerprint))
    await tx.dlqCause.createMany({
      data: missing.map(({ fingerprint, exception, message, frame, format, ...entry }) => {
        return { queueId, fingerprint, exception, message, frame, format, ...seenColumns(entry) }
      }),
    })
    const ids = new Map((await tx.dlqCause.findMany({ where })).map(({ fingerprint, id }) => [fingerprint, id]))
    for (const cause of causes) cause.id = ids.get(cause.fingerprint) ?? null
    for (const cause of missing) cause.isChanged = false
  }

  async #storeOrigins(tx: TransactionClient, origins: readonly OriginEntry[]): Promise<void> {
    const queueId = this.#queueId
    const nameOf = ({ topic, group }: { topic: string; group: string }): string => JSON.stringify([topic, group])
    const where = { queueId, topic: { in: origins.map(({ topic }) => topic) } }
    const known = new Set((await tx.dlqOrigin.findMany({ where })).map(nameOf))
    const missing = origins.filter((origin) => !known.has(nameOf(origin)))
    await tx.dlqOrigin.createMany({
      data: missing.map(({ topic, group, ...entry }) => ({ queueId, topic, group, ...seenColumns(entry) })),
    })
    const ids = new Map((await tx.dlqOrigin.findMany({ where })).map((row) => [nameOf(row), row.id]))
    for (const origin of origins) origin.id = ids.get(nameOf(origin)) ?? null
    for (const origin of missing) origin.isChanged = false
  }
}

const PIECE = 100

function piecesOf<T>(entries: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(entries.length / PIECE) }, (_, at) =>
    entries.slice(at * PIECE, (at + 1) * PIECE),
  )
}

function isWorthStoring({ id, isChanged }: Entry): boolean {
  return id !== null && isChanged
}

function newEntry(place: PartitionPlace, offset: bigint, message: string | null): Entry {
  const sample = { partition: place.partition, broker: place.broker, offset, message }
  return { id: null, firstSeenAtMs: null, lastSeenAtMs: null, sample, isChanged: true }
}

/** The newest by time is the sample; without times, the last one read. */
function touch(
  entry: Entry,
  atMs: number | null,
  { partition, broker }: PartitionPlace,
  offset: bigint,
  message: string | null,
): void {
  entry.isChanged = true
  const isNewest = atMs === null || entry.lastSeenAtMs === null || atMs >= entry.lastSeenAtMs
  if (isNewest) {
    const { sample } = entry
    sample.partition = partition
    sample.broker = broker
    sample.offset = offset
    sample.message = message
  }
  if (atMs === null) return
  if (entry.firstSeenAtMs === null || atMs < entry.firstSeenAtMs) entry.firstSeenAtMs = atMs
  if (entry.lastSeenAtMs === null || atMs > entry.lastSeenAtMs) entry.lastSeenAtMs = atMs
}

/** PostgreSQL's text cannot hold a NUL. */
const NO_NUL = '\ufffd'
const withoutNul = (text: string | null): string | null => text?.replaceAll('\0', NO_NUL) ?? null

function seenColumns({
  firstSeenAtMs,
  lastSeenAtMs,
  sample,
}: Pick<Entry, 'firstSeenAtMs' | 'lastSeenAtMs' | 'sample'>) {
  return {
    firstSeenAtMs: firstSeenAtMs === null ? null : BigInt(firstSeenAtMs),
    lastSeenAtMs: lastSeenAtMs === null ? null : BigInt(lastSeenAtMs),
    sampleBroker: toStoredBroker(sample.broker),
    samplePartition: sample.partition,
    sampleOffset: sample.offset,
    sampleMessage: withoutNul(sample.message),
  }
}

type SeenRow = Pick<
  DlqCause,
  'id' | 'firstSeenAtMs' | 'lastSeenAtMs' | 'sampleBroker' | 'samplePartition' | 'sampleOffset' | 'sampleMessage'
>

function toEntry(row: SeenRow): Entry {
  return {
    id: row.id,
    firstSeenAtMs: row.firstSeenAtMs === null ? null : Number(row.firstSeenAtMs),
    lastSeenAtMs: row.lastSeenAtMs === null ? null : Number(row.lastSeenAtMs),
    sample: {
      broker: row.sampleBroker === '' ? null : row.sampleBroker,
      partition: row.samplePartition,
      offset: row.sampleOffset,
      message: row.sampleMessage,
    },
    isChanged: false,
  }
}

function toCauseEntry(row: DlqCause): CauseEntry {
  const { fingerprint, exception, message, frame, format } = row
  return { fingerprint, exception, message, frame, format, ...toEntry(row) }
}

function toOriginEntry(row: DlqOrigin): OriginEntry {
  return { topic: row.topic, group: row.group, ...toEntry(row) }
}
