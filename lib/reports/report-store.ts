/** Finished reports. Each is written once, whole, and never changed; see README.md. */
import { randomBytes } from 'node:crypto'
import type { Report as ReportRow } from '../../prisma/generated/sqlite/client.ts'
import { decodeStored, encodeStored } from '../db/stored-json.ts'
import type { Database, TransactionClient } from '../db.ts'
import { enqueue, type NewDelivery } from '../outbox/outbox.ts'
import type { NewestReport, Period, Schedule } from './periods.ts'
import type { Headline, Report, ReportContent, ReportHead } from './report.ts'

export type NewReport = Omit<Report, 'id' | 'schedule'> & { period: Pick<Period, 'key' | 'schedule'> | null }

export interface ReportStore {
  /**
   * Durable when the promise resolves; what is more than `keep` leaves in the same transaction, in which those of the
   * schedule are put out for who is to be told.
   *
   * @returns null when there is one of its period: that one stays
   */
  add(report: NewReport): Promise<ReportHead | null>
  get(id: string): Promise<Report | null>
  /** The newest first. */
  list(): Promise<ReportHead[]>
  newestScheduled(): Promise<NewestReport | null>
  /** When the console first watched anything, as far as that is kept; null: it never did. */
  watchedSinceMs(): Promise<number | null>
}

/** Of the shapes in `report.ts`. What another version wrote is neither shown nor touched, but counts as made. */
const FORMAT = 1
const UNIQUE_VIOLATION = 'P2002'
const ID_BYTES = 9

/** @param receivers who is told of each report of the schedule */
export function createReportStore(database: Database, keep: number, receivers: readonly string[] = []): ReportStore {
  const { client } = database
  return {
    async add({ period, fromMs, toMs, madeAtMs, madeBy, headline, content }) {
      const times = { fromMs: BigInt(fromMs), toMs: BigInt(toMs), madeAtMs: BigInt(madeAtMs) }
      const head = {
        ...{ id: `r-${randomBytes(ID_BYTES).toString('base64url')}`, madeBy, format: FORMAT, ...times },
        ...{ period: period?.key ?? null, schedule: period?.schedule ?? null, headline: encodeStored(headline) },
      }
      const report = toHead(head)
      try {
        await database.transaction(async (tx) => {
          await tx.report.create({ data: { ...head, content: encodeStored(content) }, select: { id: true } })
          await prune(tx, period !== null, keep)
          if (period !== null) await enqueue(tx, toldOf(report, receivers), madeAtMs)
        })
        return report
      } catch (error) {
        if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error
        return null
      }
    },
    async get(id) {
      const row = await client.report.findUnique({ where: { id, format: FORMAT } })
      return row === null ? null : { ...toHead(row), content: decodeStored<ReportContent>(row.content) }
    },
    async list() {
      const rows = await client.report.findMany({
        where: { format: FORMAT },
        orderBy: [{ madeAtMs: 'desc' }, { id: 'desc' }],
        omit: { content: true },
      })
      return rows.map(toHead)
    },
    async newestScheduled() {
      const where = { schedule: { not: null } }
      const row = await client.report.findFirst({ where, orderBy: { toMs: 'desc' }, select: HEAD_OF_PERIOD })
      return row === null ? null : { schedule: row.schedule as Schedule, toMs: Number(row.toMs) }
    },
    async watchedSinceMs() {
      const [shards, failures] = await Promise.all([
        client.historyShard.aggregate({ _min: { createdAtMs: true } }),
        client.historyFailedPoll.aggregate({ _min: { atMs: true } }),
      ])
      const known = [shards._min.createdAtMs, failures._min.atMs].filter((atMs) => atMs !== null)
      return known.length === 0 ? null : Math.min(...known.map(Number))
    },
  }
}

const HEAD_OF_PERIOD = { schedule: true, toMs: true } as const

function toldOf(report: ReportHead, receivers: readonly string[]): NewDelivery[] {
  const notification = { kind: 'report', report } as const
  return [...new Set(receivers)].map((receiverId) => ({ receiverId, source: report.id, sequence: 0, notification }))
}

/** Those that people asked for never push out those of the schedule. */
async function prune(tx: TransactionClient, isScheduled: boolean, keep: number): Promise<void> {
  const where = { schedule: isScheduled ? { not: null } : null }
  const surplus = await tx.report.findMany({
    where,
    orderBy: [{ madeAtMs: 'desc' }, { toMs: 'desc' }, { id: 'desc' }],
    skip: keep,
    select: { id: true },
  })
  if (surplus.length > 0) await tx.report.deleteMany({ where: { id: { in: surplus.map(({ id }) => id) } } })
}

function toHead(row: Omit<ReportRow, 'content' | 'format' | 'period'>): ReportHead {
  return {
    id: row.id,
    schedule: row.schedule as Schedule | null,
    fromMs: Number(row.fromMs),
    toMs: Number(row.toMs),
    madeAtMs: Number(row.madeAtMs),
    madeBy: row.madeBy,
    headline: decodeStored<Headline>(row.headline),
  }
}
