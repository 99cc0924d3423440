'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { BrokerAnswer } from '../../lib/api/schemas/brokers.ts'
import type { RocketmqBrokerAnswer } from '../../lib/api/schemas/rocketmq.ts'
import { isSlave } from '../../lib/client/rocketmq-views.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { LineChart, SeriesChart } from '../charts/series-chart.tsx'
import { CommitLogDisk } from './commit-log-disk.tsx'
import { DelayLevelsPanel } from './delay-levels-panel.tsx'
import { GrowingTopics } from './growing-topics.tsx'
import { ReplicationPanel } from './replication-panel.tsx'
import { RuntimePanel } from './runtime-panel.tsx'

interface RocketmqBrokerProps {
  clusterId: string
  broker: BrokerAnswer
  state: RocketmqBrokerAnswer
}

/** The parts of a RocketMQ broker's page. */
export function RocketmqBroker({ clusterId, broker, state }: RocketmqBrokerProps): ReactElement {
  return (
    <>
      <CommitLogDisk
        ratio={state.runtime?.commitLogDiskRatio ?? null}
        marks={state.diskMarks}
        fullAt={broker.diskFullAt}
      />
      {isSlave(broker) ? null : <GrowingTopics clusterId={clusterId} brokerId={broker.id} />}
      <ReplicationPanel clusterId={clusterId} brokers={[broker]} />
      <div className="grid gap-4 xl:grid-cols-2">
        {isSlave(broker) ? <BehindChart clusterId={clusterId} brokerId={broker.id} /> : null}
        <ThroughputChart clusterId={clusterId} brokerId={broker.id} />
        <CommitLogChart clusterId={clusterId} brokerId={broker.id} />
      </div>
      <RuntimePanel runtime={state.runtime} />
      {isSlave(broker) ? null : <DelayLevelsPanel levels={state.delayLevels} />}
    </>
  )
}

interface BrokerChartProps {
  clusterId: string
  brokerId: string
}

function BehindChart({ clusterId, brokerId }: BrokerChartProps): ReactElement {
  const t = useTranslations('brokers.charts')
  const format = useFormat()
  return (
    <LineChart
      title={t('behind')}
      unit={t('bytes')}
      question={{ metric: 'replicationBehindBytes', cluster: clusterId, broker: brokerId }}
      name={brokerId}
      statistic="max"
      formatValue={format.bytes}
      scale="bytes"
    />
  )
}

function ThroughputChart({ clusterId, brokerId }: BrokerChartProps): ReactElement {
  const t = useTranslations('brokers.charts')
  const format = useFormat()
  return (
    <SeriesChart
      title={t('throughput')}
      unit={t('messagesPerSecond')}
      questions={(['brokerPutPerSecond', 'brokerGetPerSecond'] as const).map((metric) => ({
        ...{ metric, cluster: clusterId, broker: brokerId },
      }))}
      label={(_series, metric) => t(metric === 'brokerPutPerSecond' ? 'in' : 'out')}
      statistic="avg"
      formatValue={format.perSecond}
    />
  )
}

function CommitLogChart({ clusterId, brokerId }: BrokerChartProps): ReactElement {
  const t = useTranslations('brokers.charts')
  const format = useFormat()
  return (
    <SeriesChart
      title={t('disk')}
      unit={t('ofVolume')}
      questions={[{ metric: 'diskUsedRatio', cluster: clusterId, broker: brokerId }]}
      label={({ labels }) => labels.logDir ?? ''}
      statistic="max"
      formatValue={format.percent}
    />
  )
}
