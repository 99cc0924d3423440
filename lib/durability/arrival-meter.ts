/** Arrivals per minute, over the last minute: dead letters come in bursts, and one poll's rate says 0 most of the time. */
import { MINUTE_MS } from '../units.ts'

interface Point {
  atMs: number
  endOffsets: bigint
}

interface Meter {
  topicId: string | null
  points: Point[]
}

export class ArrivalMeter {
  readonly #meters = new Map<string, Meter>()

  /**
   * Notes the sum of a topic's end offsets and answers the arrivals per minute since the newest point that is at least a
   * minute old, or since the first one. Null: not known yet, or the log fell back. That nothing came is known after a
   * minute only: in a shorter one, what came before it nobody has seen.
   */
  perMinute(topic: string, topicId: string | null, endOffsets: bigint | null, nowMs: number): number | null {
    if (endOffsets === null) return null
    const known = this.#meters.get(topic)
    const points = known?.topicId === topicId ? known.points : []
    if ((points.at(-1)?.endOffsets ?? 0n) > endOffsets) points.length = 0
    points.push({ atMs: nowMs, endOffsets })
    while (points[1] !== undefined && nowMs - points[1].atMs >= MINUTE_MS) points.shift()
    this.#meters.set(topic, { topicId, points })
    const first = points[0] as Point
    const seenMs = nowMs - first.atMs
    if (seenMs <= 0 || (seenMs < MINUTE_MS && endOffsets === first.endOffsets)) return null
    return (Number(endOffsets - first.endOffsets) * MINUTE_MS) / seenMs
  }

  /** Forgets topics that are gone. */
  retain(topics: ReadonlySet<string>): void {
    for (const topic of this.#meters.keys()) if (!topics.has(topic)) this.#meters.delete(topic)
  }
}
