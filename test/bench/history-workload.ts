/**
 * The numbers of 2,000 partitions (4 series each) and 1,000 partitions of groups (2 each): half of them recorded from
 * real brokers and played again and again, half made up: a third idle, a third steady, a third in bursts.
 */
import { readFileSync } from 'node:fs'
import type { Sample, SampleBatch, SeriesLabels } from '../../lib/history/history.ts'
import { type TracedEntity, unpackTrace } from './history-trace.ts'

export const PARTITIONS = 2_000
export const GROUP_PARTITIONS = 1_000
const PARTITIONS_PER_TOPIC = 20
export const SERIES = PARTITIONS * 4 + GROUP_PARTITIONS * 2
export const BENCH_CLUSTER = 'bench'
export const INTERVAL_MS = 15_000

/** One partition, or one of a group: asked once per poll, in order. */
type Source = (poll: number) => Sample[]

export class HistoryWorkload {
  readonly #sources: Source[]
  readonly #lateMs: number[]

  constructor() {
    const trace = unpackTrace(readFileSync(new URL('traces/kafka.json.zst', import.meta.url)))
    this.#lateMs = trace.lateMs
    const random = randomFrom(7)
    this.#sources = Array.from({ length: PARTITIONS }, (_, i) => {
      const topic = `topic-${String(Math.floor(i / PARTITIONS_PER_TOPIC)).padStart(3, '0')}`
      const labels = { topic, partition: i % PARTITIONS_PER_TOPIC }
      return isRecorded(i) ? played(trace.partitions, i >> 1, labels, random) : partition(i >> 1, labels, random)
    })
    for (let i = 0; i < GROUP_PARTITIONS; i += 1) {
      const topic = `topic-${String(Math.floor(i / PARTITIONS_PER_TOPIC)).padStart(3, '0')}`
      const labels = {
        group: `group-${String(Math.floor(i / 40)).padStart(3, '0')}`,
        topic,
        partition: i % PARTITIONS_PER_TOPIC,
      }
      this.#sources.push(
        isRecorded(i) ? played(trace.groupPartitions, i >> 1, labels, random) : groupPartition(i >> 1, labels, random),
      )
    }
  }

  batch(clusterId: string, startMs: number, poll: number): SampleBatch {
    const lateMs = this.#lateMs[poll % this.#lateMs.length] as number
    const samples = this.#sources.flatMap((source) => source(poll))
    return {
      clusterId,
      atMs: startMs + poll * INTERVAL_MS + lateMs,
      samples,
      pollFailed: false,
      intervalMs: INTERVAL_MS,
    }
  }
}

function isRecorded(index: number): boolean {
  return index % 2 === 0
}

/**
 * What was recorded, over and over: each round plays another entity, faster or slower by up to a half, for an exact
 * repetition would be a gift to any compressor.
 */
function played(entities: readonly TracedEntity[], copy: number, labels: SeriesLabels, random: () => number): Source {
  const length = entities[0]?.[0]?.values.length as number
  const shift = (copy * 31) % length
  const now: number[] = []
  let factor = 1
  let entity = entities[copy % entities.length] as TracedEntity
  return (poll) => {
    const at = (poll + shift) % length
    if (poll === 0 || at === 0) {
      factor = 0.5 + random()
      entity = entities[Math.floor(random() * entities.length)] as TracedEntity
    }
    return entity.map(({ metric, values }, i) => {
      const value = values[at] as number
      if (metric === 'isrSize') return { metric, labels, value: BigInt(value) }
      if (metric === 'lagMessages') return { metric, labels, value: BigInt(Math.round(value * factor)) }
      const growth = at === 0 ? 0 : value - (values[at - 1] as number)
      now[i] = (now[i] ?? Math.round(value)) + Math.round(growth * factor)
      return { metric, labels, value: BigInt(now[i] as number) }
    })
  }
}

function partition(index: number, labels: SeriesLabels, random: () => number): Source {
  const arrivals = arrivalsOf(index, random)
  const bytesEach = 100 + random() * 900
  let end = Math.floor(random() * 1e8)
  let start = end - Math.floor(random() * 1e6)
  let size = Math.floor((end - start) * bytesEach)
  return (poll) => {
    const count = arrivals()
    end += count
    if (count > 0) size += Math.round(count * bytesEach + Math.sqrt(count) * bytesEach * 0.2 * gauss(random))
    // A segment goes every hour.
    if (poll % 240 === index % 240 && end > start) {
      const gone = Math.floor((end - start) / 20)
      start += gone
      size -= Math.floor(gone * bytesEach)
    }
    return [
      { metric: 'startOffset', labels, value: BigInt(start) },
      { metric: 'endOffset', labels, value: BigInt(end) },
      { metric: 'isrSize', labels, value: 3n },
      { metric: 'logSizeBytes', labels, value: BigInt(size) },
    ]
  }
}

function groupPartition(index: number, labels: SeriesLabels, random: () => number): Source {
  const arrivals = arrivalsOf(index, random)
  let end = Math.floor(random() * 1e8)
  return () => {
    const count = arrivals()
    end += count
    const lag = Math.floor(count * random() * 0.4)
    return [
      { metric: 'committedOffset', labels, value: BigInt(end - lag) },
      { metric: 'lagMessages', labels, value: BigInt(lag) },
    ]
  }
}

/** Messages per poll. */
function arrivalsOf(index: number, random: () => number): () => number {
  const perPoll = Math.exp(random() * 5 + 1) * 15
  const around = (mean: number): number => Math.max(0, Math.round(mean + Math.sqrt(mean) * gauss(random)))
  if (index % 3 === 0) return () => 0
  if (index % 3 === 1) return () => around(perPoll)
  let isOn = false
  return () => {
    if (random() < 0.05) isOn = !isOn
    return isOn ? around(perPoll * Math.exp(gauss(random) / 2)) : 0
  }
}

function gauss(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random())
}

/** The same numbers in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
