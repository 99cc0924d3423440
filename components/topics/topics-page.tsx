'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { ClusterPartHead } from './cluster-part-head.tsx'
import { TopicsView } from './topics-view.tsx'

export function TopicsPage({ clusterId }: { clusterId: string }): ReactElement {
  const t = useTranslations('topics')
  return (
    <>
      <ClusterPartHead clusterId={clusterId} title={t('title')} />
      <TopicsView clusterId={clusterId} />
    </>
  )
}
