/** The demo's Kafka: three brokers, the controller apart, and a shop that uses them. */
import { SECOND_MS } from '../../lib/units.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../servers/kafka-cluster.ts'
import type { DemoPart } from './demo-part.ts'
import { startWorkload, type Workload } from './workload.ts'

const GOODBYE_MS = 5 * SECOND_MS

export interface KafkaShop extends DemoPart {
  readonly cluster: KafkaTestCluster
  readonly workload: Workload
}

export async function startKafkaShop(): Promise<KafkaShop> {
  const cluster = await startKafkaCluster({
    racks: ['zone-a', 'zone-b', 'zone-c'],
    heapMb: 320,
    brokerConfig: { 'log.retention.check.interval.ms': '30000' },
    // A killed broker is missed soon, for the sake of whoever watches.
    controllerConfig: { 'broker.session.timeout.ms': '6000' },
  })
  try {
    const workload = await startWorkload(cluster.bootstrapServers)
    return {
      cluster,
      workload,
      config: `  - id: shop
    name: Shop
    kind: kafka
    bootstrapServers: [${cluster.bootstrapServers.join(', ')}]
    readOnly: false
`,
      address: `Kafka     ${cluster.bootstrapServers.join(', ')}`,
      worthALook: `Shop: the group click-analytics is slower than its topic, which keeps ten minutes;
  orders-dlt, payments.DLT, shipments-dlt and warehouse-dlq fill up, of several causes; monthly-report has not read for long.`,
      stop: () => stopShop(cluster, workload),
    }
  } catch (error) {
    await cluster.stop()
    throw error
  }
}

async function stopShop(cluster: KafkaTestCluster, workload: Workload): Promise<void> {
  // Without brokers the workload's goodbyes have nobody to reach, and its own patience ends them.
  await Promise.race([workload.stop(), new Promise((done) => setTimeout(done, GOODBYE_MS).unref())])
  await cluster.stop()
}
