/** A small history with rows of every kind. */
import type { Database } from '../../../lib/db.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import { createSnapshotWriter } from '../../../lib/history/snapshot-writer.ts'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { FIRST_POLL_MS, KEEP_ALL, writtenObservation, writtenSamples } from '../db/written-polls.ts'

/** From Monday to Thursday, on which a week begins: three days and the week that they end are rolled up. */
const FAR_POLLS = 7
const FAR_INTERVAL_MS = 12 * HOUR_MS
export const PARTITIONS = 20
export const OPEN_POLLS = 4
export const SEALED_POLLS = FAR_POLLS
const LAST_FAR_MS = FIRST_POLL_MS + FAR_POLLS * FAR_INTERVAL_MS

/** Polls twelve hours apart, then four of one hour, which stays open. */
export async function fillAllLevels(database: Database): Promise<void> {
  const history = createChunkHistory(database, { ...KEEP_ALL, now: () => LAST_FAR_MS })
  for (let poll = 0; poll < FAR_POLLS; poll += 1)
    await history.append(writtenSamples(poll, FAR_INTERVAL_MS, PARTITIONS))
  for (let poll = 0; poll < OPEN_POLLS; poll += 1) {
    const batch = writtenSamples(FAR_POLLS + poll, FAR_INTERVAL_MS, PARTITIONS)
    await history.append({ ...batch, atMs: openPollMs(poll) })
  }
  await history.maintain(openPollMs(OPEN_POLLS))
  await createSnapshotWriter(database).saveObservation('c', writtenObservation(0), MINUTE_MS)
}

export function openPollMs(poll: number): number {
  return LAST_FAR_MS + 10 * MINUTE_MS + poll * MINUTE_MS
}
