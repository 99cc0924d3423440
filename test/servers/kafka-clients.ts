/** Small helpers around kafkajs and the driver for tests against real brokers. */
import {
  type Admin,
  Kafka,
  type KafkaConfig,
  logLevel,
  type Message,
  type Producer,
  type ProducerConfig,
} from 'kafkajs'
import type { KafkaClusterConfig } from '../../lib/cluster/cluster-config.ts'
import type { PollHints } from '../../lib/cluster/cluster-driver.ts'
import type { ClusterSnapshot } from '../../lib/cluster/snapshot.ts'
import { KafkaDriver, type KafkaDriverOptions } from '../../lib/kafka/kafka-driver.ts'
import { NO_TLS } from '../builders/no-tls.ts'
import { createTopics } from './create-topics.ts'
import { pollOnce } from './polls.ts'

export function clusterConfig(
  bootstrapServers: readonly string[],
  more: Partial<KafkaClusterConfig> = {},
): KafkaClusterConfig {
  return {
    id: 'test',
    name: 'Test',
    kind: 'kafka',
    readOnly: true,
    bootstrapServers: [...bootstrapServers],
    addressMap: {},
    tls: NO_TLS,
    sasl: null,
    schemaRegistry: null,
    ...more,
  }
}

/** Everything with every poll, so that a test sees what is so now. */
export const EVERY_POLL: KafkaDriverOptions['paces'] = {
  eligibleLeaders: null,
  configs: null,
  logDirs: null,
  quorum: null,
  firstUnread: null,
  connect: null,
}

export async function snapshotOf(
  config: KafkaClusterConfig,
  options: KafkaDriverOptions = {},
  hints?: PollHints,
): Promise<ClusterSnapshot> {
  const driver = new KafkaDriver(config, { paces: EVERY_POLL, ...options })
  try {
    return await pollOnce(driver, hints)
  } finally {
    await driver.close()
  }
}

export interface TestClients {
  admin: Admin
  producer: Producer
  kafka: Kafka
  createTopic(topic: string, assignment: number[][], config?: Record<string, string>): Promise<void>
  produce(topic: string, messages: Message[]): Promise<void>
  close(): Promise<void>
}

/** What a topic that was just created refuses is sent again: not twice, or it would be the load that doubles. */
export const SENDS_ONCE: ProducerConfig = { idempotent: true, maxInFlightRequests: 1 }

export async function connectClients(
  brokers: readonly string[],
  more: Partial<KafkaConfig> = {},
  producing: ProducerConfig = {},
): Promise<TestClients> {
  const retry = { retries: 20, initialRetryTime: 200, maxRetryTime: 1_000 }
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry, ...more })
  const admin = kafka.admin()
  const producer = kafka.producer(producing)
  await Promise.all([admin.connect(), producer.connect()])
  return {
    kafka,
    admin,
    producer,
    async createTopic(topic, assignment, config = {}) {
      const replicaAssignment = assignment.map((replicas, partition) => ({ partition, replicas }))
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
      await createTopics(admin, [{ topic, replicaAssignment, configEntries }])
    },
    async produce(topic, messages) {
      await producer.send({ topic, messages, acks: -1 })
    },
    async close() {
      await Promise.all([admin.disconnect(), producer.disconnect()])
    },
  }
}
