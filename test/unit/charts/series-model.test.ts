import { describe, expect, test } from 'vitest'
import {
  aggregateSeries,
  type ChartSeries,
  chartRows,
  gapAt,
  gapBlocks,
  legendRow,
  sharedGapBlocks,
  topSeries,
} from '../../../components/charts/series-model.ts'

const STEP_MS = 1_000

function seriesOf(key: string, samples: Record<number, number>, gaps: [number, number][] = []): ChartSeries {
  return {
    key,
    label: key,
    points: Object.entries(samples).map(([t, value]) => ({
      t: Number(t),
      min: value,
      max: value,
      avg: value,
      last: value,
    })),
    gaps: gaps.map(([from, to]) => ({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      reason: 'pollFailed',
    })),
  }
}

describe('the rows of a chart', () => {
  test('have a row for every step of the range, with and without a sample', () => {
    const rows = chartRows([seriesOf('a', { 1000: 5 })], 'last', STEP_MS, { fromMs: 500, toMs: 3_000 })
    expect(rows.map((row) => [row.t, row.values[0]])).toEqual([
      [1000, 5],
      [2000, null],
      [3000, null],
    ])
  })

  test('connect samples that lie further apart than a step, without inventing a sample', () => {
    const rows = chartRows([seriesOf('a', { 0: 0, 3000: 30 })], 'last', STEP_MS, { fromMs: 0, toMs: 3_000 })
    expect(rows.map((row) => row.drawn[0])).toEqual([0, 10, 20, 30])
    expect(rows.map((row) => row.values[0])).toEqual([0, null, null, 30])
  })

  test('break the line where a gap parts two samples', () => {
    const rows = chartRows([seriesOf('a', { 0: 0, 3000: 30 }, [[1000, 3000]])], 'last', STEP_MS, {
      fromMs: 0,
      toMs: 3_000,
    })
    expect(rows.map((row) => row.drawn[0])).toEqual([0, null, null, 30])
  })

  test('keep one series whole while another has a gap', () => {
    const whole = seriesOf('whole', { 0: 1, 1000: 2, 2000: 3 })
    const holed = seriesOf('holed', { 0: 1, 2000: 3 }, [[1000, 2000]])
    const rows = chartRows([whole, holed], 'last', STEP_MS, { fromMs: 0, toMs: 2_000 })
    expect(rows.map((row) => row.drawn)).toEqual([
      [1, 1],
      [2, null],
      [3, 3],
    ])
  })
})

describe('gaps', () => {
  test('of several series are listed once and in order', () => {
    const blocks = gapBlocks([
      seriesOf('a', {}, [[5000, 6000]]),
      seriesOf('b', {}, [
        [1000, 2000],
        [5000, 6000],
      ]),
    ])
    expect(blocks.map((block) => block.fromMs)).toEqual([1000, 5000])
  })

  test('cover the whole chart only where every series has one', () => {
    const shared = sharedGapBlocks([
      seriesOf('a', {}, [
        [1000, 2000],
        [5000, 6000],
      ]),
      seriesOf('b', {}, [[4000, 7000]]),
    ])
    expect(shared.map((block) => block.fromMs)).toEqual([5000])
  })

  test('are found for a step that they touch', () => {
    const blocks = gapBlocks([seriesOf('a', {}, [[1500, 1800]])])
    expect(gapAt(blocks, 1000, STEP_MS)?.reason).toBe('pollFailed')
    expect(gapAt(blocks, 2000, STEP_MS)).toBeNull()
  })
})

describe('the legend', () => {
  test('says the value now, the least and the greatest', () => {
    expect(legendRow(seriesOf('a', { 0: 5, 1000: 1, 2000: 3 }), 3_000)).toMatchObject({ current: 3, min: 1, max: 5 })
  })

  test('does not know the value now inside a gap that lasts', () => {
    expect(legendRow(seriesOf('a', { 0: 5 }, [[1000, 9000]]), 9_000)).toMatchObject({ current: null, max: 5 })
  })

  test('knows nothing without samples, and never says zero', () => {
    expect(legendRow(seriesOf('a', {}), 0)).toMatchObject({ current: null, min: null, max: null })
  })
})

describe('many series', () => {
  test('are cut to the worst, unknown ones last', () => {
    const many = [seriesOf('low', { 0: 1 }), seriesOf('none', {}), seriesOf('high', { 0: 9 })]
    expect(topSeries(many, 2).map((one) => one.key)).toEqual(['high', 'low'])
    expect(topSeries(many, 2, 'lowest').map((one) => one.key)).toEqual(['low', 'high'])
  })

  const identity = { key: 'sum', label: 'sum' }

  test('are summed only where all are known', () => {
    const sum = aggregateSeries(
      [seriesOf('a', { 0: 1, 1000: 2 }), seriesOf('b', { 0: 10 })],
      'sum',
      identity,
      STEP_MS,
      {
        fromMs: 0,
        toMs: 1_000,
      },
    )
    expect(sum.points.map((point) => [point.t, point.last])).toEqual([[0, 11]])
  })

  test('have a least value also where only some are known', () => {
    const least = aggregateSeries(
      [seriesOf('a', { 0: 3, 1000: 2 }), seriesOf('b', { 0: 1 })],
      'min',
      identity,
      STEP_MS,
      {
        fromMs: 0,
        toMs: 1_000,
      },
    )
    expect(least.points.map((point) => point.last)).toEqual([1, 2])
  })
})
