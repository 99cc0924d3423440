/**
 * How long reads of a stored history take, in a process that does nothing else: `node history-reads.ts URL NOW_MS true`.
 * The last word asks for a year as well. Prints one line of JSON.
 */
import { openDatabase } from '../../lib/db.ts'
import { createChunkHistory } from '../../lib/history/chunk-history.ts'
import type { History, SeriesQuery } from '../../lib/history/history.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/units.ts'
import { BENCH_CLUSTER } from './history-workload.ts'
import { median, percentile, round } from './measure.ts'

const WARM_UP_READS = 10
const READS = 100
const LIMITS = { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400 }

interface ReadTimes {
  p50Ms: number
  p95Ms: number
}

type Plan = (read: number) => SeriesQuery[]

function plansOf(nowMs: number, withYear: boolean): Record<string, Plan> {
  const query = { clusterId: BENCH_CLUSTER, toMs: nowMs, maxSeries: 2_000 }
  const topicOf = (read: number): string => `topic-${String((read * 7) % 100).padStart(3, '0')}`
  const labelsOf = (read: number) => ({ topic: topicOf(read), partition: read % 20 })
  const day = { ...query, fromMs: nowMs - DAY_MS, stepMs: MINUTE_MS }
  const year = { ...query, fromMs: nowMs - 365 * DAY_MS, stepMs: HOUR_MS }
  const hundred: Plan = (read) =>
    Array.from({ length: 5 }, (_, i) => ({ ...day, metric: 'logSizeBytes', labels: { topic: topicOf(read + i) } }))
  return {
    oneSeries24h: (read) => [{ ...day, metric: 'endOffset', labels: labelsOf(read) }],
    oneRate24h: (read) => [{ ...day, metric: 'produceRatePerSecond', labels: labelsOf(read) }],
    hundredPartitions24h: hundred,
    ...(withYear ? { oneSeriesYear: (read) => [{ ...year, metric: 'isrSize', labels: labelsOf(read) }] } : {}),
  }
}

async function timeReads(history: History, plan: Plan): Promise<ReadTimes> {
  const times: number[] = []
  for (let read = 0; read < WARM_UP_READS + READS; read += 1) {
    const start = performance.now()
    const results = await Promise.all(plan(read).map((query) => history.read(query)))
    if (read >= WARM_UP_READS) times.push(performance.now() - start)
    if (results.flat().some(({ points }) => points.length < 1_000)) throw new Error('a read answered too little')
  }
  return { p50Ms: round(median(times)), p95Ms: round(percentile(times, 0.95)) }
}

const [url = '', now, withYear] = process.argv.slice(2)
const nowMs = Number(now)
const database = await openDatabase(url)
const history = createChunkHistory(database, { ...LIMITS, now: () => nowMs })
const times: Record<string, ReadTimes> = {}
for (const [name, plan] of Object.entries(plansOf(nowMs, withYear === 'true'))) {
  times[name] = await timeReads(history, plan)
}
await database.close()
console.log(JSON.stringify(times))
