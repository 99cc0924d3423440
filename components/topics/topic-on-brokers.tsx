'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { RocketmqTopicAnswer } from '../../lib/api/schemas/rocketmq.ts'
import { Permission } from '../brokers/permission.tsx'
import { PanelSection } from '../ui/panel-section.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { Num } from '../ui/values.tsx'

type TopicOnBroker = RocketmqTopicAnswer['brokers'][number]

/** The topic as each master keeps it; they need not agree. */
export function TopicOnBrokers({ topic }: { topic: RocketmqTopicAnswer }): ReactElement {
  const t = useTranslations('topics.onBrokers')
  const columns: StaticColumn<TopicOnBroker>[] = [
    {
      ...{ id: 'broker', header: t('broker'), isRowHeader: true, className: 'max-sm:col-span-2' },
      cell: ({ broker }) => <span className="font-semibold">{broker}</span>,
    },
    {
      ...{ id: 'readQueues', header: t('readQueues'), isLabelled: true, align: 'end' },
      cell: ({ readQueues }) => <Num value={readQueues} />,
    },
    {
      ...{ id: 'writeQueues', header: t('writeQueues'), isLabelled: true, align: 'end' },
      cell: ({ writeQueues }) => <Num value={writeQueues} />,
    },
    {
      ...{ id: 'permission', header: t('permission'), isLabelled: true },
      cell: ({ permission }) => <Permission value={permission} />,
    },
    {
      ...{ id: 'order', header: t('order'), isLabelled: true },
      cell: ({ isOrdered }) => t(isOrdered ? 'ordered' : 'unordered'),
    },
    {
      ...{ id: 'type', header: t('type'), isLabelled: true },
      cell: ({ messageType }) => messageType ?? <span className="text-ink3">{t('noType')}</span>,
    },
  ]
  return (
    <div className="mb-4">
      <PanelSection id="on-brokers" title={t('title')}>
        <StaticTable labelledBy="on-brokers" columns={columns} rows={topic.brokers} rowKey={({ broker }) => broker} />
      </PanelSection>
    </div>
  )
}
