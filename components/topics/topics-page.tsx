'use client'

import type { ReactElement } from 'react'
import { ClusterFrame } from '../clusters/cluster-frame.tsx'
import { TopicsView } from './topics-view.tsx'

export function TopicsPage({ clusterId }: { clusterId: string }): ReactElement {
  return (
    <ClusterFrame clusterId={clusterId} part="topics">
      <TopicsView clusterId={clusterId} />
    </ClusterFrame>
  )
}
