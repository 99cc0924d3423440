/** The one contract over every driver. */
import { KafkaDriver } from '../../lib/kafka/kafka-driver.ts'
import { clusterConfig, connectClients, EVERY_POLL } from '../servers/kafka-clients.ts'
import { startKafkaCluster } from '../servers/kafka-cluster.ts'
import { startRocketmqClients } from '../servers/rocketmq-clients.ts'
import { startRocketmqCluster } from '../servers/rocketmq-cluster.ts'
import { commitOffsets } from '../servers/rocketmq-offsets.ts'
import { rocketmqConfig, rocketmqDriver } from '../servers/rocketmq-polls.ts'
import { type ContractCluster, driverContract } from './driver-contract.ts'

const NOBODY = '127.0.0.1:1'
const TOPIC = 'orders'
const GROUP = 'billing'
const MESSAGES = 20

driverContract('Kafka', async (): Promise<ContractCluster> => {
  const cluster = await startKafkaCluster()
  const clients = await connectClients(cluster.bootstrapServers)
  await clients.createTopic(TOPIC, [
    [1, 2],
    [2, 3],
  ])
  await clients.produce(
    TOPIC,
    Array.from({ length: MESSAGES }, (_, index) => ({ value: `v${index}`, partition: index % 2 })),
  )
  const offsets = [
    { partition: 0, offset: '4' },
    { partition: 1, offset: '0' },
  ]
  await clients.admin.setOffsets({ groupId: GROUP, topic: TOPIC, partitions: offsets })
  const driverOf = (servers: readonly string[]) => new KafkaDriver(clusterConfig(servers), { paces: EVERY_POLL })
  return {
    ...{ topic: TOPIC, messages: BigInt(MESSAGES), group: GROUP, unread: BigInt(MESSAGES - 4) },
    driver: () => driverOf(cluster.bootstrapServers),
    lostDriver: () => driverOf([NOBODY]),
    async stop() {
      await clients.close()
      await cluster.stop()
    },
  }
})

driverContract('RocketMQ', async (): Promise<ContractCluster> => {
  const cluster = await startRocketmqCluster()
  const clients = await startRocketmqClients(cluster)
  await cluster.mqadmin('updateTopic', ['-c', cluster.clusterName, '-t', TOPIC, '-r', '2', '-w', '2'])
  await clients.send(TOPIC, MESSAGES)
  await commitOffsets(cluster, GROUP, TOPIC, [4, 0])
  return {
    ...{ topic: TOPIC, messages: BigInt(MESSAGES), group: GROUP, unread: BigInt(MESSAGES - 4) },
    driver: () => rocketmqDriver(rocketmqConfig(cluster)),
    lostDriver: () => rocketmqDriver(rocketmqConfig(cluster, { nameServers: [NOBODY] })),
    stop: () => cluster.stop(),
  }
})
