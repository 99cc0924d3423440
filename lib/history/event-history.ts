/** What happened to the clusters, beside the numbers of their polls. Written by the collector alone. */
import type { Prisma } from '../../prisma/generated/sqlite/client.ts'
import type { Database } from '../db.ts'
import { type ClusterEvent, EVENT_KINDS, type EventKind } from '../durability/events.ts'

export interface StoredEvent extends ClusterEvent {
  id: number
  clusterId: string
  atMs: number
}

export interface EventQuery {
  clusterIds: readonly string[]
  topic: string | null
  group: string | null
  broker: string | null
  kind: EventKind | null
  /** Both ends belong to it. */
  fromMs: number
  toMs: number
  limit: number
}

export interface EventHistory {
  /** All of them or none; durable when the promise resolves. Those of a poll that is given again are stored once. */
  append(clusterId: string, atMs: number, events: readonly ClusterEvent[]): Promise<void>
  /** Newest first. */
  read(query: EventQuery): Promise<StoredEvent[]>
}

/** About 100 MB: a cluster that changes with every poll must not fill the disk. */
const MAX_EVENTS = 500_000

export function createEventHistory({ client }: Database): EventHistory {
  return {
    async append(clusterId, atMs, events) {
      if (events.length === 0) return
      const where = { clusterId, atMs: BigInt(atMs) }
      // The last try failed after it had happened: a connection that broke at the commit.
      if ((await client.historyEvent.findFirst({ where, select: { id: true } })) !== null) return
      await client.historyEvent.createMany({
        data: events.map((event, ordinal) => ({ ...where, ...event, ordinal, facts: storable(event.facts) })),
      })
    },
    async read({ clusterIds, topic, group, broker, kind, fromMs, toMs, limit }) {
      const rows = await client.historyEvent.findMany({
        where: {
          clusterId: { in: [...clusterIds] },
          atMs: { gte: BigInt(fromMs), lte: BigInt(toMs) },
          ...(topic === null ? {} : { topic }),
          ...(group === null ? {} : { group }),
          ...(broker === null ? {} : { broker }),
          // A kind that an older or newer version wrote would break the callers' promise.
          kind: kind ?? { in: [...EVENT_KINDS] },
        },
        orderBy: [{ atMs: 'desc' }, { clusterId: 'asc' }, { ordinal: 'asc' }],
        take: limit,
      })
      return rows.map(({ ordinal: _, ...row }) => ({
        ...row,
        atMs: Number(row.atMs),
        kind: row.kind as EventKind,
        facts: row.facts as ClusterEvent['facts'],
      }))
    },
  }
}

/** PostgreSQL's JSON refuses a NUL and half a character, and a poll that can never be stored would keep all later ones waiting. */
function storable(facts: ClusterEvent['facts']): Prisma.InputJsonObject {
  const entries = Object.entries(facts).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\u{fffd}') : value,
  ])
  return Object.fromEntries(entries) as Prisma.InputJsonObject
}

export async function pruneEvents({ client }: Database, beforeMs: number, maxEvents = MAX_EVENTS): Promise<void> {
  const { _max } = await client.historyEvent.aggregate({ _max: { id: true } })
  if (_max.id === null) return
  const where = { OR: [{ atMs: { lt: BigInt(Math.floor(beforeMs)) } }, { id: { lte: _max.id - maxEvents } }] }
  await client.historyEvent.deleteMany({ where })
}
