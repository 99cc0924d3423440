/** A day and an hour of a Kafka cluster's polls for Explore: two waves, a poll that failed, and names that are hard. */
import { openDatabase } from '../../lib/db.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { createChunkHistory } from '../../lib/history/chunk-history.ts'
import type { Sample, SeriesLabels } from '../../lib/history/history.ts'
import type { MetricName } from '../../lib/history/metrics.ts'
import { createSnapshotWriter } from '../../lib/history/snapshot-writer.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/units.ts'
import { aGroup, aPartition, aSnapshot, aTopic } from '../builders/snapshots.ts'

export const EXPLORE_CONFIG = `clusters:
  - { id: shop, name: Shop, kind: kafka, bootstrapServers: ["127.0.0.1:9"] }
`

/** What a spreadsheet would run. */
export const FORMULA_TOPIC = '=cmd()'
const TOPICS = ['orders', 'payments', FORMULA_TOPIC]
/** More than an answer holds. */
const WIDE_PARTITIONS = 220
const POLLS = 60
/** Polls of the present that failed. */
const FAILED = { first: 30, last: 39 }

export async function storeExplorePolls(databaseUrl: string, nowMs: number): Promise<void> {
  const database = await openDatabase(databaseUrl)
  try {
    const ages = { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400 }
    const history = createChunkHistory(database, { ...ages, now: () => nowMs })
    for (const agoMs of [DAY_MS, 0]) {
      for (let poll = 0; poll < POLLS; poll += 1) {
        const atMs = nowMs - agoMs - (POLLS - 1 - poll) * MINUTE_MS
        const pollFailed = agoMs === 0 && poll >= FAILED.first && poll <= FAILED.last
        const samples = pollFailed ? [] : samplesAt(poll, agoMs === 0 ? 1 : 2)
        await history.append({ clusterId: 'shop', atMs, samples, pollFailed, intervalMs: MINUTE_MS })
      }
    }
    // Polled once an hour, so that the poll of a moment ago is fresh for the whole test.
    await createSnapshotWriter(database).saveObservation('shop', observed(nowMs), HOUR_MS)
  } finally {
    await database.close()
  }
}

function samplesAt(poll: number, strength: number): Sample[] {
  const samples: Sample[] = []
  const add = (metric: MetricName, labels: SeriesLabels, value: number | bigint): void => {
    samples.push({ metric, labels, value })
  }
  const wave = (place: number): number => Math.round((Math.sin(poll / 6 + place) + 1.2) * 400 * strength)
  for (const [place, topic] of TOPICS.entries()) {
    add('topicProduceRatePerSecond', { topic }, wave(place))
    for (const partition of [0, 1]) {
      add('lagMessages', { group: 'billing', topic, partition }, BigInt(wave(place + partition)))
    }
  }
  add('groupLagSeconds', { group: 'billing' }, wave(0) / 10)
  add('groupLagSeconds', { group: 'shipping' }, wave(3) / 20)
  add('underReplicated', {}, BigInt(poll % 20 === 0 ? 3 : 0))
  for (let partition = 0; partition < WIDE_PARTITIONS; partition += 1) add('isrSize', { topic: 'wide', partition }, 3n)
  return samples
}

function observed(atMs: number): ReturnType<typeof observe> {
  const topics = TOPICS.map((name) =>
    aTopic({ name, topicId: name, partitions: [0, 1].map((partition) => aPartition({ partition })) }),
  )
  const groups = ['billing', 'shipping'].map((id) => aGroup({ id }))
  const snapshot = aSnapshot({ startedAtMs: atMs - 100, finishedAtMs: atMs, topics, groups })
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  return observe({ snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() })
}
