'use client'

import { useQuery } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useQueryState } from 'nuqs'
import type { ReactElement } from 'react'
import { clustersQuery } from '../../lib/client/queries/clusters.ts'
import { RiskFrame } from '../findings/risk-frame.tsx'
import { Freshness } from '../ui/freshness.tsx'
import { Select } from '../ui/select.tsx'
import { EmptyState } from '../ui/states.tsx'
import { MatrixView } from './matrix-view.tsx'

/** All checks of one cluster after the other, beside what was found in all of them. */
export function ChecksPage(): ReactElement {
  const t = useTranslations('risk.matrix')
  const [chosen, setChosen] = useQueryState('cluster')
  const clusters = useQuery(clustersQuery()).data?.items ?? []
  const cluster = clusters.find(({ id }) => id === chosen) ?? clusters[0]
  if (cluster === undefined) {
    return (
      <RiskFrame part="checks" title={t('title')}>
        <EmptyState title={t('noCluster')} text={t('noClusterText')} />
      </RiskFrame>
    )
  }
  return (
    <RiskFrame
      part="checks"
      title={t('title')}
      beside={<Freshness at={cluster.lastPollAt} intervalMs={cluster.pollIntervalMs} />}
    >
      <MatrixView key={cluster.id} clusterId={cluster.id}>
        <Select
          aria-label={t('cluster')}
          value={cluster.id}
          options={clusters.map(({ id, name }) => ({ value: id, label: name }))}
          onValueChange={(id) => void setChosen(id)}
        />
      </MatrixView>
    </RiskFrame>
  )
}
