/** The RocketMQ driver against test clusters. */
import type { RocketmqClusterConfig } from '../../lib/cluster/cluster-config.ts'
import type { ClusterSnapshot } from '../../lib/cluster/snapshot.ts'
import { RocketmqDriver, type RocketmqDriverOptions } from '../../lib/rocketmq/rocketmq-driver.ts'
import { pollOnce } from './polls.ts'
import type { RocketmqTestCluster } from './rocketmq-cluster.ts'

export function rocketmqConfig(
  cluster: RocketmqTestCluster,
  more: Partial<RocketmqClusterConfig> = {},
): RocketmqClusterConfig {
  return {
    id: 'test',
    name: 'Test',
    kind: 'rocketmq',
    readOnly: true,
    nameServers: cluster.nameServers.map(({ address }) => address),
    addressMap: {},
    tls: { enabled: cluster.ca !== null, ca: cluster.ca, cert: null, key: null, rejectUnauthorized: true },
    acl: cluster.credentials?.readOnlyUser ?? null,
    ...more,
  }
}

/** Everything with every poll, so that a test sees what is so now. */
export const EVERY_POLL: RocketmqDriverOptions['paces'] = {
  nameServers: null,
  members: null,
  configs: null,
  slaveCopies: null,
  syncStateSets: null,
  firstUnread: null,
  deadLetters: null,
}

/** With short deadlines: nothing here is far away. */
export function rocketmqDriver(config: RocketmqClusterConfig): RocketmqDriver {
  return new RocketmqDriver(config, { paces: EVERY_POLL, deadlines: { connectMs: 3_000, requestMs: 5_000 } })
}

export async function rocketmqSnapshot(config: RocketmqClusterConfig): Promise<ClusterSnapshot> {
  const driver = rocketmqDriver(config)
  try {
    return await pollOnce(driver)
  } finally {
    await driver.close()
  }
}
