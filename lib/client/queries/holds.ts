import type { QueryClient } from '@tanstack/react-query'
import type { HoldAnswer, HoldListAnswer, HoldRowAnswer, TopicHoldAnswer } from '../../api/schemas/holds.ts'
import { apiPath, apiSend } from '../api.ts'
import type { ExtendBody, HoldBody } from '../hold-form.ts'
import type { HoldFilter } from '../hold-views.ts'
import { clusterPath } from './clusters.ts'
import {
  LIST_PAGE_ROWS,
  type ListInfiniteQuery,
  type ListView,
  listQuery,
  pageRows,
  type ResourceQuery,
  resourceQuery,
} from './resource.ts'

const LISTS_KEY = ['holds', 'list'] as const

export interface TopicName {
  clusterId: string
  topic: string
}

/** The hold of a topic, and what a new one would change and cost. */
export function holdQuery({ clusterId, topic }: TopicName): ResourceQuery<TopicHoldAnswer> {
  return resourceQuery<TopicHoldAnswer>(['holds', clusterId, topic], () => holdPath({ clusterId, topic }))
}

export interface HoldView extends ListView {
  filter: HoldFilter
}

const SETTLED: Record<HoldFilter, boolean | undefined> = { open: false, ended: true, all: undefined }

export function holdsQuery({ filter, ...view }: HoldView): ListInfiniteQuery<HoldRowAnswer> {
  const { q, sort, limit = LIST_PAGE_ROWS } = view
  return listQuery<HoldRowAnswer>([...LISTS_KEY, { q, sort, limit, filter }], (cursor) =>
    apiPath('/api/v1/holds', { settled: SETTLED[filter], q, sort, limit: pageRows(limit, cursor), cursor }),
  )
}

/** How many wait for their end or for somebody is all that is wanted. */
export function noteworthyHoldsQuery(): ResourceQuery<HoldListAnswer> {
  return resourceQuery<HoldListAnswer>([...LISTS_KEY, 'open'], () =>
    apiPath('/api/v1/holds', { settled: false, limit: 1 }),
  )
}

export function startHold(topic: TopicName, body: HoldBody): Promise<HoldAnswer> {
  return apiSend<HoldAnswer>('POST', holdPath(topic), body)
}

export function extendHold(topic: TopicName, body: ExtendBody): Promise<HoldAnswer> {
  return apiSend<HoldAnswer>('PATCH', holdPath(topic), body)
}

/** @param keep of a conflict: leave the settings as they are */
export function releaseHold(topic: TopicName, keep: boolean): Promise<HoldAnswer> {
  return apiSend<HoldAnswer>('DELETE', apiPath(holdPath(topic), { keep: keep || null }))
}

/** What a hold changes: itself, and the settings that the topic is shown with. */
export async function forgetHold(client: QueryClient, { clusterId, topic }: TopicName): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: ['holds', clusterId, topic] }),
    client.invalidateQueries({ queryKey: LISTS_KEY }),
    client.invalidateQueries({ queryKey: ['topics', clusterId] }),
  ])
}

function holdPath({ clusterId, topic }: TopicName): string {
  return clusterPath(clusterId, `/topics/${encodeURIComponent(topic)}/hold`)
}
