/** At which steps the history is kept, and how it is cut into chunks. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../units.ts'

export interface Level {
  /** 0: the polls themselves. */
  stepMs: number
  /** Chunks begin at multiples of it (counted from 1970 in UTC). */
  chunkMs: number
  /** Entities in a chunk: fewer where a chunk covers more time, so that reading one series for long stays cheap. */
  entities: number
}

export const POLLS: Level = { stepMs: 0, chunkMs: HOUR_MS, entities: 64 }
export const FIVE_MINUTES: Level = { stepMs: 5 * MINUTE_MS, chunkMs: DAY_MS, entities: 16 }
export const HOURS: Level = { stepMs: HOUR_MS, chunkMs: 7 * DAY_MS, entities: 8 }

/** From fine to coarse; each is made from the one before. */
export const LEVELS = [POLLS, FIVE_MINUTES, HOURS] as const

export function chunkStart(level: Level, atMs: number): number {
  return Math.floor(atMs / level.chunkMs) * level.chunkMs
}

/** What a level holds of a shard. */
export interface Coverage {
  fromMs: number
  /** Exclusive. */
  untilMs: number
}

export interface Segment {
  level: Level
  fromMs: number
  /** Exclusive. */
  untilMs: number
}

/**
 * Which level answers which part of a range: the coarsest that is not coarser than the step, else a finer one (it was not
 * rolled up yet), else a coarser one (the finer was deleted).
 *
 * @param coverage of the levels in their order; null where there is nothing
 */
export function segmentsOf(
  range: { fromMs: number; toMs: number; stepMs: number },
  coverage: readonly (Coverage | null)[],
): Segment[] {
  const order = preference(range.stepMs)
  const bounds = coverage.flatMap((held) => (held === null ? [] : [held.fromMs, held.untilMs]))
  const segments: Segment[] = []
  const end = range.toMs + 1
  for (let at = range.fromMs; at < end; ) {
    const next = Math.min(end, ...bounds.filter((bound) => bound > at))
    const index = order.find((level) => {
      const held = coverage[level] ?? null
      return held !== null && held.fromMs <= at && at < held.untilMs
    })
    const level = index === undefined ? undefined : LEVELS[index]
    const last = segments.at(-1)
    if (level !== undefined && last?.level === level && last.untilMs === at) last.untilMs = next
    else if (level !== undefined) segments.push({ level, fromMs: at, untilMs: next })
    at = next
  }
  return segments
}

function preference(stepMs: number): number[] {
  const wanted = LEVELS.findLastIndex((level) => level.stepMs <= stepMs)
  const finer = [...LEVELS.keys()].slice(0, wanted + 1).reverse()
  return [...finer, ...[...LEVELS.keys()].slice(wanted + 1)]
}
