'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { RocketmqBrokerAnswer } from '../../lib/api/schemas/rocketmq.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { Bytes, Duration, Num, Rate, RelativeTime } from '../ui/values.tsx'

type Runtime = NonNullable<RocketmqBrokerAnswer['runtime']>

/** In the order in which a message passes: taken in, stored, made readable, handed out. */
const ROWS: readonly { name: RowName; show: (runtime: Runtime) => ReactNode }[] = [
  { name: 'putPerSecond', show: (runtime) => <Rate value={runtime.putPerSecond} /> },
  { name: 'sendQueueSize', show: (runtime) => <Num value={runtime.sendQueueSize} /> },
  { name: 'sendQueueHeadWaitMs', show: (runtime) => <Duration ms={runtime.sendQueueHeadWaitMs} /> },
  { name: 'pageCacheLockMs', show: (runtime) => <Duration ms={runtime.pageCacheLockMs} /> },
  { name: 'putLatencyP99Ms', show: (runtime) => <Duration ms={runtime.putLatencyP99Ms} /> },
  { name: 'putMessageFailures', show: (runtime) => <Failures count={runtime.putMessageFailures} /> },
  { name: 'remainingToCommitBytes', show: (runtime) => <Bytes value={runtime.remainingToCommitBytes} /> },
  { name: 'remainingToFlushBytes', show: (runtime) => <Bytes value={runtime.remainingToFlushBytes} /> },
  { name: 'dispatchBehindBytes', show: (runtime) => <Bytes value={runtime.dispatchBehindBytes} /> },
  { name: 'getPerSecond', show: (runtime) => <Rate value={runtime.getPerSecond} /> },
  { name: 'pullQueueSize', show: (runtime) => <Num value={runtime.pullQueueSize} /> },
  { name: 'pullQueueHeadWaitMs', show: (runtime) => <Duration ms={runtime.pullQueueHeadWaitMs} /> },
  { name: 'timerReadBehind', show: (runtime) => <Duration ms={inMs(runtime.timerReadBehindSeconds)} /> },
  { name: 'earliestMessageAt', show: (runtime) => <RelativeTime at={runtime.earliestMessageAt} /> },
]

type RowName =
  | 'putPerSecond'
  | 'sendQueueSize'
  | 'sendQueueHeadWaitMs'
  | 'pageCacheLockMs'
  | 'putLatencyP99Ms'
  | 'putMessageFailures'
  | 'remainingToCommitBytes'
  | 'remainingToFlushBytes'
  | 'dispatchBehindBytes'
  | 'getPerSecond'
  | 'pullQueueSize'
  | 'pullQueueHeadWaitMs'
  | 'timerReadBehind'
  | 'earliestMessageAt'

function inMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1_000
}

/** The numbers a broker tells of itself; what its version does not tell is unknown. */
export function RuntimePanel({ runtime }: { runtime: Runtime | null }): ReactElement {
  const t = useTranslations('brokers.runtime')
  const columns: StaticColumn<(typeof ROWS)[number]>[] = [
    {
      ...{ id: 'name', header: t('number'), isRowHeader: true, headerClassName: 'w-56' },
      cell: ({ name }) => t(`${name}.name`),
    },
    {
      ...{ id: 'value', header: t('value'), align: 'end', headerClassName: 'w-32' },
      className: 'whitespace-nowrap font-semibold',
      cell: ({ show }) => runtime && show(runtime),
    },
    {
      ...{ id: 'meaning', header: t('meaning'), className: 'text-ink2 max-sm:col-span-2' },
      cell: ({ name }) => t(`${name}.meaning`),
    },
  ]
  return (
    <PanelSection id="runtime" title={t('title')}>
      {runtime === null ? (
        <p className="px-4 py-3 text-ink2">{t('unread')}</p>
      ) : (
        <StaticTable labelledBy="runtime" columns={columns} rows={ROWS} rowKey={({ name }) => name} />
      )}
    </PanelSection>
  )
}

function Failures({ count }: { count: number | null }): ReactElement {
  return <Num value={count} className={(count ?? 0) > 0 ? 'text-risk' : ''} />
}
