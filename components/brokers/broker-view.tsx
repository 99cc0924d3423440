'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { BrokerAnswer } from '../../lib/api/schemas/brokers.ts'
import type { RocketmqBrokerAnswer } from '../../lib/api/schemas/rocketmq.ts'
import { brokerState } from '../../lib/client/broker-views.ts'
import { brokersQuery, clustersQuery } from '../../lib/client/queries/clusters.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { SeriesChart } from '../charts/series-chart.tsx'
import { PollTrouble } from '../clusters/cluster-frame.tsx'
import { clusterHref } from '../shell/places.ts'
import { Freshness } from '../ui/freshness.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { RangeSelect } from '../ui/range-select.tsx'
import { Loading, SkeletonRows } from '../ui/skeleton.tsx'
import { EmptyState, ErrorState, StaleBanner } from '../ui/states.tsx'
import { Duration, Num, RelativeTime, Unknown } from '../ui/values.tsx'
import { BrokerStateWord } from './broker-columns.tsx'
import { GrowingTopics } from './growing-topics.tsx'
import { LogDirs } from './log-dirs.tsx'
import { Permission } from './permission.tsx'
import { RetireBroker } from './retire-broker.tsx'
import { RocketmqBroker } from './rocketmq-broker.tsx'

/** One broker: whether it is there, what it carries, and how its disks fill. */
export function BrokerView({ clusterId, brokerId }: { clusterId: string; brokerId: string }): ReactElement {
  const t = useTranslations('brokers')
  const list = useTranslations('clusters')
  const clusters = useQuery(clustersQuery())
  const cluster = clusters.data?.items.find((candidate) => candidate.id === clusterId)
  const brokers = useQuery(brokersQuery(clusterId))
  const broker = brokers.data?.items.find((candidate) => candidate.id === brokerId)
  const crumbs = [
    { label: list('list.title'), href: '/clusters' },
    { label: cluster?.name ?? clusterId, href: clusterHref(clusterId) },
    { label: t('title'), href: clusterHref(clusterId, '/brokers') },
  ]
  return (
    <>
      <PageHeader
        title={t('one.title', { id: brokerId })}
        crumbs={crumbs}
        beside={broker === undefined ? undefined : <BrokerStateWord broker={broker} />}
      >
        {cluster === undefined ? null : <Freshness at={cluster.lastPollAt} intervalMs={cluster.pollIntervalMs} />}
        <RangeSelect />
        {broker?.online === false ? <RetireBroker clusterId={clusterId} brokerId={brokerId} /> : null}
      </PageHeader>
      {cluster === undefined ? null : <PollTrouble cluster={cluster} />}
      {broker !== undefined ? (
        <BrokerParts clusterId={clusterId} broker={broker} />
      ) : (
        <div className="panel">
          {brokers.data !== undefined ? (
            <EmptyState title={t('one.missingTitle')} text={t('one.missingText', { id: brokerId })} />
          ) : brokers.error !== null ? (
            <ErrorState error={brokers.error} onRetry={brokers.refetch} />
          ) : (
            <Loading>
              <SkeletonRows />
            </Loading>
          )}
        </div>
      )}
    </>
  )
}

function BrokerParts({ clusterId, broker }: { clusterId: string; broker: BrokerAnswer }): ReactElement {
  const t = useTranslations('brokers')
  const state = brokerState(broker)
  return (
    <div className="space-y-6">
      {state === 'online' ? null : (
        <StaleBanner
          level={state === 'missing' ? 'atRisk' : 'unknown'}
          title={broker.fault?.message ?? t(`stateWhy.${state}`)}
        >
          {broker.fault?.fix}
        </StaleBanner>
      )}
      <dl className="panel flex flex-wrap gap-x-10 gap-y-3 px-4 py-3">
        <Fact name={t('address')}>
          {broker.host}:{broker.port}
        </Fact>
        {broker.rocketmq === null ? <Fact name={t('rack')}>{broker.rack ?? t('noRack')}</Fact> : null}
        <Fact name={t('role')}>
          {t(`roles.${broker.role}`)}
          {broker.isController ? ` · ${t('activeController')}` : ''}
        </Fact>
        {broker.rocketmq === null ? null : <RocketmqFacts version={broker.version} state={broker.rocketmq} />}
        <Fact name={t('leaders')}>
          <Num value={broker.leaderPartitions} why={t('countUnknown')} />
        </Fact>
        <Fact name={t('replicas')}>
          <Num value={broker.replicaPartitions} why={t('countUnknown')} />
        </Fact>
        <Fact name={t('seen')}>
          <RelativeTime at={broker.lastSeenAt} />
        </Fact>
      </dl>
      {broker.rocketmq === null ? (
        <>
          <LogDirs broker={broker} />
          {broker.role === 'controller' ? null : <GrowingTopics clusterId={clusterId} brokerId={broker.id} />}
          <DiskChart clusterId={clusterId} brokerId={broker.id} />
        </>
      ) : (
        <RocketmqBroker clusterId={clusterId} broker={broker} state={broker.rocketmq} />
      )}
    </div>
  )
}

function RocketmqFacts({ version, state }: { version: string | null; state: RocketmqBrokerAnswer }): ReactElement {
  const t = useTranslations('brokers.facts')
  const { clusterName, flushDiskType, retentionMs, permission, runtime } = state
  return (
    <>
      <Fact name={t('cluster')}>{clusterName}</Fact>
      <Fact name={t('version')}>{version ?? <Unknown />}</Fact>
      <Fact name={t('flush')}>{flushDiskType ?? <Unknown />}</Fact>
      <Fact name={t('retention')}>
        <Duration ms={retentionMs} />
      </Fact>
      <Fact name={t('permission')}>
        <Permission value={permission} />
      </Fact>
      <Fact name={t('boot')}>
        <RelativeTime at={runtime?.bootAt} />
      </Fact>
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div className="min-w-0">
      <dt className="text-ink3 text-xs">{name}</dt>
      <dd className="break-all font-semibold">{children}</dd>
    </div>
  )
}

/** Used and total of every log directory's volume: the distance between the lines is the room that is left. */
function DiskChart({ clusterId, brokerId }: { clusterId: string; brokerId: string }): ReactElement {
  const t = useTranslations('brokers.one')
  const format = useFormat()
  return (
    <SeriesChart
      title={t('diskChart')}
      unit={t('diskChartUnit')}
      questions={(['diskUsedBytes', 'diskTotalBytes'] as const).map((metric) => ({
        ...{ metric, cluster: clusterId, broker: brokerId },
      }))}
      label={({ labels }, metric) =>
        t(metric === 'diskTotalBytes' ? 'totalOf' : 'usedOf', { path: labels.logDir ?? '' })
      }
      statistic="max"
      formatValue={format.bytes}
      scale="bytes"
    />
  )
}
