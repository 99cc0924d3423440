/** Which topics fill a broker's volumes: those whose copies there grew most in the last day. */
import { type GrowthPoint, growthOf } from '../durability/forecasts/growth.ts'
import type { ObservedPartition, ObservedTopic } from '../durability/observation.ts'
import { DAY_MS, HOUR_MS } from '../units.ts'
import type { History } from './history.ts'
import type { SnapshotReader } from './snapshot-store.ts'

export interface GrowingTopic {
  topic: string
  /** Null on RocketMQ, where all topics share one log. */
  logDir: string | null
  /** Of its copies in this log dir; null on RocketMQ, which tells messages alone. */
  bytes: number | null
  /** Written there, on RocketMQ; null on Kafka. */
  messages: number | null
}

export interface GrowthSources {
  snapshots: Pick<SnapshotReader, 'topics' | 'topic'>
  history: Pick<History, 'read'>
}

/** The largest and those that are written to most: what grew much in a day is one of them. */
const CANDIDATES = 10
const MOST_NAMED = 5
const STEP_MS = HOUR_MS / 2
/** More than a topic has partitions. */
const MAX_SERIES = 10_000

/** Largest first. `brokerName`: of RocketMQ; null on Kafka. */
export async function growingTopics(
  { snapshots, history }: GrowthSources,
  clusterId: string,
  { id, brokerName }: { id: string; brokerName: string | null },
  nowMs: number,
): Promise<GrowingTopic[]> {
  const names = candidatesOf((await snapshots.topics(clusterId)) ?? [])
  const grown = await Promise.all(
    names.map(async (name): Promise<GrowingTopic[]> => {
      const metric = brokerName === null ? 'logSizeBytes' : 'endOffset'
      const asked = { clusterId, metric, labels: { topic: name }, maxSeries: MAX_SERIES, stepMs: STEP_MS } as const
      const [topic, series] = await Promise.all([
        snapshots.topic(clusterId, name),
        history.read({ ...asked, fromMs: nowMs - DAY_MS, toMs: nowMs }),
      ])
      if (topic === null) return []
      const grew = (partition: ObservedPartition): number | null => {
        const found = series.find(
          ({ labels }) =>
            labels.topic === name &&
            labels.partition === partition.partition &&
            (labels.broker ?? null) === partition.broker,
        )
        return growthOf((found?.points ?? []).map(({ t, max }): GrowthPoint => ({ atMs: t, max })))
      }
      return brokerName === null ? onKafka(topic, id, grew) : onRocketmq(topic, brokerName, grew)
    }),
  )
  const amount = ({ bytes, messages }: GrowingTopic): number => bytes ?? messages ?? 0
  return grown
    .flat()
    .filter((one) => amount(one) > 0)
    .sort((one, other) => amount(other) - amount(one))
    .slice(0, MOST_NAMED)
}

type SeenTopic = Pick<ObservedTopic, 'name' | 'leaderSizeBytes' | 'messages' | 'produceRatePerSecond'>

function candidatesOf(topics: readonly SeenTopic[]): string[] {
  const sizeOf = ({ leaderSizeBytes, messages }: SeenTopic): number => Number(leaderSizeBytes ?? messages ?? 0n)
  const writtenTo = (topic: SeenTopic): number =>
    ((topic.produceRatePerSecond ?? 0) * sizeOf(topic)) / Math.max(1, Number(topic.messages ?? 1n))
  const most = (amount: (topic: SeenTopic) => number): SeenTopic[] =>
    topics.toSorted((one, other) => amount(other) - amount(one)).slice(0, CANDIDATES)
  return [...new Set([...most(sizeOf), ...most(writtenTo)].map(({ name }) => name))]
}

/** The sizes of all copies of a partition are told as one: each grew by the same. */
function onKafka(
  { name, partitions }: ObservedTopic,
  broker: string,
  grew: (partition: ObservedPartition) => number | null,
): GrowingTopic[] {
  const bytes = new Map<string, number>()
  for (const partition of partitions) {
    const copies = partition.replicaSizes?.filter(({ isFuture }) => !isFuture) ?? []
    const here = copies.find((copy) => copy.broker === broker)
    const grown = here === undefined ? null : grew(partition)
    if (here === undefined || grown === null) continue
    bytes.set(here.logDir, (bytes.get(here.logDir) ?? 0) + grown / copies.length)
  }
  return [...bytes].map(([logDir, sum]) => ({ topic: name, logDir, bytes: Math.round(sum), messages: null }))
}

function onRocketmq(
  { name, partitions }: ObservedTopic,
  brokerName: string,
  grew: (partition: ObservedPartition) => number | null,
): GrowingTopic[] {
  const here = partitions.filter(({ broker }) => broker === brokerName)
  const messages = here.reduce((sum, queue) => sum + (grew(queue) ?? 0), 0)
  return [{ topic: name, logDir: null, bytes: null, messages }]
}
