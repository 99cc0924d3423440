/**
 * Remembers for a quarter of an hour how a group's first unread record moved on each partition that it is behind on, to
 * tell how fast it falls behind. Partitions that are read as they are written need none.
 */
import { MINUTE_MS } from '../../units.ts'
import { type PartitionId, partitionKey } from '../partition-key.ts'
import type { Range } from './range.ts'

export interface UnreadSample {
  atMs: number
  /** When the first unread record was written; null: not known. */
  writtenAtMs: number | null
  lagMessages: number
}

export interface UnreadKey extends PartitionId {
  group: string
  topic: string
}

/** How fast the first unread record grows older, and how fast what is behind it grows. */
export interface UnreadGrowth {
  /** Milliseconds per millisecond; null when its age was not known. */
  age: WindowGrowth | null
  /** Messages per millisecond. */
  lag: WindowGrowth
}

/** Over all that is remembered, and the bounds of that and of its last half and quarter. */
export interface WindowGrowth {
  whole: number
  bounds: Range
}

const SAMPLES = 8
const SAMPLE_EVERY_MS = 2 * MINUTE_MS
/** Of what is remembered; windows end now. */
const SHORTER_WINDOWS = [1 / 2, 1 / 4]

interface Trail {
  samples: UnreadSample[]
  round: number
}

export class UnreadTrails {
  /** By group, topic and partition: a joined name for each would be the most of a poll's memory. */
  readonly #groups = new Map<string, Map<string, Map<number | string, Trail>>>()
  #round = 0

  /** @returns how it moved up to this sample; null when this is the first one */
  note(key: UnreadKey, sample: UnreadSample): UnreadGrowth | null {
    const samples = this.#samplesOf(key)
    const growth = growthOf(samples, sample)
    add(samples, sample)
    return growth
  }

  /** Of a reader that stands nobody asks how it moves, until it does. */
  noteAtRest(key: UnreadKey, sample: UnreadSample): void {
    add(this.#samplesOf(key), sample)
  }

  /** Where offsets were set by hand or start anew, what was seen before says nothing. */
  forget({ group, topic, ...partition }: UnreadKey): void {
    this.#groups.get(group)?.get(topic)?.delete(partitionKey(partition))
  }

  /** Forgets what was not noted since it was called last. */
  sweep(): void {
    for (const [group, topics] of this.#groups) {
      for (const [topic, trails] of topics) {
        for (const [key, { round }] of trails) if (round < this.#round) trails.delete(key)
        if (trails.size === 0) topics.delete(topic)
      }
      if (topics.size === 0) this.#groups.delete(group)
    }
    this.#round += 1
  }

  #samplesOf(key: UnreadKey): UnreadSample[] {
    const topics = this.#groups.get(key.group) ?? new Map<string, Map<number | string, Trail>>()
    if (topics.size === 0) this.#groups.set(key.group, topics)
    const trails = topics.get(key.topic) ?? new Map<number | string, Trail>()
    if (trails.size === 0) topics.set(key.topic, trails)
    const place = partitionKey(key)
    const trail = trails.get(place)
    if (trail === undefined) {
      const samples: UnreadSample[] = []
      trails.set(place, { samples, round: this.#round })
      return samples
    }
    trail.round = this.#round
    return trail.samples
  }
}

function add(samples: UnreadSample[], sample: UnreadSample): void {
  const last = samples.at(-1)
  if (last === undefined || sample.atMs - last.atMs >= SAMPLE_EVERY_MS) samples.push(sample)
  if (samples.length > SAMPLES) samples.shift()
}

/** Without lists of the windows: with all groups behind, this would be much of a poll's memory. */
function growthOf(samples: readonly UnreadSample[], now: UnreadSample): UnreadGrowth | null {
  const first = samples[0]
  if (first === undefined || now.atMs <= first.atMs) return null
  const lag = windowsOf(lagGrowth(first, now))
  let age = windowsOf(ageGrowth(first, now))
  for (const share of SHORTER_WINDOWS) {
    const start = startOf(samples, now.atMs - share * (now.atMs - first.atMs))
    widen(lag, lagGrowth(start, now))
    age = widen(age, ageGrowth(start, now))
  }
  return { age, lag }
}

/** The last sample that is no younger than that. */
function startOf(samples: readonly UnreadSample[], atMs: number): UnreadSample {
  let index = samples.length - 1
  while (index > 0 && (samples[index] as UnreadSample).atMs > atMs) index -= 1
  return samples[index] as UnreadSample
}

function lagGrowth(start: UnreadSample, now: UnreadSample): number {
  return (now.lagMessages - start.lagMessages) / (now.atMs - start.atMs)
}

/** Nothing ages faster than time: more is the unrest of what was measured. */
function ageGrowth(start: UnreadSample, now: UnreadSample): number | null {
  if (start.writtenAtMs === null || now.writtenAtMs === null) return null
  return Math.min(1, 1 - (now.writtenAtMs - start.writtenAtMs) / (now.atMs - start.atMs))
}

function windowsOf<Growth extends number | null>(whole: Growth): Growth extends null ? null : WindowGrowth
function windowsOf(whole: number | null): WindowGrowth | null {
  return whole === null ? null : { whole, bounds: { low: whole, high: whole } }
}

/** @returns null where it is not known of all windows */
function widen(growth: WindowGrowth | null, shorter: number | null): WindowGrowth | null {
  if (growth === null || shorter === null) return null
  growth.bounds.low = Math.min(growth.bounds.low, shorter)
  growth.bounds.high = Math.max(growth.bounds.high, shorter)
  return growth
}
