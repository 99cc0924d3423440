/** The same samples given to a real Prometheus (`promtool`, when the machine has one) and to us: bytes each. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from '../../lib/db.ts'
import { createChunkHistory } from '../../lib/history/chunk-history.ts'
import type { Sample } from '../../lib/history/history.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../lib/units.ts'
import { HistoryWorkload, INTERVAL_MS } from './history-workload.ts'

const run = promisify(execFile)
const CLUSTER = 'bench'
const START_MS = Date.UTC(2026, 0, 1)
const POLLS = DAY_MS / INTERVAL_MS
/** A part of the workload: a day of all of it would be four gigabytes of text. */
const EVERY = 20

export interface PrometheusBench {
  series: number
  samples: number
  /** Blocks as Prometheus compacts them, index included. */
  prometheusBytesPerSample: number
  /** Without rollups, which Prometheus has none of, and with them. */
  rawBytesPerSample: number
  bytesPerSample: number
}

/** Null without promtool. */
export async function benchPrometheus(): Promise<PrometheusBench | null> {
  if (!(await hasPromtool())) return null
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
  try {
    const batches = sampled()
    const samples = batches.reduce((sum, batch) => sum + batch.samples.length, 0)
    await writeOpenMetrics(join(folder, 'samples.txt'), batches)
    const blocks = join(folder, 'blocks')
    await mkdir(blocks)
    const command = [
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      '--max-block-duration=24h',
      join(folder, 'samples.txt'),
      blocks,
    ]
    await run('promtool', command, { maxBuffer: 64 * 2 ** 20 })
    const ours = await ownBytes(join(folder, 'history.db'), batches)
    const perSample = (bytes: number): number => Math.round((100 * bytes) / samples) / 100
    return {
      series: batches[0]?.samples.length ?? 0,
      samples,
      prometheusBytesPerSample: perSample(await folderBytes(blocks)),
      rawBytesPerSample: perSample(ours.raw),
      bytesPerSample: perSample(ours.all),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function hasPromtool(): Promise<boolean> {
  try {
    await run('promtool', ['--version'])
    return true
  } catch {
    return false
  }
}

interface SampledPoll {
  atMs: number
  samples: Sample[]
}

/** Each kind of partition is among them: the step between two is no multiple of a pattern's length. */
function sampled(): SampledPoll[] {
  const workload = new HistoryWorkload()
  return Array.from({ length: POLLS }, (_, poll) => {
    const { atMs, samples } = workload.batch(CLUSTER, START_MS, poll)
    const kept = samples.filter(
      ({ labels }) => ((labels.partition ?? 0) + Number(labels.topic?.slice(-3)) * 7) % EVERY === 0,
    )
    return { atMs, samples: kept }
  })
}

async function writeOpenMetrics(file: string, polls: readonly SampledPoll[]): Promise<void> {
  const out = createWriteStream(file)
  const count = polls[0]?.samples.length ?? 0
  const metrics = [...new Set(polls[0]?.samples.map(({ metric }) => metric))]
  for (const metric of metrics) {
    out.write(`# TYPE ${metric} gauge\n`)
    for (let index = 0; index < count; index += 1) {
      if (polls[0]?.samples[index]?.metric !== metric) continue
      const labels = Object.entries(polls[0].samples[index]?.labels ?? {}).map(([name, value]) => `${name}="${value}"`)
      const name = `${metric}{${labels.join(',')}}`
      const lines = polls.map(({ atMs, samples }) => `${name} ${samples[index]?.value} ${atMs / SECOND_MS}\n`)
      if (!out.write(lines.join(''))) await once(out, 'drain')
    }
  }
  out.end('# EOF\n')
  await once(out, 'finish')
}

async function ownBytes(file: string, polls: readonly SampledPoll[]): Promise<{ raw: number; all: number }> {
  const database = await openDatabase(`file:${file}`)
  try {
    const endMs = START_MS + DAY_MS + 5 * MINUTE_MS
    const history = createChunkHistory(database, {
      rawHours: 48,
      fiveMinuteDays: 30,
      hourlyDays: 400,
      now: () => endMs,
    })
    for (const { atMs, samples } of polls) {
      await history.append({ clusterId: CLUSTER, atMs, samples, pollFailed: false, intervalMs: INTERVAL_MS })
    }
    await history.maintain(endMs)
    const rows = await database.client.historyChunk.findMany({ select: { stepSeconds: true, content: true } })
    const sum = (wanted: typeof rows): number => wanted.reduce((bytes, { content }) => bytes + content.length, 0)
    return { raw: sum(rows.filter(({ stepSeconds }) => stepSeconds === 0)), all: sum(rows) }
  } finally {
    await database.close()
  }
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(names.map((name) => stat(join(folder, name))))
  return sizes.reduce((sum, size) => sum + (size.isFile() ? size.size : 0), 0)
}
