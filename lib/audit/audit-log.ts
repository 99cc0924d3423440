/** Who did what, when, from where, with which outcome. Written also when it was refused or failed. */
import type { Database, TransactionClient } from '../db.ts'

export type AuditOutcome = 'ok' | 'refused' | 'failed'

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

export interface AuditQuery {
  limit: number
  /** Entries before this one only; newest first. */
  beforeId: number | null
  /** Part of the actor, action or target. */
  text: string | null
}

export interface AuditLog {
  record(entry: AuditRecord): Promise<void>
  list(query: AuditQuery): Promise<{ entries: AuditEntry[]; total: number }>
  /** Of a stretch without its end, newest first, and how many there are in it. */
  between(fromMs: number, toMs: number, limit: number): Promise<{ items: AuditEntry[]; total: number }>
}

const MAX_TARGET_CHARS = 300

export function createAuditLog(database: Database): AuditLog {
  const { client } = database
  return {
    record: (entry) => recordAudit(client, entry),
    async list({ limit, beforeId, text }) {
      const contains = text === null ? undefined : { contains: text }
      const matching = contains ? { OR: [{ actor: contains }, { action: contains }, { target: contains }] } : {}
      const where = beforeId === null ? matching : { AND: [matching, { id: { lt: beforeId } }] }
      const [rows, total] = await Promise.all([
        client.auditEntry.findMany({ where, orderBy: { id: 'desc' }, take: limit }),
        client.auditEntry.count({ where: matching }),
      ])
      return { entries: rows.map((row) => ({ ...row, ...parseRow(row) })), total }
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
