/**
 * Records `traces/kafka.json.zst` from three real brokers under load: `node test/bench/record-trace.ts [MINUTES]`.
 * A third of the topics is idle, a third is written evenly, a third in bursts; groups read them, one of them too slowly.
 */
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Kafka, logLevel, type Producer } from 'kafkajs'
import type { ClusterSnapshot } from '../../lib/cluster/snapshot.ts'
import { samplesOf } from '../../lib/collector/samples.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import type { Observation } from '../../lib/durability/observation.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import type { Sample } from '../../lib/history/history.ts'
import { entityKey } from '../../lib/history/shard-kinds.ts'
import { KafkaDriver } from '../../lib/kafka/kafka-driver.ts'
import { MINUTE_MS, SECOND_MS } from '../../lib/units.ts'
import { createTopics } from '../servers/create-topics.ts'
import { startKafkaCluster } from '../servers/kafka-cluster.ts'
import { packTrace, type Trace, type TracedEntity, type TracedSeries } from './history-trace.ts'
import { kafkaConfig } from './poll-bench.ts'

const FILE = fileURLToPath(new URL('traces/kafka.json.zst', import.meta.url))
const INTERVAL_MS = 15 * SECOND_MS
/** Until every group has joined and committed. */
const WARM_UP_POLLS = 8
const TICK_MS = SECOND_MS / 4
const TOPICS = 36
const PARTITIONS = 3
const SEGMENT = { name: 'segment.bytes', value: '1048576' }
const RETENTION = { name: 'retention.bytes', value: '4194304' }
const METRICS: readonly string[] = [
  'startOffset',
  'endOffset',
  'isrSize',
  'logSizeBytes',
  'committedOffset',
  'lagMessages',
]

type Pattern = 'idle' | 'steady' | 'bursty'

interface Stream {
  topic: string
  pattern: Pattern
  perSecond: number
  bytes: number
}

const STREAMS: Stream[] = Array.from({ length: TOPICS }, (_, i) => ({
  topic: `trace-${String(i).padStart(2, '0')}`,
  pattern: (['idle', 'steady', 'bursty'] as const)[i % 3] as Pattern,
  perSecond: 2 * 1.18 ** i,
  bytes: 60 + 37 * i,
}))

async function record(minutes: number): Promise<void> {
  const cluster = await startKafkaCluster({ heapMb: 320 })
  const kafka = new Kafka({ brokers: cluster.bootstrapServers, logLevel: logLevel.NOTHING, retry: { retries: 20 } })
  const driver = new KafkaDriver(kafkaConfig(cluster.bootstrapServers))
  try {
    await createStreams(kafka)
    const producer = kafka.producer()
    await producer.connect()
    const writing = setInterval(() => void write(producer), TICK_MS)
    const readers = await startReaders(kafka)
    const polls = await watch(() => driver.poll(AbortSignal.timeout(INTERVAL_MS)), (minutes * MINUTE_MS) / INTERVAL_MS)
    clearInterval(writing)
    await Promise.all(readers.map((reader) => reader.disconnect()))
    await producer.disconnect()
    await writeFile(FILE, packTrace(traceOf(polls.slice(WARM_UP_POLLS))))
  } finally {
    await driver.close()
    await cluster.stop()
  }
}

async function createStreams(kafka: Kafka): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  const configEntries = [SEGMENT, RETENTION]
  await createTopics(
    admin,
    STREAMS.map(({ topic }) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 3, configEntries })),
  )
  await admin.disconnect()
}

/** What is due in one tick; a burst lasts half a minute and comes every two. */
async function write(producer: Producer): Promise<void> {
  const nowMs = Date.now()
  const topicMessages = STREAMS.flatMap(({ topic, pattern, perSecond, bytes }, i) => {
    const isOn = pattern === 'steady' || (pattern === 'bursty' && (nowMs / SECOND_MS + 17 * i) % 120 < 30)
    const due = isOn ? (perSecond * TICK_MS) / SECOND_MS : 0
    const count = Math.floor(due) + (Math.random() < due % 1 ? 1 : 0)
    const messages = Array.from({ length: count }, () => ({
      value: 'x'.repeat(Math.round(bytes * (0.5 + Math.random()))),
    }))
    return count === 0 ? [] : [{ topic, messages }]
  })
  // A tick that fails is load that is missing, which is as real as the rest.
  await producer.sendBatch({ topicMessages }).catch(() => undefined)
}

async function startReaders(kafka: Kafka): Promise<{ disconnect(): Promise<void> }[]> {
  const groups = ['billing', 'search', 'audit']
  return Promise.all(
    groups.map(async (groupId, group) => {
      const consumer = kafka.consumer({ groupId })
      await consumer.connect()
      await consumer.subscribe({
        topics: STREAMS.filter((_, i) => i % 2 === group % 2).map(({ topic }) => topic),
        fromBeginning: true,
      })
      const pauseMs = groupId === 'audit' ? 400 : 0
      await consumer.run({ eachBatch: () => new Promise((resolve) => setTimeout(resolve, pauseMs)) })
      return consumer
    }),
  )
}

interface Poll {
  lateMs: number
  samples: Sample[]
}

async function watch(ask: () => Promise<ClusterSnapshot>, count: number): Promise<Poll[]> {
  const polls: Poll[] = []
  const memory = new ObserveMemory()
  let previous: Observation | null = null
  const startMs = Date.now()
  for (let poll = 0; poll < count; poll += 1) {
    await new Promise((resolve) => setTimeout(resolve, startMs + poll * INTERVAL_MS - Date.now()))
    const lateMs = Date.now() - startMs - poll * INTERVAL_MS
    const snapshot = await ask()
    const observation: Observation = observe({
      snapshot,
      previous,
      expectedBrokers: [],
      kindOf: topicKindClassifier({ include: [], exclude: [] }),
      memory,
    })
    previous = observation
    polls.push({ lateMs, samples: samplesOf(observation) })
  }
  return polls
}

/** The series that every poll has a value of. */
function traceOf(polls: readonly Poll[]): Trace {
  const series = new Map<string, { entity: string; isOfGroup: boolean } & TracedSeries>()
  for (const { samples } of polls) {
    for (const { metric, labels, value } of samples) {
      if (!METRICS.includes(metric) || labels.topic?.startsWith('trace-') !== true || value === null) continue
      const key = `${metric} ${entityKey(labels)}`
      const known = series.get(key)
      if (known !== undefined) known.values.push(Number(value))
      else {
        const traced = { metric: metric as TracedSeries['metric'], values: [Number(value)] }
        series.set(key, { entity: entityKey(labels), isOfGroup: labels.group !== undefined, ...traced })
      }
    }
  }
  const whole = [...series.values()].filter(({ values }) => values.length === polls.length)
  const entities = (isOfGroup: boolean): TracedEntity[] => {
    const ofEntity = Map.groupBy(
      whole.filter((one) => one.isOfGroup === isOfGroup),
      ({ entity }) => entity,
    )
    return [...ofEntity.values()].map((all) => all.map(({ metric, values }) => ({ metric, values })))
  }
  const lateMs = polls.map((poll) => poll.lateMs)
  return { intervalMs: INTERVAL_MS, lateMs, partitions: entities(false), groupPartitions: entities(true) }
}

await record(Number(process.argv[2] ?? 30))
process.exit(0)
