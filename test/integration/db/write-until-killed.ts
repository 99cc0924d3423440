/**
 * A collector's writes as a process of its own: one poll after the other into the database named on the command line,
 * from the poll named after it on. With `upkeep` as the third word polls are far apart, and hours and days are sealed and
 * rolled up beside them, as a collector does.
 *
 * Prints the number of each poll that was acknowledged, and `upkeep` when that begins. Ends when told to by a line on its
 * input, or by being killed.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openDatabase } from '../../../lib/db.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import { createEventHistory } from '../../../lib/history/event-history.ts'
import { createSnapshotWriter } from '../../../lib/history/snapshot-writer.ts'
import { KEEP_ALL, UPKEEP_INTERVAL_MS, writtenEvents, writtenObservation, writtenSamples } from './written-polls.ts'

const [url = '', first = '0', mode] = process.argv.slice(2)
const withUpkeep = mode === 'upkeep'
const POLLS_PER_UPKEEP = 8

const database = await openDatabase(url)
const history = createChunkHistory(database, { ...KEEP_ALL, now: Date.now })
const events = createEventHistory(database)
const snapshots = createSnapshotWriter(database)
let isStopped = false
process.stdin.once('data', () => {
  isStopped = true
})

let failures = 0
let upkeep: Promise<void> | null = null

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    failures += 1
    process.stderr.write(`${String(error)}\n`)
  }
}

async function write(poll: number): Promise<void> {
  const batch = withUpkeep ? writtenSamples(poll, UPKEEP_INTERVAL_MS, 10) : writtenSamples(poll)
  if (!withUpkeep) await snapshots.saveObservation('c', writtenObservation(poll), batch.intervalMs)
  await events.append('c', batch.atMs, writtenEvents(poll))
  await history.append(batch)
  process.stdout.write(`${poll}\n`)
  if (!withUpkeep || upkeep !== null || poll % POLLS_PER_UPKEEP > 0) return
  process.stdout.write('upkeep\n')
  upkeep = attempt(() => history.maintain(batch.atMs)).finally(() => {
    upkeep = null
  })
}

for (let poll = Number(first); !isStopped; poll += 1) {
  // SQLite answers without leaving the event loop, which would keep the word to stop from being read.
  await nextTurn()
  await attempt(() => write(poll))
}
await upkeep
await database.close()
process.exit(failures > 0 ? 1 : 0)
