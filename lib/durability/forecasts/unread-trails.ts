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
/** Windows end now; the shares are of what is remembered. */
const WINDOWS = [1, 1 / 2, 1 / 4]

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
    const trail = this.#trailOf(key)
    trail.round = this.#round
    const { samples } = trail
    const growth = samples.length === 0 ? null : growthOf(samples, sample)
    const last = samples.at(-1)
    if (last === undefined || sample.atMs - last.atMs >= SAMPLE_EVERY_MS) samples.push(sample)
    if (samples.length > SAMPLES) samples.shift()
    return growth
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

  #trailOf({ group, topic, ...partition }: UnreadKey): Trail {
    const topics = this.#groups.get(group) ?? new Map<string, Map<number | string, Trail>>()
    this.#groups.set(group, topics)
    const trails = topics.get(topic) ?? new Map<number | string, Trail>()
    topics.set(topic, trails)
    const key = partitionKey(partition)
    const trail = trails.get(key) ?? { samples: [], round: this.#round }
    trails.set(key, trail)
    return trail
  }
}

function growthOf(samples: readonly UnreadSample[], now: UnreadSample): UnreadGrowth | null {
  const first = samples[0]
  if (first === undefined || now.atMs <= first.atMs) return null
  const starts = WINDOWS.map((share) => startOf(samples, now.atMs - share * (now.atMs - first.atMs)))
  const lags = starts.map((start) => (now.lagMessages - start.lagMessages) / (now.atMs - start.atMs))
  const ages = starts.map((start) => ageGrowth(start, now))
  return { age: windowsOf(ages), lag: windowsOf(lags) ?? { whole: 0, bounds: { low: 0, high: 0 } } }
}

/** The last sample that is no younger than that. */
function startOf(samples: readonly UnreadSample[], atMs: number): UnreadSample {
  return samples.findLast((sample) => sample.atMs <= atMs) ?? (samples[0] as UnreadSample)
}

/** Nothing ages faster than time: more is the unrest of what was measured. */
function ageGrowth(start: UnreadSample, now: UnreadSample): number | null {
  if (start.writtenAtMs === null || now.writtenAtMs === null) return null
  return Math.min(1, 1 - (now.writtenAtMs - start.writtenAtMs) / (now.atMs - start.atMs))
}

function windowsOf(growths: readonly (number | null)[]): WindowGrowth | null {
  const known = growths.filter((growth) => growth !== null)
  const [whole] = growths
  if (whole === null || whole === undefined || known.length < growths.length) return null
  return { whole, bounds: { low: Math.min(...known), high: Math.max(...known) } }
}
