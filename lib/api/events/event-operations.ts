import { DAY_MS } from '../../units.ts'
import { clustersAndRange } from '../clusters-and-range.ts'
import type { EventListAnswer } from '../schemas/events.ts'
import { toIso } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import type { EventQueryInput } from './event-query.ts'

const DEFAULT_RANGE_MS = DAY_MS

/** @throws HoldfastError `cluster_not_found`, `bad_request` */
export async function listEvents(services: ApiServices, query: EventQueryInput): Promise<EventListAnswer> {
  const { topic = null, group = null, broker = null, kind = null, limit } = query
  const { clusters, fromMs, toMs } = await clustersAndRange(services, query, DEFAULT_RANGE_MS)
  const clusterIds = clusters.map(({ config }) => config.id)
  // One more than asked tells whether there are more.
  const asked = { clusterIds, topic, group, broker, kind, fromMs, toMs, limit: limit + 1 }
  const events = await services.events.read(asked)
  return {
    items: events.slice(0, limit).map(({ atMs, ...event }) => ({ ...event, at: toIso(atMs) })),
    truncated: events.length > limit,
  }
}
