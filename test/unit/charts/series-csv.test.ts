import { describe, expect, test } from 'vitest'
import { csvName, seriesCsv } from '../../../components/charts/series-csv.ts'
import { type ChartSeries, shiftedAnswer } from '../../../components/charts/series-model.ts'

const SUBJECT = { metric: 'lagMessages', unit: 'messages' }
const HEAD =
  'time,metric,unit,cluster,topic,partition,group,broker,logDir,drawnLaterBySeconds,min,avg,max,last,gapUntil,gapReason'

function aSeries(series: Partial<ChartSeries> = {}): ChartSeries {
  return { key: 'a', label: 'a', labels: { cluster: 'shop' }, points: [], gaps: [], ...series }
}

function linesOf(series: ChartSeries[]): string[] {
  return seriesCsv(series, SUBJECT).split('\r\n')
}

describe('the numbers of a chart as CSV', () => {
  test('are one line for each sample and each gap, in the order of time', () => {
    const points = [
      { t: 60_000, min: 1, avg: 1.5, max: 2, last: 2 },
      { t: 180_000, min: -3, avg: -3, max: -3, last: -3 },
    ]
    const gaps = [{ from: '1970-01-01T00:02:00.000Z', to: '1970-01-01T00:03:00.000Z', reason: 'pollFailed' }]
    const labels = { cluster: 'shop', topic: 'orders', partition: 0, group: 'billing', broker: null }
    expect(linesOf([aSeries({ points, gaps, labels })])).toEqual([
      HEAD,
      '1970-01-01T00:01:00.000Z,lagMessages,messages,shop,orders,0,billing,,,0,1,1.5,2,2,,',
      '1970-01-01T00:02:00.000Z,lagMessages,messages,shop,orders,0,billing,,,0,,,,,1970-01-01T00:03:00.000Z,pollFailed',
      '1970-01-01T00:03:00.000Z,lagMessages,messages,shop,orders,0,billing,,,0,-3,-3,-3,-3,,',
      '',
    ])
  })

  test('keep the times of the samples where they are drawn later', () => {
    const points = [{ t: 86_460_000, min: 1, avg: 1, max: 1, last: 1 }]
    const [, line] = linesOf([aSeries({ points, shiftMs: 86_400_000 })])
    expect(line).toMatch(/^1970-01-01T00:01:00\.000Z,.*,86400,1,1,1,1,,$/)
  })

  test.each([
    ['=cmd()', `"'=cmd()"`],
    ['=cmd("a",1)', `"'=cmd(""a"",1)"`],
    ['+1', `"'+1"`],
    ['-1', `"'-1"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['\t=1', `"'\t=1"`],
    [' =1', `"' =1"`],
    ['＝1', `"'＝1"`],
    ['a,b', '"a,b"'],
    ['a\nb', '"a\nb"'],
    ['say "a"', '"say ""a"""'],
    ['orders-1', 'orders-1'],
    ['%DLQ%billing', '%DLQ%billing'],
  ])('never hand a spreadsheet the formula or the separator in %j', (topic, cell) => {
    const csv = seriesCsv(
      [aSeries({ labels: { cluster: 'shop', topic }, points: [{ t: 0, min: 0, avg: 0, max: 0, last: 0 }] })],
      SUBJECT,
    )
    expect(csv).toContain(`,shop,${cell},`)
  })
})

describe('the name of the file', () => {
  test.each([
    [['lagMessages', 'shop', 'a/b c', '2026-11-22T01:00'], 'lagMessages_shop_a-b-c_2026-11-22T01-00.csv'],
    [['pollMs', '', '../..', '订单'], 'pollMs_订单.csv'],
  ])('of %j', (parts, name) => {
    expect(csvName(parts)).toBe(name)
  })
})

describe('an answer that is compared', () => {
  test('moves by whole steps, with its gaps, and says by how much', () => {
    const { answer, shiftMs } = shiftedAnswer(
      {
        metric: 'pollMs',
        unit: 'milliseconds',
        stepSeconds: 7,
        series: [
          {
            labels: { cluster: 'shop' },
            points: [{ t: 14_000, min: 1, avg: 1, max: 1, last: 1 }],
            gaps: [{ from: '1970-01-01T00:00:21.000Z', to: '1970-01-01T00:00:28.000Z', reason: 'unknown' }],
          },
        ],
      },
      60_000,
    )
    expect(shiftMs).toBe(56_000)
    expect(answer.series[0]?.points[0]?.t).toBe(70_000)
    expect(answer.series[0]?.gaps).toEqual([
      { from: '1970-01-01T00:01:17.000Z', to: '1970-01-01T00:01:24.000Z', reason: 'unknown' },
    ])
  })
})
