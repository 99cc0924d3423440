/** Short answers for the command palette: the first few topics and groups that match a text. */
import type { GroupListAnswer } from '../../api/schemas/groups.ts'
import type { TopicListAnswer } from '../../api/schemas/topics.ts'
import { apiPath } from '../api.ts'
import { clusterPath } from './clusters.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

const HITS_PER_CLUSTER = 6

export function topicNamesQuery(
  clusterId: string,
  text: string,
  limit = HITS_PER_CLUSTER,
): ResourceQuery<TopicListAnswer> {
  const path = (): string => apiPath(clusterPath(clusterId, '/topics'), { q: text, internal: true, limit })
  return {
    ...resourceQuery<TopicListAnswer>(['topics', clusterId, 'names', text, limit], path, 3),
    refetchInterval: false,
  }
}

export function groupNamesQuery(
  clusterId: string,
  text: string,
  limit = HITS_PER_CLUSTER,
): ResourceQuery<GroupListAnswer> {
  const path = (): string => apiPath(clusterPath(clusterId, '/groups'), { q: text, limit })
  return {
    ...resourceQuery<GroupListAnswer>(['groups', clusterId, 'names', text, limit], path, 3),
    refetchInterval: false,
  }
}
