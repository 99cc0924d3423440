'use client'

import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'next/navigation'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { selectionOf } from '../../lib/client/selection-url.ts'
import { useRights } from '../../lib/client/use-rights.ts'
import { EmptyPanel } from '../shell/empty-panel.tsx'
import { ClusterWords } from '../shell/system-words.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Loading, Skeleton } from '../ui/skeleton.tsx'
import { StaleBanner } from '../ui/states.tsx'
import { ReplayWizard } from './replay-wizard.tsx'
import { type ReplaySource, useRetryOffer, useSelectionFacts } from './use-selection.ts'

/** The wizard for a selection that stands in the address. */
export function NewReplayPage(): ReactElement {
  const t = useTranslations('replays')
  const search = useSearchParams()
  const clusterId = search.get('cluster') ?? ''
  const topic = search.get('topic') ?? ''
  const selection = selectionOf(search)
  const isWhole = clusterId !== '' && topic !== '' && selection !== null
  return (
    <>
      <PageHeader
        title={topic === '' ? t('new.title') : t('new.titleOf', { topic })}
        crumbs={[{ label: t('title'), href: '/replays' }]}
      />
      {isWhole ? (
        <ClusterWords clusterId={clusterId}>
          <Prepared key={search.toString()} source={{ clusterId, topic, selection }} />
        </ClusterWords>
      ) : (
        <EmptyPanel
          title={t('new.nothing.title')}
          text={t('new.nothing.text')}
          href="/dead-letters"
          action={t('new.nothing.action')}
        />
      )}
    </>
  )
}

/** The first choices depend on what is known of the selection: the form waits for it, for it must not change by itself. */
function Prepared({ source }: { source: ReplaySource }): ReactElement {
  const facts = useSelectionFacts(source)
  const retry = useRetryOffer(source.clusterId, source.topic, facts.originTopics)
  if (facts.isLoading || retry.isLoading) {
    return (
      <Loading>
        <Skeleton className="h-[36rem] w-full" />
      </Loading>
    )
  }
  return (
    <>
      <ReadOnlyNotice clusterId={source.clusterId} />
      <NotYoursNotice source={source} />
      <ReplayWizard source={source} facts={facts} retry={retry} />
    </>
  )
}

function NotYoursNotice({ source }: { source: ReplaySource }): ReactElement | null {
  const t = useTranslations('replays.confirm')
  if (useRights().mayChange('replays:write', source)) return null
  return (
    <StaleBanner level="atRisk" title={t('notYours')}>
      {t('notYoursText')}
    </StaleBanner>
  )
}

/** Said before the work of planning, not after it. */
function ReadOnlyNotice({ clusterId }: { clusterId: string }): ReactElement | null {
  const t = useTranslations('replays.readOnly')
  const cluster = useQuery(clustersQuery()).data?.items.find(({ id }) => id === clusterId)
  if (cluster?.readOnly !== true) return null
  return (
    <StaleBanner level="atRisk" title={t('title', { cluster: cluster.name })}>
      {t('text')}
    </StaleBanner>
  )
}
