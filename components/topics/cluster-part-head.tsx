'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { PollTrouble } from '../clusters/cluster-frame.tsx'
import { clusterHref } from '../shell/places.ts'
import { Freshness } from '../ui/freshness.tsx'
import { type Crumb, PageHeader } from '../ui/page-header.tsx'
import { type TabLink, TabLinks } from '../ui/tabs.tsx'

interface ClusterPartHeadProps {
  clusterId: string
  title: string
  /** Between the cluster and this page. */
  crumbs?: readonly Crumb[]
  tabs: readonly TabLink[]
  tab: string
  tabsLabel: string
  children?: ReactNode
}

/** Head of a page about one thing in a cluster: the way here, how fresh it is, its parts, and what is wrong with polling. */
export function ClusterPartHead(props: ClusterPartHeadProps): ReactElement {
  const { clusterId, title, crumbs = [], children } = props
  const t = useTranslations('shell.pages')
  const cluster = useQuery(clustersQuery()).data?.items.find((one) => one.id === clusterId)
  const way = [
    { label: t('clusters'), href: '/clusters' },
    { label: cluster?.name ?? clusterId, href: clusterHref(clusterId) },
    ...crumbs,
  ]
  return (
    <>
      <PageHeader title={title} crumbs={way}>
        <Freshness at={cluster?.lastPollAt ?? null} intervalMs={cluster?.pollIntervalMs ?? null} />
        {children}
      </PageHeader>
      <TabLinks tabs={props.tabs} current={props.tab} label={props.tabsLabel} />
      {cluster !== undefined && <PollTrouble cluster={cluster} />}
    </>
  )
}
