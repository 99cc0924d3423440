/**
 * Three brokers of Kafka, the controller apart, that are written and read all the while: plainly, in transactions, by
 * a classic group and by a streams group.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, Producer } from 'kafkajs'
import { KafkaDriver } from '../../lib/kafka/kafka-driver.ts'
import { MINUTE_MS, SECOND_MS } from '../../lib/units.ts'
import { clusterConfig, connectClients, EVERY_POLL, type TestClients } from '../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../servers/kafka-cluster.ts'
import { joinStreamsGroup } from '../servers/streams-member.ts'
import { waitUntil } from '../servers/wait-until.ts'
import type { RestartedCluster } from './rolling-restarts.ts'

const WRITE_EVERY_MS = 200
const HEARTBEAT_EVERY_MS = 10 * SECOND_MS
const SAFE = { 'min.insync.replicas': '2' }
const REPLICAS = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
]
/** A machine that is busy must not make a broker look dead. */
const PATIENT = { 'broker.session.timeout.ms': '30000', 'replica.lag.time.max.ms': '60000' }
/** The inner topics of the defaults are written with one copy in sync. */
const SAFE_INSIDE = { 'min.insync.replicas': '2', 'auto.create.topics.enable': 'false' }

export async function startKafkaInUse(): Promise<RestartedCluster> {
  const settings = { ...PATIENT, ...SAFE_INSIDE }
  const cluster = await startKafkaCluster({ controllerConfig: settings, brokerConfig: settings })
  const stop = new AbortController()
  const clients = await connectClients(cluster.bootstrapServers)
  for (const topic of ['orders', 'payments']) await clients.createTopic(topic, REPLICAS, SAFE)
  const counter = { handled: 0 }
  const consumers = await Promise.all(['orders', 'payments'].map((topic) => consume(clients, topic, counter)))
  const work = [
    again(stop.signal, WRITE_EVERY_MS, () => clients.produce('orders', someMessages())),
    again(stop.signal, WRITE_EVERY_MS, transactionsOf(clients)),
    again(stop.signal, HEARTBEAT_EVERY_MS, () => beat(cluster)),
  ]
  const config = clusterConfig(cluster.bootstrapServers, { id: 'kafka' })
  return {
    config,
    createDriver: () => new KafkaDriver(config, { paces: EVERY_POLL }),
    brokers: cluster.brokers.map((broker) => ({
      id: String(broker.id),
      stop: () => broker.stop(),
      start: () => broker.start(),
    })),
    consumed: async () => counter.handled,
    async close() {
      stop.abort()
      await Promise.all(work)
      await Promise.allSettled([...consumers.map((consumer) => consumer.disconnect()), clients.close()])
      await cluster.stop()
    },
  }
}

/** Clients that are refused while a broker goes, try again: that is not what is tested here. */
async function again(signal: AbortSignal, everyMs: number, work: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    await work().catch(() => undefined)
    await sleep(everyMs)
  }
}

function someMessages(): { key: string; value: string }[] {
  return Array.from({ length: 3 }, () => ({ key: String(Math.random()), value: 'x'.repeat(200) }))
}

async function consume(clients: TestClients, topic: string, counter: { handled: number }): Promise<Consumer> {
  const consumer = clients.kafka.consumer({ groupId: `${topic}-readers` })
  await consumer.connect()
  // A broker may not have heard of the topic yet.
  await waitUntil(() => consumer.subscribe({ topic, fromBeginning: true }), { timeout: MINUTE_MS, interval: SECOND_MS })
  await consumer.run({
    autoCommitInterval: SECOND_MS,
    eachMessage: async () => {
      counter.handled += 1
    },
  })
  return consumer
}

/** One transaction at each call; after one that failed, by a producer made anew, as the library demands. */
function transactionsOf({ kafka }: TestClients): () => Promise<void> {
  let producer: Producer | null = null
  return async () => {
    if (producer === null) {
      producer = kafka.producer({ transactionalId: 'payments', idempotent: true, maxInFlightRequests: 1 })
      await producer.connect()
    }
    try {
      const transaction = await producer.transaction()
      await transaction.send({ topic: 'payments', messages: someMessages() })
      await transaction.commit()
    } catch (error) {
      await producer.disconnect().catch(() => undefined)
      producer = null
      throw error
    }
  }
}

/** A member that joins again and again is one that stays. */
async function beat({ brokers, bootstrapServers }: KafkaTestCluster): Promise<void> {
  for (const [place] of brokers.entries()) {
    const joined = await joinStreamsGroup(bootstrapServers[place] ?? '', 'totals', 'member', 'orders').catch(() => null)
    if (joined?.errorCode === 0) return
  }
}
