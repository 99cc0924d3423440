import type { EventListAnswer } from '../../api/schemas/events.ts'
import { apiPath } from '../api.ts'
import { boundsOf, type TimeRange } from '../time-range.ts'
import { type ResourceQuery, resourceQuery } from './resource.ts'

/** What happened in a cluster; the bounds are taken when it is asked, as those of series are. */
export function eventsQuery(cluster: string, range: TimeRange): ResourceQuery<EventListAnswer> {
  const path = (): string => {
    const { fromMs, toMs } = boundsOf(range, Date.now())
    const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()]
    return apiPath('/api/v1/events', { cluster, from, to })
  }
  return resourceQuery<EventListAnswer>(['events', cluster, range], path, 2)
}
