'use client'

import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { ClusterAnswer } from '../../lib/api/schemas/clusters.ts'
import { shownLevel } from '../../lib/client/cluster-views.ts'
import { type Harm, namesOf, reasonState, soonestHarm } from '../../lib/client/reason-views.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { clusterHref } from '../shell/places.ts'
import { Emphasis } from '../ui/emphasis.tsx'
import { StateGlyph } from '../ui/state-glyph.tsx'
import { type StaticColumn, StaticTable } from '../ui/static-table.tsx'
import { SubjectLink } from '../ui/subject-link.tsx'
import { Since } from '../ui/values.tsx'

/** More than this is not read on an overview; the clusters' own pages have all of them. */
const ROWS_SHOWN = 40

/** How soon? Every reason of every cluster in the order in which it hurts. */
export function SoonestHarm({ clusters }: { clusters: readonly ClusterAnswer[] }): ReactElement | null {
  const t = useTranslations('overview.harm')
  const columns = useHarmColumns()
  const harms = soonestHarm(clusters)
  const isSomeUnknown = clusters.some((cluster) => shownLevel(cluster) === 'unknown')
  if (clusters.length === 0) return null
  return (
    <section className="mt-6" aria-labelledby="soonest-harm">
      <h2 id="soonest-harm" className="mb-2 font-semibold text-base">
        {t('title')}
      </h2>
      {harms.length === 0 ? (
        <p className="panel px-4 py-3 text-ink2">{t(isSomeUnknown ? 'noneOfKnown' : 'none')}</p>
      ) : (
        <div className="panel overflow-hidden">
          <StaticTable
            labelledBy="soonest-harm"
            columns={columns}
            rows={harms.slice(0, ROWS_SHOWN)}
            rowKey={(harm) => harm.key}
            rowClassName="hover:bg-line2/60 max-sm:grid-cols-[2.25rem_1fr_auto] max-sm:py-2.5"
          />
          {harms.length > ROWS_SHOWN ? (
            <p className="border-line border-t px-4 py-2 text-ink3 text-xs">
              {t('more', { count: harms.length - ROWS_SHOWN })}
            </p>
          ) : null}
        </div>
      )}
    </section>
  )
}

function useHarmColumns(): StaticColumn<Harm>[] {
  const t = useTranslations('overview.harm')
  const format = useFormat()
  return [
    {
      id: 'state',
      header: <span className="sr-only">{t('state')}</span>,
      cell: ({ reason }) => <StateGlyph level={reasonState(reason)} className="mt-0.5" />,
      className: 'max-sm:row-span-3',
      headerClassName: 'w-11',
    },
    {
      id: 'when',
      header: t('when'),
      cell: ({ when }) => t(`times.${when}`),
      className: 'whitespace-nowrap max-sm:text-ink3 max-sm:text-xs',
      headerClassName: 'w-28',
    },
    {
      id: 'what',
      header: t('what'),
      cell: ({ reason }) => <Emphasis sentence={reason.message} names={namesOf(reason, format.number)} />,
      className: 'max-sm:order-3 max-sm:col-span-2 max-sm:col-start-2',
    },
    {
      id: 'where',
      header: t('where'),
      cell: (harm) => <Where harm={harm} />,
      className: 'break-words text-ink2 max-sm:order-4 max-sm:col-span-2 max-sm:col-start-2',
      headerClassName: 'w-64',
    },
    {
      id: 'since',
      header: t('since'),
      align: 'end',
      cell: ({ reason }) => <Since at={reason.at} />,
      className: 'whitespace-nowrap max-sm:order-2 max-sm:text-ink3 max-sm:text-xs',
      headerClassName: 'w-24',
    },
  ]
}

function Where({ harm: { cluster, reason } }: { harm: Harm }): ReactElement {
  const t = useTranslations('overview.harm')
  return (
    <>
      <Link href={clusterHref(cluster.id)} className="hover:underline">
        {cluster.name}
      </Link>
      {reason.subject.type === 'cluster' ? null : (
        <>
          {' / '}
          <SubjectLink clusterId={cluster.id} subject={reason.subject}>
            {reason.subject.type === 'broker' ? t('broker', { id: reason.subject.name }) : reason.subject.name}
          </SubjectLink>
        </>
      )}
    </>
  )
}
