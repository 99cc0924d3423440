/** What became of records after they were sent, written down: read by their group, back in a queue, gone unread. */
import type { PartitionPlace } from '../cluster/messages.ts'
import type { Database } from '../db.ts'
import { OffsetRuns } from '../inbox/offset-runs.ts'
import { placeKey } from '../inbox/queues.ts'
import { decodeOutcomes } from './outcome-codec.ts'
import type { DeliveredBy, LostFromSight } from './replay-types.ts'
import { advance, countFates, neverSeen, type TargetProgress } from './target-progress.ts'
import type { Passed } from './target-watch.ts'

export interface FateStore {
  /** Counts what groups have passed, and what was gone before. Null: nothing new is known. */
  saveDelivered(id: string, passed: Passed | null): Promise<void>
  targetProgress(id: string): Promise<TargetProgress>
  saveReturned(id: string, returned: bigint): Promise<void>
  /** Nobody looks any more: what was neither seen read, nor gone, nor among the `returned`, stays unknown. */
  closeWatch(id: string, returned: readonly (PartitionPlace & { runs: OffsetRuns })[]): Promise<void>
}

const ROWS_AT_ONCE = 50

type Client = Database['client']

export function createFateStore(client: Client): FateStore {
  return {
    async saveDelivered(id, passed) {
      if (passed === null) return
      const progress = advance((await readStored(client, id)).progress, passed.upTo)
      const lost = { expiredInTarget: 0, unknown: 0 }
      for await (const { row, runs } of openRows(client, id)) {
        const { delivered, expired, unseen } = countFates(runs, progress)
        lost.expiredInTarget += expired
        lost.unknown += unseen
        if (delivered > row.delivered) await client.replayOutcome.updateMany({ where: keyOf(row), data: { delivered } })
      }
      const { _sum } = await client.replayOutcome.aggregate({ where: { replayId: id }, _sum: { delivered: true } })
      const deliveredTo = encodeStored({ by: passed.by, progress, lost })
      const data = { deliveredCount: BigInt(_sum.delivered ?? 0), deliveredTo }
      await client.replay.update({ where: { id }, data, select: { id: true } })
    },
    async targetProgress(id) {
      return (await readStored(client, id)).progress
    },
    async saveReturned(id, returned) {
      await client.replay.update({ where: { id }, data: { returnedCount: returned }, select: { id: true } })
    },
    async closeWatch(id, returned) {
      const stored = await readStored(client, id)
      const parts = await client.replayPart.findMany({
        where: { replayId: id },
        select: { ordinal: true, partition: true, broker: true },
      })
      const back = new Map(
        parts.map(({ ordinal, ...place }) => {
          const mine = returned.filter((one) => placeKey(one) === placeKey(place))
          return [ordinal, mine.reduce((all, { runs }) => all.union(runs), OffsetRuns.EMPTY)]
        }),
      )
      const lost = { expiredInTarget: stored.lost?.expiredInTarget ?? 0, unknown: 0 }
      for await (const { row, runs } of openRows(client, id)) {
        const rest = neverSeen(runs, stored.progress).subtract(back.get(row.ordinal) ?? OffsetRuns.EMPTY)
        lost.unknown += Number(rest.offsetCount)
      }
      const deliveredTo = encodeStored({ ...stored, lost })
      await client.replay.update({ where: { id }, data: { deliveredTo }, select: { id: true } })
    },
  }
}

interface Known {
  /** Null while nobody's progress is known. */
  by: DeliveredBy | null
  progress: TargetProgress
  lost: LostFromSight | null
}

type StoredPlaces = [key: string, upTo: string][]

interface StoredKnown {
  by?: DeliveredBy | null
  upTo: StoredPlaces
  /** Runs of offsets in base64; only of places that have some. */
  gone?: [key: string, expired: string, unseen: string][]
  lost?: LostFromSight
}

async function readStored(client: Client, id: string): Promise<Known> {
  const row = await client.replay.findUnique({ where: { id }, select: { deliveredTo: true } })
  return decodeDelivered(row?.deliveredTo ?? null)
}

/** As `Replay.deliveredTo` holds it; of versions before this one, too. */
export function decodeDelivered(stored: unknown): Known {
  if (stored === null) return { by: null, progress: new Map(), lost: null }
  const known = Array.isArray(stored) ? { upTo: stored as StoredPlaces } : (stored as StoredKnown)
  const gone = new Map((known.gone ?? []).map(([key, expired, unseen]) => [key, { expired, unseen }]))
  const progress = new Map(
    known.upTo.map(([key, upTo]) => {
      const { expired, unseen } = gone.get(key) ?? {}
      return [key, { upTo: BigInt(upTo), expired: decodeRuns(expired), unseen: decodeRuns(unseen) }]
    }),
  )
  return { by: known.by ?? null, progress, lost: known.lost ?? null }
}

function encodeStored({ by, progress, lost }: Known) {
  const upTo = [...progress].map(([key, place]): [string, string] => [key, String(place.upTo)])
  const gone = [...progress].flatMap(([key, { expired, unseen }]): [string, string, string][] =>
    expired.isEmpty && unseen.isEmpty ? [] : [[key, encodeRuns(expired), encodeRuns(unseen)]],
  )
  return { by: by === null ? null : { ...by }, upTo, gone, ...(lost === null ? {} : { lost: { ...lost } }) }
}

const encodeRuns = (runs: OffsetRuns): string => Buffer.from(runs.encode()).toString('base64')

function decodeRuns(text: string | undefined): OffsetRuns {
  return text === undefined ? OffsetRuns.EMPTY : OffsetRuns.decode(Buffer.from(text, 'base64'))
}

interface RowKey {
  replayId: string
  ordinal: number
  firstOffset: bigint
}

function keyOf({ replayId, ordinal, firstOffset }: RowKey): RowKey {
  return { replayId, ordinal, firstOffset }
}

/** Those whose records are not all delivered; the others are never read again. */
async function* openRows(client: Client, replayId: string) {
  let after: RowKey | null = null
  do {
    const rows: (RowKey & { delivered: number; content: Uint8Array })[] = await client.replayOutcome.findMany({
      where: {
        replayId,
        produced: { gt: client.replayOutcome.fields.delivered },
        ...(after === null ? {} : { OR: rowsBehind(after) }),
      },
      orderBy: [{ ordinal: 'asc' }, { firstOffset: 'asc' }],
      take: ROWS_AT_ONCE,
    })
    for (const row of rows) yield { row, runs: decodeOutcomes(row.content) }
    after = rows.length < ROWS_AT_ONCE ? null : (rows.at(-1) ?? null)
  } while (after !== null)
}

function rowsBehind({ ordinal, firstOffset }: RowKey) {
  return [{ ordinal: { gt: ordinal } }, { ordinal, firstOffset: { gt: firstOffset } }]
}
