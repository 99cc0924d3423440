/** Fills a real cluster with many topics and groups, quickly: what the benchmarks poll. */
import { Connection, createTopicsV7, findCoordinatorV6, metadataV12, offsetCommitV8 } from '@platformatic/kafka'
import { CompressionTypes, Kafka, logLevel } from 'kafkajs'
import { MINUTE_MS, SECOND_MS } from '../../lib/units.ts'

export interface FleetPlan {
  topics: { name: string; partitions: number }[]
  replicationFactor: number
  topicConfig?: Record<string, string>
  groups: { id: string; topics: string[] }[]
  /** Records written to each partition of the topics that some group reads. */
  recordsPerPartition: number
}

const TOPICS_PER_REQUEST = 250
const COORDINATOR = { group: 0 } as const

/** The fleet on which kminion was measured: 202 topics, 2,015 partitions, 101 groups. */
export function smallFleet(): FleetPlan {
  const topics = Array.from({ length: 202 }, (_, index) => ({
    name: topicName(index),
    partitions: index === 201 ? 5 : 10,
  }))
  return { topics, replicationFactor: 3, groups: groupsOver(topics, 101, 2), recordsPerPartition: 2 }
}

/** 10,000 topics, 40,000 partitions, 2,000 groups. */
export function largeFleet(): FleetPlan {
  const topics = Array.from({ length: 10_000 }, (_, index) => ({ name: topicName(index), partitions: 4 }))
  return { topics, replicationFactor: 1, groups: groupsOver(topics, 2_000, 5), recordsPerPartition: 1 }
}

function topicName(index: number): string {
  return `fleet.topic-${String(index).padStart(5, '0')}`
}

function groupsOver(topics: FleetPlan['topics'], count: number, each: number): FleetPlan['groups'] {
  return Array.from({ length: count }, (_, index) => ({
    id: `fleet.group-${String(index).padStart(5, '0')}`,
    topics: Array.from({ length: each }, (_, offset) => topics[(index * each + offset) % topics.length]?.name ?? ''),
  }))
}

/** Creates the plan's topics, writes its records and commits offsets one record behind the end. */
export async function createFleet(bootstrapServers: readonly string[], plan: FleetPlan): Promise<void> {
  const connections = new Connections(bootstrapServers)
  try {
    await createTopics(connections, plan)
    await waitForLeaders(connections, plan)
    await writeRecords(bootstrapServers, plan)
    await commitOffsets(connections, plan)
  } finally {
    await connections.close()
  }
}

/** One connection per address, opened when first asked for. */
class Connections {
  readonly #open = new Map<string, Promise<Connection>>()
  readonly #bootstrap: readonly string[]

  constructor(bootstrap: readonly string[]) {
    this.#bootstrap = bootstrap
  }

  async first(): Promise<Connection> {
    return this.to(this.#bootstrap[0] ?? '')
  }

  to(address: string): Promise<Connection> {
    const known = this.#open.get(address)
    if (known !== undefined) return known
    const [host = '', port = ''] = address.split(':')
    const connection = new Connection('bench-fleet', { requestTimeout: 2 * MINUTE_MS, maxInflights: 20 })
    const opened = (async () => {
      await connection.connect(host, Number(port))
      return connection
    })()
    this.#open.set(address, opened)
    return opened
  }

  async close(): Promise<void> {
    for (const opened of this.#open.values()) await (await opened).close()
  }
}

async function createTopics(connections: Connections, plan: FleetPlan): Promise<void> {
  const connection = await connections.first()
  const configs = Object.entries(plan.topicConfig ?? {}).map(([name, value]) => ({ name, value }))
  for (let start = 0; start < plan.topics.length; start += TOPICS_PER_REQUEST) {
    const topics = plan.topics.slice(start, start + TOPICS_PER_REQUEST).map(({ name, partitions }) => ({
      name,
      numPartitions: partitions,
      replicationFactor: plan.replicationFactor,
      assignments: [],
      configs,
    }))
    await createTopicsV7.api.async(connection, topics, MINUTE_MS, false)
  }
}

async function waitForLeaders(connections: Connections, plan: FleetPlan): Promise<void> {
  const connection = await connections.first()
  const wanted = plan.topics.reduce((sum, topic) => sum + topic.partitions, 0)
  for (const deadline = Date.now() + 5 * MINUTE_MS; ; ) {
    const answer = await metadataV12.api.async(connection, null, false, false)
    const led = answer.topics.flatMap((topic) => topic.partitions).filter((partition) => partition.leaderId >= 0)
    if (led.length >= wanted) return
    if (Date.now() > deadline) throw new Error(`Only ${led.length} of ${wanted} partitions have a leader.`)
    await new Promise((resolve) => setTimeout(resolve, SECOND_MS / 2))
  }
}

async function writeRecords(bootstrapServers: readonly string[], plan: FleetPlan): Promise<void> {
  // Brokers take their time to learn of ten thousand topics.
  const retry = { retries: 60, maxRetryTime: 2 * SECOND_MS }
  const brokers = [...bootstrapServers]
  const kafka = new Kafka({ clientId: 'bench-fleet', brokers, retry, logLevel: logLevel.NOTHING })
  const producer = kafka.producer()
  const read = new Set(plan.groups.flatMap((group) => group.topics))
  const topics = plan.topics.filter((topic) => read.has(topic.name))
  await producer.connect()
  try {
    for (let start = 0; start < topics.length; start += TOPICS_PER_REQUEST) {
      const topicMessages = topics.slice(start, start + TOPICS_PER_REQUEST).map(({ name, partitions }) => ({
        topic: name,
        messages: Array.from({ length: partitions * plan.recordsPerPartition }, (_, index) => ({
          partition: index % partitions,
          value: `record ${index} of ${name}`,
        })),
      }))
      await producer.sendBatch({ topicMessages, compression: CompressionTypes.None })
    }
  } finally {
    await producer.disconnect()
  }
}

async function commitOffsets(connections: Connections, plan: FleetPlan): Promise<void> {
  const partitionsOf = new Map(plan.topics.map((topic) => [topic.name, topic.partitions]))
  const committed = BigInt(plan.recordsPerPartition - 1)
  const coordinators = await findCoordinators(
    connections,
    plan.groups.map((group) => group.id),
  )
  await Promise.all(
    plan.groups.map(async (group) => {
      const connection = await connections.to(coordinators.get(group.id) ?? '')
      const topics = group.topics.map((name) => ({
        name,
        partitions: Array.from({ length: partitionsOf.get(name) ?? 0 }, (_, partitionIndex) => ({
          partitionIndex,
          committedOffset: committed,
          committedLeaderEpoch: -1,
          committedMetadata: '',
        })),
      }))
      await retrying(() => offsetCommitV8.api.async(connection, group.id, -1, '', null, topics))
    }),
  )
}

/** The offsets topic is created by the first request that needs it. */
async function findCoordinators(connections: Connections, groups: readonly string[]): Promise<Map<string, string>> {
  const connection = await connections.first()
  const { coordinators } = await retrying(() => findCoordinatorV6.api.async(connection, COORDINATOR.group, [...groups]))
  return new Map(coordinators.map(({ key, host, port }) => [key, `${host}:${port}`]))
}

/** While coordinators load their part of the offsets topic they refuse; that passes. */
async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + MINUTE_MS; ; ) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, SECOND_MS / 2))
    }
  }
}
