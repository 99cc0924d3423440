'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import type { BrokerAnswer } from '../../lib/api/schemas/brokers.ts'
import { BROKER_STATE_LEVEL, brokerState, fullestLogDir } from '../../lib/client/broker-views.ts'
import { commitLogLevel } from '../../lib/client/rocketmq-views.ts'
import { STATE_TEXT, type StateLevel } from '../../lib/client/states.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import type { ClusterKind } from '../../lib/cluster/snapshot.ts'
import { brokerHref } from '../shell/places.ts'
import { cn } from '../ui/cn.ts'
import type { DataColumn } from '../ui/data-table-model.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { Num, Rate, RelativeTime, Unknown } from '../ui/values.tsx'
import { DiskBar } from './disk-bar.tsx'
import { RetireBroker } from './retire-broker.tsx'

export function BrokerStateWord({ broker }: { broker: BrokerAnswer }): ReactElement {
  const t = useTranslations('brokers')
  const state = brokerState(broker)
  const level = BROKER_STATE_LEVEL[state]
  const why = state === 'online' ? undefined : (broker.fault?.message ?? t(`stateWhy.${state}`))
  return (
    <span className={cn('inline-flex items-center gap-1.5', STATE_TEXT[level])} title={why}>
      <StateGlyph level={level} label="" sizePx={14} />
      {t(`states.${state}`)}
    </span>
  )
}

function FullestDisk({ broker }: { broker: BrokerAnswer }): ReactElement {
  const t = useTranslations('brokers')
  const format = useFormat()
  const fullest = fullestLogDir(broker)
  if (fullest === null) return <Unknown why={broker.fault?.message ?? t('diskUnknown')} />
  const { logDir, ratio } = fullest
  const { path, usedBytes, totalBytes } = logDir
  const size =
    usedBytes === null || totalBytes === null
      ? path
      : t('usedOf', { path, used: format.bytes(usedBytes), total: format.bytes(totalBytes) })
  const logRatio = logDir.logBytes === null || logDir.totalBytes === null ? null : logDir.logBytes / logDir.totalBytes
  return (
    <span className="flex items-center justify-end gap-2" title={size}>
      <DiskBar ratio={ratio} logRatio={logRatio} {...levelOf(broker, ratio)} className="w-28 max-md:hidden" />
      <span className="w-11 font-semibold">{format.percent(ratio)}</span>
    </span>
  )
}

/** RocketMQ's brokers act at levels of their own. */
function levelOf(broker: BrokerAnswer, ratio: number): { level?: StateLevel } {
  return broker.rocketmq !== null ? { level: commitLogLevel(ratio, broker.rocketmq.diskMarks)?.level ?? 'safe' } : {}
}

/** `hasMissing`: actions are only for brokers that have gone. */
export function useBrokerColumns(
  clusterId: string,
  kind: ClusterKind,
  hasMissing: boolean,
): DataColumn<BrokerAnswer>[] {
  const t = useTranslations('brokers')
  return useMemo(() => {
    const actions: DataColumn<BrokerAnswer> = {
      id: 'actions',
      header: t('actions'),
      align: 'end',
      canHide: false,
      className: 'w-24 min-w-24',
      cell: (broker) => (broker.online === false ? <RetireBroker clusterId={clusterId} brokerId={broker.id} /> : null),
    }
    return [
      {
        id: 'id',
        header: t('id'),
        sortValue: (broker) => broker.id,
        className: kind === 'kafka' ? 'w-[7%]' : 'w-[14%]',
        cell: (broker) => (
          <Link href={brokerHref(clusterId, broker.id)} title={broker.id} className="font-semibold hover:underline">
            {broker.id}
          </Link>
        ),
      },
      {
        id: 'state',
        header: t('state'),
        className: kind === 'kafka' ? 'w-[14%]' : 'w-[9%] min-w-28',
        sortValue: (broker) => brokerState(broker),
        cell: (broker) => <BrokerStateWord broker={broker} />,
      },
      {
        id: 'address',
        header: t('address'),
        className: kind === 'kafka' ? 'w-[19%]' : 'w-[14%]',
        sortValue: (broker) => broker.host,
        cell: (broker) => (
          <span title={`${broker.host}:${broker.port}`}>
            {broker.host}:{broker.port}
          </span>
        ),
      },
      ...(kind === 'kafka' ? [rackColumn(t)] : []),
      {
        id: 'role',
        header: t('role'),
        priority: 3,
        className: kind === 'kafka' ? 'w-[11%]' : 'w-[12%] min-w-32',
        sortValue: (broker) => broker.role,
        cell: (broker) => (broker.isController ? t('activeController') : t(`roles.${broker.role}`)),
      },
      ...(kind === 'rocketmq' ? throughputColumns(t) : []),
      {
        id: 'disk',
        header: t('disk'),
        hint: t('diskHint'),
        align: 'end',
        className: kind === 'kafka' ? 'w-[17%]' : 'w-[14%]',
        sortValue: (broker) => fullestLogDir(broker)?.ratio,
        cell: (broker) => <FullestDisk broker={broker} />,
      },
      {
        id: 'leaders',
        header: t('leaders'),
        hint: t('leadersHint'),
        align: 'end',
        priority: 2,
        className: 'w-[6%]',
        sortValue: (broker) => broker.leaderPartitions,
        cell: (broker) => <Num value={broker.leaderPartitions} why={t('countUnknown')} />,
      },
      {
        id: 'replicas',
        header: t('replicas'),
        hint: t('replicasHint'),
        align: 'end',
        priority: 2,
        className: 'w-[7%]',
        sortValue: (broker) => broker.replicaPartitions,
        cell: (broker) => <Num value={broker.replicaPartitions} why={t('countUnknown')} />,
      },
      {
        id: 'seen',
        header: t('seen'),
        align: 'end',
        className: 'w-[12%] min-w-34',
        sortValue: (broker) => broker.lastSeenAt,
        cell: (broker) => <RelativeTime at={broker.lastSeenAt} />,
      },
      ...(hasMissing ? [actions] : []),
    ]
  }, [t, clusterId, kind, hasMissing])
}

type Words = ReturnType<typeof useTranslations<'brokers'>>

function rackColumn(t: Words): DataColumn<BrokerAnswer> {
  return {
    id: 'rack',
    header: t('rack'),
    priority: 2,
    className: 'w-[8%]',
    sortValue: (broker) => broker.rack,
    cell: (broker) => broker.rack ?? <span className="text-ink3">{t('noRack')}</span>,
  }
}

function throughputColumns(t: Words): DataColumn<BrokerAnswer>[] {
  return (['putPerSecond', 'getPerSecond'] as const).map((field) => ({
    id: field,
    header: t(`throughput.${field}`),
    hint: t(`throughput.${field}Hint`),
    align: 'end',
    // Names of brokers are told apart by their ends: they need the room.
    priority: 4,
    className: 'w-[8%] min-w-22',
    sortValue: (broker) => broker.rocketmq?.runtime?.[field] ?? null,
    cell: (broker) => <Rate value={broker.rocketmq?.runtime?.[field]} why={broker.fault?.message ?? null} />,
  }))
}
