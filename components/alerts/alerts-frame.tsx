'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { newestPoll, shortestIntervalMs } from '../../lib/client/cluster-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { PLACE_HREF } from '../shell/places.ts'
import { Freshness } from '../ui/freshness.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { TabLinks } from '../ui/tabs.tsx'

const PARTS = { alerts: '', rules: '/rules', silences: '/silences' } as const
type AlertsPart = keyof typeof PARTS

/** The head that the pages about alerts share. */
export function AlertsFrame({ part, children }: { part: AlertsPart; children: ReactNode }): ReactElement {
  const t = useTranslations('alerts')
  const clusters = useQuery(clustersQuery()).data?.items ?? []
  const tabs = (Object.keys(PARTS) as AlertsPart[]).map((id) => ({
    ...{ id, label: t(`parts.${id}`), href: `${PLACE_HREF.alerts}${PARTS[id]}` },
  }))
  const crumbs = part === 'alerts' ? {} : { crumbs: [{ label: t('title'), href: PLACE_HREF.alerts }] }
  return (
    <>
      <PageHeader title={part === 'alerts' ? t('title') : t(`parts.${part}`)} {...crumbs}>
        <Freshness at={newestPoll(clusters)} intervalMs={shortestIntervalMs(clusters)} />
      </PageHeader>
      <TabLinks tabs={tabs} current={part} label={t('partsLabel')} />
      <p className="mb-4 max-w-prose text-ink2">{t(`intro.${part}`)}</p>
      {children}
    </>
  )
}
