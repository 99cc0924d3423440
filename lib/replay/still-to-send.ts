/** What of a replay is not sent yet. */
import type { TransactionClient } from '../db.ts'
import type { OffsetRuns } from '../inbox/offset-runs.ts'
import { type PlaceRuns, placeKey } from '../inbox/queues.ts'
import type { ReplayStore } from './replay-store.ts'
import type { ReplayPart } from './replay-types.ts'

/** The selected records of a part that the plan does not leave out. */
export function wantedOf({ selected, skips }: Pick<ReplayPart, 'selected' | 'skips'>): OffsetRuns {
  return skips.reduce((rest, { offsets }) => rest.subtract(offsets), selected)
}

/** How many of these records the replay that sends them now has not sent yet; null when there are none. */
export async function stillToSend(
  store: Pick<ReplayStore, 'sendingOf' | 'parts'>,
  { clusterId, topic }: { clusterId: string; topic: string },
  places: readonly PlaceRuns[],
  tx: TransactionClient,
): Promise<{ replay: string; count: bigint } | null> {
  const replay = await store.sendingOf(clusterId, topic, tx)
  if (replay === null) return null
  let count = 0n
  for (const part of await store.parts(replay, tx)) {
    const asked = places.find((place) => placeKey(place) === placeKey(part))?.runs
    const { end } = part.selected
    if (asked === undefined || end === null) continue
    count += wantedOf(part).within(part.nextOffset, end).intersect(asked).offsetCount
  }
  return count === 0n ? null : { replay, count }
}
