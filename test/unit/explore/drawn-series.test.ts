import { describe, expect, test } from 'vitest'
import type { ChartSeries } from '../../../components/charts/series-model.ts'
import type { ChartData } from '../../../components/charts/time-chart.tsx'
import { drawnSeries, MAX_DRAWN } from '../../../components/explore/drawn-series.ts'

function aSeries(topic: string, last: number, shiftMs?: number): ChartSeries {
  const points = [{ t: 0, min: last, avg: last, max: last, last }]
  const key = `${topic} ${shiftMs ?? 0}`
  return { key, label: key, labels: { cluster: 'shop', topic }, points, gaps: [], ...(shiftMs ? { shiftMs } : {}) }
}

function dataOf(series: ChartSeries[]): ChartData {
  return { series, stepSeconds: 60, bounds: { fromMs: 0, toMs: 1, recordedSinceMs: null } }
}

function keysOf(data: ChartData): string[] {
  return data.series.map(({ key }) => key)
}

describe('the series of a pick', () => {
  test('are drawn in the order of the answer, as many as can be read', () => {
    const many = Array.from({ length: 60 }, (_, index) => aSeries(`t${index}`, index))
    const drawn = drawnSeries(dataOf(many), 'highest')
    expect([drawn.shown, drawn.total]).toEqual([MAX_DRAWN, 60])
    expect(keysOf(drawn.data)).toEqual(many.slice(60 - MAX_DRAWN).map(({ key }) => key))
    expect(keysOf(drawnSeries(dataOf(many), 'lowest').data)[0]).toBe('t0 0')
  })

  test('are followed by themselves at the other time: the same hue, dashed', () => {
    const { data, total } = drawnSeries(
      dataOf([aSeries('a', 1), aSeries('b', 2), aSeries('b', 3, 60), aSeries('a', 4, 60)]),
      'highest',
    )
    expect(total).toBe(2)
    expect(data.series.map(({ key, look }) => [key, look?.stroke, look?.dash])).toEqual([
      ['a 0', 'var(--series-1)', undefined],
      ['a 60', 'var(--series-1)', '4 3'],
      ['b 0', 'var(--series-2)', undefined],
      ['b 60', 'var(--series-2)', '4 3'],
    ])
  })

  test('that were there only at the other time are drawn too', () => {
    expect(keysOf(drawnSeries(dataOf([aSeries('a', 1), aSeries('gone', 2, 60)]), 'highest').data)).toEqual([
      'a 0',
      'gone 60',
    ])
  })
})
