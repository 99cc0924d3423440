/** A small shop on a real cluster: topics of several strengths, a reader, a group that left, and dead letters. */
import type { Consumer } from 'kafkajs'
import { connectClients, type TestClients } from '../servers/kafka-clients.ts'
import type { KafkaTestCluster } from '../servers/kafka-cluster.ts'

export const CLUSTER_ID = 'shop'

export function shopConfig(bootstrapServers: readonly string[]): string {
  return `clusters:
  - id: ${CLUSTER_ID}
    name: Shop
    kind: kafka
    bootstrapServers: [${bootstrapServers.join(', ')}]
poll: { intervalSeconds: 1 }
`
}

export interface Shop extends TestClients {
  addDeadLetters(count: number): Promise<void>
}

export async function openShop(cluster: KafkaTestCluster): Promise<Shop> {
  const clients = await connectClients(cluster.bootstrapServers)
  await clients.createTopic('orders', spread(6), { 'min.insync.replicas': '2' })
  // Two replicas and both demanded: writes are refused as soon as one is missing.
  await clients.createTopic(
    'payments',
    [
      [1, 2],
      [2, 3],
      [3, 1],
    ],
    { 'min.insync.replicas': '2' },
  )
  await clients.createTopic('orders-dlt', spread(3), { 'min.insync.replicas': '2' })
  await clients.produce('orders', texts('order', 600))
  await clients.produce('payments', texts('payment', 300))
  const addDeadLetters = (count: number): Promise<void> => clients.produce('orders-dlt', texts('failed', count))
  await addDeadLetters(12)
  await clients.admin.setOffsets({
    groupId: 'monthly-report',
    topic: 'payments',
    partitions: [0, 1, 2].map((partition) => ({ partition, offset: '0' })),
  })
  const reader = await startReader(clients)
  const close = async (): Promise<void> => {
    await reader.disconnect()
    await clients.close()
  }
  return { ...clients, addDeadLetters, close }
}

async function startReader({ kafka }: TestClients): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId: 'billing', sessionTimeout: 10_000 })
  await consumer.connect()
  await consumer.subscribe({ topic: 'orders', fromBeginning: true })
  await consumer.run({ autoCommitInterval: 500, eachMessage: async () => undefined })
  return consumer
}

/** Replicas on all three brokers, leaders in turn. */
function spread(partitions: number): number[][] {
  return Array.from({ length: partitions }, (_, partition) => [0, 1, 2].map((place) => ((partition + place) % 3) + 1))
}

function texts(word: string, count: number): { key: string; value: string }[] {
  return Array.from({ length: count }, (_, index) => ({ key: `${word}-${index}`, value: `${word} number ${index}` }))
}
