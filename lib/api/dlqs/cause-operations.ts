/** The causes of one queue, from what is stored: no cluster is asked. */

import type { PartitionIndex } from '../../inbox/block-store.ts'
import { type CauseGroup, causeGroups } from '../../inbox/cause-groups.ts'
import { forgottenOffsets } from '../../inbox/gone-letters.ts'
import { kindNamesOf } from '../../inbox/group-keys.ts'
import { isWholeIndex } from '../../inbox/open-counter.ts'
import { currentQueue } from '../../inbox/queues.ts'
import { TREND_STEP_MS, trendsOf } from '../../inbox/trend.ts'
import { SECOND_MS } from '../../units.ts'
import type { ListDefinition } from '../lists/list-fields.ts'
import { pageOf } from '../lists/page.ts'
import type { CauseAnswer, CauseListAnswer } from '../schemas/dead-letters.ts'
import { toIso, toIsoOrNull, toNumber } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import type { CauseQuery } from './dlq-query.ts'
import { getQueueOrThrow, type QueuePlace } from './queue-access.ts'

const CAUSE_LIST: ListDefinition<CauseGroup> = {
  key: 'fingerprint',
  defaultSort: '-count',
  aliases: { class: ['exception'], topic: ['originTopics'], cause: ['fingerprint'] },
  fields: {
    // Plain words look here: what a person reads of a cause stands beside its name.
    fingerprint: { type: 'text', get: (group) => [group.fingerprint, ...wordsOf(group)] },
    exception: { type: 'text', get: (group) => group.exception },
    message: { type: 'text', get: (group) => group.message },
    format: { type: 'word', get: (group) => group.format },
    count: { type: 'number', get: (group) => group.open },
    handledCount: { type: 'number', get: (group) => group.handled },
    expiredCount: { type: 'number', get: (group) => group.expired },
    returnedCount: { type: 'number', get: (group) => group.returned },
    firstSeenAt: { type: 'number', get: (group) => group.firstSeenAtMs },
    lastSeenAt: { type: 'number', get: (group) => group.lastSeenAtMs },
    originTopics: { type: 'text', get: (group) => group.originTopics },
    groups: { type: 'text', get: (group) => group.groups },
    fixFirst: { type: 'boolean', get: (group) => group.fixFirst },
  },
}

function wordsOf({ exception, message, frame }: CauseGroup): string[] {
  return [exception, message, frame].filter((text) => text !== null)
}

/** @throws HoldfastError `cluster_not_found`, `topic_not_found`, `bad_request` */
export async function listCauses(
  services: ApiServices,
  place: QueuePlace,
  query: CauseQuery,
): Promise<CauseListAnswer> {
  await getQueueOrThrow(services, place)
  const { inbox, now } = services
  const queue = await currentQueue(inbox.database, place.cluster, place.topic)
  if (queue === null) {
    const nothing = { items: [], nextCursor: null, asOf: null, total: 0, scannedTo: [], complete: false }
    return { ...nothing, expiredUnknownOffsets: 0 }
  }
  const counts = await inbox.counter.count(queue)
  const names = await kindNamesOf(inbox.database, queue.id)
  const trends = trendsOf(counts.partitions, now())
  const page = pageOf(causeGroups(query.by, counts, names, trends), CAUSE_LIST, query)
  const scannedAtMs = counts.partitions.map((partition) => partition.scannedAtMs)
  return {
    items: page.rows.map((group) => toCauseAnswer(group, trends.untilMs)),
    nextCursor: page.nextCursor,
    asOf: toIsoOrNull(scannedAtMs.length === 0 ? null : Math.min(...scannedAtMs)),
    total: page.total,
    scannedTo: counts.partitions.map(toScannedTo),
    complete: counts.partitions.length > 0 && counts.partitions.every(isWholeIndex),
    expiredUnknownOffsets: toNumber(forgottenOffsets(counts.partitions)),
  }
}

function toScannedTo({
  partition,
  broker,
  scannedTo,
  endOffset,
}: PartitionIndex): CauseListAnswer['scannedTo'][number] {
  return { partition, broker, offset: toNumber(scannedTo), endOffset: toNumber(endOffset) }
}

function toCauseAnswer(group: CauseGroup, trendUntilMs: number): CauseAnswer {
  const { fingerprint, exception, message, frame, sample } = group
  return {
    ...{ fingerprint, exception, message, frame },
    format: group.format as CauseAnswer['format'],
    count: group.open,
    handledCount: group.handled,
    expiredCount: group.expired,
    returnedCount: group.returned,
    firstSeenAt: toIsoOrNull(group.firstSeenAtMs),
    lastSeenAt: toIsoOrNull(group.lastSeenAtMs),
    trend: group.trend,
    trendStepSeconds: TREND_STEP_MS / SECOND_MS,
    trendUntil: toIso(trendUntilMs),
    originTopics: group.originTopics,
    groups: group.groups,
    sample: sample && { ...sample, offset: toNumber(sample.offset) },
    fixFirst: group.fixFirst,
  }
}
