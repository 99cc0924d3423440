/**
 * A collector's watch over alerts as a process of its own, on the database named on the command line, from the poll named
 * after it on. Each poll finds other topics in trouble. Prints the number of each poll whose alerts were stored.
 */
import { createAlertStore } from '../../../lib/alerting/alert-store.ts'
import { AlertWatch } from '../../../lib/collector/alert-watch.ts'
import { openDatabase } from '../../../lib/db.ts'
import { noted, seededPoll } from './seeded-polls.ts'

const [url = '', first = '0'] = process.argv.slice(2)
const database = await openDatabase(url)
const watch = new AlertWatch({
  ...{ clusterId: 'c', intervalMs: 15_000, store: createAlertStore(database) },
  losses: { list: async () => [] },
  history: { read: async () => [] },
})

for (let poll = Number(first); ; poll += 1) {
  await watch.note(noted(seededPoll(poll)))
  process.stdout.write(`${poll}\n`)
}
