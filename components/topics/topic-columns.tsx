'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { TopicRowAnswer } from '../../lib/api/schemas/topics.ts'
import type { ClusterKind } from '../../lib/cluster/snapshot.ts'
import { topicHref } from '../shell/places.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { Bytes, Duration, Num, Rate } from '../ui/values.tsx'
import { DurabilityMark } from './durability-mark.tsx'

export function useTopicColumns(clusterId: string, kind: ClusterKind): DataColumn<TopicRowAnswer>[] {
  const t = useTranslations('topics')
  return useMemo(() => {
    const number = (
      id: keyof TopicRowAnswer & string,
      header: string,
      cell: (row: TopicRowAnswer) => ReactElement,
      more: Partial<DataColumn<TopicRowAnswer>> = {},
    ): DataColumn<TopicRowAnswer> => ({ id, header, cell, sortKey: id, align: 'end', ...more })
    return [
      {
        id: 'name',
        header: t('columns.name'),
        cell: (row) => <TopicLink clusterId={clusterId} row={row} />,
        sortKey: 'name',
        className: 'w-full min-w-32',
        canHide: false,
      },
      {
        id: 'durability',
        header: t('columns.durability'),
        cell: (row) => <DurabilityMark durability={row.durability} isPartial={row.durabilityIsPartial} />,
        sortKey: 'durability',
        className: 'min-w-44',
      },
      number('partitions', t('columns.partitions'), (row) => <Num value={row.partitions} />, {
        priority: 2,
        className: 'min-w-20',
      }),
      number(
        'replicationFactor',
        t('columns.replicationFactor'),
        (row) => <Num value={row.replicationFactor} why={row.fault?.message ?? null} />,
        { priority: 2, className: 'min-w-20' },
      ),
      number('minIsr', t('columns.minIsr'), (row) => <Num value={row.minIsr} why={row.fault?.message ?? null} />, {
        priority: 2,
        className: 'min-w-20',
      }),
      number(
        'messages',
        t('columns.messages'),
        (row) => <Num value={row.messages} why={row.fault?.message ?? null} isPartial={row.messagesIsPartial} />,
        { hint: t('columnHelp.messages'), className: 'min-w-32' },
      ),
      number(
        'produceRatePerSecond',
        t('columns.produceRatePerSecond'),
        (row) => <Rate value={row.produceRatePerSecond} />,
        { className: 'min-w-24' },
      ),
      // RocketMQ keeps one log for all topics of a broker.
      ...(kind === 'kafka'
        ? [
            number(
              'sizeBytes',
              t('columns.sizeBytes'),
              (row) => <Bytes value={row.sizeBytes} isPartial={row.sizeIsPartial} />,
              {
                hint: t('columnHelp.size'),
                priority: 2,
                className: 'min-w-28',
              },
            ),
          ]
        : []),
      {
        id: 'retention',
        header: t('columns.retention'),
        hint: t('columnHelp.retention'),
        cell: (row) => <Retention row={row} />,
        align: 'end',
        priority: 3,
        className: 'min-w-24',
      },
      number('findings', t('columns.findings'), (row) => <Num value={row.findings} />, {
        priority: 3,
        className: 'min-w-20',
      }),
    ]
  }, [clusterId, kind, t])
}

function TopicLink({ clusterId, row }: { clusterId: string; row: TopicRowAnswer }): ReactElement {
  const t = useTranslations('topics.kind')
  return (
    <span className="flex min-w-0 items-baseline gap-2">
      <Link
        href={topicHref(clusterId, row.name)}
        prefetch={false}
        title={row.name}
        className="truncate font-medium hover:underline max-sm:whitespace-normal max-sm:break-all"
      >
        {row.name}
      </Link>
      {row.kind !== 'normal' && <span className="shrink-0 text-ink3 text-xs">{t(row.kind)}</span>}
    </span>
  )
}

/** Time first; the size limit only where there is one. */
export function Retention({ row }: { row: Pick<TopicRowAnswer, 'retention'> }): ReactElement {
  const { timeMs, sizeBytes } = row.retention
  const hasSizeLimit = sizeBytes !== null && sizeBytes !== -1
  return (
    <span className="inline-flex gap-1.5">
      {(timeMs !== -1 || !hasSizeLimit) && <Duration ms={timeMs} />}
      {hasSizeLimit && <Bytes value={sizeBytes} className="text-ink2" />}
    </span>
  )
}
