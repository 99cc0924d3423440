'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { shownLevel } from '../../lib/client/cluster-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { NoSuchPage } from '../shell/no-such-page.tsx'
import { clusterHref } from '../shell/places.ts'
import { Freshness } from '../ui/freshness.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Loading, SkeletonRows } from '../ui/skeleton.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { ErrorState, StaleBanner } from '../ui/states.tsx'
import { TabLinks } from '../ui/tabs.tsx'

export const CLUSTER_PARTS = ['health', 'brokers', 'topics', 'groups', 'findings', 'settings'] as const
export type ClusterPart = (typeof CLUSTER_PARTS)[number]

interface FrameProps {
  clusterId: string
  part: ClusterPart
  /** Controls of the page beside the freshness, such as the range. */
  controls?: ReactNode
  children: ReactNode | ((cluster: ClusterAnswer) => ReactNode)
}

/** The head that all parts of one cluster share: name, verdict, freshness, the parts, and what is wrong with polling it. */
export function ClusterFrame({ clusterId, part, controls, children }: FrameProps): ReactElement {
  const t = useTranslations('clusters')
  const { data, error, refetch } = useQuery(clustersQuery())
  const cluster = data?.items.find((candidate) => candidate.id === clusterId)
  if (data !== undefined && cluster === undefined) return <NoSuchPage />
  const title = part === 'health' ? undefined : t(`parts.${part}`)
  return (
    <>
      <PageHeader
        title={cluster?.name ?? clusterId}
        crumbs={[{ label: t('list.title'), href: '/clusters' }]}
        {...(title === undefined ? {} : { part: title })}
        beside={cluster === undefined ? undefined : <StateGlyph level={shownLevel(cluster)} sizePx={18} />}
      >
        {cluster === undefined ? null : <Freshness at={cluster.lastPollAt} intervalMs={cluster.pollIntervalMs} />}
        {controls}
      </PageHeader>
      <ClusterTabs clusterId={clusterId} cluster={cluster} part={part} />
      {cluster === undefined ? (
        <div className="panel">
          {error === null ? (
            <Loading>
              <SkeletonRows />
            </Loading>
          ) : (
            <ErrorState error={error} onRetry={refetch} />
          )}
        </div>
      ) : (
        <>
          <PollTrouble cluster={cluster} />
          {typeof children === 'function' ? children(cluster) : children}
        </>
      )}
    </>
  )
}

function ClusterTabs({
  clusterId,
  cluster,
  part,
}: {
  clusterId: string
  cluster: ClusterAnswer | undefined
  part: ClusterPart
}): ReactElement {
  const t = useTranslations('clusters')
  const format = useFormat()
  const counts: Partial<Record<ClusterPart, number | null>> = {
    brokers: cluster?.brokersExpected ?? null,
    topics: cluster?.topics ?? null,
    groups: cluster?.groups ?? null,
  }
  const tabs = CLUSTER_PARTS.map((id) => {
    const count = counts[id] ?? null
    return {
      id,
      label: t(`parts.${id}`),
      href: clusterHref(clusterId, id === 'health' ? '' : `/${id}`),
      count: count === null ? null : format.number(count),
    }
  })
  return <TabLinks tabs={tabs} current={part} label={t('partsLabel')} />
}

/** Never polled, polls failing, or silence: said above everything, since all below is then of the past. */
export function PollTrouble({ cluster }: { cluster: ClusterAnswer }): ReactElement | null {
  const t = useTranslations('clusters.trouble')
  const format = useFormat()
  const { pollError, lastPollAt } = cluster
  const time = lastPollAt === null ? null : format.exact(Date.parse(lastPollAt))
  if (pollError !== null) {
    return (
      <StaleBanner title={pollError.message}>
        <p>{pollError.fix}</p>
        <p>{time === null ? t('nothingYet') : t('numbersOf', { time })}</p>
      </StaleBanner>
    )
  }
  if (time === null) return <StaleBanner title={t('neverPolled')}>{t('neverPolledText')}</StaleBanner>
  if (!cluster.verdict.stale) return null
  return (
    <StaleBanner title={t('silent')}>
      {t('silentText')} {t('numbersOf', { time })}
    </StaleBanner>
  )
}
