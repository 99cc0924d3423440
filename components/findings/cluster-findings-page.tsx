'use client'

import type { ReactElement } from 'react'
import { ClusterFrame } from '../clusters/cluster-frame.tsx'
import { FindingsView } from './findings-view.tsx'

export function ClusterFindingsPage({ clusterId }: { clusterId: string }): ReactElement {
  return (
    <ClusterFrame clusterId={clusterId} part="findings">
      <FindingsView clusterId={clusterId} />
    </ClusterFrame>
  )
}
