'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { clusterHref } from '../shell/places.ts'
import { Freshness } from '../ui/freshness.tsx'
import { type Crumb, PageHeader } from '../ui/page-header.tsx'

interface ClusterPartHeadProps {
  clusterId: string
  title: string
  /** Between the cluster and this page. */
  crumbs?: readonly Crumb[]
  children?: ReactNode
}

/** Head of a page about a part of one cluster: the way here, and how fresh it is. */
export function ClusterPartHead({ clusterId, title, crumbs = [], children }: ClusterPartHeadProps): ReactElement {
  const t = useTranslations('shell.pages')
  const cluster = useQuery(clustersQuery()).data?.items.find((one) => one.id === clusterId)
  const way = [
    { label: t('clusters'), href: '/clusters' },
    { label: cluster?.name ?? clusterId, href: clusterHref(clusterId) },
    ...crumbs,
  ]
  return (
    <PageHeader title={title} crumbs={way}>
      <Freshness at={cluster?.lastPollAt ?? null} intervalMs={cluster?.pollIntervalMs ?? null} />
      {children}
    </PageHeader>
  )
}
