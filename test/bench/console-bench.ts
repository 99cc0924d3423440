/** The whole console from outside: its processor time and memory at rest and polling, and how quick its answers are meanwhile. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SECOND_MS } from '../../lib/units.ts'
import { startBrowser } from '../servers/browser.ts'
import { startConsole, type TestConsole } from '../servers/console.ts'
import { freePort } from '../servers/free-port.ts'
import { type Peer, startKminion } from './kminion.ts'
import { median, percentile, round, treeUse } from './measure.ts'

const INTERVAL_SECONDS = 15
/** A console runs for weeks; V8 has compiled what a poll needs after some eight of them. */
const WARM_UP_MS = 120 * SECOND_MS
const WATCHED_INTERVALS = 6
const FETCH_DEADLINE_MS = 20 * SECOND_MS
const READS_PER_PATH = 40

export interface Consumption {
  cpuMsPerInterval: number
  residentMb: number
}

/** Starts the console against a cluster and hands it to `work`; everything is removed afterwards. */
export async function withConsole<T>(
  bootstrapServers: string[],
  work: (console: TestConsole) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-bench-'))
  const config = `clusters:
  - { id: bench, name: Bench, kind: kafka, bootstrapServers: ${JSON.stringify(bootstrapServers)} }
poll: { intervalSeconds: ${INTERVAL_SECONDS} }
`
  const console = await startConsole({ port: await freePort(), folder, config, env: { HOLDFAST_AUTH: 'off' } })
  try {
    await console.waitUntilReady()
    await pause(WARM_UP_MS)
    return await work(console)
  } finally {
    await console.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Console and kminion side by side over the same intervals. kminion is scraped as often as the console polls. */
export async function benchConsumption(
  console: TestConsole,
  bootstrapServers: string[],
): Promise<{ console: Consumption; kminion: Consumption | null; cpuRatio: number | null }> {
  const peer = await startKminion(bootstrapServers, await freePort())
  try {
    const before = await treeUse(console.pid)
    const peerCpuMs = await watchPeer(peer)
    const after = await treeUse(console.pid)
    const own = consumption((after.cpuMs - before.cpuMs) / WATCHED_INTERVALS, after.residentBytes)
    if (peer === null || peerCpuMs === null) return { console: own, kminion: null, cpuRatio: null }
    const peerUse = consumption(peerCpuMs, (await treeUse(peer.pid)).residentBytes)
    return { console: own, kminion: peerUse, cpuRatio: round(own.cpuMsPerInterval / peerUse.cpuMsPerInterval) }
  } finally {
    await peer?.stop()
  }
}

async function watchPeer(peer: Peer | null): Promise<number | null> {
  const before = peer === null ? null : await treeUse(peer.pid)
  for (let interval = 0; interval < WATCHED_INTERVALS; interval++) {
    const start = performance.now()
    await peer?.poll()
    await pause(INTERVAL_SECONDS * SECOND_MS - (performance.now() - start))
  }
  if (peer === null || before === null) return null
  return ((await treeUse(peer.pid)).cpuMs - before.cpuMs) / WATCHED_INTERVALS
}

function consumption(cpuMsPerInterval: number, residentBytes: number): Consumption {
  return { cpuMsPerInterval: round(cpuMsPerInterval), residentMb: Math.round(residentBytes / 2 ** 20) }
}

/** p50 and p95 in milliseconds per path, spread over several polls. */
export async function benchReads(
  console: TestConsole,
  paths: readonly string[],
): Promise<Record<string, { p50Ms: number; p95Ms: number }>> {
  const times = new Map<string, number[]>(paths.map((path) => [path, []]))
  const pauseMs = (2 * INTERVAL_SECONDS * SECOND_MS) / READS_PER_PATH
  for (let read = 0; read < READS_PER_PATH; read++) {
    for (const path of paths) times.get(path)?.push(await timeOf(`${console.url}${path}`))
    await pause(pauseMs)
  }
  return Object.fromEntries(
    [...times].map(([path, all]) => [path, { p50Ms: round(median(all)), p95Ms: round(percentile(all, 0.95)) }]),
  )
}

async function timeOf(url: string): Promise<number> {
  const start = performance.now()
  const answer = await fetch(url, { signal: AbortSignal.timeout(FETCH_DEADLINE_MS) })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return performance.now() - start
}

/** Compressed JavaScript that a browser loads for a page, dynamic parts included. */
export async function benchPage(url: string): Promise<{ scriptKb: number; serverAnswerMs: number }> {
  const browser = await startBrowser()
  try {
    const page = await browser.newPage()
    await page.goto(url, { waitUntil: 'networkidle' })
    const scripts = await page.evaluate(() =>
      (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
        .filter((entry) => entry.initiatorType === 'script' || /\.js(\?|$)/.test(entry.name))
        .reduce((sum, entry) => sum + entry.encodedBodySize, 0),
    )
    const answers: number[] = []
    for (let read = 0; read < READS_PER_PATH; read++) answers.push(await timeOf(url))
    return { scriptKb: round(scripts / 1024), serverAnswerMs: round(median(answers)) }
  } finally {
    await browser.close()
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))
}
