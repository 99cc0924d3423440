/**
 * Tells the other receivers of one that takes nothing: whoever relies on it would not hear of an alert, nor of that. It is tried
 * as before; nobody switches it off.
 */
import { join, sqltag as sql } from '@prisma/client/runtime/client'
import { type Route, routeWalker, takes } from '../alerts/route.ts'
import type { Receiver } from '../config/receivers.ts'
import { decodeStored } from '../db/stored-json.ts'
import type { Database, TransactionClient } from '../db.ts'
import type { ReceiverNotification } from '../outbox/notification.ts'
import { enqueue, type NewDelivery } from '../outbox/outbox.ts'
import { tellModeOf } from './addressees.ts'
import {
  ABOUT_ONE_MESSAGE,
  type HealthChange,
  healthChanges,
  isFailing,
  type ReceiverRecord,
  type ToldOfReceiver,
} from './receiver-health.ts'
import { lockTellings } from './telling-store.ts'

export interface ReceiverWatchOptions {
  database: Database
  routes: readonly Route[]
  receivers: {
    list(): Promise<{ receiver: Receiver }[]>
    /** Null: it is not there. One that cannot be read is. */
    find(id: string): Promise<unknown>
  }
  now(): number
}

/** As routes see it. */
const LABELS = { severity: 'high', code: 'receiver.failing', cluster: '', topic: '', group: '', team: '' }
const KIND = 'receiver' satisfies ReceiverNotification['kind']

export class ReceiverWatch {
  readonly #options: ReceiverWatchOptions

  constructor(options: ReceiverWatchOptions) {
    this.#options = options
  }

  /** What changed is told in one transaction: killed at any moment, each change is told once. */
  async look(): Promise<void> {
    const { database, receivers, now } = this.#options
    const nowMs = now()
    const seen = { records: await readRecords(database.client), told: await readTold(database.client) }
    const known = await this.#knownOf([...seen.records, ...seen.told])
    if (healthChanges(seen.records, seen.told, known, nowMs).length === 0) return
    const listed = (await receivers.list()).map(({ receiver }) => receiver)
    await database.transaction(async (tx) => {
      await lockTellings(tx, database.kind)
      const [records, told] = [await readRecords(tx), await readTold(tx)]
      const failing = new Set(
        records.flatMap((one) => (one.failing !== null && isFailing(one.failing, nowMs) ? [one.receiverId] : [])),
      )
      const able = listed.filter((one) => !failing.has(one.id) && takesNotices(one)).map(({ id }) => id)
      for (const change of healthChanges(records, told, known, nowMs)) {
        const source = `receiver:${change.receiverId}`
        const newest = await newestSequence(tx, source)
        const others = change.endedAtMs === null ? this.#routed(able) : await toldOf(tx, source, newest)
        await enqueue(tx, noticesOf(change, source, newest + 1, others), nowMs)
      }
    })
  }

  async #knownOf(ones: readonly { receiverId: string }[]): Promise<Set<string>> {
    const ids = [...new Set(ones.map(({ receiverId }) => receiverId))]
    const found = await Promise.all(ids.map((id) => this.#options.receivers.find(id)))
    return new Set(ids.filter((_, index) => found[index] !== null))
  }

  /** Those that the routes name for it; where they name none that works, all that do. */
  #routed(able: readonly string[]): readonly string[] {
    const { routes } = this.#options
    const named = routeWalker(routes)(LABELS)
      .filter(takes)
      .flatMap(({ position }) => routes[position]?.receivers ?? able)
    const routed = able.filter((id) => named.includes(id))
    return routed.length > 0 ? routed : able
  }
}

/** An Alertmanager forgets what it is not told each minute, and its webhooks are for alerts. */
function takesNotices(receiver: Receiver): boolean {
  const isBridge = receiver.type === 'webhook' && receiver.format === 'alertmanager'
  return tellModeOf(receiver) !== 'state' && !isBridge
}

/** Of what was told of a receiver last; -1: nothing was. */
async function newestSequence(tx: TransactionClient, source: string): Promise<number> {
  const { _max } = await tx.delivery.aggregate({ where: { source }, _max: { sequence: true } })
  return _max.sequence ?? -1
}

function noticesOf(change: HealthChange, source: string, sequence: number, others: readonly string[]): NewDelivery[] {
  const notification: ReceiverNotification = { kind: KIND, ...change }
  return others.map((receiverId) => ({ receiverId, source, sequence, notification }))
}

/** Who was told that it takes nothing. */
async function toldOf(tx: TransactionClient, source: string, sequence: number): Promise<string[]> {
  const rows = await tx.delivery.findMany({ where: { source, sequence }, select: { receiverId: true } })
  return rows.map((row) => row.receiverId)
}

async function readTold(client: TransactionClient): Promise<ToldOfReceiver[]> {
  const newest = await client.delivery.groupBy({ by: ['source'], where: { kind: KIND }, _max: { sequence: true } })
  return Promise.all(
    newest.map(async ({ source, _max }): Promise<ToldOfReceiver> => {
      const where = { source, sequence: _max.sequence ?? 0 }
      const row = await client.delivery.findFirstOrThrow({ where, select: { payload: true } })
      const { receiverId, sinceMs, code, facts, endedAtMs } = decodeStored<ReceiverNotification>(row.payload)
      return { receiverId, sinceMs, code, facts, isFailing: endedAtMs === null }
    }),
  )
}

interface RecordRow {
  receiverId: string
  deliveredAtMs: bigint | null
  sinceMs: bigint | null
  lastAtMs: bigint | null
}

async function readRecords(client: TransactionClient): Promise<ReceiverRecord[]> {
  const rows = await client.$queryRaw<RecordRow[]>(
    sql`SELECT "all"."receiverId" AS "receiverId", "all"."deliveredAtMs" AS "deliveredAtMs",
        MIN("one"."createdAtMs") AS "sinceMs", MAX("one"."lastAttemptAtMs") AS "lastAtMs"
      FROM (
        SELECT "receiverId", MAX(CASE WHEN "state" = 'delivered' THEN "lastAttemptAtMs" END) AS "deliveredAtMs"
        FROM "Delivery" WHERE "attempts" > 0 GROUP BY "receiverId") AS "all"
      LEFT JOIN "Delivery" AS "one" ON "one"."receiverId" = "all"."receiverId" AND "one"."state" <> 'delivered'
        AND "one"."attempts" > 0 AND "one"."lastAttemptAtMs" > COALESCE("all"."deliveredAtMs", 0)
        AND "one"."lastCode" NOT IN (${join([...ABOUT_ONE_MESSAGE])})
      GROUP BY "all"."receiverId", "all"."deliveredAtMs"`,
  )
  return Promise.all(
    rows.map(async ({ receiverId, deliveredAtMs, sinceMs, lastAtMs }): Promise<ReceiverRecord> => {
      const shared = { receiverId, deliveredAtMs: deliveredAtMs === null ? null : Number(deliveredAtMs) }
      if (sinceMs === null || lastAtMs === null) return { ...shared, failing: null }
      const last = await client.delivery.findFirst({
        where: {
          receiverId,
          lastAttemptAtMs: lastAtMs,
          state: { not: 'delivered' },
          lastCode: { notIn: [...ABOUT_ONE_MESSAGE] },
        },
        select: { lastCode: true, lastFacts: true, state: true },
      })
      return {
        ...shared,
        failing: {
          ...{ sinceMs: Number(sinceMs), code: last?.lastCode ?? '', isRefused: last?.state === 'refused' },
          facts: (last?.lastFacts ?? {}) as ToldOfReceiver['facts'],
        },
      }
    }),
  )
}
