/**
 * Records that die in every way that the programs of `dead-letter-producers.ts` know, and the queues that they fill.
 * The tests and the command that captures their fixtures (test/fixtures/dead-letters/capture.ts) share it.
 */

import type { DeadRecord } from '../../lib/dlq/dead-letter.ts'
import { BUSINESS_HEADERS, type DeadLetters, ORDERS, QUEUES } from '../fixtures/dead-letters/real-dead-letters.ts'
import { createTopics } from './create-topics.ts'
import { type DeadLetterProducers, startDeadLetterProducers } from './dead-letter-producers.ts'
import { connectClients, type TestClients } from './kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from './kafka-cluster.ts'

/** The first release whose share groups have dead-letter queues. */
const SHARE_DLQ_VERSION = '4.4.0'

const SOURCES = [
  'spring-orders',
  'spring-numbers',
  'retryable-orders',
  'streams-orders',
  'streams-numbers',
  'connect-ledger',
  'share-parcels',
  'share-letters',
] as const

export interface FilledQueues {
  cluster: KafkaTestCluster
  clients: TestClients
  producers: DeadLetterProducers
  deadLetters: DeadLetters
  stop(): Promise<void>
}

/** One broker, the programs, and what they could not handle. */
export async function fillDeadLetterQueues(): Promise<FilledQueues> {
  const cluster = await startKafkaCluster({ brokers: 1, version: SHARE_DLQ_VERSION })
  const stops: (() => Promise<void>)[] = [() => cluster.stop()]
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).toReversed()) await each()
  }
  try {
    const clients = await connectClients(cluster.bootstrapServers)
    stops.push(() => clients.close())
    const starting = startDeadLetterProducers(cluster.bootstrapServers)
    // Whoever failed to start has cleaned up behind itself.
    stops.push(() => starting.then((started) => started.stop()).catch(() => undefined))
    const [producers] = await Promise.all([starting, prepareTopics(clients)])
    await Promise.all([producers.start(), nameShareQueues(producers), produceOrders(clients)])
    await addConnector(producers)
    const deadLetters = await readAll(producers, clients)
    return { cluster, clients, producers, deadLetters, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function prepareTopics({ admin }: TestClients): Promise<void> {
  const plain = [...SOURCES, 'streams-handled', QUEUES.spring, QUEUES.springNumbers, QUEUES.streams]
  const enabled = [{ name: 'errors.deadletterqueue.group.enable', value: 'true' }]
  const topics = [
    ...plain.map((topic) => ({ topic, numPartitions: 2 })),
    ...[QUEUES.share, QUEUES.shareCopied].map((topic) => ({ topic, numPartitions: 2, configEntries: enabled })),
  ]
  await createTopics(admin, topics)
}

async function nameShareQueues(producers: DeadLetterProducers): Promise<void> {
  const common = { 'share.auto.offset.reset': 'earliest', 'share.delivery.count.limit': '2' }
  const queue = 'errors.deadletterqueue.topic.name'
  await producers.setGroup('parcel-desk', { ...common, [queue]: QUEUES.share })
  const copies = { 'errors.deadletterqueue.copy.record.enable': 'true' }
  await producers.setGroup('letter-desk', { ...common, ...copies, [queue]: QUEUES.shareCopied })
}

async function produceOrders({ produce }: TestClients): Promise<void> {
  const message = (value: string, index: number) => ({
    key: `order-${index}`,
    value,
    // The last partition, so that a partition's number is never the 0 of bytes that nobody wrote.
    partition: 1,
    headers: BUSINESS_HEADERS,
  })
  const good = 'good'
  for (const topic of ['spring-orders', 'retryable-orders', 'streams-orders']) {
    await produce(topic, [good, ...ORDERS].map(message))
  }
  const numbers = ['no number', 'none either'].map(message)
  await Promise.all([produce('spring-numbers', numbers), produce('streams-numbers', numbers)])
  const ledger = ['{"refuse":"17"}', '{"refuse":"4711"}', '{"refuse":"silently"}', '{"broken', '{"amount":"much"}']
  await produce('connect-ledger', ['{"amount":1}', ...ledger].map(message))
  await produce('share-parcels', ['reject one', 'reject another', 'release'].map(message))
  await produce('share-letters', ['reject one', 'release'].map(message))
}

async function addConnector(producers: DeadLetterProducers): Promise<void> {
  await producers.addConnector('ledger', {
    'connector.class': 'DeadLetterProducers$RefusingSink',
    topics: 'connect-ledger',
    'errors.tolerance': 'all',
    'errors.deadletterqueue.topic.name': QUEUES.connect,
    'errors.deadletterqueue.topic.replication.factor': '1',
    'errors.deadletterqueue.context.headers.enable': 'true',
    'consumer.override.auto.offset.reset': 'earliest',
    transforms: 'amount',
    'transforms.amount.type': 'org.apache.kafka.connect.transforms.Cast$Value',
    'transforms.amount.spec': 'amount:int64',
  })
}

async function readAll(producers: DeadLetterProducers, clients: TestClients): Promise<DeadLetters> {
  await producers.share('parcel-desk', 'share-parcels', 3)
  await producers.share('letter-desk', 'share-letters', 2)
  const [spring, springNumbers] = [
    await producers.read(QUEUES.spring, ORDERS.length),
    await producers.read(QUEUES.springNumbers, 2),
  ]
  await sendAgain(clients, spring)
  return {
    spring: await producers.read(QUEUES.spring, ORDERS.length + 1),
    springNumbers,
    retryable: await producers.read(QUEUES.retryable, ORDERS.length),
    streams: await producers.read(QUEUES.streams, ORDERS.length + 2),
    connect: await producers.read(QUEUES.connect, 5),
    share: await producers.read(QUEUES.share, 3),
    shareCopied: await producers.read(QUEUES.shareCopied, 2),
  }
}

/** As somebody does who copies a dead letter back with all its headers: it dies a second time. */
async function sendAgain({ produce }: TestClients, [first]: DeadRecord[]): Promise<void> {
  if (first === undefined) throw new Error('there is no dead letter to send again')
  const headers = Object.fromEntries(first.headers.map(({ key, value }) => [key, Buffer.from(value ?? [])]))
  const [key, value] = [Buffer.from(first.key ?? []), Buffer.from(first.value ?? [])]
  await produce('spring-orders', [{ key, value, partition: 1, headers }])
}
