'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { AlertPreviewAnswer } from '../../lib/api/schemas/alerts.ts'
import { recordsBeginMs } from '../../lib/client/alert-views.ts'
import type { RuleForm } from '../../lib/client/rule-form.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { type ChartData, TimeChart } from '../charts/time-chart.tsx'
import type { ChartSpan, ChartThreshold } from '../charts/time-chart-plot.tsx'
import { type ListedMetric, unitLook } from '../explore/metric-look.ts'
import { useSeriesNames } from '../explore/use-series-names.ts'

type Chart = NonNullable<AlertPreviewAnswer['chart']>

interface PreviewChartProps {
  preview: AlertPreviewAnswer
  chart: Chart
  form: RuleForm
  metric: ListedMetric
  clusters: readonly { id: string; name: string }[]
}

/** The numbers that the rule was run over, its marks, and where it would have fired. */
export function PreviewChart({ preview, chart, form, metric, clusters }: PreviewChartProps): ReactElement | null {
  const t = useTranslations('ruleEditor.preview')
  const explore = useTranslations('explore')
  const format = useFormat()
  const look = useMemo(() => unitLook(metric.unit, format), [metric.unit, format])
  const pick = { metric: metric.metric, cluster: preview.clusterId, labels: {} }
  const names = useSeriesNames(pick, metric, clusters, null)
  // Text, so that the lines are drawn anew only for new words.
  const lines = JSON.stringify(chart.series.map((one) => names.series(one, metric.metric, VIEW)))
  const data = useMemo(() => chartData(preview, chart, JSON.parse(lines) as string[]), [preview, chart, lines])
  const spans = useMemo(() => spansOf(preview, chart), [preview, chart])
  if (chart.total === 0) return null
  // A forecast is run over what it follows from, which has other marks.
  const isWatched = chart.metric === form.series
  const isPart = chart.series.length < chart.total
  const note = [t('note'), ...(isPart ? [t('drawn', { drawn: chart.series.length, total: chart.total })] : [])]
  return (
    <TimeChart
      title={names.title}
      unit={explore(`units.${metric.unit}`)}
      data={data}
      statistic={isWatched && form.beyond === 'below' ? 'min' : 'max'}
      {...look}
      thresholds={
        isWatched ? thresholdsOf(form, (mark, value) => t(`${mark}Mark`, { value: look.formatValue(value) })) : []
      }
      spans={spans}
      note={note.join(' ')}
      syncId="preview"
    />
  )
}

const VIEW = { metric: 'pollMs', range: '7d' } as const

function chartData(preview: AlertPreviewAnswer, { series, stepSeconds }: Chart, lines: readonly string[]): ChartData {
  const recordedSinceMs = recordsBeginMs(preview)
  return {
    series: series.map(({ labels, points, gaps }, index) => ({
      ...{ key: JSON.stringify(labels), label: lines[index] ?? '', labels, points, gaps },
    })),
    stepSeconds,
    bounds: { fromMs: recordedSinceMs ?? Date.parse(preview.from), toMs: Date.parse(preview.to), recordedSinceMs },
  }
}

function spansOf({ to }: AlertPreviewAnswer, { series }: Chart): ChartSpan[] {
  return series.flatMap(({ labels, firing }) =>
    firing.map((span) => ({
      key: `${JSON.stringify(labels)} ${span.from}`,
      ...{ fromMs: Date.parse(span.from), toMs: Date.parse(span.to ?? to) },
    })),
  )
}

/** Those of the form, which the numbers follow as soon as whoever types rests. */
function thresholdsOf(
  { raise, clear }: RuleForm,
  label: (mark: 'raise' | 'clear', value: number) => string,
): ChartThreshold[] {
  const marks = [
    { mark: 'raise', text: raise, tone: 'risk' },
    { mark: 'clear', text: clear, tone: 'neutral' },
  ] as const
  return marks.flatMap(({ mark, text, tone }) => {
    const value = Number(text)
    return text.trim() === '' || !Number.isFinite(value) ? [] : [{ value, label: label(mark, value), tone }]
  })
}
