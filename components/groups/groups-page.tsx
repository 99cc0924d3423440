'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { ClusterPartHead } from '../topics/cluster-part-head.tsx'
import { GroupsView } from './groups-view.tsx'

export function GroupsPage({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('groups')
  return (
    <>
      <ClusterPartHead clusterId={clusterId} title={t('title')} />
      <GroupsView clusterId={clusterId} />
    </>
  )
}
