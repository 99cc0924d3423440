'use client'

import { Download } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import { ApiError } from '../../lib/client/api.ts'
import { COMPARISONS, type Comparison, type SeriesPick } from '../../lib/client/explore-view.ts'
import type { SeriesView } from '../../lib/client/queries/series.ts'
import { useTimeRange } from '../../lib/client/time-range.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { csvName, seriesCsv } from '../charts/series-csv.ts'
import type { Statistic } from '../charts/series-model.ts'
import { type ChartData, TimeChart } from '../charts/time-chart.tsx'
import { useSeries } from '../charts/use-series.ts'
import { Button } from '../ui/button.tsx'
import { ErrorState } from '../ui/states.tsx'
import { drawnSeries } from './drawn-series.ts'
import { drawnFirst, type ListedMetric, unitLook } from './metric-look.ts'
import { TooManySeries } from './too-many-series.tsx'
import { useEventMarks } from './use-event-marks.ts'
import { useSeriesNames } from './use-series-names.ts'

interface ExploreChartProps {
  pick: SeriesPick
  metric: ListedMetric
  statistic: Statistic
  comparison: Comparison | null
  clusters: readonly { id: string; name: string }[]
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
  const note =
    drawn === null
      ? null
      : [
          t('step', {
            step: format.duration(drawn.data.stepSeconds * 1_000),
            statistic: t(`statistic.${statistic}`),
          }),
          drawn.shown < drawn.total ? t(`top.${order}`, { shown: drawn.shown, total: drawn.total }) : '',
          isTruncated ? t('eventsTruncated') : '',
        ].join(' ')
  return (
    <TimeChart
      title={names.title}
      unit={t(`units.${metric.unit}`)}
      data={drawn?.data ?? null}
      statistic={statistic}
      {...look}
      note={note ?? '\u00a0'}
      marks={marks}
      {...(error === null ? {} : { error: <ChartError error={error} pick={pick} metric={metric} onRetry={retry} /> })}
      isDimmed={isDimmed}
      syncId="page"
      onZoom={({ fromMs, toMs }) => setRange(`${Math.round(fromMs)}-${Math.round(toMs)}`)}
      actions={<CsvButton data={drawn?.data ?? null} metric={metric} pick={pick} title={names.title} />}
    />
  )
}

function ChartError(props: {
  error: Error
  pick: SeriesPick
  metric: ListedMetric
  onRetry: () => void
}): ReactElement {
  const { error, pick, metric, onRetry } = props
  if (error instanceof ApiError && error.code === 'range_too_large') {
    return <TooManySeries pick={pick} metric={metric} facts={error.problem?.facts ?? {}} />
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
