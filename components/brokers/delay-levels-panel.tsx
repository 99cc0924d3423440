'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { RocketmqBrokerAnswer } from '../../lib/api/schemas/rocketmq.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { Num } from '../ui/values.tsx'

type DelayLevel = NonNullable<RocketmqBrokerAnswer['delayLevels']>[number]

/** Messages that wait for one of the fixed delays, by level. */
export function DelayLevelsPanel({ levels }: { levels: readonly DelayLevel[] | null }): ReactElement {
  const t = useTranslations('brokers.delayLevels')
  const used = levels?.filter((level) => level.maxOffset > 0) ?? []
  const columns: StaticColumn<DelayLevel>[] = [
    { id: 'level', header: t('level'), isRowHeader: true, isLabelled: true, cell: ({ level }) => level },
    {
      ...{ id: 'waiting', header: t('waiting'), isLabelled: true, align: 'end', className: 'font-semibold' },
      cell: ({ waitingMessages }) => <Num value={waitingMessages} />,
    },
    {
      ...{ id: 'delivered', header: t('delivered'), isLabelled: true, align: 'end' },
      cell: ({ deliveredOffset }) => <Num value={deliveredOffset} />,
    },
    {
      ...{ id: 'end', header: t('end'), isLabelled: true, align: 'end' },
      cell: ({ maxOffset }) => <Num value={maxOffset} />,
    },
  ]
  return (
    <PanelSection id="delay-levels" title={t('title')} note={t('note')}>
      {used.length === 0 ? (
        <p className="px-4 py-3 text-ink2">{t(levels === null ? 'unread' : 'none')}</p>
      ) : (
        <StaticTable labelledBy="delay-levels" columns={columns} rows={used} rowKey={({ level }) => String(level)} />
      )}
    </PanelSection>
  )
}
