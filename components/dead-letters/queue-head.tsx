'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import type { QueueName } from '../../lib/client/queries/dead-letters.ts'
import { PollTrouble } from '../clusters/cluster-frame.tsx'
import { clusterHref, deadLettersHref } from '../shell/places.ts'
import { Freshness } from '../ui/freshness.tsx'
import { PageHeader } from '../ui/page-header.tsx'

interface QueueHeadProps {
  queue: QueueName
  /** The queue's own page when left out. */
  title?: string
  part?: string
  beside?: ReactNode
  /** Actions. */
  children?: ReactNode
}

/** Head of the pages about one queue: the way here, how fresh it is, what can be done, and what is wrong with polling. */
export function QueueHead({ queue, title, part, beside, children }: QueueHeadProps): ReactElement {
  const { clusterId, topic } = queue
  const t = useTranslations('deadLetters')
  const cluster = useQuery(clustersQuery()).data?.items.find((one) => one.id === clusterId)
  const way = [
    { label: t('title'), href: '/dead-letters' },
    { label: cluster?.name ?? clusterId, href: clusterHref(clusterId) },
    ...(title === undefined ? [] : [{ label: topic, href: deadLettersHref(clusterId, topic) }]),
  ]
  return (
    <>
      <PageHeader title={title ?? topic} crumbs={way} beside={beside} {...(part === undefined ? {} : { part })}>
        <Freshness at={cluster?.lastPollAt ?? null} intervalMs={cluster?.pollIntervalMs ?? null} />
        {children}
      </PageHeader>
      {cluster !== undefined && <PollTrouble cluster={cluster} />}
    </>
  )
}
