/** Alerts as they are stored: written by the collector, acknowledged by people. See README.md. */
import { join, sqltag as sql } from '@prisma/client/runtime/client'
import type {
  Alert as AlertRow,
  Prisma,
  AlertTransition as TransitionRow,
} from '../../prisma/generated/sqlite/client.ts'
import type { Alert, AlertTransition } from '../alerts/alert.ts'
import { placeKey } from '../alerts/alert-rule.ts'
import type { AlertChanges } from '../alerts/evaluate.ts'
import { inParts, ROWS_PER_STATEMENT } from '../db/in-parts.ts'
import { SingleFlight } from '../db/single-flight.ts'
import type { Database, TransactionClient } from '../db.ts'

export interface StoredAlert extends Alert {
  clusterId: string
  /** These three are null until somebody says that they look after it. */
  acknowledgedAtMs: number | null
  acknowledgedBy: string | null
  note: string | null
}

export interface StoredTransition extends AlertTransition {
  id: number
}

export interface AlertStore {
  /** All that are open, and those that ended since. */
  read(clusterId: string, endedSinceMs: number): Promise<Alert[]>
  /** Clusters of which some alert is open, whether they are watched or not. */
  openClusters(): Promise<string[]>
  /** An alert and what is told of it: all of it or nothing, durable when the promise resolves. */
  record(clusterId: string, changes: AlertChanges): Promise<void>
  /** Of all clusters, open and ended since; the same list for as long as nothing of it changed. The newest first. */
  list(endedSinceMs: number): Promise<readonly StoredAlert[]>
  /** As `list`, of those that are open: few, where a list of all may be long. */
  listOpen(): Promise<readonly StoredAlert[]>
  get(id: string): Promise<StoredAlert | null>
  /** Of one alert, the oldest first. */
  transitions(alertId: string): Promise<StoredTransition[]>
  /** @returns false when it has ended, somebody did already, or it is not there */
  acknowledge(id: string, by: { actor: string; note: string; atMs: number }): Promise<boolean>
  /** Those that ended before. */
  prune(beforeMs: number): Promise<void>
}

/** Has what receivers are to be told of changes written with them: both are stored, or neither. */
export interface ChangeTeller {
  /** Reads what it needs before the transaction, which must be short. */
  prepare(clusterId: string, changes: AlertChanges): Promise<(tx: TransactionClient) => Promise<void>>
  /** The same, of an alert that somebody looks after from now on. */
  prepareAcknowledgement(alertId: string): Promise<(tx: TransactionClient) => Promise<void>>
}

/** Where nobody is told. */
const SILENT: ChangeTeller = {
  prepare: async () => async () => undefined,
  prepareAcknowledgement: async () => async () => undefined,
}

/** About 50 MB: what comes and goes for a year must not fill the disk. */
const MOST_ENDED = 50_000

export function createAlertStore(
  database: Database,
  teller: ChangeTeller = SILENT,
  mostEnded: number = MOST_ENDED,
): AlertStore {
  const { client } = database
  /** Clusters are polled side by side: written one after the other, transitions are seen in the order of their ids. */
  let writing: Promise<void> = Promise.resolve()
  const reads = new SingleFlight()
  const kept = new Map<'open' | 'all', { version: string; alerts: readonly StoredAlert[] }>()
  const listed = (which: 'open' | 'all', where: Prisma.AlertWhereInput, since = ''): Promise<readonly StoredAlert[]> =>
    reads.run(`${which}|${since}`, async () => {
      const version = `${since}|${await versionOf(database, where)}`
      const known = kept.get(which)
      if (known?.version === version) return known.alerts
      const rows = await client.alert.findMany({ where, orderBy: [{ startedAtMs: 'desc' }, { id: 'asc' }] })
      const alerts = rows.map(toStored)
      kept.set(which, { version, alerts })
      return alerts
    })
  return {
    async read(clusterId, endedSinceMs) {
      const rows = await client.alert.findMany({ where: { clusterId, ...since(endedSinceMs) } })
      return rows.map(toAlert)
    },
    async openClusters() {
      const rows = await client.alert.groupBy({ by: 'clusterId', where: { endedAtMs: null } })
      return rows.map(({ clusterId }) => clusterId)
    },
    async record(clusterId, changes) {
      if (changes.changed.length === 0 && changes.dropped.length === 0) return
      const mine = writing.then(async () => {
        const tell = await teller.prepare(clusterId, changes)
        await database.transaction(async (tx) => {
          await writeChanges(tx, clusterId, changes)
          await tell(tx)
        })
      })
      writing = mine.catch(() => undefined)
      await mine
      reads.forget()
    },
    list: (endedSinceMs) => listed('all', since(endedSinceMs), String(endedSinceMs)),
    listOpen: () => listed('open', { endedAtMs: null }),
    async get(id) {
      const row = await client.alert.findUnique({ where: { id } })
      return row === null ? null : toStored(row)
    },
    async transitions(alertId) {
      const rows = await client.alertTransition.findMany({ where: { alertId }, orderBy: { id: 'asc' } })
      return rows.map(toTransition)
    },
    async acknowledge(id, { actor, note, atMs }) {
      const tell = await teller.prepareAcknowledgement(id)
      const isFirst = await database.transaction(async (tx) => {
        const { count } = await tx.alert.updateMany({
          where: { id, acknowledgedAtMs: null, endedAtMs: null, firedAtMs: { not: null } },
          data: { acknowledgedAtMs: BigInt(atMs), acknowledgedBy: actor, note },
        })
        if (count === 1) await tell(tx)
        return count === 1
      })
      reads.forget()
      return isFirst
    },
    async prune(beforeMs) {
      const [oldest] = await client.alert.findMany({
        where: { endedAtMs: { not: null } },
        orderBy: [{ endedAtMs: 'desc' }],
        ...{ skip: mostEnded, take: 1, select: { endedAtMs: true } },
      })
      const untilMs = Math.max(Math.floor(beforeMs), Number(oldest?.endedAtMs ?? -1) + 1)
      await pruneUntil(client, BigInt(untilMs))
    },
  }
}

/** Those that are there, in no order. */
export async function readAlertsById(
  client: Pick<TransactionClient, 'alert'>,
  ids: readonly string[],
): Promise<StoredAlert[]> {
  const found: StoredAlert[] = []
  for (const some of inParts(ids)) {
    found.push(...(await client.alert.findMany({ where: { id: { in: some } } })).map(toStored))
  }
  return found
}

function since(endedSinceMs: number): Prisma.AlertWhereInput {
  return { OR: [{ endedAtMs: null }, { endedAtMs: { gte: BigInt(Math.floor(endedSinceMs)) } }] }
}

/** Changes with every write of the collector, and every acknowledgement. */
async function versionOf({ client }: Database, where: Prisma.AlertWhereInput): Promise<string> {
  const { _count, _sum } = await client.alert.aggregate({
    where,
    _count: { _all: true, acknowledgedAtMs: true },
    _sum: { writes: true, startedAtMs: true },
  })
  return [_count._all, _count.acknowledgedAtMs, _sum.writes, _sum.startedAtMs].join('|')
}

async function writeChanges(
  tx: TransactionClient,
  clusterId: string,
  { changed, dropped, transitions }: AlertChanges,
): Promise<void> {
  await drop(
    tx,
    dropped.map(({ id }) => id),
  )
  for (const alerts of inParts(changed)) await write(tx, clusterId, alerts)
  for (const some of inParts(transitions)) await tx.alertTransition.createMany({ data: some.map(toTransitionRow) })
}

async function drop(tx: TransactionClient, ids: readonly string[]): Promise<void> {
  for (const some of inParts(ids)) {
    await tx.alertTransition.deleteMany({ where: { alertId: { in: some } } })
    await tx.alert.deleteMany({ where: { id: { in: some } } })
  }
}

/** What people wrote of an alert stays: it is in none of these columns. */
async function write(tx: TransactionClient, clusterId: string, alerts: readonly Alert[]): Promise<void> {
  const rows = alerts.map((alert) => sql`(${join(valuesOf(clusterId, alert))})`)
  await tx.$executeRaw(sql`INSERT INTO "Alert" ("id", "clusterId", "openPlace", "ruleCode", "ruleRevision", "subjectType",
      "subjectName", "subjectPart", "episode", "basisKind", "basisCode", "state", "severity", "facts", "labels",
      "changesAtMs", "startedAtMs", "firedAtMs", "stateAtMs", "clearSinceMs", "isFlapping", "inhibitedBy", "endedAtMs",
      "endReason")
    VALUES ${join(rows)}
    ON CONFLICT ("id") DO UPDATE SET "openPlace" = excluded."openPlace", "state" = excluded."state",
      "severity" = excluded."severity", "facts" = excluded."facts", "changesAtMs" = excluded."changesAtMs",
      "firedAtMs" = excluded."firedAtMs", "stateAtMs" = excluded."stateAtMs", "clearSinceMs" = excluded."clearSinceMs",
      "isFlapping" = excluded."isFlapping", "inhibitedBy" = excluded."inhibitedBy", "endedAtMs" = excluded."endedAtMs",
      "endReason" = excluded."endReason", "writes" = "Alert"."writes" + 1`)
}

/** In the order of the columns above. */
function valuesOf(clusterId: string, alert: Alert): unknown[] {
  const { id, ruleCode, ruleRevision, subject, episode, basis, state, severity } = alert
  const openPlace = state === 'resolved' ? null : `${clusterId}\n${placeKey(ruleCode, subject)}`
  return [
    ...[id, clusterId, openPlace === null ? null : storable(openPlace), ruleCode, ruleRevision, subject.type],
    ...[storable(subject.name), subject.part === null ? null : storable(subject.part), BigInt(episode)],
    ...[basis.kind, basis.code, state, severity, JSON.stringify(alert.facts), JSON.stringify(alert.labels)],
    ...[JSON.stringify(alert.changesAtMs), BigInt(alert.startedAtMs), bigIntOrNull(alert.firedAtMs)],
    ...[BigInt(alert.stateAtMs), bigIntOrNull(alert.clearSinceMs), alert.isFlapping, alert.inhibitedBy],
    ...[bigIntOrNull(alert.endedAtMs), alert.endReason],
  ]
}

/** PostgreSQL refuses a NUL and half a character, and what can never be stored would keep all other alerts waiting. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{fffd}')
}

async function pruneUntil(client: Database['client'], beforeMs: bigint): Promise<void> {
  for (;;) {
    const rows = await client.alert.findMany({
      ...{ where: { endedAtMs: { lt: beforeMs } }, take: ROWS_PER_STATEMENT, select: { id: true } },
    })
    if (rows.length === 0) return
    const ids = rows.map(({ id }) => id)
    await client.alertTransition.deleteMany({ where: { alertId: { in: ids } } })
    await client.alertTelling.deleteMany({ where: { alertId: { in: ids } } })
    await client.alert.deleteMany({ where: { id: { in: ids } } })
  }
}

function toStored(row: AlertRow): StoredAlert {
  const { clusterId, acknowledgedAtMs, acknowledgedBy, note } = row
  return { ...toAlert(row), clusterId, acknowledgedAtMs: numberOrNull(acknowledgedAtMs), acknowledgedBy, note }
}

/** This console wrote it: what it wrote, it knows how to read. */
function toAlert(row: AlertRow): Alert {
  const { id, ruleCode, ruleRevision, inhibitedBy, isFlapping } = row
  return {
    ...{ id, ruleCode, ruleRevision, inhibitedBy, isFlapping, episode: Number(row.episode) },
    subject: { type: row.subjectType as Alert['subject']['type'], name: row.subjectName, part: row.subjectPart },
    basis: { kind: row.basisKind as Alert['basis']['kind'], code: row.basisCode },
    state: row.state as Alert['state'],
    severity: row.severity as Alert['severity'],
    facts: JSON.parse(row.facts),
    labels: JSON.parse(row.labels),
    changesAtMs: JSON.parse(row.changesAtMs),
    ...{ startedAtMs: Number(row.startedAtMs), firedAtMs: numberOrNull(row.firedAtMs) },
    ...{ stateAtMs: Number(row.stateAtMs), clearSinceMs: numberOrNull(row.clearSinceMs) },
    ...{ endedAtMs: numberOrNull(row.endedAtMs), endReason: row.endReason as Alert['endReason'] },
  }
}

function toTransitionRow({ from, to, atMs, ...rest }: AlertTransition): Prisma.AlertTransitionCreateManyInput {
  return { ...rest, fromState: from, toState: to, atMs: BigInt(atMs) }
}

function toTransition({ fromState, toState, atMs, ...row }: TransitionRow): StoredTransition {
  return {
    ...row,
    ...{ from: fromState as AlertTransition['from'], to: toState as AlertTransition['to'], atMs: Number(atMs) },
    ...{ reason: row.reason as AlertTransition['reason'], severity: row.severity as AlertTransition['severity'] },
  }
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}

function bigIntOrNull(value: number | null): bigint | null {
  return value === null ? null : BigInt(value)
}
