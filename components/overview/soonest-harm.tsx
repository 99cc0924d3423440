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
import { SubjectLink } from '../ui/subject-link.tsx'
import { Since } from '../ui/values.tsx'

/** More than this is not read on an overview; the clusters' own pages have all of them. */
const ROWS_SHOWN = 40

/** How soon? Every reason of every cluster in the order in which it hurts. */
export function SoonestHarm({ clusters }: { clusters: readonly ClusterAnswer[] }): ReactElement | null {
  const t = useTranslations('overview.harm')
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
          <table className="w-full text-sm max-sm:block">
            <thead className="max-sm:sr-only">
              <tr className="border-line border-b text-left text-ink3 text-xs">
                <th scope="col" className="w-11 py-2 pl-4 font-normal">
                  <span className="sr-only">{t('state')}</span>
                </th>
                <th scope="col" className="w-28 px-3 py-2 font-normal">
                  {t('when')}
                </th>
                <th scope="col" className="px-3 py-2 font-normal">
                  {t('what')}
                </th>
                <th scope="col" className="w-64 px-3 py-2 font-normal">
                  {t('where')}
                </th>
                <th scope="col" className="w-24 px-4 py-2 text-right font-normal">
                  {t('since')}
                </th>
              </tr>
            </thead>
            <tbody className="max-sm:block">
              {harms.slice(0, ROWS_SHOWN).map((harm) => (
                <HarmRow key={harm.key} harm={harm} />
              ))}
            </tbody>
          </table>
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

function HarmRow({ harm }: { harm: Harm }): ReactElement {
  const t = useTranslations('overview.harm')
  const format = useFormat()
  const { cluster, reason } = harm
  return (
    <tr className="border-line2 border-b align-top last:border-0 hover:bg-line2/60 max-sm:grid max-sm:grid-cols-[2.25rem_1fr_auto] max-sm:px-4 max-sm:py-2.5">
      <td className="py-2 pl-4 max-sm:row-span-3 max-sm:p-0">
        <StateGlyph level={reasonState(reason)} className="mt-0.5" />
      </td>
      <td className="whitespace-nowrap px-3 py-2 max-sm:p-0 max-sm:text-ink3 max-sm:text-xs">
        {t(`times.${harm.when}`)}
      </td>
      <td className="px-3 py-2 max-sm:order-3 max-sm:col-span-2 max-sm:col-start-2 max-sm:p-0">
        <Emphasis sentence={reason.message} names={namesOf(reason, format.number)} />
      </td>
      <td className="break-words px-3 py-2 text-ink2 max-sm:order-4 max-sm:col-span-2 max-sm:col-start-2 max-sm:p-0">
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
      </td>
      <td className="whitespace-nowrap px-4 py-2 text-right max-sm:order-2 max-sm:p-0 max-sm:text-ink3 max-sm:text-xs">
        <Since at={reason.at} />
      </td>
    </tr>
  )
}
