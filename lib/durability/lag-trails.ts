/** Remembers the last lags of each group, to tell one that falls behind from one that merely has something to do. */
import { SECOND_MS } from '../units.ts'

/** Ten points, at least this far apart, make a window of more than two minutes whatever the poll interval. */
const POINT_EVERY_MS = 15 * SECOND_MS
const POINTS = 10

interface Trail {
  lags: bigint[]
  notedAtMs: number
}

export class LagTrails {
  #trails = new Map<string, Trail>()

  /** Notes a group's whole lag. Polls that saw only a part of it are not noted: two known values are compared. */
  note(groupId: string, lagMessages: bigint, nowMs: number): void {
    const trail = this.#trails.get(groupId)
    if (trail === undefined) this.#trails.set(groupId, { lags: [lagMessages], notedAtMs: nowMs })
    else if (nowMs - trail.notedAtMs >= POINT_EVERY_MS) {
      trail.lags.push(lagMessages)
      if (trail.lags.length > POINTS) trail.lags.shift()
      trail.notedAtMs = nowMs
    }
  }

  /** True when over a whole window the group was never caught up, its lag never fell, and grew. */
  isFallingBehind(groupId: string): boolean {
    const lags = this.#trails.get(groupId)?.lags ?? []
    if (lags.length < POINTS) return false
    const neverFell = lags.every((lag, index) => lag > 0n && (index === 0 || lag >= (lags[index - 1] as bigint)))
    return neverFell && (lags.at(-1) as bigint) > (lags[0] as bigint)
  }

  /** Forgets groups that are gone. */
  retain(groupIds: ReadonlySet<string>): void {
    for (const id of this.#trails.keys()) if (!groupIds.has(id)) this.#trails.delete(id)
  }
}
