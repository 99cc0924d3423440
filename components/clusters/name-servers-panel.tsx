'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { NameServerAnswer } from '../../lib/api/schemas/rocketmq.ts'
import { nameServerLevel } from '../../lib/client/rocketmq-views.ts'
import { STATE_TEXT } from '../../lib/client/states.ts'
import { cn } from '../ui/cn.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { Num, Unknown } from '../ui/values.tsx'

/** Each NameServer with what it lists: they do not talk to each other, so that a client sees what the one it asked knows. */
export function NameServersPanel({ nameServers }: { nameServers: NameServerAnswer[] | null }): ReactElement {
  const t = useTranslations('clusters.nameServers')
  const columns = useColumns()
  return (
    <PanelSection id="name-servers" title={t('title')}>
      {nameServers === null ? (
        <p className="px-4 py-3 text-ink2">{t('unread')}</p>
      ) : (
        <StaticTable
          labelledBy="name-servers"
          columns={columns}
          rows={nameServers}
          rowKey={(server) => server.address}
        />
      )}
    </PanelSection>
  )
}

function useColumns(): StaticColumn<NameServerAnswer>[] {
  const t = useTranslations('clusters.nameServers')
  return [
    {
      ...{ id: 'address', header: t('address'), isRowHeader: true, className: 'max-sm:col-span-2 break-all' },
      cell: ({ address }) => <span className="font-semibold">{address}</span>,
    },
    { id: 'state', header: t('state'), isLabelled: true, cell: (server) => <ServerState server={server} /> },
    {
      ...{ id: 'brokers', header: t('brokers'), isLabelled: true, align: 'end' },
      cell: ({ brokers, fault }) => <Num value={brokers?.length} why={fault?.message ?? null} />,
    },
    {
      ...{ id: 'topics', header: t('topics'), isLabelled: true, align: 'end' },
      cell: ({ topics, fault }) => <Num value={topics} why={fault?.message ?? null} />,
    },
    {
      ...{ id: 'missing', header: t('missing'), isLabelled: true, className: 'max-sm:col-span-2' },
      cell: (server) => <Missing server={server} />,
      headerClassName: 'w-[40%]',
    },
  ]
}

function ServerState({ server }: { server: NameServerAnswer }): ReactElement {
  const t = useTranslations('clusters.nameServers')
  const level = nameServerLevel(server)
  const word = server.online === null ? 'silent' : level === 'watch' ? 'differs' : 'agrees'
  return (
    <span className={cn('inline-flex items-center gap-1.5', STATE_TEXT[level])}>
      <StateGlyph level={level} label="" sizePx={14} />
      {t(`states.${word}`)}
    </span>
  )
}

/** What another one lists, marked: a client that asks this one does not see it. */
function Missing({ server }: { server: NameServerAnswer }): ReactElement {
  const t = useTranslations('clusters.nameServers')
  const { fault, missingBrokers, missingTopics } = server
  if (fault !== null) return <span className="text-ink2">{`${fault.message} ${fault.fix}`}</span>
  if (missingBrokers === null || missingTopics === null) return <Unknown />
  if (missingBrokers.length + missingTopics === 0) return <span className="text-ink3">{t('nothing')}</span>
  return (
    <ul className="text-watch">
      {missingBrokers.length > 0 && <li>{t('missingBrokers', { names: missingBrokers.join(', ') })}</li>}
      {missingTopics > 0 && <li>{t('missingTopics', { count: missingTopics })}</li>}
    </ul>
  )
}
