'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { PanelSection } from '../ui/panel-section.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { Num, RelativeTime, Unknown } from '../ui/values.tsx'

type Quorum = NonNullable<ClusterAnswer['quorum']>
type Replica = Quorum['voters'][number]

/** Who decides about leaders, and whether it still does. */
export function QuorumPanel({ quorum, wasPolled }: { quorum: Quorum | null; wasPolled: boolean }): ReactElement {
  const t = useTranslations('clusters.quorum')
  return (
    <PanelSection id="quorum" title={t('title')}>
      {quorum === null ? (
        <p className="px-4 py-3 text-ink2">{t(wasPolled ? 'none' : 'unread')}</p>
      ) : (
        <>
          <QuorumFacts quorum={quorum} />
          <QuorumReplicas quorum={quorum} />
        </>
      )}
    </PanelSection>
  )
}

function QuorumFacts({ quorum }: { quorum: Quorum }): ReactElement {
  const t = useTranslations('clusters.quorum')
  return (
    <dl className="flex flex-wrap gap-x-8 gap-y-2 px-4 py-3">
      <Fact name={t('leader')}>{quorum.leader ?? <span className="text-losing">{t('noLeader')}</span>}</Fact>
      <Fact name={t('moving')}>
        <Moving isMoving={quorum.isMoving} />
      </Fact>
      <Fact name={t('epoch')}>
        <Num value={quorum.leaderEpoch} />
      </Fact>
      <Fact name={t('watermark')}>
        <Num value={quorum.highWatermark} />
      </Fact>
      {quorum.isMoving === false ? <p className="basis-full text-losing">{t('frozenText')}</p> : null}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }): ReactElement {
  return (
    <div>
      <dt className="text-ink3 text-xs">{name}</dt>
      <dd className="font-semibold">{children}</dd>
    </div>
  )
}

function Moving({ isMoving }: { isMoving: boolean | null }): ReactElement {
  const t = useTranslations('clusters.quorum')
  if (isMoving === null) return <Unknown />
  return (
    <span className="inline-flex items-center gap-1.5">
      <StateGlyph level={isMoving ? 'safe' : 'losing'} label="" sizePx={14} />
      {isMoving ? t('isMoving') : t('notMoving')}
    </span>
  )
}

interface QuorumRow {
  replica: Replica
  isVoter: boolean
}

function QuorumReplicas({ quorum }: { quorum: Quorum }): ReactElement {
  const t = useTranslations('clusters.quorum')
  const rows: QuorumRow[] = [
    ...quorum.voters.map((replica) => ({ replica, isVoter: true })),
    ...quorum.observers.map((replica) => ({ replica, isVoter: false })),
  ]
  const columns: StaticColumn<QuorumRow>[] = [
    { id: 'node', header: t('node'), isRowHeader: true, isLabelled: true, cell: ({ replica }) => replica.id },
    {
      ...{ id: 'role', header: t('role'), isLabelled: true },
      cell: ({ isVoter }) => (isVoter ? t('voter') : t('observer')),
    },
    {
      ...{ id: 'lag', header: t('lag'), isLabelled: true, align: 'end' },
      cell: ({ replica }) => <Num value={replica.lag} />,
    },
    {
      ...{ id: 'caughtUp', header: t('caughtUp'), isLabelled: true, align: 'end' },
      cell: ({ replica }) => <RelativeTime at={replica.lastCaughtUpAt} />,
    },
  ]
  return (
    <div className="border-line border-t">
      <StaticTable
        labelledBy="quorum"
        columns={columns}
        rows={rows}
        rowKey={({ replica, isVoter }) => `${replica.id} ${isVoter}`}
      />
    </div>
  )
}
