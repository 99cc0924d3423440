/** A pay desk on a real cluster whose service fails: dead letters of two causes, the group that failed, and one that did not. */
import type { Consumer } from 'kafkajs'
import { type Failure, springHeaders } from '../builders/spring-dead-letters.ts'
import { connectClients, SENDS_ONCE, type TestClients } from '../servers/kafka-clients.ts'
import type { KafkaTestCluster } from '../servers/kafka-cluster.ts'

export const DESK_ID = 'desk'
export const QUEUE = 'payments-dlt'
export const TIMEOUTS = 60
export const DECLINED = 12

export function deskConfig(bootstrapServers: readonly string[]): string {
  return `clusters:
  - id: ${DESK_ID}
    name: Pay desk
    kind: kafka
    bootstrapServers: [${bootstrapServers.join(', ')}]
    readOnly: false
poll: { intervalSeconds: 1 }
`
}

const TIMED_OUT: Failure = {
  exception: 'org.springframework.kafka.listener.ListenerExecutionFailedException',
  cause: 'java.net.SocketTimeoutException',
  message: 'Read timed out after 3000 ms calling the ledger',
}

const DECLINES: Failure = { ...TIMED_OUT, cause: 'com.example.pay.DeclinedException', message: 'the card was declined' }

export interface PayDesk extends TestClients {
  /** One more dead letter of each cause per number. */
  fail(from: number, timeouts: number, declined: number): Promise<void>
}

export async function openPayDesk(cluster: KafkaTestCluster): Promise<PayDesk> {
  const clients = await connectClients(cluster.bootstrapServers, {}, SENDS_ONCE)
  await clients.createTopic('payments', [[1], [1], [1]])
  await clients.createTopic(QUEUE, [[1], [1]])
  await clients.produce(
    'payments',
    Array.from({ length: 40 }, (_, at) => payment(at)),
  )
  const fail = async (from: number, timeouts: number, declined: number): Promise<void> => {
    await clients.produce(QUEUE, letters(from, timeouts, TIMED_OUT))
    await clients.produce(QUEUE, letters(from + timeouts, declined, DECLINES))
  }
  await fail(0, TIMEOUTS, DECLINED)
  await clients.admin.setOffsets({
    groupId: 'fraud',
    topic: 'payments',
    partitions: [0, 1, 2].map((partition) => ({ partition, offset: '0' })),
  })
  const billing = await startBilling(clients)
  const close = async (): Promise<void> => {
    await billing.disconnect()
    await clients.close()
  }
  return { ...clients, fail, close }
}

function payment(at: number): { key: string; value: string } {
  return { key: `p-${at}`, value: JSON.stringify({ paymentId: `p-${at}`, amount: at, currency: 'EUR' }) }
}

function letters(from: number, count: number, failure: Failure) {
  return Array.from({ length: count }, (_, index) => {
    const at = from + index
    const source = {
      topic: 'payments',
      partition: at % 3,
      offset: String(at),
      timestamp: '1790000000000',
      group: 'billing',
    }
    return { ...payment(at), headers: { ...springHeaders(source, failure), traceparent: `00-${at}` } }
  })
}

/** It works again by now, and reads all that is sent back. */
async function startBilling({ kafka }: TestClients): Promise<Consumer> {
  const consumer = kafka.consumer({ groupId: 'billing', sessionTimeout: 10_000 })
  await consumer.connect()
  await consumer.subscribe({ topic: 'payments', fromBeginning: true })
  await consumer.run({ autoCommitInterval: 300, eachMessage: async () => undefined })
  return consumer
}
