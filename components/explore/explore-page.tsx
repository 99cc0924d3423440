'use client'

import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { newestPoll, shortestIntervalMs, worstClustersFirst } from '../../lib/client/cluster-views.ts'
import { MAX_PICKS, type SeriesPick } from '../../lib/client/explore-view.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { metricsQuery } from '../../lib/client/queries/metrics.ts'
import { RangePicker } from '../charts/range-picker.tsx'
import { PollTrouble } from '../clusters/cluster-frame.tsx'
import { EmptyPanel } from '../shell/empty-panel.tsx'
import { ClusterWords } from '../shell/system-words.tsx'
import { Button } from '../ui/button.tsx'
import { Freshness } from '../ui/freshness.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Select } from '../ui/select.tsx'
import { Loading, Skeleton } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../ui/states.tsx'
import { CopyLink } from './copy-link.tsx'
import { ExploreChart } from './explore-chart.tsx'
import { type ListedMetric, listedMetrics, worstOf } from './metric-look.ts'
import { PickForm } from './pick-form.tsx'
import { COMPARISON_NAMES, type ExploreView, STATISTICS, useExploreView } from './use-explore-view.ts'

/** Any series, compared and annotated. */
export function ExplorePage(): ReactElement {
  const t = useTranslations('explore')
  const answer = useQuery(clustersQuery())
  const list = useQuery(metricsQuery())
  const clusters = useMemo(() => worstClustersFirst(answer.data?.items ?? []), [answer.data])
  const firstId = clusters.length === 1 ? (clusters[0]?.id ?? '') : ''
  const blank = useMemo<SeriesPick>(() => ({ metric: '', cluster: firstId, labels: {} }), [firstId])
  const view = useExploreView(blank)
  const metrics = useMemo(() => listedMetrics(list.data), [list.data])
  const picked = clusters.filter(({ id }) => view.picks.some(({ cluster }) => cluster === '' || cluster === id))
  return (
    <>
      <PageHeader title={t('title')}>
        <Freshness at={newestPoll(picked)} intervalMs={shortestIntervalMs(picked)} />
        <ViewSelects view={view} />
        <RangePicker />
        <CopyLink />
      </PageHeader>
      <h2 className="sr-only">{t('charts')}</h2>
      {answer.data === undefined || list.data === undefined ? (
        <div className="panel">
          {answer.error === null && list.error === null ? (
            <Loading>
              <Skeleton className="m-4 h-72" />
            </Loading>
          ) : (
            <ErrorState
              error={answer.error ?? list.error}
              onRetry={() => {
                void answer.refetch()
                void list.refetch()
              }}
            />
          )}
        </div>
      ) : clusters.length === 0 ? (
        <NoCluster />
      ) : (
        <Charts view={view} metrics={metrics} clusters={clusters} />
      )}
    </>
  )
}

function ViewSelects({ view }: { view: ExploreView }): ReactElement {
  const t = useTranslations('explore')
  return (
    <>
      <Select
        aria-label={t('statistic.label')}
        value={view.statistic}
        options={STATISTICS.map((value) => ({ value, label: t(`statistic.${value}`) }))}
        onValueChange={view.setStatistic}
      />
      <Select
        aria-label={t('compare.label')}
        value={view.comparison ?? 'none'}
        options={(['none', ...COMPARISON_NAMES] as const).map((value) => ({ value, label: t(`compare.${value}`) }))}
        onValueChange={(value) => view.setComparison(value === 'none' ? null : value)}
      />
    </>
  )
}

interface ChartsProps {
  view: ExploreView
  metrics: readonly ListedMetric[]
  clusters: readonly ClusterAnswer[]
}

function Charts({ view, metrics, clusters }: ChartsProps): ReactElement {
  const t = useTranslations('explore')
  const { picks } = view
  const last = picks.at(-1)
  const named = new Set(picks.map(({ cluster }) => cluster))
  return (
    <>
      {clusters
        .filter(({ id }) => named.has(id))
        .map((cluster) => (
          <ClusterWords key={cluster.id} clusterId={cluster.id}>
            <PollTrouble cluster={cluster} />
          </ClusterWords>
        ))}
      <ol className="flex flex-col gap-5">
        {picks.map((pick, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a pick is its place; while it is edited the field keeps the focus.
          <li key={index} aria-label={t('chart', { number: index + 1 })}>
            <ClusterWords clusterId={pick.cluster}>
              <OnePick index={index} pick={pick} view={view} metrics={metrics} clusters={clusters} />
            </ClusterWords>
          </li>
        ))}
      </ol>
      <div className="mt-4 flex items-center gap-3">
        <Button
          disabled={picks.length >= MAX_PICKS}
          onClick={() => view.addPick({ metric: '', cluster: last?.cluster ?? '', labels: last?.labels ?? {} })}
        >
          <Plus aria-hidden className="size-4" />
          {t('add')}
        </Button>
        {picks.length >= MAX_PICKS && <span className="text-ink3 text-xs">{t('most', { count: MAX_PICKS })}</span>}
      </div>
    </>
  )
}

interface OnePickProps extends ChartsProps {
  index: number
  pick: SeriesPick
}

function OnePick({ index, pick, view, metrics, clusters }: OnePickProps): ReactElement {
  const metric = metrics.find((one) => one.metric === pick.metric)
  return (
    <>
      <PickForm
        pick={pick}
        metric={metric}
        metrics={metrics}
        clusters={clusters}
        onChange={(changed) => view.setPick(index, changed)}
        onRemove={view.picks.length > 1 ? () => view.removePick(index) : null}
      />
      {metric === undefined ? (
        <NoMetric pick={pick} onChange={(changed) => view.setPick(index, changed)} />
      ) : (
        <ExploreChart
          pick={pick}
          metric={metric}
          statistic={view.statistic === 'worst' ? worstOf(metric) : view.statistic}
          comparison={view.comparison}
          clusters={clusters}
        />
      )}
    </>
  )
}

/** What people on call ask first. */
const FIRST_METRICS = ['groupLagSeconds', 'clusterLagSecondsMax', 'topicProduceRatePerSecond', 'diskUsedRatio'] as const

function NoMetric({ pick, onChange }: { pick: SeriesPick; onChange: (pick: SeriesPick) => void }): ReactElement {
  const t = useTranslations('explore')
  const isWrong = pick.metric !== ''
  return (
    <div className="panel">
      <EmptyState
        title={t(isWrong ? 'unknownMetric.title' : 'noMetric.title')}
        text={isWrong ? t('unknownMetric.text', { metric: pick.metric }) : t('noMetric.text')}
        action={
          <div className="flex flex-wrap justify-center gap-2">
            {FIRST_METRICS.map((metric) => (
              <Button key={metric} onClick={() => onChange({ ...pick, metric, labels: {} })}>
                {t(`metrics.${metric}`)}
              </Button>
            ))}
          </div>
        }
      />
    </div>
  )
}

function NoCluster(): ReactElement {
  const t = useTranslations('explore.noCluster')
  return <EmptyPanel title={t('title')} text={t('text')} href="/clusters" action={t('action')} />
}
