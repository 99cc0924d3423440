'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { Num, RelativeTime, Unknown } from '../ui/values.tsx'

type Quorum = NonNullable<ClusterAnswer['quorum']>
type Replica = Quorum['voters'][number]

/** Who decides about leaders, and whether it still does. */
export function QuorumPanel({ quorum, wasPolled }: { quorum: Quorum | null; wasPolled: boolean }): ReactElement {
  const t = useTranslations('clusters.quorum')
  return (
    <section aria-labelledby="quorum">
      <h2 id="quorum" className="mb-2 font-semibold text-base">
        {t('title')}
      </h2>
      <div className="panel overflow-x-auto">
        {quorum === null ? (
          <p className="px-4 py-3 text-ink2">{t(wasPolled ? 'none' : 'unread')}</p>
        ) : (
          <>
            <QuorumFacts quorum={quorum} />
            <QuorumReplicas quorum={quorum} />
          </>
        )}
      </div>
    </section>
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

function QuorumReplicas({ quorum }: { quorum: Quorum }): ReactElement {
  const t = useTranslations('clusters.quorum')
  const rows: { replica: Replica; isVoter: boolean }[] = [
    ...quorum.voters.map((replica) => ({ replica, isVoter: true })),
    ...quorum.observers.map((replica) => ({ replica, isVoter: false })),
  ]
  return (
    <table className="w-full border-line border-t">
      <thead>
        <tr className="border-line border-b text-left text-ink3 text-xs">
          <th scope="col" className="px-4 py-2 font-normal">
            {t('node')}
          </th>
          <th scope="col" className="px-3 py-2 font-normal">
            {t('role')}
          </th>
          <th scope="col" className="px-3 py-2 text-right font-normal">
            {t('lag')}
          </th>
          <th scope="col" className="px-4 py-2 text-right font-normal">
            {t('caughtUp')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ replica, isVoter }) => (
          <tr key={`${replica.id} ${isVoter}`} className="border-line2 border-b last:border-0">
            <th scope="row" className="px-4 py-1.5 text-left font-normal">
              {replica.id}
            </th>
            <td className="px-3 py-1.5">{isVoter ? t('voter') : t('observer')}</td>
            <td className="px-3 py-1.5 text-right">
              <Num value={replica.lag} />
            </td>
            <td className="px-4 py-1.5 text-right">
              <RelativeTime at={replica.lastCaughtUpAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
