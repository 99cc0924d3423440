/**
 * Remembers when offsets of a partition were written, from what polls saw, so that a lag in messages can be
 * told in seconds without reading records. Knows only what was seen since it was made.
 */
import { DAY_MS } from '../units.ts'
import type { Range } from './forecasts/range.ts'
import type { PartitionId } from './partition-key.ts'

/** The record at `offset` was written at about `atMs`. */
interface ClockPoint {
  offset: bigint
  atMs: number
}

/** Points kept per partition; when full, every second one of the older half goes. */
const MAX_POINTS = 48
/** Those before what anybody needs tell how traffic was, for a day, where that counts: as many, the older the farther apart. */
const MAX_OLDER = 16
const OLDER_FOR_MS = DAY_MS

export interface ClockKey extends PartitionId {
  topic: string
}

interface Track {
  points: ClockPoint[]
  /** The lowest offset some group still needs; most older points go at `sweep`. Null when nobody asked since the last sweep. */
  neededFrom: bigint | null
  /** How traffic was before that counts, too. */
  needsTraffic: boolean
}

export class OffsetClock {
  /** By topic, broker and partition: looking up needs no joined text, which counts at 40,000 partitions a poll. */
  readonly #tracks = new Map<string, Map<string | null, Map<number, Track>>>()
  /** Where the last look-up ended: partitions of one topic and broker are asked for one after the other. */
  #last: { topic: string; broker: string | null; partitions: Map<number, Track> } | null = null

  /**
   * Says that some group needs to know the time of this offset, and perhaps how fast was written before; partitions nobody
   * needs are forgotten at `sweep`.
   */
  need(key: ClockKey, offset: bigint, needsTraffic: boolean): void {
    const track = this.#trackOf(key)
    track.needsTraffic = needsTraffic
    if (track.neededFrom === null || offset < track.neededFrom) track.neededFrom = offset
  }

  /**
   * Notes a point. Points come in any order of time (a first-unread time stamp is older than the end offset
   * seen with it) and are kept in the order of their offsets; one that contradicts its neighbours is left out,
   * as time stamps set by producers may jump.
   */
  note(key: ClockKey, offset: bigint, atMs: number): void {
    const track = this.#trackOf(key)
    const { points } = track
    const index = lowerBound(points, offset)
    if (points[index]?.offset === offset) return
    const before = points[index - 1]
    const after = points[index]
    if ((before !== undefined && before.atMs > atMs) || (after !== undefined && after.atMs < atMs)) return
    points.splice(index, 0, { offset, atMs })
    if (points.length > MAX_POINTS) track.points = thin(points)
  }

  /** When the record at `offset` was written, interpolated between two points; null when it is outside of them. */
  timeOf(key: ClockKey, offset: bigint): number | null {
    const points = this.#partitionsOf(key)?.get(key.partition)?.points
    if (points === undefined) return null
    const index = lowerBound(points, offset)
    const after = points[index]
    if (after?.offset === offset) return after.atMs
    const before = points[index - 1]
    if (before === undefined || after === undefined) return null
    const share = Number(offset - before.offset) / Number(after.offset - before.offset)
    return before.atMs + share * (after.atMs - before.atMs)
  }

  /** Between which moments the record at `offset` was written; null when it is outside of what is known. */
  boundsOf(key: ClockKey, offset: bigint): Range | null {
    const points = this.#partitionsOf(key)?.get(key.partition)?.points ?? []
    const index = lowerBound(points, offset + 1n)
    const before = points[index - 1]
    const after = points[index]
    return before === undefined || after === undefined ? null : { low: before.atMs, high: after.atMs }
  }

  /** Which offset was written at `atMs`, interpolated between two points; null before the first of them. */
  offsetAt(key: ClockKey, atMs: number): number | null {
    const points = this.#partitionsOf(key)?.get(key.partition)?.points ?? []
    const index = lastAtOrBefore(points, atMs)
    const before = points[index]
    if (before === undefined) return null
    const after = points[index + 1]
    if (after === undefined) return Number(before.offset)
    const share = (atMs - before.atMs) / (after.atMs - before.atMs)
    return Number(before.offset) + share * Number(after.offset - before.offset)
  }

  /** An offset that was reached no sooner than then; null where nothing later is known. */
  reachedAfter(key: ClockKey, atMs: number): bigint | null {
    const points = this.#partitionsOf(key)?.get(key.partition)?.points ?? []
    return points[countFirst(points, (point) => point.atMs < atMs)]?.offset ?? null
  }

  /** The first moment of which something is known; null when there is none. */
  sinceMs(key: ClockKey): number | null {
    return this.#partitionsOf(key)?.get(key.partition)?.points[0]?.atMs ?? null
  }

  /** Forgets partitions that nobody needed since the last sweep, and most of what is older than the oldest needed offset. */
  sweep(nowMs: number): void {
    this.#last = null
    for (const [topic, brokers] of this.#tracks) {
      for (const [broker, partitions] of brokers) {
        sweepTracks(partitions, nowMs)
        if (partitions.size === 0) brokers.delete(broker)
      }
      if (brokers.size === 0) this.#tracks.delete(topic)
    }
  }

  /** The topic was deleted or created anew: what was known of its offsets is void. */
  forget(topic: string): void {
    this.#last = null
    this.#tracks.delete(topic)
  }

  #trackOf(key: ClockKey): Track {
    const partitions = this.#partitionsOf(key) ?? this.#makePartitions(key)
    const known = partitions.get(key.partition)
    if (known !== undefined) return known
    const track: Track = { points: [], neededFrom: null, needsTraffic: false }
    partitions.set(key.partition, track)
    return track
  }

  #partitionsOf({ topic, broker }: ClockKey): Map<number, Track> | undefined {
    if (this.#last?.topic === topic && this.#last.broker === broker) return this.#last.partitions
    const partitions = this.#tracks.get(topic)?.get(broker)
    if (partitions !== undefined) this.#last = { topic, broker, partitions }
    return partitions
  }

  #makePartitions({ topic, broker }: ClockKey): Map<number, Track> {
    const brokers = this.#tracks.get(topic) ?? new Map<string | null, Map<number, Track>>()
    const partitions = new Map<number, Track>()
    this.#tracks.set(topic, brokers.set(broker, partitions))
    return partitions
  }
}

function sweepTracks(partitions: Map<number, Track>, nowMs: number): void {
  for (const [partition, track] of partitions) {
    if (track.neededFrom === null) {
      partitions.delete(partition)
      continue
    }
    forgetOlder(track, lowerBound(track.points, track.neededFrom) - 1, nowMs)
    track.neededFrom = null
  }
}

/** @param older how many of the first points nobody needs */
function forgetOlder(track: Track, older: number, nowMs: number): void {
  if (older <= 0) return
  const { points, needsTraffic } = track
  const isOver = ({ atMs }: ClockPoint): boolean => !needsTraffic || atMs < nowMs - OLDER_FOR_MS
  const over = Math.min(older, countFirst(points, isOver))
  if (over > 0) points.splice(0, over)
  for (let left = older - over; left > MAX_OLDER; left -= 1) points.splice(densest(points, left, nowMs), 1)
}

/** Which of the first points is missed least, but for the very first one: its neighbours are near, for its age. */
function densest(points: readonly ClockPoint[], count: number, nowMs: number): number {
  let [found, least] = [1, Infinity]
  for (let index = 1; index < count; index += 1) {
    const [before, point, after] = points.slice(index - 1, index + 2)
    if (before === undefined || point === undefined || after === undefined) continue
    const gap = (after.atMs - before.atMs) / Math.sqrt(Math.max(1, nowMs - point.atMs))
    if (gap < least) [found, least] = [index, gap]
  }
  return found
}

/** Index of the first point at or after `offset`. */
function lowerBound(points: readonly ClockPoint[], offset: bigint): number {
  return countFirst(points, (point) => point.offset < offset)
}

/** Index of the last point at or before `atMs`; -1 when there is none. */
function lastAtOrBefore(points: readonly ClockPoint[], atMs: number): number {
  return countFirst(points, (point) => point.atMs <= atMs) - 1
}

/** How many points it holds of, which are the first ones. By halving. */
function countFirst(points: readonly ClockPoint[], holds: (point: ClockPoint) => boolean): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(points[middle] as ClockPoint)) low = middle + 1
    else high = middle
  }
  return low
}

function thin(points: ClockPoint[]): ClockPoint[] {
  const half = points.length >> 1
  return points.filter((_, index) => index === 0 || index >= half || index % 2 === 0)
}
