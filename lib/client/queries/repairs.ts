import type { QueryClient } from '@tanstack/react-query'
import type { RepairBody, RepairDoneAnswer, RepairPreviewAnswer } from '../../api/schemas/repairs.ts'
import { apiPath, apiSend } from '../api.ts'
import { clusterPath } from './clusters.ts'
import type { TopicName } from './holds.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

/** What the console would change about a finding of the topic. */
export function repairQuery(topic: TopicName, code: string): ResourceQuery<RepairPreviewAnswer> {
  return resourceQuery<RepairPreviewAnswer>(['repair', topic.clusterId, topic.topic, code], () =>
    apiPath(repairPath(topic), { code }),
  )
}

export function startRepair(topic: TopicName, body: RepairBody): Promise<RepairDoneAnswer> {
  return apiSend<RepairDoneAnswer>('POST', repairPath(topic), body)
}

export async function forgetRepair(client: QueryClient, { clusterId, topic }: TopicName): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: ['repair', clusterId, topic] }),
    client.invalidateQueries({ queryKey: ['topics', clusterId] }),
  ])
}

function repairPath({ clusterId, topic }: TopicName): string {
  return clusterPath(clusterId, `/topics/${encodeURIComponent(topic)}/repair`)
}
