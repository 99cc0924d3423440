/** What became of the records of replays that have sent some: read by their group, or back in a queue. */
import type { SnapshotReader } from '../history/snapshot-store.ts'
import type { HandledLedger } from '../inbox/handled-ledger.ts'
import { DAY_MS } from '../units.ts'
import { watchOf } from './open-run.ts'
import type { ProgressStore } from './progress-store.ts'
import { isFinal } from './replay-states.ts'
import type { ReplayStore } from './replay-store.ts'
import type { ReplayJob } from './replay-types.ts'

export interface OutcomeWatchOptions {
  store: ReplayStore
  progress: ProgressStore
  snapshots: SnapshotReader
  ledger: Pick<HandledLedger, 'returnedOf'>
  now(): number
}

/** Records come back within minutes or hours; what takes longer is found by the inbox all the same. */
const WATCHED_MS = 7 * DAY_MS

/** Looks once at each replay that is watched or runs. */
export async function watchOutcomes(jobs: readonly ReplayJob[], options: OutcomeWatchOptions): Promise<void> {
  for (const job of jobs) await watchOne(job, options)
}

async function watchOne(
  job: ReplayJob,
  { store, progress, snapshots, ledger, now }: OutcomeWatchOptions,
): Promise<void> {
  if (job.facts === null) return
  const places = (await ledger.returnedOf(job.id)).flatMap((action) => action.places)
  const returned = places.reduce((sum, { runs }) => sum + runs.offsetCount, 0n)
  if (returned !== job.counts.returned) await progress.saveReturned(job.id, returned)
  const passed = await watchOf(job, snapshots, ledger, job.facts, now).passed()
  await progress.saveDelivered(job.id, passed)
  const isOver = job.endedAtMs !== null && now() - job.endedAtMs > WATCHED_MS
  if (!isOver || !isFinal(job.state) || job.hasOpenRun) return
  await progress.closeWatch(job.id, places)
  await store.change(job.id, job.state, { isWatched: false })
}
