/**
 * Holds in the database. Whoever works at one claims it first, and every write of it names the revision that was seen: of
 * two that work at the same one, one is told that it came too late.
 */
import { randomBytes } from 'node:crypto'
import { DbNull } from '@prisma/client/runtime/client'
import type { RetentionHold as HoldRow, Prisma } from '../../prisma/generated/sqlite/client.ts'
import { type AuditRecord, recordAudit } from '../audit/audit-log.ts'
import type { Fault } from '../cluster/fault.ts'
import { brokersOfSettings } from '../cluster/setting-names.ts'
import type { Database, TransactionClient } from '../db.ts'
import { HoldfastError } from '../errors.ts'
import { heldBroker } from './held-broker.ts'
import { type HeldSetting, type Hold, type HoldOutcome, type HoldState, isOpen, OPEN_STATES } from './hold.ts'

/** A hold and how far the work at it has come. */
export interface StoredHold extends Hold {
  revision: number
  claimedUntilMs: number | null
  /** Null when it has ended. */
  lookAtMs: number | null
  failures: number
  /** Why the last try failed; null when it did not. */
  fault: Fault | null
}

export type NewHold = Pick<
  Hold,
  'clusterId' | 'topic' | 'topicId' | 'settings' | 'reason' | 'untilAtMs' | 'createdAtMs' | 'createdBy'
>

/** What a write may change. Left out: stays. `claimedUntilMs` is given up unless it is named. */
export interface HoldChange {
  state?: HoldState
  settings?: HeldSetting[]
  outcome?: HoldOutcome | null
  untilAtMs?: number
  reason?: string
  activeAtMs?: number
  releasedBy?: string
  endedAtMs?: number
  claimedUntilMs?: number
  lookAtMs?: number | null
  failures?: number
  fault?: Fault | null
}

export interface HoldStore {
  /**
   * As `planned`, claimed by whoever calls.
   *
   * @throws HoldfastError `hold_exists`; `hold_broker_held` when an open hold of another topic has changed a broker of this
   *   one: what is there now is not what was there before
   */
  create(hold: NewHold, claimedUntilMs: number): Promise<StoredHold>
  get(id: string): Promise<StoredHold | null>
  /** The one that is open, or else the one that was begun last. */
  newestOf(clusterId: string, topic: string): Promise<StoredHold | null>
  /** Open ones, and those that ended lately, newest first. */
  list(endedAfterMs: number): Promise<StoredHold[]>
  /** Of each topic of a cluster the newest one, where it is open or in a conflict. */
  unsettled(clusterId: string): Promise<StoredHold[]>
  /** Those of these clusters that are to be looked at now and nobody works at, the one that waits longest first. */
  due(clusterIds: readonly string[], nowMs: number): Promise<StoredHold[]>
  /** Those that were open at some time of a stretch, the newest first. */
  openBetween(fromMs: number, toMs: number, limit: number): Promise<StoredHold[]>
  /**
   * Nobody else works at it until then. The row may be older than what is stored, and is as it is now in the answer.
   *
   * @returns null when somebody else does, or it is not there
   */
  claim(id: string, untilMs: number, nowMs: number): Promise<StoredHold | null>
  /**
   * Also writes an audit entry, both or neither.
   *
   * @returns null when somebody else has changed it since it was seen
   */
  change(seen: StoredHold, change: HoldChange, audit?: AuditRecord): Promise<StoredHold | null>
}

const UNIQUE_VIOLATION = 'P2002'
const ID_BYTES = 9
/** Of one look. */
const MOST_DUE = 50
const MOST_LISTED = 1_000

export function createHoldStore(database: Database): HoldStore {
  const { client } = database
  const get = async (id: string): Promise<StoredHold | null> => {
    const row = await client.retentionHold.findUnique({ where: { id } })
    return row === null ? null : toHold(row)
  }
  return {
    get,
    async create(hold, claimedUntilMs) {
      const { clusterId, topic, topicId, settings, reason, createdBy } = hold
      const id = `h-${randomBytes(ID_BYTES).toString('base64url')}`
      const times = { untilAtMs: BigInt(hold.untilAtMs), createdAtMs: BigInt(hold.createdAtMs) }
      const work = { claimedUntilMs: BigInt(claimedUntilMs), lookAtMs: times.createdAtMs }
      const data = {
        ...{ id, clusterId, topic, topicId: topicId ?? '', state: 'planned', reason, createdBy },
        ...{ settings: toJson(settings), openTopic: openTopicOf(hold) },
        ...times,
        ...work,
      }
      try {
        return await database.transaction(async (tx) => {
          await refuseHeldBrokers(database.kind, tx, hold)
          return toHold(await tx.retentionHold.create({ data }))
        })
      } catch (error) {
        if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error
        throw new HoldfastError('hold_exists', { cluster: clusterId, topic })
      }
    },
    async newestOf(clusterId, topic) {
      const row =
        (await client.retentionHold.findUnique({ where: { openTopic: openTopicOf({ clusterId, topic }) } })) ??
        (await client.retentionHold.findFirst({ where: { clusterId, topic }, orderBy: { createdAtMs: 'desc' } }))
      return row === null ? null : toHold(row)
    },
    async list(endedAfterMs) {
      const [open, newest] = await Promise.all([
        client.retentionHold.findMany({ where: { openTopic: { not: null } } }),
        client.retentionHold.findMany({
          where: { openTopic: null, OR: [{ state: 'conflict' }, { endedAtMs: { gte: BigInt(endedAfterMs) } }] },
          orderBy: { createdAtMs: 'desc' },
          take: MOST_LISTED,
        }),
      ])
      return [...open, ...newest].map(toHold).sort(newestFirst)
    },
    async unsettled(clusterId) {
      const state = { in: [...OPEN_STATES, 'conflict'] }
      const rows = await client.retentionHold.findMany({ where: { clusterId, state }, take: MOST_LISTED })
      if (rows.length === 0) return []
      const topics = { clusterId, topic: { in: [...new Set(rows.map(({ topic }) => topic))] } }
      const newest = await client.retentionHold.groupBy({
        ...{ by: ['topic'], where: topics, _max: { createdAtMs: true } },
      })
      const newestAtMs = new Map(newest.map(({ topic, _max }) => [topic, _max.createdAtMs]))
      return rows.filter(({ topic, createdAtMs }) => newestAtMs.get(topic) === createdAtMs).map(toHold)
    },
    async due(clusterIds, nowMs) {
      const rows = await client.retentionHold.findMany({
        where: { clusterId: { in: [...clusterIds] }, lookAtMs: { lte: BigInt(nowMs) }, ...unclaimed(nowMs) },
        orderBy: { lookAtMs: 'asc' },
        take: MOST_DUE,
      })
      return rows.map(toHold)
    },
    async openBetween(fromMs, toMs, limit) {
      const rows = await client.retentionHold.findMany({
        where: { createdAtMs: { lt: BigInt(toMs) }, OR: [{ endedAtMs: null }, { endedAtMs: { gte: BigInt(fromMs) } }] },
        orderBy: [{ createdAtMs: 'desc' }, { id: 'desc' }],
        take: limit,
      })
      return rows.map(toHold)
    },
    async claim(id, untilMs, nowMs) {
      const { count } = await client.retentionHold.updateMany({
        where: { id, ...unclaimed(nowMs) },
        data: { claimedUntilMs: BigInt(untilMs), revision: { increment: 1 } },
      })
      return count === 1 ? get(id) : null
    },
    async change(seen, change, audit) {
      const { id, revision } = seen
      const isChanged = await database.transaction(async (tx) => {
        const data = { ...columnsOf(change), revision: revision + 1 }
        const { count } = await tx.retentionHold.updateMany({ where: { id, revision }, data })
        if (count === 1 && audit !== undefined) await recordAudit(tx, audit)
        return count === 1
      })
      const { claimedUntilMs = null, ...rest } = change
      return isChanged ? { ...seen, ...rest, claimedUntilMs, revision: revision + 1 } : null
    },
  }
}

/** Of two that begin at once, the one that comes second has to see the first: what is not stored yet cannot be seen. */
async function refuseHeldBrokers(kind: Database['kind'], tx: TransactionClient, hold: NewHold): Promise<void> {
  const brokers = brokersOfSettings(hold.settings)
  if (brokers.length === 0) return
  // A transaction of SQLite has locked out every other one already.
  if (kind === 'postgresql') await tx.$executeRaw`LOCK TABLE "RetentionHold" IN SHARE ROW EXCLUSIVE MODE`
  const { clusterId, topic } = hold
  const open = await tx.retentionHold.findMany({
    where: { clusterId, openTopic: { not: null }, topic: { not: topic } },
  })
  const found = heldBroker(open.map(toHold), brokers)
  if (found === null) return
  throw new HoldfastError('hold_broker_held', { cluster: clusterId, topic, broker: found.broker, held: found.topic })
}

function unclaimed(nowMs: number): Prisma.RetentionHoldWhereInput {
  return { OR: [{ claimedUntilMs: null }, { claimedUntilMs: { lte: BigInt(nowMs) } }] }
}

/** Neither has a line break in it. */
function openTopicOf({ clusterId, topic }: Pick<Hold, 'clusterId' | 'topic'>): string {
  return `${clusterId}\n${topic}`
}

type Columns = Prisma.RetentionHoldUpdateManyMutationInput

function columnsOf({ fault, settings, claimedUntilMs, ...change }: HoldChange): Columns {
  const isEnded = change.state !== undefined && !isOpen(change.state)
  const columns = Object.entries(change).map(([name, value]) => [
    name,
    name.endsWith('AtMs') && typeof value === 'number' ? BigInt(value) : value,
  ])
  return {
    ...Object.fromEntries(columns),
    claimedUntilMs: claimedUntilMs === undefined ? null : BigInt(claimedUntilMs),
    ...(isEnded ? { openTopic: null } : {}),
    ...(settings === undefined ? {} : { settings: toJson(settings) }),
    ...(fault === undefined ? {} : { fault: fault === null ? DbNull : { ...fault } }),
  }
}

function toJson(settings: readonly HeldSetting[]): Prisma.InputJsonArray {
  return settings.map((setting) => ({ ...setting }))
}

function toHold(row: HoldRow): StoredHold {
  const { openTopic: _, ...rest } = row
  return {
    ...rest,
    topicId: row.topicId || null,
    state: row.state as HoldState,
    settings: row.settings as unknown as HeldSetting[],
    outcome: row.outcome as HoldOutcome | null,
    fault: row.fault as Fault | null,
    untilAtMs: Number(row.untilAtMs),
    createdAtMs: Number(row.createdAtMs),
    activeAtMs: numberOrNull(row.activeAtMs),
    endedAtMs: numberOrNull(row.endedAtMs),
    claimedUntilMs: numberOrNull(row.claimedUntilMs),
    lookAtMs: numberOrNull(row.lookAtMs),
  }
}

function newestFirst(one: StoredHold, other: StoredHold): number {
  return other.createdAtMs - one.createdAtMs
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}
