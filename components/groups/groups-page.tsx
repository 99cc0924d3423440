'use client'

import type { ReactElement } from 'react'
import { ClusterFrame } from '../clusters/cluster-frame.tsx'
import { GroupsView } from './groups-view.tsx'

export function GroupsPage({ clusterId }: { clusterId: string }): ReactElement {
  return (
    <ClusterFrame clusterId={clusterId} part="groups">
      <GroupsView clusterId={clusterId} />
    </ClusterFrame>
  )
}
