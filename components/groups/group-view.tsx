'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { GroupDetailAnswer } from '../../lib/api/schemas/groups.ts'
import { groupQuery } from '../../lib/client/queries/groups.ts'
import { ExploreLink } from '../explore/explore-link.tsx'
import { FactList } from '../topics/fact-list.tsx'
import { ForecastTime } from '../ui/forecast-time.tsx'
import { Loading, Skeleton, SkeletonRows } from '../ui/skeleton.tsx'
import { ErrorState } from '../ui/states.tsx'
import { Num, Rate, Unknown } from '../ui/values.tsx'
import { LagMessagesChart, LagSecondsChart, WorstPartitionsChart } from './group-charts.tsx'
import { GroupMembersTable } from './group-members-table.tsx'
import { GroupPartitionTable } from './group-partition-table.tsx'
import { Lost } from './group-table.tsx'
import type { GroupTab } from './group-tabs.ts'
import { GroupVerdictPanel } from './group-verdict-panel.tsx'
import { LagTime } from './lag-time.tsx'
import { RocketmqGroupPanels } from './rocketmq-group-panels.tsx'

interface GroupViewProps {
  clusterId: string
  groupId: string
  tab: GroupTab
}

export function GroupView({ clusterId, groupId, tab }: GroupViewProps): ReactElement {
  const { data, error, refetch } = useQuery(groupQuery(clusterId, groupId))
  if (data === undefined) {
    return error === null ? (
      <GroupSkeleton />
    ) : (
      <ErrorState error={error} onRetry={() => void refetch()} className="panel" />
    )
  }
  return (
    <>
      <GroupFacts group={data} />
      <GroupPart clusterId={clusterId} group={data} tab={tab} />
    </>
  )
}

function GroupPart({
  clusterId,
  group,
  tab,
}: {
  clusterId: string
  group: GroupDetailAnswer
  tab: GroupTab
}): ReactElement {
  const subject = { clusterId, groupId: group.id }
  switch (tab) {
    case 'lag':
      return (
        <>
          <GroupVerdictPanel group={group} />
          <div className="mb-3 grid gap-3 xl:grid-cols-2">
            <LagSecondsChart {...subject} />
            <LagMessagesChart {...subject} />
          </div>
          <GroupPartitionTable clusterId={clusterId} group={group} />
          {group.rocketmq === null ? null : <RocketmqGroupPanels group={group.rocketmq} />}
        </>
      )
    case 'members':
      return <GroupMembersTable group={group} />
    case 'history':
      return (
        <div className="grid gap-3 xl:grid-cols-2">
          <WorstPartitionsChart clusterId={clusterId} group={group} metric="lagSeconds" />
          <WorstPartitionsChart clusterId={clusterId} group={group} metric="lagMessages" />
          <WorstPartitionsChart clusterId={clusterId} group={group} metric="consumeRatePerSecond" />
          <ExploreLink
            clusterId={clusterId}
            labels={{ group: group.id }}
            metrics={['groupLagSeconds', 'groupLagMessages']}
          />
        </div>
      )
  }
}

function GroupFacts({ group }: { group: GroupDetailAnswer }): ReactElement {
  const t = useTranslations('groups')
  const why = group.fault?.message ?? null
  const facts: [string, ReactNode][] = [
    [t('columns.lagSeconds'), <LagTime key="s" seconds={group.lagSeconds} why={why} />],
    [t('columns.lagMessages'), <Num key="m" value={group.lagMessages} isPartial={group.isPartial} why={why} />],
    [t('columns.rate'), <Rate key="r" value={group.consumeRatePerSecond} />],
    [t('columns.lossAt'), <ForecastTime key="f" forecast={group.lossAt} />],
    [t('columns.lost'), <Lost key="l" count={group.lostMessages} />],
    [t('columns.members'), <Num key="n" value={group.members} why={why} />],
    [t('columns.state'), group.state ?? <Unknown why={why} />],
    [
      t('columns.type'),
      <span key="t" title={t(`typeHelp.${group.type}`)}>
        {t(`type.${group.type}`)}
      </span>,
    ],
    // RocketMQ keeps a group's offsets with the queues: nobody coordinates.
    ...(group.rocketmq === null
      ? ([[t('coordinator'), group.coordinator ?? <Unknown why={why} />]] satisfies [string, ReactNode][])
      : []),
  ]
  return <FactList facts={facts} />
}

function GroupSkeleton(): ReactElement {
  return (
    <Loading>
      <Skeleton className="mb-4 h-9 w-full max-w-3xl" />
      <Skeleton className="mb-4 h-20 w-full" />
      <Skeleton className="mb-3 h-72 w-full" />
      <div className="panel">
        <SkeletonRows />
      </div>
    </Loading>
  )
}
