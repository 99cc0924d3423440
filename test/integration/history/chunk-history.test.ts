import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Database } from '../../../lib/db.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import type { Sample, SeriesLabels, SeriesResult } from '../../../lib/history/history.ts'
import type { MetricName } from '../../../lib/history/metrics.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { onBothDatabases } from '../db/databases.ts'

const START_MS = Date.UTC(2026, 0, 5)
const INTERVAL_MS = 15_000
const MAX = 2n ** 63n - 1n
const KEPT = { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400 }

const at = (poll: number): number => START_MS + poll * INTERVAL_MS

interface Range {
  from?: number
  to?: number
  stepMs?: number
  clusterId?: string
}

async function append(
  history: ReturnType<typeof createChunkHistory>,
  poll: number,
  samples: Sample[] | null,
  clusterId = 'c',
): Promise<void> {
  const pollFailed = samples === null
  await history.append({ clusterId, atMs: at(poll), samples: samples ?? [], pollFailed, intervalMs: INTERVAL_MS })
}

/** Polls `from` to `to`, one step per poll. */
function read(
  history: ReturnType<typeof createChunkHistory>,
  metric: MetricName,
  labels: SeriesLabels,
  { from = 0, to = 1_000, stepMs = INTERVAL_MS, clusterId = 'c' }: Range = {},
): Promise<SeriesResult[]> {
  return history.read({ clusterId, metric, labels, fromMs: at(from), toMs: at(to), stepMs, maxSeries: 100 })
}

const open = (
  database: Database,
  over: { now?: number; maxBytes?: number } = {},
): ReturnType<typeof createChunkHistory> =>
  createChunkHistory(database, {
    ...KEPT,
    now: () => at(over.now ?? 100_000),
    ...(over.maxBytes === undefined ? {} : { maxBytes: over.maxBytes }),
  })

const values = (series: SeriesResult | undefined): [number, number][] =>
  (series?.points ?? []).map(({ t, last }) => [(t - START_MS) / INTERVAL_MS, last])

/** The newest poll up to this one that did not fail. */
function lastGoodPoll(poll: number): number {
  return poll % 100 >= 90 && poll % 100 < 94 ? Math.floor(poll / 100) * 100 + 89 : poll
}

onBothDatabases('history', ({ open: openDatabase }) => {
  test('the times of a dead-letter queue stand beside its depth, also after a restart', async () => {
    const database = await openDatabase()
    const labels = { topic: 'a-dlt' }
    for (const [poll, seconds] of [60, 60, null, 120].entries()) {
      const samples: Sample[] = [
        { metric: 'dlqDepth', labels, value: BigInt(poll) },
        { metric: 'dlqExpiresInSeconds', labels, value: seconds },
      ]
      await append(open(database), poll, samples)
    }
    const [left] = await read(open(database), 'dlqExpiresInSeconds', labels)
    expect(values(left)).toEqual([
      [0, 60],
      [1, 60],
      [3, 120],
    ])
    expect(left?.gaps.map(({ reason }) => reason)).toContain('unknown')
    expect(values((await read(open(database), 'dlqDepth', labels))[0])).toHaveLength(4)
  })

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

  test('hours that are over are sealed, and every range of them reads the same', async () => {
    const database = await openDatabase()
    const history = open(database)
    const end = (poll: number): bigint => MAX - 1_000n + BigInt(poll % 50)
    for (let poll = 0; poll < 600; poll += 1) {
      await append(history, poll, [
        { metric: 'endOffset', labels: { topic: 't', partition: 0 }, value: end(poll) },
        { metric: 'underMinIsr', labels: {}, value: BigInt(poll % 3) },
      ])
      if (poll % 100 === 99) await history.maintain(at(poll))
    }
    // Two shards, two hours; what is left of the third.
    expect(await database.client.historyChunk.count()).toBe(4)
    expect(await database.client.historyFrame.count()).toBe(2 * 120)
    for (const [from, to] of [
      [0, 599],
      [37, 41],
      [60, 480],
      [239, 240],
      [150, 150],
      [599, 599],
    ] as const) {
      const [series] = await read(open(database), 'underMinIsr', {}, { from, to })
      expect(values(series)).toEqual(Array.from({ length: to - from + 1 }, (_, i) => [from + i, (from + i) % 3]))
      expect(series?.gaps).toEqual([])
    }
    const [ends] = await read(history, 'endOffset', { topic: 't' }, { to: 599, stepMs: 60_000 })
    expect(ends?.points).toHaveLength(150)
    const [rates] = await read(history, 'produceRatePerSecond', { topic: 't' }, { from: 230, to: 250 })
    const expected = Array.from({ length: 21 }, (_, i) => [230 + i, (i + 30) % 50 === 0 ? null : 1 / 15])
    expect(values(rates)).toEqual(expected.filter(([, rate]) => rate !== null))
  })

  test('days and weeks are rolled up, and nothing that happened in a step is lost', async () => {
    const database = await openDatabase()
    const intervalMs = 20 * MINUTE_MS
    const polls = (16 * DAY_MS) / intervalMs
    const atOf = (poll: number): number => START_MS + poll * intervalMs
    // A dip of one poll every 100 polls, and an offset that grows by 1,200 a poll but stands still for a day.
    const isr = (poll: number): bigint => (poll % 100 === 50 ? 1n : 3n)
    const offset = (poll: number): bigint => BigInt(poll < 144 ? poll : poll < 216 ? 144 : poll - 72) * 1_200n
    const nowMs = atOf(polls)
    const history = createChunkHistory(database, { ...KEPT, now: () => nowMs })
    for (let poll = 0; poll < polls; poll += 1) {
      const labels = { topic: 't', partition: 0 }
      const samples: Sample[] = [
        { metric: 'isrSize', labels, value: poll % 100 === 77 ? null : isr(poll) },
        { metric: 'endOffset', labels, value: offset(poll) },
      ]
      const pollFailed = poll % 100 >= 90 && poll % 100 < 94
      await history.append({
        clusterId: 'c',
        atMs: atOf(poll),
        samples: pollFailed ? [] : samples,
        pollFailed,
        intervalMs,
      })
      if (poll % 288 === 287) await history.maintain(atOf(poll))
    }
    await history.maintain(nowMs)
    const levels = await database.client.historyChunk.groupBy({ by: ['stepSeconds'], _count: true })
    expect(levels.map(({ stepSeconds }) => stepSeconds).sort((a, b) => a - b)).toEqual([0, 300, 3_600])
    const ask = (metric: MetricName, stepMs: number): Promise<SeriesResult[]> =>
      history.read({ clusterId: 'c', metric, labels: {}, fromMs: START_MS, toMs: nowMs, stepMs, maxSeries: 9 })

    const [hours] = await ask('isrSize', HOUR_MS)
    const [raw] = await ask('isrSize', intervalMs)
    // Raw is kept for two days and what is not rolled up; before them the steps of five minutes stand for the polls.
    expect(raw?.points.map(({ t, last }) => [t, last])).toEqual(
      Array.from({ length: polls }, (_, poll) => [atOf(poll), Number(isr(poll))]).filter(([t]) => {
        const poll = ((t as number) - START_MS) / intervalMs
        return poll % 100 !== 77 && !(poll % 100 >= 90 && poll % 100 < 94)
      }),
    )
    const dips = (series: SeriesResult | undefined): number => series?.points.filter(({ min }) => min === 1).length ?? 0
    expect(dips(hours)).toBe(Math.ceil((polls - 50) / 100))
    expect(
      hours?.points.every(({ min, max, avg, last }) => min <= avg && avg <= max && min <= last && last <= max),
    ).toBe(true)
    const failed = Array.from({ length: Math.ceil((polls - 90) / 100) }, (_, i) => atOf(i * 100 + 90))
    expect(raw?.gaps.filter(({ reason }) => reason === 'pollFailed').map(({ fromMs }) => fromMs)).toEqual(failed)

    const [rates] = await ask('produceRatePerSecond', HOUR_MS)
    const still = rates?.points.filter(({ t }) => t > atOf(145) && t < atOf(215)) ?? []
    expect(still.length).toBeGreaterThan(20)
    expect(still.every(({ max }) => max === 0)).toBe(true)
    expect(
      rates?.points.filter(({ t }) => t > atOf(220) && t < atOf(280)).every(({ min, max }) => min === 1 && max === 1),
    ).toBe(true)
    const [ends] = await ask('endOffset', DAY_MS)
    expect(ends?.points.map(({ last }) => BigInt(last))).toEqual(
      Array.from({ length: 16 }, (_, day) => offset(lastGoodPoll(day * 72 + 71))),
    )
    // Nothing is counted twice where two levels meet.
    const perHour = Array.from({ length: polls / 3 }, (_, hour) => atOf(hour * 3))
    expect(hours?.points.map(({ t }) => t)).toEqual(perHour.filter((t) => hours?.points.some((point) => point.t === t)))
  })

  test('a clock that was set back an hour loses no poll and doubles none', async () => {
    const database = await openDatabase()
    const history = open(database)
    // 10 polls of each hour for 3 hours, then back to the second, then on to the fifth.
    const times = [0, 240, 480, 245, 485, 725, 965].flatMap((first) =>
      Array.from({ length: 10 }, (_, i) => first + 3 * i),
    )
    for (const [index, poll] of times.entries()) {
      await append(history, poll, [{ metric: 'endOffset', labels: { topic: 't', partition: 0 }, value: BigInt(index) }])
      await history.maintain(at(poll))
    }
    const seen = async (): Promise<number[]> => {
      const [series] = await read(history, 'endOffset', {})
      return values(series).map(([, value]) => value)
    }
    const byTime = [...times.keys()].sort((a, b) => (times[a] as number) - (times[b] as number))
    expect(await seen()).toEqual(byTime)
    await history.maintain(at(1_300))
    expect(await database.client.historyFrame.count()).toBe(0)
    expect(await seen()).toEqual(byTime)
    // A rate between two polls of different clocks would be a guess.
    const [rates] = await read(history, 'produceRatePerSecond', {}, { from: 240, to: 300 })
    expect(values(rates).every(([, rate]) => rate === 1 / 45)).toBe(true)
  })

  test('a poll that is given again after an error is stored once', async () => {
    const database = await openDatabase()
    const sample: Sample = { metric: 'offline', labels: {}, value: 1n }
    await append(open(database), 0, [sample])
    // What the connection broke over: the commit had happened, and nobody was told.
    const again = open(database)
    await append(again, 0, [sample])
    await append(again, 1, [sample])
    expect(await database.client.historyFrame.count()).toBe(2)
  })

  test('what is damaged is told as damaged, and the rest reads', async () => {
    const database = await openDatabase()
    const history = open(database)
    for (let poll = 0; poll < 960; poll += 1) {
      await append(history, poll, [{ metric: 'offline', labels: {}, value: BigInt(poll) }])
    }
    await history.maintain(at(960))
    const { client } = database
    const chunks = await client.historyChunk.findMany({ orderBy: { fromMs: 'asc' } })
    const second = chunks[1] as (typeof chunks)[number]
    const { content, untilMs: _, ...key } = second
    const flipped = new Uint8Array(content)
    flipped[20] = (flipped[20] as number) ^ 4
    const where = { shardId_stepSeconds_fromMs_firstEntity: key }
    await client.historyChunk.update({ where, data: { content: flipped }, select: { shardId: true } })
    const frames = await client.historyFrame.findMany({ orderBy: { seq: 'asc' } })
    expect(frames).toHaveLength(240)
    const { shardId, seq } = frames[100] as (typeof frames)[number]
    const cut = {
      where: { shardId_seq: { shardId, seq } },
      data: { content: new Uint8Array([1, 2, 3]) },
      select: { seq: true },
    }
    await client.historyFrame.update(cut)
    const [series] = await read(history, 'offline', {}, { to: 959 })
    const polls = values(series).map(([poll]) => poll)
    expect(polls).toEqual(Array.from({ length: 820 }, (_, i) => i).filter((poll) => poll < 240 || poll >= 480))
    expect(series?.gaps).toEqual([
      { fromMs: at(240), toMs: at(480), reason: 'damaged' },
      { fromMs: at(820), toMs: at(959), reason: 'damaged' },
    ])
    // It stays told after the hour is sealed.
    await history.maintain(at(1_300))
    const [sealed] = await read(history, 'offline', {}, { to: 959 })
    expect(sealed?.gaps.map(({ reason }) => reason)).toEqual(['damaged', 'damaged'])
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

  test('what is older than its time goes once it is rolled up, and series that are gone are forgotten', async () => {
    const database = await openDatabase()
    const intervalMs = 10 * MINUTE_MS
    const polls = (4 * DAY_MS) / intervalMs
    // A Thursday, which weeks begin with here.
    const startMs = Date.UTC(2026, 0, 8)
    const atOf = (poll: number): number => startMs + poll * intervalMs
    const history = createChunkHistory(database, {
      rawHours: 24,
      fiveMinuteDays: 1,
      hourlyDays: 2,
      now: () => atOf(polls),
    })
    for (let poll = 0; poll < polls; poll += 1) {
      const gone: Sample[] = poll < 5 ? [{ metric: 'groupLagMessages', labels: { group: 'gone' }, value: 1n }] : []
      const samples: Sample[] = [...gone, { metric: 'offline', labels: {}, value: BigInt(poll) }]
      await history.append({ clusterId: 'c', atMs: atOf(poll), samples, pollFailed: false, intervalMs })
    }
    await history.maintain(atOf(polls))
    const { client } = database
    const oldest = async (stepSeconds: number): Promise<number> =>
      Number((await client.historyChunk.aggregate({ where: { stepSeconds }, _min: { fromMs: true } }))._min.fromMs)
    expect(await oldest(0)).toBe(atOf(polls - 144))
    // Weeks are not over yet: what would make them stays.
    expect(await oldest(300)).toBe(startMs)
    expect(await client.historyShard.count()).toBe(2)
    // Weeks later nothing of the first ones is left, and what was deleted behind the writer's back comes again.
    await history.maintain(atOf(polls) + 30 * DAY_MS)
    expect(await client.historyShard.count()).toBe(0)
    const later = atOf(polls) + 31 * DAY_MS
    const samples: Sample[] = [{ metric: 'groupLagMessages', labels: { group: 'gone' }, value: 2n }]
    await history.append({ clusterId: 'c', atMs: later, samples, pollFailed: false, intervalMs })
    const query = { clusterId: 'c', labels: {}, fromMs: START_MS, toMs: later, stepMs: intervalMs, maxSeries: 5 }
    expect((await history.read({ ...query, metric: 'groupLagMessages' }))[0]?.points).toHaveLength(1)
  })

  test('the store stays within its size however much comes', async () => {
    const database = await openDatabase()
    const maxBytes = 600_000
    const history = open(database, { maxBytes })
    let seed = 1n
    const random = (): bigint => (seed = (seed * 6_364_136_223_846_793_005n + 1n) % 2n ** 62n)
    for (let poll = 0; poll < 1_000; poll += 1) {
      const samples = Array.from(
        { length: 50 },
        (_, partition): Sample => ({ metric: 'endOffset', labels: { topic: 't', partition }, value: random() }),
      )
      await history.append({
        clusterId: 'c',
        atMs: at(poll * 24),
        samples,
        pollFailed: false,
        intervalMs: INTERVAL_MS * 24,
      })
      if (poll % 100 === 99) {
        await history.maintain(at(poll * 24))
        // The steps of a day are the least that can go.
        const rows = await database.client.historyChunk.findMany({ select: { content: true } })
        expect(rows.reduce((sum, { content }) => sum + content.length, 0)).toBeLessThan(maxBytes + 300_000)
      }
    }
    const [series] = await read(history, 'endOffset', { partition: 3 }, { to: 24_000 })
    expect(values(series).at(-1)?.[0]).toBe(999 * 24)
  })
})
