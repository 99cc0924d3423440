/** Rows of what receivers know and are to be told. All within a transaction of whoever changes them. */
import { join, sqltag as sql } from '@prisma/client/runtime/client'
import type { AlertGroup as GroupRow, AlertTelling as TellingRow } from '../../prisma/generated/sqlite/client.ts'
import { inParts } from '../db/in-parts.ts'
import type { DatabaseKind } from '../db/migrate.ts'
import type { Database, TransactionClient } from '../db.ts'
import type { DeliveryState } from '../outbox/delivery.ts'
import { enqueue, type NewDelivery } from '../outbox/outbox.ts'
import type { TellGroup, Telling, TellPolicy } from './telling.ts'
import type { TellingChanges } from './telling-draft.ts'

/** Of the one lock that everybody takes who changes what receivers know. */
const LOCK = 7_203_118

/**
 * Collector and worker both do, and none of them may decide by what the other one is about to change. An SQLite file has one
 * writer anyway.
 */
export async function lockTellings(tx: TransactionClient, kind: DatabaseKind): Promise<void> {
  if (kind === 'postgresql') await tx.$executeRaw(sql`SELECT pg_advisory_xact_lock(${LOCK})`)
}

/** Of these alerts, whoever knows them. */
export async function readTellingsOf(tx: TransactionClient, alertIds: readonly string[]): Promise<Telling[]> {
  const found: TellingRow[] = []
  for (const some of inParts(alertIds)) {
    found.push(...(await tx.alertTelling.findMany({ where: { alertId: { in: some } } })))
  }
  return found.map(toTelling)
}

/** Of these groups, all that has not been told to its end. */
export async function readMembersOf(tx: TransactionClient, groupIds: readonly string[]): Promise<Telling[]> {
  const found: TellingRow[] = []
  for (const some of inParts(groupIds)) {
    found.push(...(await tx.alertTelling.findMany({ where: { groupId: { in: some }, endToldAtMs: null } })))
  }
  return found.map(toTelling)
}

export async function readGroups(tx: TransactionClient, ids: readonly string[]): Promise<TellGroup[]> {
  const found: GroupRow[] = []
  for (const some of inParts(ids)) found.push(...(await tx.alertGroup.findMany({ where: { id: { in: some } } })))
  return found.map(toGroup)
}

/** Those of them that are there. */
export async function readGroupsByKey(
  tx: TransactionClient,
  keys: Iterable<Pick<TellGroup, 'receiverId' | 'key'>>,
): Promise<TellGroup[]> {
  const found: GroupRow[] = []
  for (const [receiverId, ofIt] of Map.groupBy(keys, (one) => one.receiverId)) {
    for (const some of inParts([...new Set(ofIt.map(({ key }) => key))])) {
      found.push(...(await tx.alertGroup.findMany({ where: { receiverId, key: { in: some } } })))
    }
  }
  return found.map(toGroup)
}

export async function hasDueGroups(client: Database['client'], nowMs: number): Promise<boolean> {
  return (await client.alertGroup.findFirst({ where: dueAt(nowMs), select: { id: true } })) !== null
}

/** Those that wait longest. */
export async function readDueGroups(tx: TransactionClient, nowMs: number, most: number): Promise<TellGroup[]> {
  const rows = await tx.alertGroup.findMany({ where: dueAt(nowMs), orderBy: { dueAtMs: 'asc' }, take: most })
  return rows.map(toGroup)
}

function dueAt(nowMs: number): { dueAtMs: { lte: bigint } } {
  return { dueAtMs: { lte: BigInt(nowMs) } }
}

export async function writeTellings(tx: TransactionClient, changes: TellingChanges, nowMs: number): Promise<void> {
  for (const { alertId, receiverId } of changes.dropped) {
    await tx.alertTelling.deleteMany({ where: { alertId, receiverId } })
  }
  for (const groups of inParts(changes.groups)) await writeGroups(tx, groups)
  for (const tellings of inParts(changes.tellings)) await writeRows(tx, tellings)
  const deliveries: NewDelivery[] = []
  for (const { group, told } of changes.told) {
    if (told.isRefresh && (await isRefreshWaiting(tx, group, nowMs))) continue
    if (told.isRefresh) await forgetRefreshes(tx, group)
    const { failover, failoverAfterMs } = group.policy
    deliveries.push({
      ...{ receiverId: group.receiverId, source: group.id, sequence: told.sequence, notification: told.notification },
      alertIds: told.isRefresh ? [] : told.alertIds,
      failoverAtMs: failover === null ? null : nowMs + failoverAfterMs,
    })
  }
  await enqueue(tx, deliveries, nowMs)
}

/** One that was not taken yet says the same, and is tried again now. */
async function isRefreshWaiting(tx: TransactionClient, group: TellGroup, nowMs: number): Promise<boolean> {
  const of = { receiverId: group.receiverId, source: group.id, state: 'waiting' satisfies DeliveryState }
  const data = { nextAttemptAtMs: BigInt(nowMs) }
  await tx.delivery.updateMany({ where: { ...of, nextAttemptAtMs: { gt: BigInt(nowMs) } }, data })
  return (await tx.delivery.count({ where: of })) > 0
}

/** Each minute one more: that they arrived is not worth keeping. They name no alerts. */
async function forgetRefreshes(tx: TransactionClient, { id, receiverId }: TellGroup): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string }[]>(
    sql`SELECT "id" FROM "Delivery" WHERE "receiverId" = ${receiverId} AND "source" = ${id} AND "state" = 'delivered'
      AND NOT EXISTS (SELECT 1 FROM "DeliveryAlert" WHERE "deliveryId" = "Delivery"."id")`,
  )
  const ids = rows.map((row) => row.id)
  await tx.deliveryAttempt.deleteMany({ where: { deliveryId: { in: ids } } })
  await tx.delivery.deleteMany({ where: { id: { in: ids } } })
}

async function writeGroups(tx: TransactionClient, groups: readonly TellGroup[]): Promise<void> {
  const rows = groups.map(
    ({ id, receiverId, key, mode, policy, dueAtMs, toldAtMs, sequence }) =>
      sql`(${join([id, receiverId, key, mode, JSON.stringify(policy), bigIntOrNull(dueAtMs), bigIntOrNull(toldAtMs), sequence])})`,
  )
  await tx.$executeRaw(sql`INSERT INTO "AlertGroup"
      ("id", "receiverId", "key", "mode", "policy", "dueAtMs", "toldAtMs", "sequence") VALUES ${join(rows)}
    ON CONFLICT ("id") DO UPDATE SET "mode" = excluded."mode", "policy" = excluded."policy",
      "dueAtMs" = excluded."dueAtMs", "toldAtMs" = excluded."toldAtMs", "sequence" = excluded."sequence"`)
}

async function writeRows(tx: TransactionClient, tellings: readonly Telling[]): Promise<void> {
  const rows = tellings.map((one) => {
    const { alertId, receiverId, groupId, cause, fromAtMs, toldAtMs, toldSeverity, toldFlapping, endToldAtMs } = one
    const told = [bigIntOrNull(toldAtMs), toldSeverity, toldFlapping, bigIntOrNull(endToldAtMs)]
    return sql`(${join([alertId, receiverId, groupId, cause, BigInt(fromAtMs), ...told])})`
  })
  await tx.$executeRaw(sql`INSERT INTO "AlertTelling" ("alertId", "receiverId", "groupId", "cause", "fromAtMs", "toldAtMs",
      "toldSeverity", "toldFlapping", "endToldAtMs") VALUES ${join(rows)}
    ON CONFLICT ("alertId", "receiverId") DO UPDATE SET "fromAtMs" = excluded."fromAtMs",
      "toldAtMs" = excluded."toldAtMs", "toldSeverity" = excluded."toldSeverity",
      "toldFlapping" = excluded."toldFlapping", "endToldAtMs" = excluded."endToldAtMs"`)
}

/** This console wrote them: what it wrote, it knows how to read. */
function toGroup(row: GroupRow): TellGroup {
  return {
    ...{ ...row, mode: row.mode as TellGroup['mode'], policy: JSON.parse(row.policy) as TellPolicy },
    ...{ dueAtMs: numberOrNull(row.dueAtMs), toldAtMs: numberOrNull(row.toldAtMs) },
  }
}

function toTelling(row: TellingRow): Telling {
  return {
    ...{ ...row, cause: row.cause as Telling['cause'], toldSeverity: row.toldSeverity as Telling['toldSeverity'] },
    ...{ fromAtMs: Number(row.fromAtMs), toldAtMs: numberOrNull(row.toldAtMs) },
    endToldAtMs: numberOrNull(row.endToldAtMs),
  }
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}

function bigIntOrNull(value: number | null): bigint | null {
  return value === null ? null : BigInt(Math.ceil(value))
}
