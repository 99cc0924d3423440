/** Remembers every broker that was ever seen, until a person retires it: a missing one must not be forgotten. */
import type { BrokerRole } from '../cluster/snapshot.ts'
import type { Database } from '../db.ts'
import type { ObservedBroker } from '../durability/observation.ts'
import type { ExpectedBroker } from '../durability/observe-brokers.ts'
import { HoldfastError } from '../errors.ts'
import { MINUTE_MS } from '../units.ts'

export interface ExpectedBrokers {
  list(clusterId: string): Promise<ExpectedBroker[]>
  /** Notes the brokers that were online in a poll. One that had been retired is expected again. */
  saw(clusterId: string, brokers: readonly ObservedBroker[], nowMs: number): Promise<void>
  /** @throws HoldfastError `broker_not_found` */
  retire(clusterId: string, brokerId: string): Promise<void>
}

/** A time of last sight that is this old is written anew although nothing else changed. */
const REWRITE_AFTER_MS = MINUTE_MS

export function createExpectedBrokers(database: Database, now: () => number): ExpectedBrokers {
  const { client } = database
  const written = new Map<string, { shape: string; atMs: number }>()
  /** Brokers as they were last seen, also between two writes. */
  const lastSeen = new Map<string, { online: ObservedBroker[]; atMs: number }>()
  return {
    async list(clusterId) {
      const rows = await client.expectedBroker.findMany({ where: { clusterId, retiredAtMs: null } })
      return rows.map((row) => ({
        id: row.brokerId,
        host: row.host,
        port: row.port,
        rack: row.rack,
        role: row.role as BrokerRole,
        lastSeenAtMs: Number(row.lastSeenAtMs),
      }))
    },
    async saw(clusterId, brokers, nowMs) {
      const online = brokers.filter((broker) => broker.online === true)
      const shape = JSON.stringify(online.map(({ id, host, port, rack, role }) => [id, host, port, rack, role]))
      const last = written.get(clusterId)
      const before = lastSeen.get(clusterId)
      lastSeen.set(clusterId, { online, atMs: nowMs })
      if (last?.shape === shape && nowMs - last.atMs < REWRITE_AFTER_MS) return
      await database.transaction(async (tx) => {
        // First as of the poll before: a broker that is gone now was seen until then.
        for (const sight of before === undefined ? [{ online, atMs: nowMs }] : [before, { online, atMs: nowMs }]) {
          for (const broker of sight.online) {
            const seen = describe(broker, sight.atMs)
            await tx.expectedBroker.upsert({
              where: { clusterId_brokerId: { clusterId, brokerId: broker.id } },
              create: { clusterId, brokerId: broker.id, firstSeenAtMs: BigInt(sight.atMs), ...seen },
              update: sight.atMs === nowMs ? { ...seen, retiredAtMs: null } : seen,
            })
          }
        }
      })
      written.set(clusterId, { shape, atMs: nowMs })
    },
    async retire(clusterId, brokerId) {
      const where = { clusterId, brokerId, retiredAtMs: null }
      const { count } = await client.expectedBroker.updateMany({ where, data: { retiredAtMs: BigInt(now()) } })
      if (count === 0) throw new HoldfastError('broker_not_found', { cluster: clusterId, broker: brokerId })
    },
  }
}

function describe(
  broker: ObservedBroker,
  atMs: number,
): {
  host: string
  port: number
  rack: string | null
  role: string
  lastSeenAtMs: bigint
} {
  const { host, port, rack, role } = broker
  return { host, port, rack, role, lastSeenAtMs: BigInt(atMs) }
}
