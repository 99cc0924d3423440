/** What receivers are to be told, until they have been told, and what was tried. */
import { randomBytes } from 'node:crypto'
import { join, sqltag as sql } from '@prisma/client/runtime/client'
import type { Delivery as DeliveryRow } from '../../prisma/generated/sqlite/client.ts'
import { inParts } from '../db/in-parts.ts'
import { decodeStored, encodeStored } from '../db/stored-json.ts'
import type { Database, TransactionClient } from '../db.ts'
import { HoldfastError } from '../errors.ts'
import { DAY_MS } from '../units.ts'
import { type Attempt, type Delivery, type DeliveryChange, type DeliveryState, FAILED_STATES } from './delivery.ts'
import type { Notification } from './notification.ts'

export interface NewDelivery {
  receiverId: string
  /** What it is about; together with the sequence there is one for each receiver. */
  source: string
  /** A later one of the same source waits until the one before was told or given up. */
  sequence: number
  notification: Notification
  /** Which alerts it tells of. */
  alertIds?: readonly string[]
  /** When somebody else is told, if it is not delivered by then; null: nobody is. */
  failoverAtMs?: number | null
}

export interface Outbox {
  hasDue(nowMs: number): Promise<boolean>
  /**
   * Those that may be sent now with what they tell: of each receiver the oldest first, and so few that none takes the
   * place of another.
   *
   * @param except receivers that are left alone just now
   */
  due(nowMs: number, except?: readonly string[]): Promise<DueDelivery[]>
  /**
   * Durable when the promise resolves.
   *
   * @returns false when somebody else changed it meanwhile: that change stays
   */
  note(delivery: Delivery, attempt: Attempt, change: DeliveryChange): Promise<boolean>
  /** Of all that was told of its alerts to its receiver before it, nothing arrived or can arrive by itself. */
  beginningFailed(delivery: Delivery): Promise<boolean>
  /** The newest first. */
  list(): Promise<Delivery[]>
  /** Of one alert, the oldest first. */
  listOf(alertId: string): Promise<Delivery[]>
  /** With every attempt, the newest first, and some alerts of which it tells. @throws HoldfastError `delivery_not_found` */
  get(id: string): Promise<{ delivery: Delivery; alertIds: string[]; log: Attempt[] }>
  /** How many wait, and how many failed of those that are kept; nothing of receivers that have neither. */
  backlogs(): Promise<Backlog[]>
  /** Of these deliveries, how many alerts each tells of, and one of them. */
  alertsOf(ids: readonly string[]): Promise<Map<string, ToldAlerts>>
  /**
   * Tries it again from the start, under the same id; what waits for a later attempt, now instead.
   *
   * @throws HoldfastError `delivery_not_found`, `delivery_not_failed`, `delivery_overtaken`
   */
  resend(id: string, nowMs: number): Promise<Delivery>
  /** Some of what ended long ago leaves. @returns whether there may be more */
  prune(nowMs: number): Promise<boolean>
}

export interface Backlog {
  receiverId: string
  waiting: number
  /** Null when none waits. */
  waitingSinceMs: number | null
  failed: number
}

export interface ToldAlerts {
  count: number
  first: string
}

export interface DueDelivery {
  delivery: Delivery
  notification: Notification
}

/** So many are looked at together; the next are there when these are done. */
const MOST_DUE = 200
/** The fastest takes so many until the next look. */
const MOST_DUE_OF_ONE = 20
/** Of one alert that fires on for weeks, the newest are listed. */
const MOST_OF_ONE = 200
const MOST_ALERTS_NAMED = 50
const KEPT_AFTER_MS = 30 * DAY_MS
const MOST_KEPT = 10_000
const ID_BYTES = 12

/** In the transaction of what it tells: killed at any moment, both are there or neither is. */
export async function enqueue(tx: TransactionClient, deliveries: readonly NewDelivery[], nowMs: number): Promise<void> {
  const atMs = BigInt(nowMs)
  const rows = deliveries.map(({ notification, alertIds = [], failoverAtMs = null, ...rest }) => {
    const id = `d-${randomBytes(ID_BYTES).toString('base64url')}`
    return {
      alerts: alertIds.map((alertId) => ({ deliveryId: id, alertId })),
      delivery: {
        ...{ ...rest, id, kind: notification.kind, payload: encodeStored(notification) },
        ...{ state: 'waiting' satisfies DeliveryState, createdAtMs: atMs, nextAttemptAtMs: atMs, triedSinceMs: atMs },
        failoverAtMs: failoverAtMs === null ? null : BigInt(failoverAtMs),
      },
    }
  })
  for (const data of inParts(rows.map(({ delivery }) => delivery))) await tx.delivery.createMany({ data })
  for (const data of inParts(rows.flatMap(({ alerts }) => alerts))) await tx.deliveryAlert.createMany({ data })
}

export function createOutbox(database: Database): Outbox {
  const { client } = database
  const deliveryOrThrow = async (id: string): Promise<Delivery> => {
    const row = await client.delivery.findUnique({ where: { id }, omit: { payload: true } })
    if (row === null) throw new HoldfastError('delivery_not_found', { delivery: id })
    return toDelivery(row)
  }
  return {
    async hasDue(nowMs) {
      const row = await client.delivery.findFirst({ where: dueAt(nowMs), select: { id: true } })
      return row !== null
    },
    async due(nowMs, except = []) {
      const ids = await dueIds(database, nowMs, except)
      const rows = await client.delivery.findMany({ where: { id: { in: ids } } })
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.flatMap((id) => {
        const row = byId.get(id)
        return row === undefined
          ? []
          : [{ delivery: toDelivery(row), notification: decodeStored<Notification>(row.payload) }]
      })
    },
    async note({ id, attempts }, { atMs, code, facts, latencyMs }, { state, nextAttemptAtMs, tries }) {
      return database.transaction(async (tx) => {
        const { count } = await tx.delivery.updateMany({
          where: { id, attempts, state: 'waiting' },
          data: {
            ...{ state, tries, nextAttemptAtMs: nextAttemptAtMs === null ? null : BigInt(nextAttemptAtMs) },
            ...{ attempts: attempts + 1, lastAttemptAtMs: BigInt(atMs), lastCode: code, lastFacts: facts },
            lastLatencyMs: latencyMs,
            ...(state === 'delivered' ? { failoverAtMs: null } : {}),
          },
        })
        if (count === 0) return false
        // Nobody needs to be waited for who does not take it.
        if (FAILED_STATES.includes(state)) {
          await tx.delivery.updateMany({
            where: { id, failoverAtMs: { not: null } },
            data: { failoverAtMs: BigInt(atMs) },
          })
        }
        const data = { deliveryId: id, attempt: attempts + 1, atMs: BigInt(atMs), code, facts, latencyMs }
        await tx.deliveryAttempt.create({ data })
        return true
      })
    },
    async beginningFailed({ id, receiverId, sequence }) {
      const [{ told = 0n, open = 0n } = {}] = await client.$queryRaw<{ told: bigint; open: bigint }[]>(
        sql`SELECT COUNT(*) AS "told", COALESCE(SUM(CASE WHEN "one"."state" IN ('delivered', 'waiting') THEN 1 ELSE 0 END), 0) AS "open"
          FROM "Delivery" AS "one"
          WHERE "one"."receiverId" = ${receiverId} AND "one"."sequence" < ${sequence} AND "one"."id" IN (
            SELECT "other"."deliveryId" FROM "DeliveryAlert" AS "other"
            JOIN "DeliveryAlert" AS "mine" ON "mine"."alertId" = "other"."alertId"
            WHERE "mine"."deliveryId" = ${id})`,
      )
      return Number(told) > 0 && Number(open) === 0
    },
    async listOf(alertId) {
      const of = await client.deliveryAlert.findMany({ where: { alertId }, select: { deliveryId: true } })
      const rows = await client.delivery.findMany({
        where: { id: { in: of.map(({ deliveryId }) => deliveryId) } },
        ...{ orderBy: [{ createdAtMs: 'desc' }, { sequence: 'desc' }], take: MOST_OF_ONE, omit: { payload: true } },
      })
      return rows.map(toDelivery).reverse()
    },
    async list() {
      const rows = await client.delivery.findMany({
        ...{ orderBy: [{ createdAtMs: 'desc' }, { id: 'desc' }], omit: { payload: true }, take: MOST_KEPT },
      })
      return rows.map(toDelivery)
    },
    async get(id) {
      const delivery = await deliveryOrThrow(id)
      const rows = await client.deliveryAttempt.findMany({ where: { deliveryId: id }, orderBy: { attempt: 'desc' } })
      const log = rows.map(({ atMs, code, facts, latencyMs }) => {
        return { atMs: Number(atMs), code, facts: facts as Attempt['facts'], latencyMs }
      })
      const alerts = await client.deliveryAlert.findMany({ where: { deliveryId: id }, take: MOST_ALERTS_NAMED })
      return { delivery, alertIds: alerts.map(({ alertId }) => alertId), log }
    },
    async backlogs() {
      const rows = await client.delivery.groupBy({
        ...{ by: ['receiverId', 'state'], where: { state: { not: 'delivered' satisfies DeliveryState } } },
        ...{ _count: { id: true }, _min: { createdAtMs: true } },
      })
      return [...Map.groupBy(rows, ({ receiverId }) => receiverId)].map(([receiverId, ofIt]): Backlog => {
        const waiting = ofIt.find(({ state }) => state === ('waiting' satisfies DeliveryState))
        const sinceMs = waiting?._min.createdAtMs ?? null
        const failed = ofIt.reduce((sum, one) => sum + (one === waiting ? 0 : one._count.id), 0)
        return {
          ...{ receiverId, failed, waiting: waiting?._count.id ?? 0 },
          waitingSinceMs: sinceMs === null ? null : Number(sinceMs),
        }
      })
    },
    async alertsOf(ids) {
      const found = new Map<string, ToldAlerts>()
      for (const some of inParts(ids)) {
        const rows = await client.deliveryAlert.groupBy({
          ...{
            by: 'deliveryId',
            where: { deliveryId: { in: some } },
            _count: { alertId: true },
            _min: { alertId: true },
          },
        })
        for (const { deliveryId, _count, _min } of rows) {
          found.set(deliveryId, { count: _count.alertId, first: _min.alertId ?? '' })
        }
      }
      return found
    },
    async resend(id, nowMs) {
      const { receiverId, source, sequence, state, nextAttemptAtMs } = await deliveryOrThrow(id)
      if (state === 'waiting' && (nextAttemptAtMs ?? 0) > nowMs) {
        await client.delivery.updateMany({ where: { id, state }, data: { nextAttemptAtMs: BigInt(nowMs) } })
        return deliveryOrThrow(id)
      }
      if (!FAILED_STATES.includes(state)) throw new HoldfastError('delivery_not_failed', { delivery: id, state })
      // A beginning that came after its end would be believed.
      const later = { receiverId, source, sequence: { gt: sequence }, state: 'delivered' satisfies DeliveryState }
      if ((await client.delivery.count({ where: later })) > 0) {
        throw new HoldfastError('delivery_overtaken', { delivery: id })
      }
      const atMs = BigInt(nowMs)
      const data = { state: 'waiting', tries: 0, triedSinceMs: atMs, nextAttemptAtMs: atMs }
      await client.delivery.updateMany({ where: { id, state }, data })
      return deliveryOrThrow(id)
    },
    prune: (nowMs) => prune(database, nowMs),
  }
}

function dueAt(nowMs: number): { nextAttemptAtMs: { lte: bigint } } {
  return { nextAttemptAtMs: { lte: BigInt(nowMs) } }
}

/** Without those behind another of their source: an end that came before its beginning would be believed, and the beginning after it as well. */
async function dueIds({ client }: Database, nowMs: number, except: readonly string[]): Promise<string[]> {
  const rows = await client.$queryRaw<{ id: string }[]>(
    sql`SELECT "id" FROM (
        SELECT "id", "createdAtMs",
          ROW_NUMBER() OVER (PARTITION BY "receiverId" ORDER BY "createdAtMs", "sequence", "id") AS "place"
        FROM "Delivery" AS "one"
        WHERE "nextAttemptAtMs" <= ${BigInt(nowMs)} AND "receiverId" NOT IN (${join(['', ...except])})
          AND NOT EXISTS (
            SELECT 1 FROM "Delivery" AS "before"
            WHERE "before"."receiverId" = "one"."receiverId" AND "before"."source" = "one"."source"
              AND "before"."sequence" < "one"."sequence" AND "before"."state" = 'waiting')
      ) AS "due" WHERE "place" <= ${MOST_DUE_OF_ONE} ORDER BY "place", "createdAtMs", "id" LIMIT ${MOST_DUE}`,
  )
  return rows.map(({ id }) => id)
}

async function prune({ client, transaction }: Database, nowMs: number): Promise<boolean> {
  const ended = { state: { not: 'waiting' } }
  const surplus = await client.delivery.findMany({
    ...{ where: ended, orderBy: { createdAtMs: 'desc' }, skip: MOST_KEPT, take: MOST_DUE, select: { id: true } },
  })
  const old = await client.delivery.findMany({
    ...{ where: { ...ended, createdAtMs: { lt: BigInt(nowMs - KEPT_AFTER_MS) } }, take: MOST_DUE },
    select: { id: true },
  })
  const ids = [...surplus, ...old].map(({ id }) => id)
  if (ids.length === 0) return false
  await transaction(async (tx) => {
    await tx.deliveryAttempt.deleteMany({ where: { deliveryId: { in: ids } } })
    await tx.deliveryAlert.deleteMany({ where: { deliveryId: { in: ids } } })
    await tx.delivery.deleteMany({ where: { id: { in: ids }, ...ended } })
  })
  return true
}

function toDelivery(row: Omit<DeliveryRow, 'payload'>): Delivery {
  const { id, receiverId, source, sequence, tries, attempts, lastAttemptAtMs, lastCode, lastFacts } = row
  const facts = (lastFacts ?? {}) as Attempt['facts']
  return {
    ...{ id, receiverId, source, sequence, tries, attempts },
    ...{ kind: row.kind as Delivery['kind'], state: row.state as DeliveryState },
    ...{ createdAtMs: Number(row.createdAtMs), triedSinceMs: Number(row.triedSinceMs) },
    nextAttemptAtMs: row.nextAttemptAtMs === null ? null : Number(row.nextAttemptAtMs),
    last:
      lastAttemptAtMs === null || lastCode === null
        ? null
        : { atMs: Number(lastAttemptAtMs), code: lastCode, facts, latencyMs: row.lastLatencyMs ?? 0 },
  }
}
