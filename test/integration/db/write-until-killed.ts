/**
 * A collector's writes as a process of its own: one poll after the other into the database named on the command line.
 * Prints the number of each poll that was acknowledged. Ends when told to by a line on its input, or by being killed.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openDatabase } from '../../../lib/db.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import { createSnapshotWriter } from '../../../lib/history/snapshot-writer.ts'
import { writtenObservation, writtenSamples } from './written-polls.ts'

const database = await openDatabase(process.argv[2] ?? '')
const history = createChunkHistory(database, { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400, now: Date.now })
const snapshots = createSnapshotWriter(database)
let isStopped = false
process.stdin.once('data', () => {
  isStopped = true
})

let failures = 0
for (let poll = 0; !isStopped; poll += 1) {
  // SQLite answers without leaving the event loop, which would keep the word to stop from being read.
  await nextTurn()
  const { atMs, ...batch } = writtenSamples(poll)
  try {
    await snapshots.saveObservation('c', writtenObservation(poll), batch.intervalMs)
    await history.append({ ...batch, atMs })
    process.stdout.write(`${poll}\n`)
  } catch (error) {
    failures += 1
    process.stderr.write(`${String(error)}\n`)
  }
}
await database.close()
process.exit(failures > 0 ? 1 : 0)
