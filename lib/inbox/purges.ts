/** Which dead letters people had deleted, so that nobody takes what is gone for lost. */
import type { Database } from '../db.ts'
import { type PurgedPlaces, placeOfLetters } from '../durability/losses/purged-places.ts'

/** To be called before they are deleted: a poll in between must know. */
export async function notePurge(
  { client }: Database,
  queueId: number,
  places: readonly { partition: number; broker: string | null; offset: bigint }[],
): Promise<void> {
  for (const { partition, broker, offset: purgedTo } of places) {
    const isBelow = { OR: [{ purgedTo: null }, { purgedTo: { lt: purgedTo } }] }
    await client.dlqPartition.updateMany({
      where: { queueId, partition, broker: broker ?? '', ...isBelow },
      data: { purgedTo },
    })
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
