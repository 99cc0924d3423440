'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { delayedMessages, type RocketmqMember } from '../../lib/client/rocketmq-views.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { Num } from '../ui/values.tsx'

/** What each master holds that no consumer sees: transactions without a decision, and messages before their time. */
export function WaitingPanel({ masters }: { masters: readonly RocketmqMember[] }): ReactElement {
  const t = useTranslations('brokers.waiting')
  const columns: StaticColumn<RocketmqMember>[] = [
    {
      ...{ id: 'broker', header: t('broker'), isRowHeader: true, className: 'max-sm:col-span-2' },
      cell: ({ state }) => <span className="font-semibold">{state.brokerName}</span>,
    },
    {
      ...{ id: 'half', header: t('half'), isLabelled: true, align: 'end' },
      cell: ({ state }) => <Num value={state.halfMessages} />,
    },
    {
      ...{ id: 'givenUp', header: t('givenUp'), isLabelled: true, align: 'end' },
      cell: ({ state }) => <GivenUp count={state.givenUpHalfMessages} />,
    },
    {
      ...{ id: 'delayed', header: t('delayed'), isLabelled: true, align: 'end' },
      cell: ({ state }) => <Num value={delayedMessages(state)} />,
    },
    {
      ...{ id: 'timer', header: t('timer'), isLabelled: true, align: 'end' },
      cell: ({ state }) => <Num value={state.runtime?.timerCongestion} why={t('timerUnknown')} />,
    },
  ]
  return (
    <PanelSection id="waiting" title={t('title')} note={t('note')}>
      <StaticTable labelledBy="waiting" columns={columns} rows={masters} rowKey={({ broker }) => broker.id} />
    </PanelSection>
  )
}

/** Nobody delivers these any more. */
function GivenUp({ count }: { count: number | null }): ReactElement {
  return <Num value={count} className={(count ?? 0) > 0 ? 'font-semibold text-losing' : ''} />
}
