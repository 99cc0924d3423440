'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { MatrixView } from '../checks/matrix-view.tsx'
import { ClusterFrame } from '../clusters/cluster-frame.tsx'
import { clusterHref } from '../shell/places.ts'
import { TabLinks } from '../ui/tabs.tsx'
import { FindingsView } from './findings-view.tsx'

export type FindingsTab = 'list' | 'matrix'

/** What was found in a cluster, or all that was looked at. */
export function ClusterFindingsPage({ clusterId, tab }: { clusterId: string; tab: FindingsTab }): ReactElement {
  const t = useTranslations('risk.tabs')
  const tabs = [
    { id: 'list', label: t('list'), href: clusterHref(clusterId, '/findings') },
    { id: 'matrix', label: t('matrix'), href: clusterHref(clusterId, '/findings/matrix') },
  ]
  return (
    <ClusterFrame clusterId={clusterId} part="findings">
      <TabLinks tabs={tabs} current={tab} label={t('label')} />
      {tab === 'list' ? <FindingsView clusterId={clusterId} /> : <MatrixView clusterId={clusterId} />}
    </ClusterFrame>
  )
}
