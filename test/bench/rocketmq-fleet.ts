/** Fills a real RocketMQ master with many topics and groups, quickly: what the benchmarks poll. */
import { RemotingClient } from '../../lib/rocketmq/remoting-client.ts'
import { MINUTE_MS, SECOND_MS } from '../../lib/units.ts'
import { NO_TLS } from '../builders/no-tls.ts'
import type { FleetPlan } from './fleet.ts'

const UPDATE_CONSUMER_OFFSET = 15
/** These two take many at once; 5.x only. */
const UPDATE_AND_CREATE_TOPIC_LIST = 18
const UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST = 225
const SEND_MESSAGE_V2 = 310
const PERM_READ_WRITE = 6
const PRODUCER_GROUP = 'bench-fleet'
const IN_FLIGHT = 64

type RocketmqPlan = Pick<FleetPlan, 'topics' | 'groups' | 'recordsPerPartition'>

/** 1,000 topics of 8 queues, 500 groups of two topics each. */
export function rocketmqFleet(): RocketmqPlan {
  const topics = Array.from({ length: 1_000 }, (_, index) => ({ name: numbered('fleet-topic', index), partitions: 8 }))
  const groups = Array.from({ length: 500 }, (_, index) => ({
    id: numbered('fleet-group', index),
    topics: [numbered('fleet-topic', index * 2), numbered('fleet-topic', index * 2 + 1)],
  }))
  return { topics, groups, recordsPerPartition: 2 }
}

function numbered(name: string, index: number): string {
  return `${name}-${String(index).padStart(5, '0')}`
}

/**
 * Creates the plan's topics and groups on this master, writes its records and commits offsets one record behind the
 * end. @throws when the broker refuses anything.
 */
export async function createRocketmqFleet(master: string, plan: RocketmqPlan): Promise<void> {
  const broker = new Broker(master)
  try {
    await broker.ask(UPDATE_AND_CREATE_TOPIC_LIST, {}, { topicConfigList: plan.topics.map(topicConfig) })
    const groupConfigList = plan.groups.map(({ id }) => ({ groupName: id }))
    await broker.ask(UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST, {}, { groupConfigList })
    await writeRecords(broker, plan)
    await commitOffsets(broker, plan)
  } finally {
    await broker.close()
  }
}

/** Writes a record into every queue of a third of the topics, again and again, until told to stop. */
export async function keepWriting(master: string, { topics }: RocketmqPlan, stop: AbortSignal): Promise<void> {
  const broker = new Broker(master)
  const busy = { topics: topics.filter((_, index) => index % 3 === 0), groups: [], recordsPerPartition: 1 }
  try {
    while (!stop.aborted) {
      await writeRecords(broker, busy)
      await new Promise((resolve) => setTimeout(resolve, SECOND_MS / 2))
    }
  } finally {
    await broker.close()
  }
}

type Fields = Record<string, string | number | boolean>

class Broker {
  readonly #address: string
  readonly #client = new RemotingClient({
    credentials: null,
    tls: NO_TLS,
    addressMap: {},
    connectDeadlineMs: 5 * SECOND_MS,
    requestDeadlineMs: MINUTE_MS,
    maxInFlightPerAddress: IN_FLIGHT,
  })

  constructor(address: string) {
    this.#address = address
  }

  async ask(code: number, ext: Fields, body?: unknown): Promise<void> {
    const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const reply = await this.#client.request(this.#address, { code, ext, ...(bytes && { body: bytes }) })
    if (reply.code !== 0) throw new Error(`Request ${code} was answered with ${reply.code}: ${reply.remark}`)
  }

  close(): Promise<void> {
    return this.#client.close()
  }
}

function topicConfig({ name, partitions }: FleetPlan['topics'][number]): Record<string, unknown> {
  return {
    topicName: name,
    readQueueNums: partitions,
    writeQueueNums: partitions,
    perm: PERM_READ_WRITE,
    topicFilterType: 'SINGLE_TAG',
    topicSysFlag: 0,
    order: false,
    attributes: {},
  }
}

async function writeRecords(broker: Broker, { topics, recordsPerPartition }: RocketmqPlan): Promise<void> {
  for (let record = 0; record < recordsPerPartition; record++) {
    for (const { name, partitions } of topics) {
      await Promise.all(Array.from({ length: partitions }, (_, queue) => writeRecord(broker, name, queue, record)))
    }
  }
}

/** Names of the short form: a producer group, b topic, c template topic and d its queues, e queue, f system flag, … */
function writeRecord(broker: Broker, topic: string, queue: number, record: number): Promise<void> {
  const target = { a: PRODUCER_GROUP, b: topic, c: 'TBW102', d: 8, e: queue }
  const rest = { f: 0, g: Date.now(), h: 0, i: '', j: 0, k: false, m: false }
  return broker.ask(SEND_MESSAGE_V2, { ...target, ...rest }, `record ${record} of ${topic}`)
}

async function commitOffsets(broker: Broker, { topics, groups, recordsPerPartition }: RocketmqPlan): Promise<void> {
  const queuesOf = new Map(topics.map((topic) => [topic.name, topic.partitions]))
  for (const group of groups) {
    const commits = group.topics.flatMap((topic) =>
      Array.from({ length: queuesOf.get(topic) ?? 0 }, (_, queueId) =>
        broker.ask(UPDATE_CONSUMER_OFFSET, {
          consumerGroup: group.id,
          topic,
          queueId,
          commitOffset: recordsPerPartition - 1,
        }),
      ),
    )
    await Promise.all(commits)
  }
}
