'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import type { RocketmqGroupAnswer } from '../../lib/api/schemas/rocketmq.ts'
import { MINUTE_MS } from '../../lib/units.ts'
import { FactList } from '../topics/fact-list.tsx'
import { PanelSection } from '../ui/panel-section.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { Duration, Num, Unknown } from '../ui/values.tsx'

/** What only groups of RocketMQ have: settings that can lose messages, and what slaves know of their offsets. */
export function RocketmqGroupPanels({ group }: { group: RocketmqGroupAnswer }): ReactElement {
  return (
    <div className="mt-6 space-y-6">
      <ConsumePanel group={group} />
      <SlaveOffsetsPanel slaves={group.slaveOffsets} />
    </div>
  )
}

function ConsumePanel({ group }: { group: RocketmqGroupAnswer }): ReactElement {
  const t = useTranslations('groups.rocketmq')
  const { settings, settingsDiffer } = group
  const offline = <Unknown why={t('whileOffline')} />
  const facts: [string, ReactNode][] = [
    [t('consumeType'), group.consumeType ?? offline],
    [t('messageModel'), group.messageModel ?? offline],
    [t('consumeFromWhere'), group.consumeFromWhere ?? offline],
    ...(settings === null ? [] : settingFacts(t, settings)),
  ]
  return (
    <PanelSection id="consume" title={t('title')}>
      <div className="px-4 pt-3">
        <FactList facts={facts} />
        {settings === null && <p className="pb-3 text-ink2">{t('noSettings')}</p>}
        {settings !== null && settings.retryQueues <= 0 && <p className="pb-3 text-losing">{t('dropsFailures')}</p>}
        {settings !== null && !settings.isConsumeEnabled && <p className="pb-3 text-risk">{t('disabled')}</p>}
        {group.messageModel === 'BROADCASTING' && <p className="pb-3 text-ink2">{t('broadcasting')}</p>}
        {settingsDiffer && <p className="pb-3 text-watch">{t('settingsDiffer')}</p>}
      </div>
    </PanelSection>
  )
}

function settingFacts(
  t: ReturnType<typeof useTranslations<'groups.rocketmq'>>,
  settings: NonNullable<RocketmqGroupAnswer['settings']>,
): [string, ReactNode][] {
  const { retryMaxTimes, retryQueues, isOrdered, consumeTimeoutMinutes } = settings
  const timeoutMs = consumeTimeoutMinutes === null ? null : consumeTimeoutMinutes * MINUTE_MS
  return [
    [t('retryMaxTimes'), <Num key="m" value={retryMaxTimes} />],
    [t('retryQueues'), <Num key="q" value={retryQueues} />],
    [t('order'), isOrdered === null ? <Unknown key="o" /> : t(isOrdered ? 'ordered' : 'unordered')],
    [t('consumeTimeout'), <Duration key="t" ms={timeoutMs} />],
  ]
}

type SlaveOffsets = NonNullable<RocketmqGroupAnswer['slaveOffsets']>[number]

/** When a master fails its group goes on from what the slave knows: older offsets mean reading again. */
function SlaveOffsetsPanel({ slaves }: { slaves: readonly SlaveOffsets[] | null }): ReactElement {
  const t = useTranslations('groups.rocketmq')
  const columns: StaticColumn<SlaveOffsets>[] = [
    { id: 'slave', header: t('slave'), isRowHeader: true, isLabelled: true, cell: ({ broker }) => broker },
    {
      ...{ id: 'missing', header: t('missing'), isLabelled: true, align: 'end' },
      cell: ({ missing }) => <Num value={missing} className={missing > 0 ? 'text-watch' : ''} />,
    },
    {
      ...{ id: 'behind', header: t('behind'), isLabelled: true, align: 'end' },
      cell: ({ behindMessages }) => <Num value={behindMessages} />,
    },
  ]
  return (
    <PanelSection id="slave-offsets" title={t('slaveOffsets')} note={t('slaveOffsetsNote')}>
      {slaves === null || slaves.length === 0 ? (
        <p className="px-4 py-3 text-ink2">{t(slaves === null ? 'slavesUnread' : 'noSlaves')}</p>
      ) : (
        <StaticTable labelledBy="slave-offsets" columns={columns} rows={slaves} rowKey={({ broker }) => broker} />
      )}
    </PanelSection>
  )
}
