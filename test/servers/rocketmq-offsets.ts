/** A group that stands where a test wants it, without a consumer. */
import { RemotingClient } from '../../lib/rocketmq/remoting-client.ts'
import type { RocketmqTestCluster } from './rocketmq-cluster.ts'
import { rocketmqConfig } from './rocketmq-polls.ts'

const UPDATE_CONSUMER_OFFSET = 15

/** Creates the group and commits an offset for each queue of the topic on the first master, from queue 0 on. */
export async function commitOffsets(
  cluster: RocketmqTestCluster,
  consumerGroup: string,
  topic: string,
  offsets: readonly number[],
): Promise<void> {
  await cluster.mqadmin('updateSubGroup', ['-c', cluster.clusterName, '-g', consumerGroup])
  const { tls, addressMap } = rocketmqConfig(cluster)
  const limits = { connectDeadlineMs: 5_000, requestDeadlineMs: 10_000, maxInFlightPerAddress: 1 }
  const client = new RemotingClient({ credentials: null, tls, addressMap, ...limits })
  try {
    for (const [queueId, commitOffset] of offsets.entries()) {
      const ext = { consumerGroup, topic, queueId, commitOffset }
      const { address } = cluster.broker(cluster.brokers[0]?.name ?? '')
      const { code, remark } = await client.request(address, { code: UPDATE_CONSUMER_OFFSET, ext })
      if (code !== 0) throw new Error(`committing was answered with ${code}: ${remark}`)
    }
  } finally {
    await client.close()
  }
}
