import type { LadderAnswer } from '../../api/schemas/ladder.ts'
import { apiPath } from '../api.ts'
import { clusterPath } from './clusters.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

export function ladderQuery(clusterId: string, internal: boolean): ResourceQuery<LadderAnswer> {
  return resourceQuery<LadderAnswer>(['ladder', clusterId, internal], () =>
    apiPath(clusterPath(clusterId, '/ladder'), { internal: internal || null }),
  )
}
