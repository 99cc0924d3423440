/** What the history costs: to append a poll, to keep a sample, to read; with a day of it, and with 30 days and a year of rollups. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { sqltag as sql } from '@prisma/client/runtime/client'
import { type Database, openDatabase } from '../../lib/db.ts'
import { ByteReader, ByteWriter, checkedContent, withChecksum } from '../../lib/history/bytes.ts'
import { createChunkHistory } from '../../lib/history/chunk-history.ts'
import type { History } from '../../lib/history/history.ts'
import { DAY_MS, MINUTE_MS } from '../../lib/units.ts'
import { BENCH_CLUSTER, HistoryWorkload, INTERVAL_MS, SERIES } from './history-workload.ts'
import { type Cost, costOf, median, percentile, round } from './measure.ts'
import { benchPrometheus } from './prometheus-bench.ts'

/** A Thursday, with which weeks begin here. */
const START_MS = Date.UTC(2026, 0, 1)
const POLLS_A_DAY = DAY_MS / INTERVAL_MS
const FEW_MINUTES_POLLS = 20
const MAINTAIN_EVERY_POLLS = 20
const DAYS = 30
const WEEKS = 52

export async function benchHistory(say: (text: string) => void): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
  const url = `file:${join(folder, 'history.db')}`
  const database = await openDatabase(url)
  try {
    let nowMs = START_MS
    const kept = { rawHours: 24 * (DAYS + 2), fiveMinuteDays: DAYS + 2, hourlyDays: 400, maxBytes: 1e12 }
    const history = createChunkHistory(database, { ...kept, now: () => nowMs })
    const written = await appendDay(database, history, (atMs) => (nowMs = atMs))
    say(JSON.stringify(written, null, 2))
    nowMs = START_MS + DAY_MS
    const oneDay = readsOf(url, nowMs, false)
    say(`one day: ${JSON.stringify(oneDay, null, 2)}`)
    nowMs = await seed(database, history)
    const thirtyDays = readsOf(url, nowMs, true)
    say(`thirty days: ${JSON.stringify(thirtyDays, null, 2)}`)
    const database30d = await databaseBytes(database)
    const prometheus = await benchPrometheus()
    return {
      series: SERIES,
      ...written,
      prometheus,
      reads: { oneDay, thirtyDays },
      databaseMbOf30Days: Math.round(database30d / 2 ** 20),
    }
  } finally {
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function appendDay(database: Database, history: History, setNow: (atMs: number) => void): Promise<object> {
  const workload = new HistoryWorkload()
  const emptyBytes = await databaseBytes(database)
  const heapBefore = heapBytes()
  const appends: Cost[] = []
  const maintains: Cost[] = []
  let unsealedBytes = 0
  let openBytes = 0
  for (let poll = 0; poll < POLLS_A_DAY; poll += 1) {
    const batch = workload.batch(BENCH_CLUSTER, START_MS, poll)
    setNow(batch.atMs)
    appends.push(await costOf(() => history.append(batch)))
    if (poll === FEW_MINUTES_POLLS - 1) unsealedBytes = (await databaseBytes(database)) - emptyBytes
    if (poll === 230) openBytes = heapBytes() - heapBefore
    if (poll % MAINTAIN_EVERY_POLLS === 0) maintains.push(await costOf(() => history.maintain(batch.atMs)))
  }
  maintains.push(await costOf(() => history.maintain(START_MS + DAY_MS + 5 * MINUTE_MS)))
  const grownBytes = (await databaseBytes(database)) - emptyBytes
  const steady = appends.slice(FEW_MINUTES_POLLS)
  return {
    samples: POLLS_A_DAY * SERIES,
    bytesPerSampleSealed: toHundredths(grownBytes / (POLLS_A_DAY * SERIES)),
    bytesPerSampleOfFewMinutes: toHundredths(unsealedBytes / (FEW_MINUTES_POLLS * SERIES)),
    appendCpuMs: {
      median: round(median(steady.map(({ cpuMs }) => cpuMs))),
      p99: round(
        percentile(
          steady.map(({ cpuMs }) => cpuMs),
          0.99,
        ),
      ),
    },
    maintainCpuMsPerDay: Math.round(maintains.reduce((sum, { cpuMs }) => sum + cpuMs, 0)),
    openMemoryMb: round(openBytes / 2 ** 20),
    bytesByLevel: await bytesByLevel(database),
  }
}

/** Thirty days like the first one, their weeks rolled up for real, and a year of weeks like those. @returns now */
async function seed(database: Database, history: History): Promise<number> {
  const day = await database.client.historyChunk.findMany({ where: { fromMs: { lt: BigInt(START_MS + DAY_MS) } } })
  for (let shift = 1; shift < DAYS; shift += 1) {
    const byMs = shift * DAY_MS
    await insert(
      database,
      day.map((row) => ({ ...row, content: row.stepSeconds === 0 ? shifted(row.content, byMs) : row.content })),
      byMs,
    )
  }
  const nowMs = START_MS + DAYS * DAY_MS
  await history.maintain(nowMs + 5 * MINUTE_MS)
  const week = await database.client.historyChunk.findMany({ where: { stepSeconds: 3_600, fromMs: BigInt(START_MS) } })
  for (let shift = 1; shift < WEEKS - 3; shift += 1) await insert(database, week, -shift * 7 * DAY_MS)
  return nowMs
}

/** In a process of its own with the web server's flags: that is where people's questions are answered. */
function readsOf(url: string, nowMs: number, withYear: boolean): unknown {
  const module = fileURLToPath(new URL('history-reads.ts', import.meta.url))
  const args = ['--max-semi-space-size=4', module, url, String(nowMs), String(withYear)]
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

type ChunkRow = Awaited<ReturnType<Database['client']['historyChunk']['findMany']>>[number]

async function insert(database: Database, rows: readonly ChunkRow[], byMs: number): Promise<void> {
  await database.transaction(async (tx) => {
    const data = rows.map((row) => ({ ...row, fromMs: row.fromMs + BigInt(byMs), untilMs: row.untilMs + BigInt(byMs) }))
    for (let from = 0; from < data.length; from += 100)
      await tx.historyChunk.createMany({ data: data.slice(from, from + 100) })
  })
}

/** A chunk of polls at another time: only its first time is absolute. */
function shifted(stored: Uint8Array, byMs: number): Uint8Array<ArrayBuffer> {
  const content = checkedContent(stored) as Uint8Array
  const reader = new ByteReader(content)
  const [polls, firstMs] = [reader.varint(), reader.zigzag()]
  const lengthOf = (write: (out: ByteWriter) => void): Uint8Array => {
    const out = new ByteWriter()
    write(out)
    return out.take()
  }
  const head = (atMs: number): Uint8Array =>
    lengthOf((out) => {
      out.varint(polls)
      out.zigzag(atMs)
    })
  return withChecksum(Buffer.concat([head(firstMs + byMs), content.subarray(head(firstMs).length)]))
}

/** What the file really takes, without pages that are free. */
async function databaseBytes({ client }: Database): Promise<number> {
  const pragma = async (name: string): Promise<number> => {
    const [row] = await client.$queryRawUnsafe<Record<string, bigint | number>[]>(`PRAGMA ${name}`)
    return Number(row?.[name])
  }
  return ((await pragma('page_count')) - (await pragma('freelist_count'))) * (await pragma('page_size'))
}

async function bytesByLevel({ client }: Database): Promise<Record<string, number>> {
  const rows = await client.$queryRaw<{ step: number; bytes: bigint | number }[]>(
    sql`SELECT "stepSeconds" AS "step", SUM(LENGTH("content")) AS "bytes" FROM "HistoryChunk" GROUP BY "stepSeconds"`,
  )
  return Object.fromEntries(rows.map(({ step, bytes }) => [`${step}s`, Number(bytes)]))
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function toHundredths(value: number): number {
  return Math.round(value * 100) / 100
}
