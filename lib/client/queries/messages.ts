/** Messages of a topic, read on demand: never by itself, since brokers are asked for it. */
import { type InfiniteData, infiniteQueryOptions, type UseInfiniteQueryOptions } from '@tanstack/react-query'
import type { MessageAnswer, MessageListAnswer } from '../../api/schemas/messages.ts'
import { apiGet, apiPath } from '../api.ts'
import { type BrowseView, browseParams, type StoppedAt } from '../message-browse.ts'
import { clusterPath } from './clusters.ts'
import { type ResourceKey, type ResourceQuery, resourceQuery } from './resource.ts'

export type BrowseQuery = UseInfiniteQueryOptions<
  MessageListAnswer,
  Error,
  InfiniteData<MessageListAnswer, StoppedAt | null>,
  ResourceKey,
  StoppedAt | null
> & { queryKey: ResourceKey; initialPageParam: StoppedAt | null }

export function messagesPath(
  clusterId: string,
  topic: string,
  view: BrowseView,
  from: StoppedAt | null,
  limit?: number,
): string {
  const path = clusterPath(clusterId, `/topics/${encodeURIComponent(topic)}/messages`)
  return apiPath(path, browseParams(view, from, limit))
}

/** Read piece by piece: each goes on where the one before stopped, and only when it is asked for. */
export function browseQuery(clusterId: string, topic: string, view: BrowseView): BrowseQuery {
  return infiniteQueryOptions({
    queryKey: ['messages', clusterId, topic, { ...view }] as ResourceKey,
    queryFn: ({ signal, pageParam }) =>
      apiGet<MessageListAnswer>(messagesPath(clusterId, topic, view, pageParam), signal),
    initialPageParam: null as StoppedAt | null,
    getNextPageParam: (last: MessageListAnswer) => (last.complete ? null : last.stoppedAt),
    refetchInterval: false as const,
    refetchOnWindowFocus: false,
    staleTime: Number.POSITIVE_INFINITY,
    // What was asked for before is not what was asked for now: messages of a topic only look alike.
    gcTime: 0,
  })
}

/** One message; `isFull` sends as much of its value as a page can show. */
export function messageQuery(
  clusterId: string,
  topic: string,
  message: Pick<MessageAnswer, 'partition' | 'broker' | 'offset'>,
  isFull: boolean,
): ResourceQuery<MessageAnswer> {
  const { partition, broker, offset } = message
  const path = clusterPath(clusterId, `/topics/${encodeURIComponent(topic)}/messages/${partition}/${offset}`)
  return {
    ...resourceQuery<MessageAnswer>(['messages', clusterId, topic, 'one', { partition, broker, offset }, isFull], () =>
      apiPath(path, { broker, full: isFull || null }),
    ),
    refetchInterval: false as const,
    staleTime: Number.POSITIVE_INFINITY,
  }
}
