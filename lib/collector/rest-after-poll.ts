/** What the collector does for its memory between two polls, where Node was started with the flags for it. */
import { setFlagsFromString } from 'node:v8'

/** A small heap is quickly collected, but then all the time; a large one is memory that others on the machine lack. */
const LARGE_HEAP_BYTES = 256 * 2 ** 20
const GROWTH_PERCENT = { small: 90, large: 20 } as const

let growth: keyof typeof GROWTH_PERCENT = 'small'

/**
 * Collects the youngest objects: right after a poll nearly all that it made is dead, and goes for next to nothing; half-way
 * through the next one it would be alive, be copied twice, and lie in the old space until all of that is collected. Takes a
 * millisecond or two. And says how much the heap may grow before all of it is collected, by how large it is.
 */
export function restAfterPoll(): void {
  if (globalThis.gc === undefined) return
  globalThis.gc({ type: 'minor' })
  const fitting = process.memoryUsage().heapUsed > LARGE_HEAP_BYTES ? 'large' : 'small'
  if (fitting === growth) return
  growth = fitting
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT[fitting]}`)
}
