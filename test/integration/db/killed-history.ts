/** Holds what a database has against what the killed writers were told. */
import type { Database } from '../../../lib/db.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import { createEventHistory } from '../../../lib/history/event-history.ts'
import { DAY_MS } from '../../../lib/units.ts'
import type { KilledPolls } from './killed-writer.ts'
import { storedPolls } from './stored-polls.ts'
import { FIRST_POLL_MS, KEEP_ALL, UPKEEP_INTERVAL_MS } from './written-polls.ts'

const FIVE_MINUTES_SECONDS = 300
const HOUR_SECONDS = 3_600

export interface KilledHistory {
  /** Acknowledged polls, and events of such, that are not there; stored ones that nobody wrote, and second copies. */
  lost: number[]
  unexpected: number[]
  lostEvents: number[]
  unexpectedEvents: number[]
  /** Polls whose value is another one. */
  wrong: number[]
  polls: number
  /** Values in the rollups: as many as polls, once all is rolled up. */
  inFiveMinutes: number
  inHours: number
}

/** Seals and rolls up all there is, then reads it. @throws Error when anything stored does not decode */
export async function readKilledHistory(database: Database, written: KilledPolls): Promise<KilledHistory> {
  const endMs = FIRST_POLL_MS + (written.doubtful.at(-1) as number) * UPKEEP_INTERVAL_MS
  const afterwardsMs = endMs + 15 * DAY_MS
  const history = createChunkHistory(database, { ...KEEP_ALL, now: () => afterwardsMs })
  // What was written since the last upkeep, and what one that was killed left undone, as after a new start.
  await history.maintain(endMs)
  await history.maintain(afterwardsMs)
  const [shard] = await storedPolls(database, 'c')
  const polls = (shard?.atMs ?? []).map(numberOf)
  const [series] = await history.read({
    ...{ clusterId: 'c', metric: 'endOffset', labels: { topic: 't', partition: 7 }, maxSeries: 1 },
    ...{ fromMs: FIRST_POLL_MS, toMs: endMs, stepMs: 1_000 },
  })
  const read = new Map(series?.points.map(({ t, last }) => [numberOf(t), last]))
  const events = await createEventHistory(database).read({
    ...{ clusterIds: ['c'], topic: null, group: null, broker: null, kind: null },
    ...{ fromMs: 0, toMs: afterwardsMs, limit: 1_000_000 },
  })
  const ofEvents = written.acknowledged.filter((poll) => poll % 5 === 0)
  const seenEvents = events.map(({ atMs }) => numberOf(atMs)).reverse()
  return {
    lost: missingFrom(polls, written.acknowledged),
    unexpected: unexpectedIn(polls, written),
    lostEvents: missingFrom(seenEvents, ofEvents),
    unexpectedEvents: unexpectedIn(seenEvents, written),
    wrong: polls.filter((poll) => read.get(poll) !== poll * 1_000 + 7),
    polls: polls.length,
    inFiveMinutes: shard?.rolled[FIVE_MINUTES_SECONDS] ?? 0,
    inHours: shard?.rolled[HOUR_SECONDS] ?? 0,
  }
}

function numberOf(atMs: number): number {
  return (atMs - FIRST_POLL_MS) / UPKEEP_INTERVAL_MS
}

function missingFrom(stored: readonly number[], wanted: readonly number[]): number[] {
  const there = new Set(stored)
  return wanted.filter((poll) => !there.has(poll))
}

function unexpectedIn(stored: readonly number[], { acknowledged, doubtful }: KilledPolls): number[] {
  const possible = new Set([...acknowledged, ...doubtful])
  return stored.filter((poll, index) => !possible.has(poll) || stored[index - 1] === poll)
}
