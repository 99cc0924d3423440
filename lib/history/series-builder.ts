/** Turns the samples of one series into steps and gaps. Pure. */
import { MINUTE_MS } from '../units.ts'
import type { GapReason, SeriesGap, SeriesLabels, SeriesPoint, SeriesResult } from './history.ts'
import type { SeriesState } from './series-state.ts'

export interface TimeRange {
  fromMs: number
  toMs: number
  stepMs: number
}

/** A poll may be late by this many intervals before the silence counts as a gap. */
const SILENCE_INTERVALS = 2.5
/** After a failure the next poll comes later (back-off). */
const SILENCE_AFTER_FAILURE_MS = 1.5 * MINUTE_MS

interface Event {
  atMs: number
  intervalMs: number
  state: SeriesState
}

/** What a stored step holds. */
export interface StepValue {
  min: number
  max: number
  avg: number
  last: number
  /** Polls with a value. */
  count: number
}

interface Step {
  t: number
  min: bigint | number
  max: bigint | number
  last: bigint | number
  sum: number
  count: number
}

export class SeriesBuilder {
  readonly #range: TimeRange
  readonly #points: SeriesPoint[] = []
  readonly #gaps: SeriesGap[] = []
  readonly #counts: number[] = []
  #step: Step | null = null
  #last: Event | null = null
  #wasSeen = false

  constructor(range: TimeRange) {
    this.#range = range
  }

  /** In time order; samples before the range only tell how the range begins. */
  add(atMs: number, intervalMs: number, state: SeriesState, value: bigint | number = 0): void {
    if (!this.#moveTo(atMs, intervalMs, state)) return
    const t = Math.floor(atMs / this.#range.stepMs) * this.#range.stepMs
    if (this.#step?.t === t) widen(this.#step, value)
    else {
      this.#flush()
      this.#step = { t, min: value, max: value, last: value, sum: Number(value), count: 1 }
    }
  }

  /** A stored step that begins at `atMs`. */
  addStep(atMs: number, widthMs: number, { min, max, avg, last, count }: StepValue): void {
    if (!this.#moveTo(atMs, widthMs, 'value')) return
    const t = Math.floor(atMs / this.#range.stepMs) * this.#range.stepMs
    const sum = avg * count
    const step = this.#step
    if (step?.t === t) {
      this.#step = {
        t,
        min: min < step.min ? min : step.min,
        max: max > step.max ? max : step.max,
        last,
        sum: step.sum + sum,
        count: step.count + count,
      }
    } else {
      this.#flush()
      this.#step = { t, min, max, last, sum, count }
    }
  }

  /** True for a value within the range. */
  #moveTo(atMs: number, intervalMs: number, state: SeriesState): boolean {
    this.#close(atMs, intervalMs)
    this.#last = { atMs, intervalMs, state }
    if (state === 'absent') {
      if (atMs < this.#range.fromMs) this.#wasSeen = false
    } else if (state !== 'pollFailed' && state !== 'consoleDown') this.#wasSeen = true
    return state === 'value' && atMs >= this.#range.fromMs && atMs <= this.#range.toMs
  }

  /** Null when the series was not there in the whole range. */
  finish(labels: SeriesLabels, nowMs: number): SeriesResult | null {
    this.#flush()
    const endMs = Math.min(this.#range.toMs, nowMs)
    if (this.#last !== null && endMs > this.#last.atMs) {
      const tolerated = toleranceMs(this.#last, this.#last.intervalMs)
      if (this.#last.state !== 'value' || endMs - this.#last.atMs > tolerated) this.#close(endMs, 0)
    }
    return this.#wasSeen ? { labels, points: this.#points, gaps: this.#gaps } : null
  }

  /** Of each point of the finished series, how many polls it stands for. */
  get counts(): readonly number[] {
    return this.#counts
  }

  /** Says what was between the last event and the next one. */
  #close(nextAtMs: number, nextIntervalMs: number): void {
    const last = this.#last
    if (last === null || last.state === 'absent') return
    const isSilence = nextAtMs - last.atMs > toleranceMs(last, nextIntervalMs)
    if (isSilence) this.#gap(last.atMs, nextAtMs, 'consoleDown')
    else if (last.state !== 'value') this.#gap(last.atMs, nextAtMs, last.state)
  }

  #gap(fromMs: number, toMs: number, reason: GapReason): void {
    const gap = { fromMs: Math.max(fromMs, this.#range.fromMs), toMs: Math.min(toMs, this.#range.toMs), reason }
    if (gap.fromMs >= gap.toMs) return
    const before = this.#gaps.at(-1)
    if (before?.reason === reason && before.toMs === gap.fromMs) before.toMs = gap.toMs
    else this.#gaps.push(gap)
  }

  #flush(): void {
    if (this.#step === null) return
    const { t, min, max, last, sum, count } = this.#step
    this.#points.push({ t, min: Number(min), max: Number(max), avg: sum / count, last: Number(last) })
    this.#counts.push(count)
    this.#step = null
  }
}

function toleranceMs({ state, intervalMs }: Event, nextIntervalMs: number): number {
  const ordinary = SILENCE_INTERVALS * Math.max(intervalMs, nextIntervalMs)
  return state === 'pollFailed' ? Math.max(ordinary, SILENCE_AFTER_FAILURE_MS) : ordinary
}

function widen(step: Step, value: bigint | number): void {
  if (value < step.min) step.min = value
  if (value > step.max) step.max = value
  step.last = value
  step.sum += Number(value)
  step.count += 1
}
