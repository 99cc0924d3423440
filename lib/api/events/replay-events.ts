/** Replays as marks on the time line. They are told from the replays themselves: nothing is written down twice. */
import type { ReplayJob } from '../../replay/replay-types.ts'
import type { EventAnswer } from '../schemas/events.ts'
import { toIso } from '../serialize.ts'
import type { ApiServices } from '../services.ts'

export const REPLAY_EVENT = 'replay'

/** More than these in one range are not told apart by anybody. */
const MOST_REPLAYS = 500
/** Stored events count up from 1: these must never be taken for one of them. */
const idOf = (atMs: number, index: number): number => -(atMs * 1_000 + index)

export interface ReplayEventQuery {
  clusterIds: readonly string[]
  topic: string | null
  fromMs: number
  toMs: number
}

/**
 * One for the queue that a replay was taken from, and one for each topic that it was sent to; the newest first, of the
 * newest replays. `isCut`: there were older ones in the range.
 */
export async function replayEvents(
  { replays }: ApiServices,
  { clusterIds, topic, fromMs, toMs }: ReplayEventQuery,
): Promise<{ events: EventAnswer[]; isCut: boolean }> {
  const found = await replays.store.startedBetween(clusterIds, fromMs, toMs, MOST_REPLAYS + 1)
  const jobs = found.slice(0, MOST_REPLAYS)
  const wanted = new Set(clusterIds)
  const events = jobs
    .flatMap((job) => placesOf(job).map((place) => ({ job, place })))
    .filter(({ place }) => wanted.has(place.clusterId) && (topic === null || place.topic === topic))
    .map(({ job, place }, index) => toEvent(job, place, index))
  return { events, isCut: found.length > MOST_REPLAYS }
}

interface Place {
  clusterId: string
  topic: string
}

function placesOf({ request, plan }: ReplayJob): Place[] {
  const source = { clusterId: request.clusterId, topic: request.topic }
  const { clusterId } = request.target
  return [source, ...(plan?.targets ?? []).map(({ topic }) => ({ clusterId, topic }))]
}

function toEvent({ id, startedAtMs, counts }: ReplayJob, { clusterId, topic }: Place, index: number): EventAnswer {
  const atMs = startedAtMs ?? 0
  return {
    ...{ id: idOf(atMs, index), at: toIso(atMs), clusterId, kind: REPLAY_EVENT, topic },
    ...{ partition: null, broker: null, group: null },
    facts: { replay: id, records: Number(counts.produced) },
  }
}
