/** Small helpers around kafkajs and the driver for tests against real brokers. */
import { type Admin, Kafka, type KafkaConfig, logLevel, type Message, type Producer } from 'kafkajs'
import { vi } from 'vitest'
import type { KafkaClusterConfig } from '../../lib/cluster/cluster-config.ts'
import type { ClusterSnapshot, GroupState, PartitionState, TopicState } from '../../lib/cluster/snapshot.ts'
import { KafkaDriver, type KafkaDriverOptions } from '../../lib/kafka/kafka-driver.ts'

const POLL_DEADLINE_MS = 60_000

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
    tls: { enabled: false, ca: null, cert: null, key: null, rejectUnauthorized: true },
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
}

export function pollOnce(driver: KafkaDriver): Promise<ClusterSnapshot> {
  return driver.poll(AbortSignal.timeout(POLL_DEADLINE_MS))
}

export async function snapshotOf(
  config: KafkaClusterConfig,
  options: KafkaDriverOptions = {},
): Promise<ClusterSnapshot> {
  const driver = new KafkaDriver(config, { paces: EVERY_POLL, ...options })
  try {
    return await pollOnce(driver)
  } finally {
    await driver.close()
  }
}

/** Polls until the snapshot satisfies the expectations, and answers it. */
export async function pollUntil(
  driver: KafkaDriver,
  expectations: (snapshot: ClusterSnapshot) => void,
  timeoutMs = 60_000,
): Promise<ClusterSnapshot> {
  return vi.waitFor(
    async () => {
      const snapshot = await pollOnce(driver)
      expectations(snapshot)
      return snapshot
    },
    { timeout: timeoutMs, interval: 300 },
  )
}

export function topicOf(snapshot: ClusterSnapshot, name: string): TopicState {
  const topic = snapshot.topics.find((one) => one.name === name)
  if (!topic) throw new Error(`no topic ${name} in ${snapshot.topics.map((one) => one.name)}`)
  return topic
}

export function partitionOf(snapshot: ClusterSnapshot, name: string, partition: number): PartitionState {
  const state = topicOf(snapshot, name).partitions.find((one) => one.partition === partition)
  if (!state) throw new Error(`no partition ${partition} of ${name}`)
  return state
}

export function groupOf(snapshot: ClusterSnapshot, id: string): GroupState {
  const group = snapshot.groups.find((one) => one.id === id)
  if (!group) throw new Error(`no group ${id} in ${snapshot.groups.map((one) => one.id)}`)
  return group
}

/** Codes of all faults that the snapshot names about this kind of fact. */
export function faultsOf(snapshot: ClusterSnapshot, kind: ClusterSnapshot['facts'][number]['kind']): string[] {
  const status = snapshot.facts.find((fact) => fact.kind === kind)
  return (status?.faults ?? []).map(({ subject, fault }) => `${subject.type} ${subject.name}: ${fault.code}`)
}

export interface TestClients {
  admin: Admin
  producer: Producer
  kafka: Kafka
  createTopic(topic: string, assignment: number[][], config?: Record<string, string>): Promise<void>
  produce(topic: string, messages: Message[]): Promise<void>
  close(): Promise<void>
}

export async function connectClients(
  brokers: readonly string[],
  more: Partial<KafkaConfig> = {},
): Promise<TestClients> {
  const retry = { retries: 20, initialRetryTime: 200, maxRetryTime: 1_000 }
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry, ...more })
  const admin = kafka.admin()
  const producer = kafka.producer()
  await Promise.all([admin.connect(), producer.connect()])
  return {
    kafka,
    admin,
    producer,
    async createTopic(topic, assignment, config = {}) {
      const replicaAssignment = assignment.map((replicas, partition) => ({ partition, replicas }))
      const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
      // Its own wait for leaders gives up when a broker has not heard of the topic yet.
      await admin.createTopics({ topics: [{ topic, replicaAssignment, configEntries }], waitForLeaders: false })
      await vi.waitFor(
        async () => {
          const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
          const led = topics[0]?.partitions.filter(({ leader }) => leader >= 0)
          if (led?.length !== assignment.length) throw new Error(`${topic} has no leaders yet`)
        },
        { timeout: 30_000, interval: 200 },
      )
    },
    async produce(topic, messages) {
      await producer.send({ topic, messages, acks: -1 })
    },
    async close() {
      await Promise.all([admin.disconnect(), producer.disconnect()])
    },
  }
}
