'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { RocketmqBrokerAnswer } from '../../lib/api/schemas/rocketmq.ts'
import type { RocketmqMember } from '../../lib/client/rocketmq-views.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { Num, Unknown } from '../ui/values.tsx'

type SyncStateSet = NonNullable<RocketmqBrokerAnswer['syncStateSet']>

interface ElectedBroker {
  brokerName: string
  set: SyncStateSet
}

/** In controller mode: which members may become the master. Not shown where no controller elects. */
export function ControllerPanel({ members }: { members: readonly RocketmqMember[] }): ReactElement | null {
  const t = useTranslations('brokers.controller')
  const rows = electedBrokers(members)
  if (rows.length === 0) return null
  const columns: StaticColumn<ElectedBroker>[] = [
    {
      ...{ id: 'broker', header: t('broker'), isRowHeader: true, className: 'max-sm:col-span-2' },
      cell: ({ brokerName }) => <span className="font-semibold">{brokerName}</span>,
    },
    {
      ...{ id: 'leader', header: t('leader'), isLabelled: true },
      cell: ({ set }) => set.controllerLeader ?? <Unknown />,
    },
    {
      ...{ id: 'master', header: t('master'), isLabelled: true, align: 'end' },
      cell: ({ set }) => set.master ?? <span className="text-losing">{t('noMaster')}</span>,
    },
    {
      ...{ id: 'epoch', header: t('epoch'), isLabelled: true, align: 'end' },
      cell: ({ set }) => <Num value={set.masterEpoch} />,
    },
    { id: 'inSync', header: t('inSync'), isLabelled: true, cell: ({ set }) => set.inSync.join(', ') || t('none') },
    {
      ...{ id: 'notInSync', header: t('notInSync'), isLabelled: true },
      cell: ({ set }) => (
        <span className={set.notInSync.length > 0 ? 'text-risk' : 'text-ink3'}>
          {set.notInSync.join(', ') || t('none')}
        </span>
      ),
    },
  ]
  return (
    <PanelSection id="controller" title={t('title')} note={t('note')}>
      <StaticTable labelledBy="controller" columns={columns} rows={rows} rowKey={({ brokerName }) => brokerName} />
    </PanelSection>
  )
}

/** One row per broker name: each member reports the same set. */
function electedBrokers(members: readonly RocketmqMember[]): ElectedBroker[] {
  const byName = new Map<string, ElectedBroker>()
  for (const { state } of members) {
    const { brokerName, syncStateSet: set } = state
    if (set !== null && !byName.has(brokerName)) byName.set(brokerName, { brokerName, set })
  }
  return [...byName.values()]
}
