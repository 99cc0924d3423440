/** Who did what, when, from where, with which outcome. Written also when it was refused or failed. */
import type { Prisma } from '../../prisma/generated/sqlite/client.ts'
import type { Database, TransactionClient } from '../db.ts'

export const AUDIT_OUTCOMES = ['ok', 'refused', 'failed'] as const
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number]

export interface AuditRecord {
  atMs: number
  actor: string
  action: string
  target: string | null
  outcome: AuditOutcome
  httpStatus: number | null
  remoteAddress: string | null
  /** Never holds a secret: each route names the few fields it puts here. */
  detail: Record<string, string | number> | null
}

export interface AuditEntry extends AuditRecord {
  id: number
}

/** All that is given must hold. */
export interface AuditFilter {
  /** Part of the actor, action or target. */
  text?: string | undefined
  actor?: string | undefined
  /** One action, or all of a kind: `replay` is every `replay.…`. */
  action?: string | undefined
  /** Part of it. */
  target?: string | undefined
  outcome?: AuditOutcome | undefined
  fromMs?: number | undefined
  /** Without this moment itself. */
  toMs?: number | undefined
}

export interface AuditQuery {
  limit: number
  /** Entries before this one only; newest first. */
  beforeId: number | null
  filter: AuditFilter
}

export interface AuditLog {
  record(entry: AuditRecord): Promise<void>
  list(query: AuditQuery): Promise<{ entries: AuditEntry[]; total: number }>
  /** What is there now, newest first; read as it is taken. */
  all(filter: AuditFilter): AsyncGenerator<AuditEntry>
  /** Of a stretch without its end, newest first, and how many there are in it. */
  between(fromMs: number, toMs: number, limit: number): Promise<{ items: AuditEntry[]; total: number }>
}

const MAX_TARGET_CHARS = 300
const ROWS_AT_ONCE = 1_000

export function createAuditLog(database: Database): AuditLog {
  const { client } = database
  return {
    record: (entry) => recordAudit(client, entry),
    async list({ limit, beforeId, filter }) {
      const [entries, total] = await Promise.all([
        page(client, filter, beforeId, limit),
        client.auditEntry.count({ where: whereOf(filter) }),
      ])
      return { entries, total }
    },
    async *all(filter) {
      let beforeId: number | null = null
      do {
        const entries: AuditEntry[] = await page(client, filter, beforeId, ROWS_AT_ONCE)
        yield* entries
        beforeId = entries.length < ROWS_AT_ONCE ? null : (entries.at(-1)?.id ?? null)
      } while (beforeId !== null)
    },
    async between(fromMs, toMs, limit) {
      const where = { atMs: { gte: BigInt(fromMs), lt: BigInt(toMs) } }
      const [rows, total] = await Promise.all([
        client.auditEntry.findMany({ where, orderBy: { id: 'desc' }, take: limit }),
        client.auditEntry.count({ where }),
      ])
      return { items: rows.map((row) => ({ ...row, ...parseRow(row) })), total }
    },
  }
}

async function page(
  client: Database['client'],
  filter: AuditFilter,
  beforeId: number | null,
  limit: number,
): Promise<AuditEntry[]> {
  const matching = whereOf(filter)
  const where = beforeId === null ? matching : { AND: [matching, { id: { lt: beforeId } }] }
  const rows = await client.auditEntry.findMany({ where, orderBy: { id: 'desc' }, take: limit })
  return rows.map((row) => ({ ...row, ...parseRow(row) }))
}

function whereOf({ text, actor, action, target, outcome, fromMs, toMs }: AuditFilter): Prisma.AuditEntryWhereInput {
  const contains = { contains: text ?? '' }
  const isGiven = <T>(value: T | undefined, where: (value: T) => Prisma.AuditEntryWhereInput) =>
    value === undefined ? [] : [where(value)]
  return {
    AND: [
      ...isGiven(text, () => ({ OR: [{ actor: contains }, { action: contains }, { target: contains }] })),
      ...isGiven(actor, (name) => ({ actor: name })),
      ...isGiven(action, (name) => ({ OR: [{ action: name }, { action: { startsWith: `${name}.` } }] })),
      ...isGiven(target, (part) => ({ target: { contains: part } })),
      ...isGiven(outcome, (one) => ({ outcome: one })),
      ...isGiven(fromMs, (atMs) => ({ atMs: { gte: BigInt(atMs) } })),
      ...isGiven(toMs, (atMs) => ({ atMs: { lt: BigInt(atMs) } })),
    ],
  }
}

/** For an entry that is to stand or fall with what it tells of. */
export async function recordAudit(client: Pick<TransactionClient, 'auditEntry'>, entry: AuditRecord): Promise<void> {
  const { detail, atMs, target, ...rest } = entry
  await client.auditEntry.create({
    data: {
      ...rest,
      atMs: BigInt(atMs),
      target: target?.slice(0, MAX_TARGET_CHARS) ?? null,
      ...(detail === null ? {} : { detail }),
    },
  })
}

function parseRow(row: {
  atMs: bigint
  outcome: string
  detail: unknown
}): Pick<AuditEntry, 'atMs' | 'outcome' | 'detail'> {
  return {
    atMs: Number(row.atMs),
    outcome: row.outcome === 'ok' || row.outcome === 'refused' ? row.outcome : 'failed',
    detail: typeof row.detail === 'object' ? (row.detail as Record<string, string | number> | null) : null,
  }
}
