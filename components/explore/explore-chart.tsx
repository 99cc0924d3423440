'use client'

import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { ApiError } from '../../lib/client/api.ts'
import { COMPARISONS, type Comparison, type SeriesPick } from '../../lib/client/explore-view.ts'
import type { SeriesView } from '../../lib/client/queries/series.ts'
import { useTimeRange } from '../../lib/client/time-range.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import type { MetricLabel } from '../../lib/history/metrics.ts'
import { csvName, seriesCsv } from '../charts/series-csv.ts'
import type { Statistic } from '../charts/series-model.ts'
import { type ChartData, TimeChart } from '../charts/time-chart.tsx'
import { useSeries } from '../charts/use-series.ts'
import { Button } from '../ui/button.tsx'
import { ErrorState } from '../ui/states.tsx'
import { type DrawnSeries, drawnSeries } from './drawn-series.ts'
import { drawnFirst, type ListedMetric, labelsOf, unitLook } from './metric-look.ts'
import { TooManySeries } from './too-many-series.tsx'
import { useEventMarks } from './use-event-marks.ts'
import { useSeriesNames } from './use-series-names.ts'

interface ExploreChartProps {
  pick: SeriesPick
  metric: ListedMetric
  statistic: Statistic
  comparison: Comparison | null
  clusters: readonly Pick<ClusterAnswer, 'id' | 'name' | 'kind'>[]
}

/** One pick, drawn. */
export function ExploreChart({ pick, metric, statistic, comparison, clusters }: ExploreChartProps): ReactElement {
  const t = useTranslations('explore')
  const format = useFormat()
  const [range, setRange] = useTimeRange()
  const views = useMemo(() => viewsOf(pick, metric, range, comparison), [pick, metric, range, comparison])
  const names = useSeriesNames(pick, metric, clusters, comparison)
  const { data, error, isDimmed, retry } = useSeries(views, range, names.series)
  const order = drawnFirst(metric.metric)
  const drawn = useMemo(() => (data === null ? null : drawnSeries(data, order)), [data, order])
  const clusterIds = pick.cluster === '' ? clusters.map(({ id }) => id) : [pick.cluster]
  const { marks, isTruncated } = useEventMarks(pick, clusterIds, range)
  const look = useMemo(() => unitLook(metric.unit, format), [metric.unit, format])
  const note = useNote(drawn, { statistic, comparison, order, isTruncated })
  return (
    <TimeChart
      title={names.title}
      unit={t(`units.${metric.unit}`)}
      data={drawn?.data ?? null}
      statistic={statistic}
      {...look}
      note={note}
      marks={marks}
      {...(error === null
        ? {}
        : { error: <ChartError error={error} pick={pick} known={labelsOf(pick, metric, clusters)} onRetry={retry} /> })}
      isDimmed={isDimmed}
      syncId="page"
      onZoom={({ fromMs, toMs }) => setRange(`${Math.round(fromMs)}-${Math.round(toMs)}`)}
      actions={<CsvButton data={drawn?.data ?? null} metric={metric} pick={pick} title={names.title} />}
    />
  )
}

interface NoteFacts {
  statistic: Statistic
  comparison: Comparison | null
  order: 'highest' | 'lowest'
  isTruncated: boolean
}

/** What one has to know to read the lines; its line is kept free while they load. */
function useNote(drawn: DrawnSeries | null, { statistic, comparison, order, isTruncated }: NoteFacts): string {
  const t = useTranslations('explore')
  const format = useFormat()
  if (drawn === null) return '\u00a0'
  const { data, shown, total } = drawn
  const sentences = [t(`step.${statistic}`, { step: format.duration(data.stepSeconds * 1_000) })]
  if (shown < total) sentences.push(t(`top.${order}`, { shown, total }))
  const isCompared = data.series.some(({ shiftMs, points }) => shiftMs !== undefined && points.length > 0)
  if (comparison !== null && !isCompared) sentences.push(t(`compare.nothing${comparison}`))
  if (isTruncated) sentences.push(t('eventsTruncated'))
  return sentences.join(' ')
}

function ChartError(props: {
  error: Error
  pick: SeriesPick
  known: readonly MetricLabel[]
  onRetry: () => void
}): ReactElement {
  const { error, pick, known, onRetry } = props
  if (error instanceof ApiError && error.code === 'range_too_large') {
    return <TooManySeries pick={pick} known={known} facts={error.problem?.facts ?? {}} />
  }
  return <ErrorState error={error} onRetry={onRetry} />
}

function viewsOf(
  { cluster, labels }: SeriesPick,
  { metric }: ListedMetric,
  range: SeriesView['range'],
  comparison: Comparison | null,
): SeriesView[] {
  const { partition, ...texts } = labels
  const now: SeriesView = {
    ...{ metric, range },
    ...(cluster === '' ? {} : { cluster }),
    ...texts,
    ...(partition === undefined ? {} : { partition: Number(partition) }),
  }
  return comparison === null ? [now] : [now, { ...now, shiftMs: COMPARISONS[comparison] }]
}

interface CsvButtonProps {
  data: ChartData | null
  metric: ListedMetric
  pick: SeriesPick
  title: string
}

function CsvButton({ data, metric, pick, title }: CsvButtonProps): ReactElement {
  const t = useTranslations('explore')
  const hasRows = data?.series.some(({ points, gaps }) => points.length + gaps.length > 0) === true
  const download = (): void => {
    if (data === null) return
    const from = new Date(data.bounds.fromMs).toISOString().slice(0, 16)
    const name = csvName([metric.metric, pick.cluster, ...Object.values(pick.labels), from])
    save(seriesCsv(data.series, metric), name)
  }
  return (
    <Button
      look="quiet"
      className="h-6 px-1.5 text-xs"
      disabled={!hasRows}
      aria-label={`${t('csvHelp')}: ${title}`}
      title={t('csvHelp')}
      onClick={download}
    >
      <Download aria-hidden className="size-3.5" />
      {t('csv')}
    </Button>
  )
}

function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The click has already begun the download when the browser takes its next task.
  setTimeout(() => URL.revokeObjectURL(url), 0)
}
