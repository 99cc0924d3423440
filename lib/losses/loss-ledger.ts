/** The ledger of losses: found by the collector, acknowledged by people. See README.md. */
import { createHash } from 'node:crypto'
import type { Loss as LossRow, Prisma } from '../../prisma/generated/sqlite/client.ts'
import type { Database, TransactionClient } from '../db.ts'
import { type CountBound, LOSS_KINDS, type Loss, type LossKind, lossIdentity } from '../durability/losses/loss.ts'
import { type DetectedLoss, type GrowingLoss, growLoss } from './grow-loss.ts'

export interface StoredLoss extends Omit<Loss, 'episode'> {
  id: string
  clusterId: string
  firstDetectedAtMs: number
  /** When it grew last, or was seen to be otherwise. */
  lastDetectedAtMs: number
  /** These three are null while it is open. */
  acknowledgedAtMs: number | null
  acknowledgedBy: string | null
  note: string | null
}

export interface LossLedger {
  /** All of them or none; durable when the promise resolves. A loss that is recorded again changes only what grew. */
  record(clusterId: string, losses: readonly DetectedLoss[]): Promise<void>
  /** All entries; the same list for as long as nothing of it changed. */
  list(): Promise<readonly StoredLoss[]>
  get(id: string): Promise<StoredLoss | null>
  /** @returns false when somebody did already, or it is not there */
  acknowledge(id: string, by: { actor: string; note: string; atMs: number }): Promise<boolean>
}

/** A broker that loses a disk may truncate every partition; more than that is no ledger that anybody reads. */
const MOST_ENTRIES = 20_000
const ROWS_PER_STATEMENT = 500
const ID_CHARS = 20

export function createLossLedger(database: Database, mostEntries: number = MOST_ENTRIES): LossLedger {
  const { client } = database
  let listed: { version: string; losses: readonly StoredLoss[] } | null = null
  return {
    async record(clusterId, losses) {
      if (losses.length === 0) return
      const found = new Map(losses.map((detected) => [idOf(clusterId, detected.loss), detected]))
      await database.transaction(async (tx) => {
        const known = await knownOf(tx, [...found.keys()])
        await create(
          tx,
          clusterId,
          [...found].filter(([id]) => !known.has(id)),
        )
        for (const [id, row] of known) await grow(tx, row, found.get(id))
        await prune(tx, mostEntries)
      })
    },
    async list() {
      const version = await versionOf(database)
      if (listed?.version === version) return listed.losses
      const rows = await client.loss.findMany({
        // A kind that a newer version wrote would break the callers' promise.
        where: { kind: { in: [...LOSS_KINDS] } },
        orderBy: [{ lastDetectedAtMs: 'desc' }, { id: 'asc' }],
      })
      listed = { version, losses: rows.map(toStored) }
      return listed.losses
    },
    async get(id) {
      const row = await client.loss.findUnique({ where: { id } })
      return row === null ? null : toStored(row)
    },
    async acknowledge(id, { actor, note, atMs }) {
      const { count } = await client.loss.updateMany({
        where: { id, acknowledgedAtMs: null },
        data: { acknowledgedAtMs: BigInt(atMs), acknowledgedBy: actor, note },
      })
      return count === 1
    },
  }
}

/** Changes with every change of the list: clusters are polled side by side, so that the newest time alone does not tell. */
async function versionOf({ client }: Database): Promise<string> {
  const { _count, _sum } = await client.loss.aggregate({
    _count: { _all: true, acknowledgedAtMs: true },
    _sum: { lastDetectedAtMs: true, firstDetectedAtMs: true },
  })
  return [_count._all, _count.acknowledgedAtMs, _sum.lastDetectedAtMs, _sum.firstDetectedAtMs].join('|')
}

function idOf(clusterId: string, loss: Loss): string {
  return createHash('sha256').update(lossIdentity(clusterId, loss)).digest('base64url').slice(0, ID_CHARS)
}

async function knownOf(tx: TransactionClient, ids: readonly string[]): Promise<Map<string, LossRow>> {
  const known = new Map<string, LossRow>()
  for (let from = 0; from < ids.length; from += ROWS_PER_STATEMENT) {
    const rows = await tx.loss.findMany({ where: { id: { in: ids.slice(from, from + ROWS_PER_STATEMENT) } } })
    for (const row of rows) known.set(row.id, row)
  }
  return known
}

async function create(
  tx: TransactionClient,
  clusterId: string,
  losses: readonly (readonly [string, DetectedLoss])[],
): Promise<void> {
  for (let from = 0; from < losses.length; from += ROWS_PER_STATEMENT) {
    await tx.loss.createMany({
      data: losses.slice(from, from + ROWS_PER_STATEMENT).map(([id, { loss, firstAtMs, lastAtMs }]) => {
        const { episode: _, evidence, windowFromMs, windowToMs, ...rest } = loss
        return {
          ...rest,
          ...{ id, clusterId, evidence: storable(evidence) },
          ...{ windowFromMs: windowFromMs === null ? null : BigInt(windowFromMs), windowToMs: BigInt(windowToMs) },
          ...{ firstDetectedAtMs: BigInt(firstAtMs), lastDetectedAtMs: BigInt(lastAtMs) },
        }
      }),
    })
  }
}

async function grow(tx: TransactionClient, row: LossRow, detected: DetectedLoss | undefined): Promise<void> {
  const grown = detected === undefined ? null : growLoss(toStored(row), detected)
  if (grown === null) return
  await tx.loss.update({ where: { id: row.id }, data: toData(grown), select: { id: true } })
}

function toData({
  windowFromMs,
  windowToMs,
  lastDetectedAtMs,
  evidence,
  ...rest
}: GrowingLoss): Prisma.LossUpdateInput {
  return {
    ...rest,
    evidence: storable(evidence),
    windowFromMs: windowFromMs === null ? null : BigInt(windowFromMs),
    windowToMs: BigInt(windowToMs),
    lastDetectedAtMs: BigInt(lastDetectedAtMs),
  }
}

/** What somebody has acknowledged goes first, and of these the oldest. */
async function prune(tx: TransactionClient, mostEntries: number): Promise<void> {
  const surplus = (await tx.loss.count()) - mostEntries
  if (surplus <= 0) return
  const oldest = async (where: Prisma.LossWhereInput, take: number): Promise<string[]> => {
    if (take <= 0) return []
    const rows = await tx.loss.findMany({ where, orderBy: { lastDetectedAtMs: 'asc' }, take, select: { id: true } })
    return rows.map(({ id }) => id)
  }
  const settled = await oldest({ acknowledgedAtMs: { not: null } }, surplus)
  const ids = [...settled, ...(await oldest({ acknowledgedAtMs: null }, surplus - settled.length))]
  for (let from = 0; from < ids.length; from += ROWS_PER_STATEMENT) {
    await tx.loss.deleteMany({ where: { id: { in: ids.slice(from, from + ROWS_PER_STATEMENT) } } })
  }
}

function toStored(row: LossRow): StoredLoss {
  return {
    ...row,
    kind: row.kind as LossKind,
    countBound: row.countBound as CountBound,
    evidence: row.evidence as Loss['evidence'],
    windowFromMs: numberOrNull(row.windowFromMs),
    windowToMs: Number(row.windowToMs),
    firstDetectedAtMs: Number(row.firstDetectedAtMs),
    lastDetectedAtMs: Number(row.lastDetectedAtMs),
    acknowledgedAtMs: numberOrNull(row.acknowledgedAtMs),
  }
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}

/** PostgreSQL's JSON refuses a NUL and half a character. */
function storable(evidence: Loss['evidence']): Prisma.InputJsonObject {
  const entries = Object.entries(evidence).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\u{fffd}') : value,
  ])
  return Object.fromEntries(entries) as Prisma.InputJsonObject
}
