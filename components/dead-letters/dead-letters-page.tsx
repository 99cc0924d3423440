'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { newestPoll, shortestIntervalMs } from '../../lib/client/cluster-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { RangePicker } from '../charts/range-picker.tsx'
import { Freshness } from '../ui/freshness.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { DeadLettersView } from './dead-letters-view.tsx'
import { InboxCauses } from './inbox-causes.tsx'
import { NeedsPanel } from './needs-panel.tsx'

/** Dead letters of all clusters: what needs a person first, then the queues, then why messages died in them. */
export function DeadLettersPage(): ReactElement {
  const t = useTranslations('deadLetters')
  const clusters = useQuery(clustersQuery()).data?.items ?? []
  return (
    <>
      <PageHeader title={t('title')}>
        <Freshness at={newestPoll(clusters)} intervalMs={shortestIntervalMs(clusters)} />
        <RangePicker />
      </PageHeader>
      <NeedsPanel />
      <DeadLettersView />
      <InboxCauses />
    </>
  )
}
