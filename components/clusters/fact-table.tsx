'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import type { FactKind } from '../../lib/cluster/snapshot.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { RelativeTime } from '../ui/values.tsx'

type Fact = ClusterAnswer['facts'][number]

const KINDS: Record<FactKind, true> = {
  metadata: true,
  offsets: true,
  groups: true,
  committedOffsets: true,
  reassignments: true,
  eligibleLeaders: true,
  configs: true,
  logDirs: true,
  quorum: true,
  firstUnread: true,
  nameServers: true,
  replication: true,
  runtime: true,
  members: true,
  slaveCopies: true,
  syncStateSets: true,
  deadLetters: true,
  connect: true,
}

function isFactKind(kind: string): kind is FactKind {
  return Object.hasOwn(KINDS, kind)
}

/** What the verdict rests on: each kind of fact with its pace, its age, and the parts that could not be read. */
export function FactTable({ cluster }: { cluster: ClusterAnswer }): ReactElement | null {
  const t = useTranslations('clusters.facts')
  const columns = useFactColumns()
  if (cluster.facts.length === 0) return null
  return (
    <PanelSection id="facts" title={t('title')}>
      <StaticTable labelledBy="facts" columns={columns} rows={cluster.facts} rowKey={(fact) => fact.kind} />
    </PanelSection>
  )
}

function useFactColumns(): StaticColumn<Fact>[] {
  const t = useTranslations('clusters.facts')
  const format = useFormat()
  return [
    {
      ...{ id: 'fact', header: t('fact'), isRowHeader: true },
      cell: ({ kind }) => (isFactKind(kind) ? t(`kinds.${kind}`) : kind),
      className: 'max-sm:col-span-2',
      headerClassName: 'w-[30%]',
    },
    {
      ...{ id: 'pace', header: t('pace') },
      cell: ({ paceMs }) => (paceMs === null ? t('everyPoll') : t('every', { interval: format.duration(paceMs) })),
      ...{ className: 'text-ink2', headerClassName: 'w-36' },
    },
    {
      ...{ id: 'read', header: t('read') },
      cell: ({ lastReadAt }) => (lastReadAt === null ? t('never') : <RelativeTime at={lastReadAt} />),
      ...{ className: 'text-ink2', headerClassName: 'w-36' },
    },
    {
      ...{ id: 'faults', header: t('faults') },
      cell: (fact) => <Faults fact={fact} />,
      className: 'max-sm:col-span-2',
    },
  ]
}

function Faults({ fact }: { fact: Fact }): ReactElement {
  const t = useTranslations('clusters.facts')
  if (fact.faultCount === 0) return <span className="text-ink3 max-sm:sr-only">{t('none')}</span>
  const more = fact.faultCount - fact.faults.length
  return (
    <ul className="space-y-1.5">
      {fact.faults.map(({ subject, fault }) => (
        <li key={`${subject.type} ${subject.name} ${fault.code}`} className="flex gap-2">
          <StateGlyph level="unknown" label="" sizePx={14} className="mt-0.5 shrink-0" />
          <div className="min-w-0 break-words">
            <p>
              {subject.type === 'cluster' ? null : <span className="font-semibold">{subject.name} </span>}
              {fault.message}
            </p>
            <p className="text-ink2">{fault.fix}</p>
          </div>
        </li>
      ))}
      {more > 0 ? <li className="pl-5.5 text-ink3">{t('more', { count: more })}</li> : null}
    </ul>
  )
}
