/**
 * Which dead letters exports have taken out to their end, so that whoever deletes some is told which ones would then be
 * nowhere. Wherever it is not certain, a record counts as never exported.
 */
import type { PartitionPlace } from '../cluster/messages.ts'
import type { Database, TransactionClient } from '../db.ts'
import { OffsetRuns } from './offset-runs.ts'
import { fromStoredBroker, lockQueues, type PlaceRuns, placeKey, toStoredBroker } from './queues.ts'

const LAST = 2n ** 63n - 1n

/** To be called when the last record is out. What lies in the log no more is forgotten. */
export async function noteExport(database: Database, queueId: number, places: readonly PlaceRuns[]): Promise<void> {
  await database.transaction(async (tx) => {
    await lockQueues(tx, [queueId])
    const before = await exportedOf(tx, queueId)
    for (const { partition, broker, runs } of places) {
      const key = { queueId, broker: toStoredBroker(broker), partition }
      const row = await tx.dlqPartition.findUnique({ where: { queueId_broker_partition: key } })
      const all = runs.union(before.get(placeKey({ partition, broker })) ?? OffsetRuns.EMPTY)
      await storeRuns(tx, key, all.within(row?.startOffset ?? 0n, LAST))
    }
  })
}

/** The log was cut off there: what follows will be other records. The caller has locked the queue. */
export async function forgetExports(
  tx: TransactionClient,
  queueId: number,
  { partition, broker }: PartitionPlace,
  from: bigint,
): Promise<void> {
  const before = (await exportedOf(tx, queueId)).get(placeKey({ partition, broker }))
  if (before === undefined) return
  await storeRuns(tx, { queueId, broker: toStoredBroker(broker), partition }, before.within(0n, from))
}

/** How many of these records no export has taken out. */
export async function countNotExported(
  { client }: Database,
  queueId: number,
  places: readonly PlaceRuns[],
): Promise<bigint> {
  const exported = await exportedOf(client, queueId)
  return places.reduce(
    (sum, place) => sum + place.runs.subtract(exported.get(placeKey(place)) ?? OffsetRuns.EMPTY).offsetCount,
    0n,
  )
}

async function exportedOf(client: TransactionClient, queueId: number): Promise<Map<string, OffsetRuns>> {
  const rows = await client.dlqExport.findMany({ where: { queueId } })
  return new Map(
    rows.map(({ broker, partition, runs }) => [
      placeKey({ partition, broker: fromStoredBroker(broker) }),
      OffsetRuns.decode(runs),
    ]),
  )
}

async function storeRuns(
  tx: TransactionClient,
  key: { queueId: number; broker: string; partition: number },
  known: OffsetRuns,
): Promise<void> {
  const runs = known.encode()
  const where = { queueId_broker_partition: key }
  await tx.dlqExport.upsert({ where, create: { ...key, runs }, update: { runs }, select: { partition: true } })
}
