'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { newestPoll, shortestIntervalMs } from '../../lib/client/cluster-views.ts'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { Freshness } from '../ui/freshness.tsx'
import { FindingsView } from './findings-view.tsx'
import { RiskFrame } from './risk-frame.tsx'

/** Everything that can cost messages in any cluster, in one list. */
export function RiskPage(): ReactElement {
  const t = useTranslations('risk')
  const clusters = useQuery(clustersQuery()).data?.items ?? []
  return (
    <RiskFrame
      part="findings"
      title={t('riskTitle')}
      beside={<Freshness at={newestPoll(clusters)} intervalMs={shortestIntervalMs(clusters)} />}
    >
      <FindingsView clusterId="" />
    </RiskFrame>
  )
}
