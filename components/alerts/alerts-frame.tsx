'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { newestPoll, shortestIntervalMs } from '../../lib/client/cluster-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { ALERT_PLACES, PLACE_HREF } from '../shell/places.ts'
import { Freshness } from '../ui/freshness.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { TabLinks } from '../ui/tabs.tsx'

const PARTS = ['alerts', ...ALERT_PLACES] as const

interface AlertsFrameProps {
  part: (typeof PARTS)[number]
  /** At the right of the title; when the clusters were polled where nothing else stands there. */
  beside?: ReactNode
  children: ReactNode
}

/** The head that the pages about alerts share: what fires and when, who is told, and what they were told. */
export function AlertsFrame({ part, beside, children }: AlertsFrameProps): ReactElement {
  const t = useTranslations('alerts')
  const clusters = useQuery(clustersQuery()).data?.items ?? []
  const tabs = PARTS.map((id) => ({ id, label: t(`parts.${id}`), href: PLACE_HREF[id] }))
  const crumbs = part === 'alerts' ? {} : { crumbs: [{ label: t('title'), href: PLACE_HREF.alerts }] }
  return (
    <>
      <PageHeader title={part === 'alerts' ? t('title') : t(`parts.${part}`)} {...crumbs}>
        {beside ?? <Freshness at={newestPoll(clusters)} intervalMs={shortestIntervalMs(clusters)} />}
      </PageHeader>
      <TabLinks tabs={tabs} current={part} label={t('partsLabel')} />
      <p className="mb-4 max-w-prose text-ink2">{t(`intro.${part}`)}</p>
      {children}
    </>
  )
}
