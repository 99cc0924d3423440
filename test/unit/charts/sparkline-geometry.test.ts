import { describe, expect, test } from 'vitest'
import { type SparklineInput, sparklineGeometry } from '../../../components/charts/sparkline-geometry.ts'

function input(samples: [number, number][], gaps: [number, number][] = []): SparklineInput {
  return {
    points: samples.map(([t, value]) => ({ t, min: value, max: value, avg: value, last: value })),
    gaps: gaps.map(([from, to]) => ({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      reason: 'unknown',
    })),
    stepSeconds: 10,
    bounds: { fromMs: 0, toMs: 100_000 },
    statistic: 'last',
    width: 100,
    height: 20,
  }
}

describe('a sparkline', () => {
  test('is one line from the lowest to the highest value', () => {
    expect(
      sparklineGeometry(
        input([
          [0, 0],
          [50_000, 10],
        ]),
      ).lines,
    ).toEqual(['0,18 50,2'])
  })

  test('of a change that is small for its kind does not fill the height', () => {
    const samples = input([
      [0, 0.72],
      [50_000, 0.73],
    ])
    expect(sparklineGeometry({ ...samples, leastSpan: 0.04 }).lines).toEqual(['0,12 50,8'])
    expect(sparklineGeometry({ ...samples, leastSpan: 0.01 }).lines).toEqual(['0,18 50,2'])
  })

  test('is cut by a gap, which is drawn as a block', () => {
    const geometry = sparklineGeometry(
      input(
        [
          [0, 0],
          [80_000, 10],
        ],
        [[20_000, 60_000]],
      ),
    )
    expect(geometry.lines).toHaveLength(2)
    expect(geometry.blocks).toEqual([{ x: 20, width: 40 }])
  })

  test('keeps a short gap visible', () => {
    expect(sparklineGeometry(input([], [[20_000, 20_100]])).blocks).toEqual([{ x: 20, width: 2 }])
  })

  test('lies on the ground when all is zero and in the middle when it is constant', () => {
    expect(
      sparklineGeometry(
        input([
          [0, 0],
          [50_000, 0],
        ]),
      ).lines,
    ).toEqual(['0,18 50,18'])
    expect(
      sparklineGeometry(
        input([
          [0, 7],
          [50_000, 7],
        ]),
      ).lines,
    ).toEqual(['0,10 50,10'])
  })

  test('shows a single sample', () => {
    expect(sparklineGeometry(input([[50_000, 7]])).lines).toEqual(['49,10 51,10'])
  })

  test('draws nothing for nothing', () => {
    expect(sparklineGeometry(input([]))).toEqual({ lines: [], blocks: [] })
  })
})
