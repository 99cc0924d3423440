import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Database } from '../../../lib/db.ts'
import { observe } from '../../../lib/durability/observe.ts'
import { ObserveMemory } from '../../../lib/durability/observe-memory.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import { createEventHistory } from '../../../lib/history/event-history.ts'
import type { Sample } from '../../../lib/history/history.ts'
import { createSnapshotWriter } from '../../../lib/history/snapshot-writer.ts'
import { createLossLedger } from '../../../lib/losses/loss-ledger.ts'
import { composeReport } from '../../../lib/reports/compose-report.ts'
import { makeDueReports, makeReport, periodsDue } from '../../../lib/reports/make-report.ts'
import type { NewReport } from '../../../lib/reports/report-store.ts'
import { createReportStore } from '../../../lib/reports/report-store.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'
import { aClusterOf, aFinding, aFindingEvent, aPeriod, FROM_MS, TO_MS } from '../../builders/reports.ts'
import { aPartition, aSnapshot, aTopic } from '../../builders/snapshots.ts'
import { detected } from '../../builders/stored-losses.ts'
import { onBothDatabases } from '../db/databases.ts'
import { reportMaker } from './report-maker.ts'

const DAILY = { schedule: 'daily', atHour: 0, timeZone: 'UTC', language: 'en', keep: 60 } as const
const MIDNIGHT = Date.UTC(2026, 0, 5)
const NEVER = new AbortController().signal

function aReport(over: Partial<NewReport> = {}): NewReport {
  const finding = aFinding({ subject: { type: 'topic', name: '主题\0"\ud83d' } })
  const composed = composeReport(aPeriod({ clusters: [aClusterOf({ findings: [finding] })] }))
  return { period: null, fromMs: FROM_MS, toMs: TO_MS, madeAtMs: TO_MS, madeBy: 'ana', ...composed, ...over }
}

function scheduled(day: number): NewReport {
  const toMs = MIDNIGHT + day * DAY_MS
  return aReport({ period: { key: `daily ${day}`, schedule: 'daily' }, toMs, madeAtMs: toMs })
}

/** One poll with a partition under min ISR, five minutes before and then at the moment. */
async function watchCluster(database: Database, atMs: number): Promise<void> {
  const topics = [aTopic({ partitions: [aPartition({ isr: ['1'] })] })]
  const snapshot = aSnapshot({ topics, startedAtMs: atMs - 100, finishedAtMs: atMs })
  const given = { snapshot, previous: null, expectedBrokers: [], memory: new ObserveMemory() }
  const observation = observe({ ...given, kindOf: () => 'normal' })
  await createSnapshotWriter(database).saveObservation('live', observation, 15 * SECOND_MS)
  const history = createChunkHistory(database, { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400, now: () => atMs })
  for (const at of [atMs - 5 * MINUTE_MS, atMs]) {
    const samples: Sample[] = [{ metric: 'pollMs', labels: {}, value: 5n }]
    await history.append({ clusterId: 'live', atMs: at, samples, pollFailed: false, intervalMs: 5 * MINUTE_MS })
  }
}

onBothDatabases('reports', ({ open, createUrl }) => {
  test('are given back as they were written, and the newest first', async () => {
    const store = createReportStore(await open(), 60)
    const report = aReport()
    const { period: _, content, ...head } = report
    const first = await store.add(report)
    expect(first).toEqual({ ...head, id: expect.any(String), schedule: null })
    expect(await store.get(first?.id ?? '')).toEqual({ ...first, content })
    expect(await store.get('nothing')).toBeNull()
    await store.add(scheduled(1))
    expect((await store.list()).map(({ schedule }) => schedule)).toEqual(['daily', null])
    expect(await store.newestScheduled()).toEqual({ schedule: 'daily', toMs: MIDNIGHT + DAY_MS })
  })

  test('are one for each period, also of two that make it at once', async () => {
    const store = createReportStore(await open(), 60)
    const added = await Promise.all([1, 2, 3].map(() => store.add(scheduled(1))))
    expect(added.filter((head) => head !== null)).toHaveLength(1)
    expect(await store.add(scheduled(1))).toBeNull()
    expect(await store.list()).toHaveLength(1)
  })

  test('are kept up to a number, those of the schedule apart from others', async () => {
    const store = createReportStore(await open(), 2)
    for (const day of [1, 2, 3]) await store.add(scheduled(day))
    for (const later of [1, 2, 3]) await store.add(aReport({ madeAtMs: MIDNIGHT + 9 * DAY_MS + later }))
    const kept = (await store.list()).map(({ schedule, madeAtMs }) => [schedule, madeAtMs - MIDNIGHT])
    expect(kept).toEqual([
      [null, 9 * DAY_MS + 3],
      [null, 9 * DAY_MS + 2],
      ['daily', 3 * DAY_MS],
      ['daily', 2 * DAY_MS],
    ])
  })

  test('of another format are not shown and count as made', async () => {
    const database = await open()
    const store = createReportStore(database, 60)
    const head = await store.add(scheduled(1))
    await database.client.report.updateMany({ data: { format: 99, content: new Uint8Array([1]) } })
    expect(await store.list()).toEqual([])
    expect(await store.get(head?.id ?? '')).toBeNull()
    expect(await store.newestScheduled()).not.toBeNull()
  })

  test('say on Friday what they said on Monday, of what was stored then', async () => {
    const database = await open()
    let nowMs = MIDNIGHT
    const maker = reportMaker(database, () => nowMs)
    expect(await periodsDue(maker.store, DAILY, nowMs)).toEqual([])
    await watchCluster(database, MIDNIGHT - HOUR_MS)
    const lost = detected({}, MIDNIGHT - 2 * HOUR_MS)
    await createLossLedger(database).record('live', [lost])
    // As the collector writes it: the finding holds since its poll.
    const { id: _, clusterId, atMs, ...event } = aFindingEvent('findingEnded', MIDNIGHT - 3 * HOUR_MS, { sinceMs: 0 })
    await createEventHistory(database).append(clusterId, atMs, [event])
    // Nothing was watched before this day, so that no day before it is due.
    await database.client.historyShard.updateMany({ data: { createdAtMs: BigInt(MIDNIGHT - HOUR_MS) } })
    await makeDueReports(maker, DAILY, NEVER)
    const [monday] = await maker.store.list()
    expect(monday).toMatchObject({ schedule: 'daily', fromMs: MIDNIGHT - DAY_MS, toMs: MIDNIGHT, madeBy: 'holdfast' })
    // Nobody looked in the last hour.
    expect(monday?.headline).toMatchObject({ level: 'unknown', losses: 1, lostMessages: 410n, unseenClusters: 1 })
    expect(monday?.headline.atRisk.high).toBe(1)
    const before = await maker.store.get(monday?.id ?? '')
    const { clusters, ended, atRisk, losses } = before?.content ?? {}
    expect(clusters?.[0]?.unseen.items).toEqual([
      { fromMs: MIDNIGHT - DAY_MS, toMs: MIDNIGHT - HOUR_MS - 5 * MINUTE_MS, reason: 'notWatched' },
      { fromMs: MIDNIGHT - HOUR_MS, toMs: MIDNIGHT, reason: 'consoleDown' },
    ])
    expect([ended?.total, atRisk?.items[0]?.team, losses?.items[0]?.team]).toEqual([1, 'shop', 'shop'])

    nowMs += HOUR_MS
    await createLossLedger(database).record('live', [{ ...lost, lastAtMs: nowMs, loss: { ...lost.loss, count: 999n } }])
    await makeDueReports(maker, DAILY, NEVER)
    expect(await maker.store.list()).toHaveLength(1)
    expect(await maker.store.get(monday?.id ?? '')).toEqual(before)
    const asked = await makeReport(maker, { fromMs: MIDNIGHT - DAY_MS, toMs: MIDNIGHT }, 'ana')
    expect(asked).toMatchObject({ schedule: null, madeBy: 'ana', headline: { lostMessages: 999n, lateMs: null } })
  })

  test('missed while nobody was there are made when somebody is back, and say so', async () => {
    const database = await open()
    let nowMs = MIDNIGHT
    const maker = reportMaker(database, () => nowMs)
    await watchCluster(database, MIDNIGHT - HOUR_MS)
    await database.client.historyShard.updateMany({ data: { createdAtMs: BigInt(MIDNIGHT - HOUR_MS) } })
    await makeDueReports(maker, DAILY, NEVER)
    nowMs = MIDNIGHT + 2 * DAY_MS + 3 * HOUR_MS
    await makeDueReports(maker, DAILY, NEVER)
    const made = (await maker.store.list()).map(({ toMs, headline }) => [(toMs - MIDNIGHT) / DAY_MS, headline.lateMs])
    expect(made.sort()).toEqual([
      [0, null],
      [1, DAY_MS + 3 * HOUR_MS],
      [2, 3 * HOUR_MS],
    ])
    const missed = await maker.store.get((await maker.store.list()).find(({ headline }) => headline.lateMs)?.id ?? '')
    expect(missed?.headline).toMatchObject({ level: 'unknown', unseenMs: DAY_MS })
  })

  test('of two makers that are killed again and again are one for each day, whole, without a gap', async () => {
    const url = await createUrl()
    const database = await open(url)
    await watchCluster(database, MIDNIGHT)
    for (let kill = 0; kill < 4; kill += 1) {
      const newest = (await createReportStore(database, 1_000).newestScheduled())?.toMs ?? MIDNIGHT
      await Promise.all([makeAndKill(url, newest, 3 + kill), makeAndKill(url, newest, 5)])
    }
    const store = createReportStore(database, 1_000)
    const reports = (await store.list()).sort((one, other) => one.toMs - other.toMs)
    expect(reports.length).toBeGreaterThan(12)
    reports.slice(1).forEach((report, index) => {
      expect([report.fromMs, report.toMs]).toEqual([reports[index]?.toMs, report.fromMs + DAY_MS])
    })
    for (const { id } of reports) expect((await store.get(id))?.content.clusters).toHaveLength(1)
  }, 120_000)
})

/** Killed in the middle of the report after so many. */
async function makeAndKill(url: string, fromMs: number, reports: number): Promise<void> {
  const program = fileURLToPath(new URL('./make-until-killed.ts', import.meta.url))
  const child = spawn(process.execPath, [program, url, String(fromMs)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let made = 0
  child.stdout.on('data', (chunk) => {
    made += String(chunk).split('\n').length - 1
    if (made >= reports) child.kill('SIGKILL')
  })
  await once(child, 'exit')
}
