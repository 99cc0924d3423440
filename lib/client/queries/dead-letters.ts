/** What lies in one dead-letter queue, by cause and record by record, and what is done to it. */
import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  type UseInfiniteQueryOptions,
} from '@tanstack/react-query'
import type {
  CauseAnswer,
  CauseListAnswer,
  ChangePreviewAnswer,
  DeadLetterAnswer,
  DeadLetterListAnswer,
  HandledAnswer,
  PurgePreviewAnswer,
  SelectionInput,
  TransformStepInput,
} from '../../api/schemas/dead-letters.ts'
import { SECOND_MS } from '../../units.ts'
import { apiGet, apiPath, apiSend, type QueryValue } from '../api.ts'
import { CLUSTERS_KEY } from './clusters.ts'
import { keepOfSameSubject, type ResourceKey, type ResourceQuery, resourceQuery } from './resource.ts'

/** Which queue: a topic of a cluster. */
export interface QueueName {
  clusterId: string
  topic: string
}

/** Which record of a queue. `broker` is null on Kafka. */
export interface RecordPlace {
  partition: number
  broker: string | null
  offset: number
}

export type CauseKey = 'cause' | 'exception' | 'originTopic' | 'group'

function queuePath({ clusterId, topic }: QueueName, rest: string): string {
  return `/api/v1/dlqs/${encodeURIComponent(clusterId)}/${encodeURIComponent(topic)}${rest}`
}

export interface CausesView {
  q?: string
  sort?: string
  by?: CauseKey
  limit?: number
}

const CAUSES_AT_ONCE = 200

/** Causes are few even where dead letters are many: one answer holds all that a person reads. */
export function causesQuery(queue: QueueName, view: CausesView = {}): ResourceQuery<CauseListAnswer> {
  const { q = '', sort = '', by = 'cause', limit = CAUSES_AT_ONCE } = view
  return resourceQuery<CauseListAnswer>(
    ['dlqs', 'causes', queue.clusterId, queue.topic, { q, sort, by, limit }],
    () => apiPath(queuePath(queue, '/causes'), { q, sort, by, limit }),
    4,
  )
}

export function causeQuery(queue: QueueName, fingerprint: string): ResourceQuery<CauseListAnswer> {
  return resourceQuery<CauseListAnswer>(['dlqs', 'cause', queue.clusterId, queue.topic, fingerprint], () =>
    apiPath(queuePath(queue, '/causes'), { q: `fingerprint=${fingerprint}`, limit: 2 }),
  )
}

export function causeIn(answer: CauseListAnswer | undefined, fingerprint: string): CauseAnswer | null {
  return answer?.items.find((cause) => cause.fingerprint === fingerprint) ?? null
}

export interface MessagesView {
  q?: string
  status?: string
  cause?: string
  fromTime?: string
  toTime?: string
  limit?: number
}

export type MessagesQuery = UseInfiniteQueryOptions<
  DeadLetterListAnswer,
  Error,
  InfiniteData<DeadLetterListAnswer, string | null>,
  ResourceKey,
  string | null
> & { queryKey: ResourceKey; initialPageParam: string | null }

const MESSAGES_AT_ONCE = 100

/**
 * The records of a queue, read piece by piece. A search stops when it has looked at its share: the next piece goes on from
 * there, and it is never asked for by itself.
 */
export function messagesQuery(queue: QueueName, view: MessagesView = {}): MessagesQuery {
  const { limit = MESSAGES_AT_ONCE, ...filter } = view
  const path = (cursor: string | null): string => apiPath(queuePath(queue, '/messages'), { ...filter, limit, cursor })
  const queryKey: ResourceKey = ['dlqs', 'messages', queue.clusterId, queue.topic, { ...filter, limit }]
  return infiniteQueryOptions({
    queryKey,
    queryFn: ({ signal, pageParam }) => apiGet<DeadLetterListAnswer>(path(pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: DeadLetterListAnswer) => last.nextCursor,
    placeholderData: keepOfSameSubject(queryKey, queryKey.length - 1),
    // A long read is not begun anew with every poll, nor under the hands of a person who selects.
    refetchInterval: false as const,
    refetchOnWindowFocus: false,
    meta: { path },
  })
}

/** One record. `maxBytes`: how much of its payload to send. */
export function deadLetterQuery(
  queue: QueueName,
  place: RecordPlace,
  maxBytes?: number,
): ResourceQuery<DeadLetterAnswer> {
  return {
    ...resourceQuery<DeadLetterAnswer>(
      ['dlqs', 'message', queue.clusterId, queue.topic, { ...place }, maxBytes ?? 0],
      () =>
        apiPath(queuePath(queue, `/messages/${place.partition}/${place.offset}`), { broker: place.broker, maxBytes }),
      5,
    ),
    refetchInterval: false as const,
  }
}

/** Where the records of a selection are downloaded from, one JSON text per line. */
export function exportPath(queue: QueueName, selection: SelectionInput): string {
  const { causes, offsets, ...rest } = selection
  const query: Record<string, QueryValue> = {
    ...rest,
    causes: causes?.join(','),
    offsets: offsets && placesText(offsets),
  }
  return apiPath(queuePath(queue, '/export'), query)
}

function placesText(
  places: readonly { partition: number; broker?: string | null | undefined; offset: number }[],
): string {
  return places.map(({ partition, broker, offset }) => [broker, partition, offset].filter(isThere).join(':')).join(',')
}

function isThere(part: string | number | null | undefined): boolean {
  return part !== null && part !== undefined
}

export function archive(queue: QueueName, selection: SelectionInput, note: string): Promise<HandledAnswer> {
  return apiSend<HandledAnswer>('POST', queuePath(queue, '/archive'), { selection, note })
}

export function restore(queue: QueueName, selection: SelectionInput): Promise<HandledAnswer> {
  return apiSend<HandledAnswer>('POST', queuePath(queue, '/restore'), { selection })
}

/** How soon a download that came to its end is noticed. */
const EXPORT_SEEN_MS = 3 * SECOND_MS

/** What a purge before these offsets would delete. Asked again while some of it was never exported. */
export function purgePreviewQuery(queue: QueueName, before: readonly RecordPlace[]): ResourceQuery<PurgePreviewAnswer> {
  const beforeOffsets = placesText(before)
  return {
    ...resourceQuery<PurgePreviewAnswer>(['dlqs', 'purge', queue.clusterId, queue.topic, beforeOffsets], () =>
      apiPath(queuePath(queue, '/purge'), { beforeOffsets }),
    ),
    refetchInterval: ({ state }) => (state.data?.notExported === 0 ? false : EXPORT_SEEN_MS),
  }
}

/**
 * Deletes every record before these offsets. `confirm` is the queue's name, typed by a person; `onlyExported` refuses
 * while some of them were never exported.
 */
export function purge(
  queue: QueueName,
  beforeOffsets: readonly RecordPlace[],
  confirm: string,
  onlyExported: boolean,
): Promise<HandledAnswer> {
  return apiSend<HandledAnswer>('POST', queuePath(queue, '/purge'), { beforeOffsets, confirm, onlyExported })
}

/** After an action nothing that is said of the queue may stay as it was. */
export async function forgetQueue(client: QueryClient): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: ['dlqs'] }),
    client.invalidateQueries({ queryKey: CLUSTERS_KEY }),
  ])
}

/** What one change for all records makes of some of them; nothing is changed by asking. */
export function previewChanges(
  queue: QueueName,
  selection: SelectionInput,
  transform: readonly TransformStepInput[],
): Promise<ChangePreviewAnswer> {
  return apiSend<ChangePreviewAnswer>('POST', queuePath(queue, '/preview'), { selection, transform })
}
