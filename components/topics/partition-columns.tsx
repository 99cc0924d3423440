'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import { LADDER_PLACES } from '../../lib/api/schemas/ladder.ts'
import type { PartitionAnswer } from '../../lib/api/schemas/topics.ts'
import type { ClusterKind } from '../../lib/cluster/snapshot.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { Bytes, Num, Rate, Unknown } from '../ui/values.tsx'
import { DurabilityMark } from './durability-mark.tsx'
import { missingReplicas } from './topic-verdict.ts'

export type PartitionView = 'durability' | 'offsets'

/** RocketMQ has no elections among replicas, no epoch without a controller, and one log for all topics of a broker. */
const KAFKA_ONLY: ReadonlySet<string> = new Set(['elr', 'leaderEpoch', 'heldBack', 'leaderSize', 'size'])

/** Two tables of the same partitions: who holds the copies, and what is in them. */
export function usePartitionColumns(view: PartitionView, kind: ClusterKind): DataColumn<PartitionAnswer>[] {
  const t = useTranslations('topics.partitionTable')
  return useMemo(() => {
    const first: DataColumn<PartitionAnswer>[] = [
      ...(kind === 'rocketmq' ? [brokerColumn(t('broker'))] : []),
      {
        id: 'partition',
        header: t('partition'),
        cell: (row) => <span className="font-medium">{row.partition}</span>,
        sortValue: (row) => row.partition,
        className: 'w-24',
      },
      {
        id: 'durability',
        className: 'w-48 min-w-48',
        header: t('durability'),
        cell: (row) => <DurabilityMark durability={row.durability} />,
        sortValue: (row) => badness(row),
      },
    ]
    return [
      ...first,
      ...(view === 'durability' ? copyColumns(t, kind) : offsetColumns(t)).filter(
        ({ id }) => kind === 'kafka' || !KAFKA_ONLY.has(id),
      ),
    ]
  }, [t, view, kind])
}

/** Higher is worse; unknown stands between the offline and the degraded, since it may be either. */
export function badness(row: Pick<PartitionAnswer, 'durability'>): number {
  return row.durability === 'unknown' ? 3.5 : LADDER_PLACES.indexOf(row.durability)
}

type Words = ReturnType<typeof useTranslations<'topics.partitionTable'>>

function brokerColumn(header: string): DataColumn<PartitionAnswer> {
  return { id: 'broker', header, cell: (row) => row.broker, sortValue: (row) => row.broker }
}

/** RocketMQ's ids are names. */
const WIDTHS: Record<ClusterKind, { one: string; many: string }> = {
  kafka: { one: '', many: '' },
  rocketmq: { one: 'w-[14%]', many: 'w-[22%]' },
}

function copyColumns(t: Words, kind: ClusterKind): DataColumn<PartitionAnswer>[] {
  const widths = WIDTHS[kind]
  return [
    {
      id: 'leader',
      header: t('leader'),
      className: widths.one,
      cell: (row) => <Leader row={row} none={t('noLeader')} />,
      sortValue: (row) => row.leader,
    },
    {
      id: 'replicas',
      header: t('replicas'),
      className: widths.many,
      cell: (row) => <Replicas row={row} />,
    },
    {
      id: 'isr',
      header: t('isr'),
      className: widths.one,
      cell: (row) => <BrokerIds ids={row.isr} none={t('none')} />,
      sortValue: (row) => row.isr?.length,
    },
    {
      id: 'elr',
      header: t('elr'),
      hint: t('notRead'),
      cell: (row) =>
        row.eligibleLeaders === null && row.durability === 'healthy' ? (
          <span className="text-ink3">{t('notNeeded')}</span>
        ) : (
          <BrokerIds ids={row.eligibleLeaders} none={t('none')} />
        ),
      priority: 3,
    },
    {
      id: 'offlineReplicas',
      header: t('offlineReplicas'),
      className: widths.one,
      cell: (row) => <BrokerIds ids={row.offlineReplicas} none={t('none')} />,
      sortValue: (row) => row.offlineReplicas?.length,
      priority: 2,
    },
    {
      id: 'leaderEpoch',
      header: t('epoch'),
      cell: (row) => <Num value={row.leaderEpoch} />,
      sortValue: (row) => row.leaderEpoch,
      align: 'end',
      priority: 3,
    },
  ]
}

function offsetColumns(t: Words): DataColumn<PartitionAnswer>[] {
  return [
    number('startOffset', t('startOffset'), (row) => row.startOffset),
    number('endOffset', t('endOffset'), (row) => row.endOffset),
    number('messages', t('messages'), messagesOf),
    number('heldBack', t('heldBack'), heldBackOf, 3),
    {
      id: 'rate',
      header: t('rate'),
      cell: (row) => <Rate value={row.produceRatePerSecond} />,
      sortValue: (row) => row.produceRatePerSecond,
      align: 'end',
    },
    {
      id: 'leaderSize',
      header: t('leaderSize'),
      cell: (row) => <Bytes value={row.leaderSizeBytes} />,
      sortValue: (row) => row.leaderSizeBytes,
      align: 'end',
    },
    {
      id: 'size',
      header: t('size'),
      cell: (row) => <Bytes value={row.sizeBytes} />,
      sortValue: (row) => row.sizeBytes,
      align: 'end',
      priority: 2,
    },
  ]
}

function number(
  id: string,
  header: string,
  value: (row: PartitionAnswer) => number | null,
  priority: 1 | 2 | 3 = 1,
): DataColumn<PartitionAnswer> {
  return { id, header, cell: (row) => <Num value={value(row)} />, sortValue: value, align: 'end', priority }
}

function messagesOf({ startOffset, endOffset }: PartitionAnswer): number | null {
  return startOffset === null || endOffset === null ? null : endOffset - startOffset
}

/** What readers of committed data cannot see yet. */
function heldBackOf({ lastStableOffset, endOffset }: PartitionAnswer): number | null {
  return lastStableOffset === null || endOffset === null ? null : Math.max(0, endOffset - lastStableOffset)
}

function Leader({ row, none }: { row: PartitionAnswer; none: string }): ReactElement {
  if (row.leader !== null) return <span>{row.leader}</span>
  // Without an ISR the partition itself is unknown; with one it has no leader.
  return row.isr === null ? <Unknown /> : <span className="font-medium text-losing">{none}</span>
}

function BrokerIds({ ids, none }: { ids: readonly string[] | null; none: string }): ReactElement {
  if (ids === null) return <Unknown />
  return ids.length === 0 ? <span className="text-ink3">{none}</span> : <span>{ids.join(', ')}</span>
}

/** Replicas in order of preference; those that are not in sync are struck through and say so. */
function Replicas({ row }: { row: PartitionAnswer }): ReactElement {
  const t = useTranslations('topics.partitionTable')
  const missing = missingReplicas(row)
  const { reassignment } = row
  return (
    <span>
      {row.replicas.map((broker, index) => (
        <span key={broker}>
          {index > 0 && ', '}
          {missing.includes(broker) ? (
            <del className="text-risk" title={t('missing', { broker })}>
              {broker}
            </del>
          ) : (
            broker
          )}
        </span>
      ))}
      {reassignment !== null && (
        <span className="ml-2 text-ink3 text-xs">
          {t('moving', { adding: reassignment.adding.join(', '), removing: reassignment.removing.join(', ') })}
        </span>
      )}
    </span>
  )
}
