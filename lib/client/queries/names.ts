/** Short answers for the command palette: the first few topics and groups that match a text. */
import type { GroupListAnswer } from '../../api/schemas/groups.ts'
import type { TopicListAnswer } from '../../api/schemas/topics.ts'
import { apiPath } from '../api.ts'
import { clusterPath } from './clusters.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

const HITS_PER_CLUSTER = 6

export function topicNamesQuery(clusterId: string, text: string): ResourceQuery<TopicListAnswer> {
  const path = (): string =>
    apiPath(clusterPath(clusterId, '/topics'), { q: text, internal: true, limit: HITS_PER_CLUSTER })
  return { ...resourceQuery<TopicListAnswer>(['topics', clusterId, 'names', text], path, 3), refetchInterval: false }
}

export function groupNamesQuery(clusterId: string, text: string): ResourceQuery<GroupListAnswer> {
  const path = (): string => apiPath(clusterPath(clusterId, '/groups'), { q: text, limit: HITS_PER_CLUSTER })
  return { ...resourceQuery<GroupListAnswer>(['groups', clusterId, 'names', text], path, 3), refetchInterval: false }
}
