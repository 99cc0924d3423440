/**
 * One half of what tells of alerts, as a process of its own on the database named on the command line, with the receivers named
 * after it: `node tell-until-killed.ts URL HOOK CHAT collector POLL` watches polls from this one on and prints the number of
 * each whose alerts are stored; `… worker` puts into the outbox what is due, and delivers it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../../lib/db.ts'
import { noted, seededPoll } from '../alerting/seeded-polls.ts'
import { delivererTo } from '../outbox/deliverer-of.ts'
import { labOf, receiversAt, watchOf } from './killed-telling-parts.ts'

const POLL_EVERY_MS = 60
const LOOK_EVERY_MS = 5

const [url = '', hookUrl = '', chatUrl = '', role = '', first = '0'] = process.argv.slice(2)
const database = await openDatabase(url)
const receivers = receiversAt(hookUrl, chatUrl)
const { store, teller } = labOf(database, receivers)

if (role === 'collector') {
  const watch = watchOf(store)
  for (let poll = Number(first); ; poll += 1) {
    await watch.note(noted(seededPoll(poll)))
    process.stdout.write(`${poll}\n`)
    await sleep(POLL_EVERY_MS)
  }
} else {
  const deliverer = delivererTo(database, receivers, Date.now)
  const { signal } = new AbortController()
  for (;;) {
    await teller.review()
    await teller.tellDue()
    await deliverer.step(signal)
    await sleep(LOOK_EVERY_MS)
  }
}
