/** Which dead letters people had deleted, so that nobody takes what is gone for lost. */
import type { Database } from '../db.ts'
import { type PurgedPlaces, placeOfLetters } from '../durability/losses/purged-places.ts'

interface PurgePlace {
  partition: number
  broker: string | null
  offset: bigint
}

export interface NotedPurge extends PurgePlace {
  /** What was noted before; null: nothing. */
  before: bigint | null
}

/** To be called before they are deleted: a poll in between must know. @returns what it changed */
export async function notePurge(
  { client }: Database,
  queueId: number,
  places: readonly PurgePlace[],
): Promise<NotedPurge[]> {
  const noted: NotedPurge[] = []
  for (const { partition, broker, offset } of places) {
    const where = { queueId, partition, broker: broker ?? '' }
    const row = await client.dlqPartition.findFirst({ where, select: { purgedTo: true } })
    if (row === null || (row.purgedTo !== null && row.purgedTo >= offset)) continue
    await client.dlqPartition.updateMany({ where: { ...where, purgedTo: row.purgedTo }, data: { purgedTo: offset } })
    noted.push({ partition, broker, offset, before: row.purgedTo })
  }
  return noted
}

/**
 * Deleting failed, somewhere at least: noted stays only what is gone, or a later loss would be taken for a purge.
 *
 * @param startOf where a partition begins now; null when unknown, and then the note stays
 */
export async function correctPurge(
  { client }: Database,
  queueId: number,
  noted: readonly NotedPurge[],
  startOf: (place: { partition: number; broker: string | null }) => bigint | null,
): Promise<void> {
  for (const { partition, broker, offset, before } of noted) {
    const start = startOf({ partition, broker })
    if (start === null || start >= offset) continue
    const purgedTo = start > (before ?? 0n) ? start : before
    const where = { queueId, partition, broker: broker ?? '', purgedTo: offset }
    await client.dlqPartition.updateMany({ where, data: { purgedTo } })
  }
}

/** Asked with every poll: purges are few, however many queues there are. */
export async function readPurges({ client }: Database, clusterId: string): Promise<PurgedPlaces> {
  const rows = await client.dlqPartition.findMany({
    where: { purgedTo: { not: null } },
    select: { queueId: true, broker: true, partition: true, purgedTo: true },
  })
  if (rows.length === 0) return new Map()
  const ids = [...new Set(rows.map(({ queueId }) => queueId))]
  const queues = await client.dlqQueue.findMany({
    where: { clusterId, id: { in: ids } },
    select: { id: true, topic: true, topicId: true },
  })
  const byId = new Map(queues.map((queue) => [queue.id, queue]))
  return new Map(
    rows.flatMap(({ queueId, broker, partition, purgedTo }): [string, bigint][] => {
      const queue = byId.get(queueId)
      if (queue === undefined || purgedTo === null) return []
      return [[placeOfLetters(queue.topic, queue.topicId, { broker: broker || null, partition }), purgedTo]]
    }),
  )
}
