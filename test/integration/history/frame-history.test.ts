import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Database } from '../../../lib/db.ts'
import { createFrameHistory } from '../../../lib/history/frame-history.ts'
import type { Sample, SeriesLabels, SeriesResult } from '../../../lib/history/history.ts'
import type { MetricName } from '../../../lib/history/metrics.ts'
import { HOUR_MS } from '../../../lib/units.ts'
import { onBothDatabases } from '../db/databases.ts'

const START_MS = Date.UTC(2026, 0, 5)
const INTERVAL_MS = 15_000
const MAX = 2n ** 63n - 1n

const at = (poll: number): number => START_MS + poll * INTERVAL_MS

interface Range {
  from?: number
  to?: number
  stepMs?: number
  clusterId?: string
}

async function append(
  history: ReturnType<typeof createFrameHistory>,
  poll: number,
  samples: Sample[] | null,
  clusterId = 'c',
): Promise<void> {
  const pollFailed = samples === null
  await history.append({ clusterId, atMs: at(poll), samples: samples ?? [], pollFailed, intervalMs: INTERVAL_MS })
}

/** Polls `from` to `to`, one step per poll. */
function read(
  history: ReturnType<typeof createFrameHistory>,
  metric: MetricName,
  labels: SeriesLabels,
  { from = 0, to = 1_000, stepMs = INTERVAL_MS, clusterId = 'c' }: Range = {},
): Promise<SeriesResult[]> {
  return history.read({ clusterId, metric, labels, fromMs: at(from), toMs: at(to), stepMs, maxSeries: 100 })
}

const open = (
  database: Database,
  over: { now?: number; maxBytes?: number } = {},
): ReturnType<typeof createFrameHistory> =>
  createFrameHistory(database, {
    rawHours: 48,
    now: () => at(over.now ?? 100_000),
    ...(over.maxBytes === undefined ? {} : { maxBytes: over.maxBytes }),
  })

const values = (series: SeriesResult | undefined): [number, number][] =>
  (series?.points ?? []).map(({ t, last }) => [(t - START_MS) / INTERVAL_MS, last])

onBothDatabases('history', ({ open: openDatabase }) => {
  test('any samples come back from any run of polls, with restarts between them', async () => {
    const whole = fc.oneof(
      fc.bigInt({ min: 0n, max: 9n }),
      fc.bigInt({ min: -MAX, max: MAX }),
      fc.constantFrom(MAX, MAX - 1n, 0n),
    )
    const sample = fc.option(
      fc.tuple(fc.option(whole), fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }))),
      { freq: 6 },
    )
    const topics = ['a', 'b', 'c']
    const database = await openDatabase()
    const poll = fc.record({ restart: fc.boolean(), samples: fc.array(sample, { minLength: 3, maxLength: 3 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(poll, { minLength: 1, maxLength: 8 }), async (polls) => {
        const clusterId = randomUUID()
        let history = open(database, { now: polls.length })
        for (const [index, { restart, samples }] of polls.entries()) {
          if (restart) history = open(database, { now: polls.length })
          const batch = samples.flatMap((one, topic): Sample[] => {
            if (one === null) return []
            const labels = { topic: topics[topic] as string, partition: topic }
            const group = { group: 'g', ...labels }
            return [
              { metric: 'endOffset', labels, value: one[0] },
              { metric: 'lagSeconds', labels: group, value: one[1] },
            ]
          })
          await append(history, index, batch, clusterId)
        }
        for (const [topic, name] of topics.entries()) {
          const expected = (part: 0 | 1): [number, number][] =>
            polls.flatMap(({ samples }, index): [number, number][] => {
              const value = samples[topic]?.[part]
              return value === null || value === undefined ? [] : [[index, Number(value)]]
            })
          const [ends] = await read(history, 'endOffset', { topic: name }, { clusterId })
          expect(values(ends)).toEqual(expected(0))
          const [lags] = await read(history, 'lagSeconds', { group: 'g', topic: name }, { clusterId })
          expect(values(lags)).toEqual(expected(1))
        }
      }),
      { numRuns: 25 },
    )
  })

  test('long runs are joined, and every range of them reads the same', async () => {
    const database = await openDatabase()
    const history = open(database)
    const end = (poll: number): bigint => MAX - 1_000n + BigInt(poll % 50)
    for (let poll = 0; poll < 200; poll += 1) {
      await append(history, poll, [
        { metric: 'endOffset', labels: { topic: 't', partition: 0 }, value: end(poll) },
        { metric: 'underMinIsr', labels: {}, value: BigInt(poll % 3) },
      ])
    }
    const rows = await database.client.historyFrame.findMany({ select: { atMs: true, untilMs: true } })
    expect(rows.length).toBeLessThan(160)
    expect(rows.filter(({ atMs, untilMs }) => atMs !== untilMs).length).toBeGreaterThan(3)
    for (const [from, to] of [
      [0, 199],
      [37, 41],
      [60, 180],
      [150, 150],
      [199, 199],
    ] as const) {
      const [series] = await read(open(database), 'underMinIsr', {}, { from, to })
      expect(values(series)).toEqual(Array.from({ length: to - from + 1 }, (_, i) => [from + i, (from + i) % 3]))
    }
    const [ends] = await read(history, 'endOffset', { topic: 't' }, { to: 199, stepMs: 60_000 })
    expect(ends?.points).toHaveLength(50)
  })

  test('rates follow from the offsets, exactly even near the end of 64 bits', async () => {
    const history = open(await openDatabase(), { now: 5 })
    const offsets = [MAX - 1_000n, MAX - 985n, MAX - 955n, 10n, 25n]
    for (const [poll, value] of offsets.entries()) {
      await append(history, poll, [{ metric: 'endOffset', labels: { topic: 't', partition: 0 }, value }])
    }
    const [rate] = await read(history, 'produceRatePerSecond', {})
    expect(values(rate)).toEqual([
      [1, 1],
      [2, 2],
      [4, 1],
    ])
    // The poll after a reset has no rate; the one before the range begins gives it its first.
    expect(rate?.gaps).toEqual([{ fromMs: at(3), toMs: at(4), reason: 'unknown' }])
    expect(values((await read(history, 'produceRatePerSecond', {}, { from: 2, to: 2 }))[0])).toEqual([[2, 2]])
  })

  test('gaps say why: a failed poll, something unknown, a console that was not running', async () => {
    const history = open(await openDatabase(), { now: 30 })
    const lag = (value: bigint | null): Sample[] => [{ metric: 'groupLagMessages', labels: { group: 'g' }, value }]
    for (const [poll, samples] of [
      [0, lag(1n)],
      [1, null],
      [2, lag(2n)],
      [3, lag(null)],
      [4, lag(3n)],
      [20, lag(4n)],
      [21, []],
    ] as const) {
      await append(history, poll, samples as Sample[] | null)
    }
    const [series] = await read(history, 'groupLagMessages', {}, { to: 25 })
    expect(values(series)).toEqual([
      [0, 1],
      [2, 2],
      [4, 3],
      [20, 4],
    ])
    expect(series?.gaps).toEqual([
      { fromMs: at(1), toMs: at(2), reason: 'pollFailed' },
      { fromMs: at(3), toMs: at(4), reason: 'unknown' },
      { fromMs: at(4), toMs: at(20), reason: 'consoleDown' },
    ])
  })

  test('labels choose, and too many series are refused', async () => {
    const history = open(await openDatabase(), { now: 1 })
    const samples = [0, 1, 2].flatMap((partition) =>
      ['a', 'b'].map(
        (topic): Sample => ({ metric: 'isrSize', labels: { topic, partition }, value: BigInt(partition) }),
      ),
    )
    await append(history, 0, samples)
    expect(await read(history, 'isrSize', {})).toHaveLength(6)
    const b = await read(history, 'isrSize', { topic: 'b' })
    expect(b.map(({ labels }) => labels)).toEqual([0, 1, 2].map((partition) => ({ topic: 'b', partition })))
    expect(await read(history, 'isrSize', { topic: 'b', partition: 7 })).toEqual([])
    const query = { clusterId: 'c', labels: {}, fromMs: at(0), toMs: at(9), stepMs: INTERVAL_MS, maxSeries: 5 }
    await expect(history.read({ ...query, metric: 'isrSize' })).rejects.toMatchObject({ code: 'range_too_large' })
    expect(await history.read({ ...query, clusterId: 'other', metric: 'isrSize' })).toEqual([])
  })

  test('more series than a shard holds are spread, a topic stays together, and order does not matter', async () => {
    const database = await openDatabase()
    const history = open(database, { now: 3 })
    const samples = Array.from({ length: 400 }, (_, topic) =>
      [0, 1, 2].map((partition): Sample[] => {
        const labels = { topic: `t${topic}`, partition }
        return (['startOffset', 'endOffset', 'isrSize', 'logSizeBytes'] as const).map((metric, i) => ({
          metric,
          labels,
          value: BigInt(topic * 100 + partition * 10 + i),
        }))
      }),
    ).flat(2)
    await append(history, 0, samples)
    await append(history, 1, [...samples].reverse())
    await append(
      history,
      2,
      samples.filter((_, i) => i % 7 !== 0),
    )
    expect(await database.client.historyShard.count()).toBe(3)
    const [series] = await read(history, 'endOffset', { topic: 't333', partition: 2 })
    expect(values(series).slice(0, 2)).toEqual([
      [0, 33_321],
      [1, 33_321],
    ])
    expect(await read(history, 'endOffset', { topic: 't399' })).toHaveLength(3)
  })

  test('prune keeps what is young, whole runs at a time, and forgets series that are gone', async () => {
    const database = await openDatabase()
    const history = open(database)
    const polls = 260
    for (let poll = 0; poll < polls; poll += 1) {
      const gone: Sample[] = poll < 5 ? [{ metric: 'groupLagMessages', labels: { group: 'gone' }, value: 1n }] : []
      await append(history, poll, [...gone, { metric: 'offline', labels: {}, value: BigInt(poll) }])
    }
    await append(history, polls, null)
    await history.prune(at(200) + 48 * HOUR_MS)
    const [series] = await read(history, 'offline', {})
    const kept = values(series)
    expect(kept.at(-1)).toEqual([polls - 1, polls - 1])
    expect(kept[0]?.[0]).toBeGreaterThan(100)
    expect(kept[0]?.[0]).toBeLessThanOrEqual(200)
    expect(kept).toHaveLength(polls - (kept[0]?.[0] ?? 0))
    expect(await read(history, 'groupLagMessages', {})).toEqual([])
    expect(await database.client.historyShard.count()).toBe(1)
    // What was deleted behind the writer's back comes again.
    await append(history, polls + 1, [{ metric: 'groupLagMessages', labels: { group: 'gone' }, value: 2n }])
    expect(values((await read(history, 'groupLagMessages', {}))[0])).toEqual([[polls + 1, 2]])
  })

  test('the store stays within its size however much comes', async () => {
    const database = await openDatabase()
    const maxBytes = 200_000
    const history = open(database, { maxBytes })
    const size = async (): Promise<number> => {
      const rows = await database.client.historyFrame.findMany({ select: { content: true } })
      return rows.reduce((sum, { content }) => sum + content.length, 0)
    }
    let seed = 1n
    const random = (): bigint => (seed = (seed * 6_364_136_223_846_793_005n + 1n) % 2n ** 62n)
    for (let poll = 0; poll < 300; poll += 1) {
      const samples = Array.from(
        { length: 150 },
        (_, partition): Sample => ({ metric: 'endOffset', labels: { topic: 't', partition }, value: random() }),
      )
      await append(history, poll, samples)
      if (poll % 100 === 99) {
        await history.prune(at(poll))
        // A run is the least that can go.
        expect(await size()).toBeLessThan(maxBytes + 60 * 150 * 9)
      }
    }
    const [series] = await read(history, 'endOffset', { partition: 3 })
    expect(values(series).at(-1)?.[0]).toBe(299)
  })
})
