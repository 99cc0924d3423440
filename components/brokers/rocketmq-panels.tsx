'use client'

import type { ReactElement } from 'react'
import type { BrokerAnswer } from '../../lib/api/schemas/brokers.ts'
import { isSlave, membersOf } from '../../lib/client/rocketmq-views.ts'
import { ControllerPanel } from './controller-panel.tsx'
import { ReplicationPanel } from './replication-panel.tsx'
import { WaitingPanel } from './waiting-panel.tsx'

/** What only RocketMQ's brokers have, under their table. */
export function RocketmqPanels({
  clusterId,
  brokers,
}: {
  clusterId: string
  brokers: readonly BrokerAnswer[]
}): ReactElement | null {
  const members = membersOf(brokers)
  if (members.length === 0) return null
  return (
    <div className="mt-6 space-y-6">
      <ReplicationPanel clusterId={clusterId} brokers={brokers} />
      <WaitingPanel masters={members.filter(({ broker }) => !isSlave(broker))} />
      <ControllerPanel members={members} />
    </div>
  )
}
