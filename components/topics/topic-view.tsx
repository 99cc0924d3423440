'use client'

import { useQuery } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import type { TopicDetailAnswer } from '../../lib/api/schemas/topics.ts'
import { topicQuery } from '../../lib/client/queries/topics.ts'
import { Loading, Skeleton, SkeletonRows } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { PartitionTable } from './partition-table.tsx'
import { IsrChart, PartitionRateChart, ProduceRateChart, SizeChart } from './topic-charts.tsx'
import { TopicConfigTable } from './topic-config-table.tsx'
import { TopicFacts } from './topic-facts.tsx'
import { TopicGroups } from './topic-groups.tsx'
import type { TopicTab } from './topic-tabs.ts'
import { TopicVerdictPanel } from './topic-verdict-panel.tsx'

interface TopicViewProps {
  clusterId: string
  name: string
  tab: TopicTab
  isKafka: boolean
}

export function TopicView({ clusterId, name, tab, isKafka }: TopicViewProps): ReactElement {
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
      <TopicFacts topic={data} />
      <TopicPart clusterId={clusterId} topic={data} tab={tab} isKafka={isKafka} />
    </>
  )
}

interface TopicPartProps {
  clusterId: string
  topic: TopicDetailAnswer
  tab: TopicTab
  isKafka: boolean
}

function TopicPart({ clusterId, topic, tab, isKafka }: TopicPartProps): ReactElement {
  switch (tab) {
    case 'durability':
      return (
        <>
          <TopicVerdictPanel topic={topic} isKafka={isKafka} />
          <div className="mb-3">
            <IsrChart clusterId={clusterId} topic={topic} legend="beside" />
          </div>
          <PartitionTable topic={topic} view="durability" />
        </>
      )
    case 'partitions':
      return <PartitionTable topic={topic} view="offsets" />
    case 'groups':
      return <TopicGroups clusterId={clusterId} topic={topic.name} />
    case 'settings':
      return <TopicConfigTable config={topic.config} fault={topic.fault} />
    case 'history':
      return (
        <div className="grid gap-3 xl:grid-cols-2">
          <ProduceRateChart clusterId={clusterId} topic={topic} />
          <SizeChart clusterId={clusterId} topic={topic} />
          <PartitionRateChart clusterId={clusterId} topic={topic} />
          <IsrChart clusterId={clusterId} topic={topic} />
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
