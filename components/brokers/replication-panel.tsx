'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { BrokerAnswer } from '../../lib/api/schemas/brokers.ts'
import { copyGaps, isSlave, replicationLevel } from '../../lib/client/rocketmq-views.ts'
import { STATE_TEXT } from '../../lib/client/states.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { brokerHref } from '../shell/places.ts'
import { cn } from '../ui/cn.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { Bytes, Duration, Num, RelativeTime, Unknown } from '../ui/values.tsx'
import { BrokerStateWord } from './broker-columns.tsx'

interface ReplicationPanelProps {
  clusterId: string
  /** Also those that are missing: their copies are. */
  brokers: readonly BrokerAnswer[]
}

/** Master and slaves of each broker name: what a send waits for, and how far each copy is behind. */
export function ReplicationPanel({ clusterId, brokers }: ReplicationPanelProps): ReactElement {
  const t = useTranslations('brokers.replication')
  const columns = useColumns(clusterId)
  return (
    <PanelSection id="replication" title={t('title')} note={t('note')}>
      <StaticTable labelledBy="replication" columns={columns} rows={brokers} rowKey={(broker) => broker.id} />
    </PanelSection>
  )
}

function useColumns(clusterId: string): StaticColumn<BrokerAnswer>[] {
  const t = useTranslations('brokers.replication')
  const words = useTranslations('brokers')
  return [
    {
      ...{ id: 'member', header: words('id'), isRowHeader: true, className: 'max-sm:col-span-2' },
      cell: (broker) => (
        <Link href={brokerHref(clusterId, broker.id)} className="font-semibold hover:underline">
          {broker.id}
        </Link>
      ),
    },
    {
      ...{ id: 'role', header: words('role'), isLabelled: true },
      cell: (broker) => words(`roles.${broker.role}`),
    },
    {
      ...{ id: 'flush', header: t('flush'), isLabelled: true },
      cell: ({ rocketmq }) => rocketmq?.flushDiskType ?? <Unknown />,
    },
    {
      ...{ id: 'awaited', header: t('awaited'), isLabelled: true, align: 'end' },
      cell: (broker) => (isSlave(broker) ? <Inapplicable /> : <Num value={broker.rocketmq?.minIsr} />),
    },
    { id: 'inSync', header: t('inSync'), isLabelled: true, cell: (broker) => <SyncState broker={broker} /> },
    {
      ...{ id: 'behindBytes', header: t('behindBytes'), isLabelled: true, align: 'end' },
      cell: (broker) =>
        isSlave(broker) ? <Bytes value={broker.rocketmq?.replication?.behindBytes} /> : <Inapplicable />,
    },
    {
      ...{ id: 'behindTime', header: t('behindTime'), isLabelled: true, align: 'end' },
      cell: (broker) => (isSlave(broker) ? <Duration ms={broker.rocketmq?.replication?.behindMs} /> : <Inapplicable />),
    },
    { id: 'copy', header: t('copy'), isLabelled: true, cell: (broker) => <CopyState broker={broker} /> },
  ]
}

/** A master has no master to be behind. */
function Inapplicable(): ReactElement {
  const t = useTranslations('brokers.replication')
  return (
    <span className="text-ink3" title={t('inapplicable')}>
      <span aria-hidden className="max-sm:hidden">
        ·
      </span>
      <span className="sm:sr-only">{t('inapplicable')}</span>
    </span>
  )
}

function SyncState({ broker }: { broker: BrokerAnswer }): ReactElement {
  const t = useTranslations('brokers.replication')
  if (broker.online !== true) return <BrokerStateWord broker={broker} />
  if (!isSlave(broker)) {
    const slaves = broker.rocketmq?.replication?.connectedSlaves ?? null
    return slaves === null ? <Unknown /> : <span>{t('connectedSlaves', { count: slaves })}</span>
  }
  const level = replicationLevel(broker)
  if (level === 'unknown') return <Unknown />
  return (
    <span className={cn('inline-flex items-center gap-1.5', STATE_TEXT[level])}>
      <StateGlyph level={level} label="" sizePx={14} />
      {t(level === 'safe' ? 'isInSync' : 'notInSync')}
    </span>
  )
}

/** Topics, groups and offsets go to a slave by another way than the log, and may lag while the log does not. */
function CopyState({ broker }: { broker: BrokerAnswer }): ReactElement {
  const t = useTranslations('brokers.replication')
  const format = useFormat()
  const slaveCopy = broker.rocketmq?.slaveCopy ?? null
  if (!isSlave(broker)) return <Inapplicable />
  if (slaveCopy === null) return <Unknown />
  const gaps = copyGaps(slaveCopy)
  if (gaps === null) return <Unknown />
  const { missingTopics, missingGroups, missingOffsets, staleOffsets } = slaveCopy
  const say = (value: number | null): string => (value === null ? '?' : format.number(value))
  const detail = t('copyDetail', {
    topics: say(missingTopics),
    groups: say(missingGroups),
    offsets: say(missingOffsets),
    stale: say(staleOffsets),
  })
  return (
    <span title={detail} className={gaps > 0 ? 'text-watch' : ''}>
      {gaps > 0 ? t('copyLacks', { count: gaps }) : t('copyComplete')}{' '}
      <RelativeTime at={slaveCopy.readAt} className="text-ink3 text-xs" />
    </span>
  )
}
