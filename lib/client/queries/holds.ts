import type { QueryClient } from '@tanstack/react-query'
import type { HoldAnswer, TopicHoldAnswer } from '../../api/schemas/holds.ts'
import { apiPath, apiSend } from '../api.ts'
import type { HoldBody } from '../hold-form.ts'
import { clusterPath } from './clusters.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

export interface TopicName {
  clusterId: string
  topic: string
}

/** The hold of a topic, and what a new one would change and cost. */
export function holdQuery({ clusterId, topic }: TopicName): ResourceQuery<TopicHoldAnswer> {
  return resourceQuery<TopicHoldAnswer>(['holds', clusterId, topic], () => holdPath({ clusterId, topic }))
}

export function startHold(topic: TopicName, body: HoldBody): Promise<HoldAnswer> {
  return apiSend<HoldAnswer>('POST', holdPath(topic), body)
}

/** @param keep of a conflict: leave the settings as they are */
export function releaseHold(topic: TopicName, keep: boolean): Promise<HoldAnswer> {
  return apiSend<HoldAnswer>('DELETE', apiPath(holdPath(topic), { keep: keep || null }))
}

/** What a hold changes: itself, and the settings that the topic is shown with. */
export async function forgetHold(client: QueryClient, { clusterId, topic }: TopicName): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: ['holds', clusterId, topic] }),
    client.invalidateQueries({ queryKey: ['topics', clusterId] }),
  ])
}

function holdPath({ clusterId, topic }: TopicName): string {
  return clusterPath(clusterId, `/topics/${encodeURIComponent(topic)}/hold`)
}
