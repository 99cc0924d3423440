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

export interface ValueRun {
  /** Rising. */
  atMs: Float64Array
  intervalMs: Float64Array
  values: Float64Array
}

/** A point that is still growing. */
interface Step {
  t: number
  min: bigint | number
  max: bigint | number
  avg: number
  last: bigint | number
}

export class SeriesBuilder {
  readonly #range: TimeRange
  readonly #points: SeriesPoint[] = []
  readonly #gaps: SeriesGap[] = []
  readonly #counts: number[] = []
  #step: Step | null = null
  #sum = 0
  #count = 0
  /** Changed in place: a day of a hundred series is half a million events. */
  readonly #last: Event = { atMs: Number.NEGATIVE_INFINITY, intervalMs: 0, state: 'absent' }
  #wasSeen = false

  constructor(range: TimeRange) {
    this.#range = range
  }

  /** In time order; samples before the range only tell how the range begins. */
  add(atMs: number, intervalMs: number, state: SeriesState, value: bigint | number = 0): void {
    if (!this.#moveTo(atMs, intervalMs, state)) return
    const step = this.#step
    if (step === null || atMs >= step.t + this.#range.stepMs) {
      this.#begin(atMs, value, value, value, Number(value), 1)
      return
    }
    if (value < step.min) step.min = value
    if (value > step.max) step.max = value
    step.last = value
    this.#sum += Number(value)
    this.#count += 1
  }

  /**
   * Values one after the other, as by `add`: a day of a hundred series is half a million of them. Within a step only
   * those without a silence between them are taken here.
   *
   * @param from index of the first @param until index behind the last
   */
  addValues({ atMs, intervalMs, values }: ValueRun, from: number, until: number): void {
    for (let i = from; i < until; ) {
      this.add(atMs[i] as number, intervalMs[i] as number, 'value', values[i])
      i += 1
      if (this.#step !== null) i = this.#addToStep(this.#step, { atMs, intervalMs, values }, i, until)
    }
  }

  /** @returns the index of the first value that is not within the step, or for which more must be looked at */
  #addToStep(step: Step, { atMs, intervalMs, values }: ValueRun, from: number, until: number): number {
    const endMs = Math.min(step.t + this.#range.stepMs, this.#range.toMs)
    const last = this.#last
    let [min, max, sum] = [Number(step.min), Number(step.max), this.#sum]
    let beforeMs = last.atMs
    let i = from
    for (; i < until; i += 1) {
      const at = atMs[i] as number
      if (at >= endMs || at - beforeMs > SILENCE_INTERVALS * (intervalMs[i] as number)) break
      const value = values[i] as number
      if (value < min) min = value
      if (value > max) max = value
      sum += value
      beforeMs = at
    }
    if (i === from) return i
    step.min = min
    step.max = max
    step.last = values[i - 1] as number
    this.#sum = sum
    this.#count += i - from
    last.atMs = beforeMs
    last.intervalMs = intervalMs[i - 1] as number
    return i
  }

  /** A stored step that begins at `atMs`. */
  addStep(atMs: number, widthMs: number, { min, max, avg, last, count }: StepValue): void {
    if (!this.#moveTo(atMs, widthMs, 'value')) return
    const step = this.#step
    const sum = avg * count
    if (step === null || atMs >= step.t + this.#range.stepMs) {
      this.#begin(atMs, min, max, last, sum, count)
      return
    }
    if (min < step.min) step.min = min
    if (max > step.max) step.max = max
    step.last = last
    this.#sum += sum
    this.#count += count
  }

  #begin(
    atMs: number,
    min: bigint | number,
    max: bigint | number,
    last: bigint | number,
    sum: number,
    count: number,
  ): void {
    this.#flush()
    this.#step = { t: Math.floor(atMs / this.#range.stepMs) * this.#range.stepMs, min, max, avg: 0, last }
    this.#sum = sum
    this.#count = count
  }

  /** True for a value within the range. */
  #moveTo(atMs: number, intervalMs: number, state: SeriesState): boolean {
    const last = this.#last
    // Most often one value follows another in time, and nothing is to be closed.
    if (last.state !== 'value' || atMs - last.atMs > SILENCE_INTERVALS * intervalMs) this.#close(atMs, intervalMs)
    last.atMs = atMs
    last.intervalMs = intervalMs
    last.state = state
    if (state === 'absent') {
      if (atMs < this.#range.fromMs) this.#wasSeen = false
    } else if (state !== 'pollFailed' && state !== 'consoleDown') this.#wasSeen = true
    return state === 'value' && atMs >= this.#range.fromMs && atMs <= this.#range.toMs
  }

  /** Null when the series was not there in the whole range. */
  finish(labels: SeriesLabels, nowMs: number): SeriesResult | null {
    this.#flush()
    const endMs = Math.min(this.#range.toMs, nowMs)
    const last = this.#last
    const isSilent = endMs - last.atMs > toleranceMs(last, last.intervalMs)
    if (endMs > last.atMs && (last.state !== 'value' || isSilent)) this.#close(endMs, 0)
    return this.#wasSeen ? { labels, points: this.#points, gaps: this.#gaps } : null
  }

  /** Of each point of the finished series, how many polls it stands for. */
  get counts(): readonly number[] {
    return this.#counts
  }

  /** Says what was between the last event and the next one. */
  #close(nextAtMs: number, nextIntervalMs: number): void {
    const last = this.#last
    if (last.state === 'absent') return
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

  /** The step becomes a point: differences were taken, so that rounding to doubles does no harm any more. */
  #flush(): void {
    const step = this.#step
    if (step === null) return
    step.min = Number(step.min)
    step.max = Number(step.max)
    step.last = Number(step.last)
    step.avg = this.#sum / this.#count
    this.#points.push(step as SeriesPoint)
    this.#counts.push(this.#count)
    this.#step = null
  }
}

function toleranceMs({ state, intervalMs }: Event, nextIntervalMs: number): number {
  const ordinary = SILENCE_INTERVALS * Math.max(intervalMs, nextIntervalMs)
  return state === 'pollFailed' ? Math.max(ordinary, SILENCE_AFTER_FAILURE_MS) : ordinary
}
