import { HoldfastError } from '../../errors.ts'
import { DAY_MS } from '../../units.ts'
import { getClusterOrThrow } from '../get-cluster-or-throw.ts'
import type { EventListAnswer } from '../schemas/events.ts'
import { toIso } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import type { EventQueryInput } from './event-query.ts'

const DEFAULT_RANGE_MS = DAY_MS

/** @throws HoldfastError `cluster_not_found`, `bad_request` */
export async function listEvents(services: ApiServices, query: EventQueryInput): Promise<EventListAnswer> {
  const { cluster, topic = null, group = null, broker = null, kind = null, limit } = query
  const toMs = query.to ?? services.now()
  const fromMs = query.from ?? toMs - DEFAULT_RANGE_MS
  const clusters = cluster === undefined ? await services.registry.list() : [await getClusterOrThrow(services, cluster)]
  if (fromMs >= toMs) throw new HoldfastError('bad_request', { path: 'query.to', issue: 'timeOrder' })
  const clusterIds = clusters.map(({ config }) => config.id)
  // One more than asked tells whether there are more.
  const asked = { clusterIds, topic, group, broker, kind, fromMs, toMs, limit: limit + 1 }
  const events = await services.events.read(asked)
  return {
    items: events.slice(0, limit).map(({ atMs, ...event }) => ({ ...event, at: toIso(atMs) })),
    truncated: events.length > limit,
  }
}
