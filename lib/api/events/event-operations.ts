import { DAY_MS } from '../../units.ts'
import { clustersAndRange } from '../clusters-and-range.ts'
import type { EventListAnswer } from '../schemas/events.ts'
import { toIso } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import type { EventQueryInput } from './event-query.ts'
import { REPLAY_EVENT, replayEvents } from './replay-events.ts'

const DEFAULT_RANGE_MS = DAY_MS

/** @throws HoldfastError `cluster_not_found`, `bad_request` */
export async function listEvents(services: ApiServices, query: EventQueryInput): Promise<EventListAnswer> {
  const { topic = null, group = null, broker = null, kind = null, limit } = query
  const { clusters, fromMs, toMs } = await clustersAndRange(services, query, DEFAULT_RANGE_MS)
  const clusterIds = clusters.map(({ config }) => config.id)
  // One more than asked tells whether there are more.
  const place = { clusterIds, topic, fromMs, toMs }
  const [stored, replays] = await Promise.all([
    kind === REPLAY_EVENT ? [] : services.events.read({ ...place, group, broker, kind, limit: limit + 1 }),
    // A replay concerns neither one group nor one broker.
    (kind ?? REPLAY_EVENT) === REPLAY_EVENT && group === null && broker === null
      ? replayEvents(services, place)
      : { events: [], isCut: false },
  ])
  const events = [...stored.map(({ atMs, ...event }) => ({ ...event, at: toIso(atMs) })), ...replays.events]
  // The sort is stable: events of one poll keep their order.
  events.sort((one, other) => Date.parse(other.at) - Date.parse(one.at))
  return { items: events.slice(0, limit), truncated: replays.isCut || events.length > limit }
}
