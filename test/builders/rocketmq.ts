/** RocketMQ's parts of small snapshots for tests of pure code. */
import type { RocketmqBrokerState } from '../../lib/cluster/rocketmq-state.ts'
import type { BrokerState } from '../../lib/cluster/snapshot.ts'
import { aBroker } from './snapshots.ts'

/** `id`: `name:number`. A number above 0 makes a slave. */
export function aRocketmqBroker(id: string, over: Partial<BrokerState> = {}): BrokerState {
  const at = id.lastIndexOf(':')
  const brokerName = id.slice(0, at)
  const brokerNumber = Number(id.slice(at + 1))
  return aBroker(id, {
    port: 10_911 + brokerNumber,
    role: brokerNumber === 0 ? 'SYNC_MASTER' : 'SLAVE',
    rocketmq: aRocketmqBrokerState({ brokerName, brokerNumber }),
    ...over,
  })
}

function aRocketmqBrokerState(over: Partial<RocketmqBrokerState> = {}): RocketmqBrokerState {
  return {
    brokerName: 'a',
    brokerNumber: 0,
    clusterName: 'trade',
    flushDiskType: 'ASYNC_FLUSH',
    minIsr: 2,
    retentionMs: 259_200_000,
    permission: 6,
    replication: null,
    runtime: null,
    halfMessages: null,
    delayLevels: null,
    slaveCopy: null,
    syncStateSet: null,
    ...over,
  }
}
