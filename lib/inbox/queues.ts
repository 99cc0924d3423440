/**
 * The lives of dead-letter topics. What is known of an offset, and what was done to it, belongs to one life: a topic that
 * is deleted and created again begins at offset 0 with other records.
 */
import type { DlqQueue } from '../../prisma/generated/sqlite/client.ts'
import type { MessageReader, PartitionPlace } from '../cluster/messages.ts'
import type { Database, TransactionClient } from '../db.ts'
import type { PayloadDecoder } from '../payload/payload-decoder.ts'
import type { GuessedOrigin } from './guessed-origin.ts'
import type { OffsetRuns } from './offset-runs.ts'

/** One life of a dead-letter topic. */
export type Queue = DlqQueue

/** A dead-letter topic, and who reads it. */
export interface QueueAccess {
  clusterId: string
  topic: string
  /** Of the cluster; closed by whoever opened it. */
  reader: MessageReader
  /** What masking rules hide is not found by a search. Null: nothing is hidden. */
  decoder: PayloadDecoder | null
  /** See `guessOrigin`; the index holds what records tell, and no guesses. */
  guessed?: GuessedOrigin | null
}

/** Offsets of one partition. */
export interface PlaceRuns extends PartitionPlace {
  runs: OffsetRuns
}

/** How a broker is named in the tables: their keys may not be null. */
export const toStoredBroker = (broker: string | null): string => broker ?? ''
export const fromStoredBroker = (broker: string): string | null => (broker === '' ? null : broker)

export function placeKey({ broker, partition }: PartitionPlace): string {
  return `${partition}@${broker ?? ''}`
}

/** By broker, then by number: the order of every list of places. */
export function comparePlaces(one: PartitionPlace, other: PartitionPlace): number {
  const [here, there] = [one.broker ?? '', other.broker ?? '']
  if (here !== there) return here < there ? -1 : 1
  return one.partition - other.partition
}

/** The one that lives now, as far as it was seen; null when the topic was never read. */
export function currentQueue(database: Database, clusterId: string, topic: string): Promise<Queue | null> {
  return newestOf(database.client, clusterId, topic)
}

/** The life that has this id; null when it was never read. @param topic its id null where the system has none */
export function queueWithId({ client }: Database, { clusterId, topic, topicId }: Topic): Promise<Queue | null> {
  const where = { clusterId, topic, topicId: topicId ?? '' }
  return client.dlqQueue.findFirst({ where, orderBy: { incarnation: 'desc' } })
}

/**
 * The life that has this id, begun anew when the topic's id is another one than before. An earlier life is kept with its
 * ledger, so that it can be told what was done, and no longer counts for anything.
 *
 * @param topicId null where the system has none: then only `beginNextLife` ends a life
 */
export async function queueOf(database: Database, { clusterId, topic, topicId }: Topic, nowMs: number): Promise<Queue> {
  const newest = await newestOf(database.client, clusterId, topic)
  if (newest !== null && newest.topicId === (topicId ?? '')) return newest
  return beginAfter(database, { clusterId, topic, topicId }, newest?.incarnation ?? 0, nowMs)
}

/** For a topic whose offsets began anew although its id did not change, or where there is none. */
export function beginNextLife(database: Database, queue: Queue, nowMs: number): Promise<Queue> {
  const { clusterId, topic, topicId, incarnation } = queue
  return beginAfter(database, { clusterId, topic, topicId: topicId || null }, incarnation, nowMs)
}

/** The first statement of whoever changes the index or the ledger of queues: others wait, and then see what is new. */
export async function lockQueues(tx: TransactionClient, queueIds: readonly number[]): Promise<void> {
  // In one order for all: none waits for another in a circle.
  for (const id of [...new Set(queueIds)].sort((one, other) => one - other)) {
    await tx.dlqQueue.updateMany({ where: { id }, data: { revision: { increment: 1 } } })
  }
}

type Topic = { clusterId: string; topic: string; topicId: string | null }

/** Another process may have begun it meanwhile: that one is taken. */
async function beginAfter(database: Database, topic: Topic, after: number, nowMs: number): Promise<Queue> {
  try {
    return await database.transaction((tx) => begin(tx, topic, after, nowMs))
  } catch (error) {
    const newest = await newestOf(database.client, topic.clusterId, topic.topic)
    if (newest === null || newest.incarnation <= after) throw error
    return newest
  }
}

/** What is indexed of earlier lives is of no use. */
async function begin(
  tx: TransactionClient,
  { clusterId, topic, topicId }: Topic,
  after: number,
  nowMs: number,
): Promise<Queue> {
  const place = { clusterId, topic, incarnation: after + 1 }
  const queue = await tx.dlqQueue.upsert({
    where: { clusterId_topic_incarnation: place },
    create: { ...place, topicId: topicId ?? '', firstSeenAtMs: BigInt(nowMs), originTopics: [], groups: [] },
    update: {},
  })
  const earlier = await tx.dlqQueue.findMany({
    where: { clusterId, topic, incarnation: { lt: queue.incarnation } },
    select: { id: true },
  })
  const where = { queueId: { in: earlier.map(({ id }) => id) } }
  await tx.dlqBlock.deleteMany({ where })
  await tx.dlqPartition.deleteMany({ where })
  await tx.dlqCause.deleteMany({ where })
  await tx.dlqOrigin.deleteMany({ where })
  await tx.dlqExport.deleteMany({ where })
  return queue
}

function newestOf(client: TransactionClient, clusterId: string, topic: string): Promise<Queue | null> {
  return client.dlqQueue.findFirst({ where: { clusterId, topic }, orderBy: { incarnation: 'desc' } })
}
