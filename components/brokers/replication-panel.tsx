'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { copyGaps, isSlave, type RocketmqMember, replicationLevel } from '../../lib/client/rocketmq-views.ts'
import { STATE_TEXT } from '../../lib/client/states.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { brokerHref } from '../shell/places.ts'
import { cn } from '../ui/cn.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { Bytes, Duration, Num, RelativeTime, Unknown } from '../ui/values.tsx'

interface ReplicationPanelProps {
  clusterId: string
  members: readonly RocketmqMember[]
}

/** Master and slaves of each broker name: what a send waits for, and how far each copy is behind. */
export function ReplicationPanel({ clusterId, members }: ReplicationPanelProps): ReactElement {
  const t = useTranslations('brokers.replication')
  const columns = useColumns(clusterId)
  return (
    <PanelSection id="replication" title={t('title')} note={t('note')}>
      <StaticTable labelledBy="replication" columns={columns} rows={members} rowKey={({ broker }) => broker.id} />
    </PanelSection>
  )
}

function useColumns(clusterId: string): StaticColumn<RocketmqMember>[] {
  const t = useTranslations('brokers.replication')
  const brokers = useTranslations('brokers')
  return [
    {
      ...{ id: 'member', header: brokers('id'), isRowHeader: true, className: 'max-sm:col-span-2' },
      cell: ({ broker }) => (
        <Link href={brokerHref(clusterId, broker.id)} className="font-semibold hover:underline">
          {broker.id}
        </Link>
      ),
    },
    {
      ...{ id: 'role', header: brokers('role'), isLabelled: true },
      cell: ({ broker }) => brokers(`roles.${broker.role}`),
    },
    {
      ...{ id: 'flush', header: t('flush'), isLabelled: true },
      cell: ({ state }) => state.flushDiskType ?? <Unknown />,
    },
    {
      ...{ id: 'awaited', header: t('awaited'), isLabelled: true, align: 'end' },
      cell: (member) => (isSlave(member) ? <Inapplicable /> : <Num value={member.state.minIsr} />),
    },
    { id: 'inSync', header: t('inSync'), isLabelled: true, cell: (member) => <SyncState member={member} /> },
    {
      ...{ id: 'behindBytes', header: t('behindBytes'), isLabelled: true, align: 'end' },
      cell: (member) => (isSlave(member) ? <Bytes value={member.state.replication?.behindBytes} /> : <Inapplicable />),
    },
    {
      ...{ id: 'behindTime', header: t('behindTime'), isLabelled: true, align: 'end' },
      cell: (member) => (isSlave(member) ? <Duration ms={member.state.replication?.behindMs} /> : <Inapplicable />),
    },
    { id: 'copy', header: t('copy'), isLabelled: true, cell: (member) => <CopyState member={member} /> },
  ]
}

/** A master has no master to be behind. */
function Inapplicable(): ReactElement {
  const t = useTranslations('brokers.replication')
  return (
    <span className="text-ink3" title={t('inapplicable')}>
      <span aria-hidden>·</span>
      <span className="sr-only">{t('inapplicable')}</span>
    </span>
  )
}

function SyncState({ member }: { member: RocketmqMember }): ReactElement {
  const t = useTranslations('brokers.replication')
  const { replication } = member.state
  if (!isSlave(member)) {
    const slaves = replication?.connectedSlaves ?? null
    return slaves === null ? <Unknown /> : <span>{t('connectedSlaves', { count: slaves })}</span>
  }
  const level = replicationLevel(member)
  if (level === 'unknown') return <Unknown />
  return (
    <span className={cn('inline-flex items-center gap-1.5', STATE_TEXT[level])}>
      <StateGlyph level={level} label="" sizePx={14} />
      {t(level === 'safe' ? 'isInSync' : 'notInSync')}
    </span>
  )
}

/** Topics, groups and offsets go to a slave by another way than the log, and may lag while the log does not. */
function CopyState({ member }: { member: RocketmqMember }): ReactElement {
  const t = useTranslations('brokers.replication')
  const format = useFormat()
  const { slaveCopy } = member.state
  if (!isSlave(member)) return <Inapplicable />
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
