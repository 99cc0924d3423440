/** Makes the reports of one day after the other: `node make-until-killed.ts URL FROM_MS`. Says which it has made. */
import { openDatabase } from '../../../lib/db.ts'
import { makeDueReports } from '../../../lib/reports/make-report.ts'
import { DAY_MS } from '../../../lib/units.ts'
import { reportMaker } from './report-maker.ts'

const [url = '', fromMs = ''] = process.argv.slice(2)
const database = await openDatabase(url)
let nowMs = Number(fromMs)
const maker = reportMaker(database, () => nowMs, 1_000)
const settings = { schedule: 'daily', atHour: 0, timeZone: 'UTC', language: 'en', keep: 1_000 } as const
for (;;) {
  nowMs += DAY_MS
  await makeDueReports(maker, settings, new AbortController().signal)
  console.log(nowMs)
}
