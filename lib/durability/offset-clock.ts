/**
 * Remembers when offsets of a partition were written, from what polls saw, so that a lag in messages can be
 * told in seconds without reading records. Knows only what was seen since it was made.
 */
import { type PartitionId, partitionKey } from './partition-key.ts'

/** The record at `offset` was written at about `atMs`. */
interface ClockPoint {
  offset: bigint
  atMs: number
}

/** Points kept per partition; when full, every second one of the older half goes. */
const MAX_POINTS = 32

export interface ClockKey extends PartitionId {
  topic: string
}

interface Track {
  points: ClockPoint[]
  /** The lowest offset some group still needs; older points go at `sweep`. Null when nobody asked since the last sweep. */
  neededFrom: bigint | null
}

export class OffsetClock {
  /** By topic, then by partition: looking up needs no joined text, which counts at 40,000 partitions a poll. */
  readonly #tracks = new Map<string, Map<number | string, Track>>()

  /** Says that some group needs to know the time of this offset; partitions nobody needs are forgotten at `sweep`. */
  need(key: ClockKey, offset: bigint): void {
    const track = this.#trackOf(key)
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
    const points = this.#tracks.get(key.topic)?.get(partitionKey(key))?.points
    if (points === undefined) return null
    const index = lowerBound(points, offset)
    const after = points[index]
    if (after?.offset === offset) return after.atMs
    const before = points[index - 1]
    if (before === undefined || after === undefined) return null
    const share = Number(offset - before.offset) / Number(after.offset - before.offset)
    return before.atMs + share * (after.atMs - before.atMs)
  }

  /** Forgets partitions that nobody needed since the last sweep, and points older than the oldest needed offset. */
  sweep(): void {
    for (const [topic, partitions] of this.#tracks) {
      for (const [key, track] of partitions) {
        if (track.neededFrom === null) {
          partitions.delete(key)
          continue
        }
        const keepFrom = lowerBound(track.points, track.neededFrom) - 1
        if (keepFrom > 0) track.points.splice(0, keepFrom)
        track.neededFrom = null
      }
      if (partitions.size === 0) this.#tracks.delete(topic)
    }
  }

  /** The topic was deleted or created anew: what was known of its offsets is void. */
  forget(topic: string): void {
    this.#tracks.delete(topic)
  }

  #trackOf(key: ClockKey): Track {
    const partitions = getOrMake(this.#tracks, key.topic, () => new Map<number | string, Track>())
    return getOrMake(partitions, partitionKey(key), () => ({ points: [], neededFrom: null }))
  }
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** Index of the first point at or after `offset`. */
function lowerBound(points: readonly ClockPoint[], offset: bigint): number {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((points[middle] as ClockPoint).offset < offset) low = middle + 1
    else high = middle
  }
  return low
}

function thin(points: ClockPoint[]): ClockPoint[] {
  const half = points.length >> 1
  return points.filter((_, index) => index === 0 || index >= half || index % 2 === 0)
}
