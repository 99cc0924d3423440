/**
 * Remembers when offsets of a partition were written, from what polls saw, so that a lag in messages can be
 * told in seconds without reading records. Knows only what was seen since it was made.
 */

/** The record at `offset` was written at about `atMs`. */
interface ClockPoint {
  offset: bigint
  atMs: number
}

/** Points kept per partition; when full, every second one of the older half goes. */
const MAX_POINTS = 48

export class OffsetClock {
  readonly #points = new Map<string, ClockPoint[]>()

  /**
   * Notes a point. Points come in any order of time (a first-unread time stamp is older than the end offset
   * seen with it) and are kept in the order of their offsets; one that contradicts its neighbours is left out,
   * as time stamps set by producers may jump.
   */
  note(key: string, offset: bigint, atMs: number): void {
    const points = this.#points.get(key)
    if (points === undefined) {
      this.#points.set(key, [{ offset, atMs }])
      return
    }
    const index = lowerBound(points, offset)
    if (points[index]?.offset === offset) return
    const before = points[index - 1]
    const after = points[index]
    if ((before !== undefined && before.atMs > atMs) || (after !== undefined && after.atMs < atMs)) return
    points.splice(index, 0, { offset, atMs })
    if (points.length > MAX_POINTS) this.#points.set(key, thin(points))
  }

  /** When the record at `offset` was written, interpolated between two points; null when it is outside of them. */
  timeOf(key: string, offset: bigint): number | null {
    const points = this.#points.get(key)
    if (points === undefined) return null
    const index = lowerBound(points, offset)
    const after = points[index]
    if (after?.offset === offset) return after.atMs
    const before = points[index - 1]
    if (before === undefined || after === undefined) return null
    const share = Number(offset - before.offset) / Number(after.offset - before.offset)
    return before.atMs + share * (after.atMs - before.atMs)
  }

  /** Forgets partitions that are not in use any more, and points older than the oldest offset in use. */
  retain(oldestOffsetByKey: ReadonlyMap<string, bigint>): void {
    for (const [key, points] of this.#points) {
      const oldest = oldestOffsetByKey.get(key)
      if (oldest === undefined) {
        this.#points.delete(key)
        continue
      }
      const keepFrom = Math.max(0, lowerBound(points, oldest) - 1)
      if (keepFrom > 0) points.splice(0, keepFrom)
    }
  }

  /** The partition was deleted, recreated or truncated: what was known of its offsets is void. */
  forget(key: string): void {
    this.#points.delete(key)
  }
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
