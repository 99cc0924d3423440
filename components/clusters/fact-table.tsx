'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import type { FactKind } from '../../lib/cluster/snapshot.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'
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
}

function isFactKind(kind: string): kind is FactKind {
  return Object.hasOwn(KINDS, kind)
}

/** What the verdict rests on: each kind of fact with its pace, its age, and the parts that could not be read. */
export function FactTable({ cluster }: { cluster: ClusterAnswer }): ReactElement | null {
  const t = useTranslations('clusters.facts')
  if (cluster.facts.length === 0) return null
  return (
    <section aria-labelledby="facts">
      <h2 id="facts" className="mb-2 font-semibold text-base">
        {t('title')}
      </h2>
      <div className="panel">
        <table className="w-full max-sm:block">
          <thead className="max-sm:sr-only">
            <tr className="border-line border-b text-left text-ink3 text-xs">
              <th scope="col" className="w-[30%] px-4 py-2 font-normal">
                {t('fact')}
              </th>
              <th scope="col" className="w-36 px-3 py-2 font-normal">
                {t('pace')}
              </th>
              <th scope="col" className="w-36 px-3 py-2 font-normal">
                {t('read')}
              </th>
              <th scope="col" className="px-4 py-2 font-normal">
                {t('faults')}
              </th>
            </tr>
          </thead>
          <tbody className="max-sm:block">
            {cluster.facts.map((fact) => (
              <FactRow key={fact.kind} fact={fact} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function FactRow({ fact }: { fact: Fact }): ReactElement {
  const t = useTranslations('clusters.facts')
  const format = useFormat()
  return (
    <tr className="border-line2 border-b align-top last:border-0 max-sm:grid max-sm:grid-cols-2 max-sm:gap-x-3 max-sm:px-4 max-sm:py-2">
      <th scope="row" className="px-4 py-1.5 text-left font-normal max-sm:col-span-2 max-sm:p-0">
        {isFactKind(fact.kind) ? t(`kinds.${fact.kind}`) : fact.kind}
      </th>
      <td className="px-3 py-1.5 text-ink2 max-sm:p-0">
        {fact.paceMs === null ? t('everyPoll') : t('every', { interval: format.duration(fact.paceMs) })}
      </td>
      <td className="px-3 py-1.5 text-ink2 max-sm:p-0">
        {fact.lastReadAt === null ? t('never') : <RelativeTime at={fact.lastReadAt} />}
      </td>
      <td className="px-4 py-1.5 max-sm:col-span-2 max-sm:p-0">
        <Faults fact={fact} />
      </td>
    </tr>
  )
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
