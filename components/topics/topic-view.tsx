'use client'

import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import { topicQuery } from '../../lib/client/queries/topics.ts'
import type { ClusterKind } from '../../lib/cluster/snapshot.ts'
import { ExploreLink } from '../explore/explore-link.tsx'
import { HoldSection } from '../holds/hold-section.tsx'
import { MessageBrowser } from '../messages/message-browser.tsx'
import { deadLettersHref } from '../shell/places.ts'
import { Loading, Skeleton, SkeletonRows } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { PartitionTable } from './partition-table.tsx'
import { IsrChart, PartitionRateChart, ProduceRateChart, SizeChart } from './topic-charts.tsx'
import { TopicConfigTable } from './topic-config-table.tsx'
import { TopicFacts } from './topic-facts.tsx'
import { TopicGroups } from './topic-groups.tsx'
import { TopicOnBrokers } from './topic-on-brokers.tsx'
import type { TopicTab } from './topic-tabs.ts'
import { TopicVerdictPanel } from './topic-verdict-panel.tsx'

interface TopicViewProps {
  clusterId: string
  name: string
  tab: TopicTab
  kind: ClusterKind
}

export function TopicView({ clusterId, name, tab, kind }: TopicViewProps): ReactElement {
  const { data, error, refetch } = useQuery(topicQuery(clusterId, name))
  if (data === undefined) {
    return error === null ? (
      <TopicSkeleton />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} className="panel" />
    )
  }
  return (
    <>
      <TopicFacts clusterId={clusterId} topic={data} />
      <HoldSection topic={{ clusterId, topic: name }} />
      {data.kind === 'dlq' && <DeadLettersLink clusterId={clusterId} topic={name} />}
      <TopicPart clusterId={clusterId} topic={data} tab={tab} kind={kind} />
    </>
  )
}

/** What a topic of dead letters holds has a page of its own. */
function DeadLettersLink({ clusterId, topic }: { clusterId: string; topic: string }): ReactElement {
  const t = useTranslations('topics')
  return (
    <p className="-mt-2 mb-4">
      <Link href={deadLettersHref(clusterId, topic)} prefetch={false} className="text-ink2 underline hover:text-ink">
        {t('deadLetters')}
      </Link>
    </p>
  )
}

interface TopicPartProps {
  clusterId: string
  topic: TopicDetailAnswer
  tab: TopicTab
  kind: ClusterKind
}

function TopicPart({ clusterId, topic, tab, kind }: TopicPartProps): ReactElement {
  switch (tab) {
    case 'durability':
      return (
        <>
          <TopicVerdictPanel topic={topic} kind={kind} />
          <div className="mb-3">
            <IsrChart clusterId={clusterId} topic={topic} legend="beside" />
          </div>
          <PartitionTable kind={kind} topic={topic} view="durability" />
        </>
      )
    case 'partitions':
      return <PartitionTable kind={kind} topic={topic} view="offsets" />
    case 'messages':
      return <MessageBrowser clusterId={clusterId} topic={topic} />
    case 'groups':
      return <TopicGroups clusterId={clusterId} topic={topic.name} />
    case 'settings':
      return (
        <>
          {topic.rocketmq === null ? null : <TopicOnBrokers topic={topic.rocketmq} />}
          <TopicConfigTable config={topic.config} fault={topic.fault} />
        </>
      )
    case 'history':
      return (
        <div className="grid gap-3 xl:grid-cols-2">
          <ProduceRateChart clusterId={clusterId} topic={topic} />
          {kind === 'kafka' && <SizeChart clusterId={clusterId} topic={topic} />}
          <PartitionRateChart clusterId={clusterId} topic={topic} />
          <IsrChart clusterId={clusterId} topic={topic} />
          <ExploreLink
            clusterId={clusterId}
            labels={{ topic: topic.name }}
            metrics={['topicProduceRatePerSecond', 'isrSize']}
          />
        </div>
      )
  }
}

function TopicSkeleton(): ReactElement {
  return (
    <Loading>
      <Skeleton className="mb-4 h-9 w-full max-w-3xl" />
      <Skeleton className="mb-4 h-24 w-full" />
      <div className="panel">
        <SkeletonRows />
      </div>
    </Loading>
  )
}
