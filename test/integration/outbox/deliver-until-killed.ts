/**
 * Makes the reports of one day after the other and delivers them: `node deliver-until-killed.ts URL RECEIVER FROM_MS`. Says
 * nothing: who kills it looks at what arrives.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../../lib/db.ts'
import { makeDueReports } from '../../../lib/reports/make-report.ts'
import { DAY_MS } from '../../../lib/units.ts'
import { reportMaker } from '../reports/report-maker.ts'
import { delivererOf, SETTINGS } from './deliverer-of.ts'

const [url = '', receiverUrl = '', fromMs = ''] = process.argv.slice(2)
const database = await openDatabase(url)
let nowMs = Number(fromMs)
const { signal } = new AbortController()
const deliverer = delivererOf(database, receiverUrl, () => nowMs)
const maker = reportMaker(database, () => nowMs, 1_000, ['hook'])
for (;;) {
  nowMs += DAY_MS
  await makeDueReports(maker, SETTINGS, signal)
  await deliverer.step(signal)
  await sleep(5)
}
