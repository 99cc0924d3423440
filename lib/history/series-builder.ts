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

/** What stored steps hold, each at the same place. */
export interface StepValues {
  min: Float64Array
  max: Float64Array
  avg: Float64Array
  last: Float64Array
  /** Polls with a value. */
  count: Float64Array
}

export interface ValueRun {
  /** Rising. */
  atMs: Float64Array
  intervalMs: Float64Array
  values: Float64Array
}

export class SeriesBuilder {
  readonly #range: TimeRange
  readonly #points: SeriesPoint[] = []
  readonly #gaps: SeriesGap[] = []
  readonly #counts: number[] | null
  /** Of the step that is still growing; there is none while `#count` is 0. */
  #startMs = 0
  #min: bigint | number = 0
  #max: bigint | number = 0
  #last: bigint | number = 0
  #sum = 0
  #count = 0
  /** Changed in place: a day of a hundred series is half a million events. */
  readonly #event: Event = { atMs: Number.NEGATIVE_INFINITY, intervalMs: 0, state: 'absent' }
  #wasSeen = false

  /** @param counts takes of each point how many polls it stands for, which only rollups want to know */
  constructor(range: TimeRange, counts: number[] | null = null) {
    this.#range = range
    this.#counts = counts
  }

  /** In time order; samples before the range only tell how the range begins. */
  add(atMs: number, intervalMs: number, state: SeriesState, value: bigint | number = 0): void {
    if (this.#moveTo(atMs, intervalMs, state)) this.#grow(atMs, value, value, value, Number(value), 1)
  }

  /** The stored step at this index, which begins at `atMs`: a year is ten thousand of them. */
  addStep(atMs: number, widthMs: number, { min, max, avg, last, count }: StepValues, index: number): void {
    if (!this.#moveTo(atMs, widthMs, 'value')) return
    const polls = count[index] as number
    const sum = (avg[index] as number) * polls
    this.#grow(atMs, min[index] as number, max[index] as number, last[index] as number, sum, polls)
  }

  /**
   * Values one after the other, as by `add`: a day of a hundred series is half a million of them. Within a step only
   * those without a silence between them are taken here.
   *
   * @param from index of the first @param until index behind the last
   */
  addValues(run: ValueRun, from: number, until: number): void {
    for (let i = from; i < until; ) {
      this.add(run.atMs[i] as number, run.intervalMs[i] as number, 'value', run.values[i])
      i = this.#count > 0 ? this.#addToStep(run, i + 1, until) : i + 1
    }
  }

  /** @returns the index of the first value that is not within the step, or for which more must be looked at */
  #addToStep({ atMs, intervalMs, values }: ValueRun, from: number, until: number): number {
    const endMs = Math.min(this.#startMs + this.#range.stepMs, this.#range.toMs)
    const event = this.#event
    let [min, max, sum] = [Number(this.#min), Number(this.#max), this.#sum]
    let beforeMs = event.atMs
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
    this.#min = min
    this.#max = max
    this.#last = values[i - 1] as number
    this.#sum = sum
    this.#count += i - from
    event.atMs = beforeMs
    event.intervalMs = intervalMs[i - 1] as number
    return i
  }

  /** Takes values into the step that is growing, or begins the one they belong to. */
  #grow(
    atMs: number,
    min: bigint | number,
    max: bigint | number,
    last: bigint | number,
    sum: number,
    count: number,
  ): void {
    const isNew = this.#count === 0 || atMs >= this.#startMs + this.#range.stepMs
    if (isNew) {
      this.#flush()
      this.#startMs = Math.floor(atMs / this.#range.stepMs) * this.#range.stepMs
    }
    if (isNew || min < this.#min) this.#min = min
    if (isNew || max > this.#max) this.#max = max
    this.#last = last
    this.#sum = isNew ? sum : this.#sum + sum
    this.#count += count
  }

  /** True for a value within the range. */
  #moveTo(atMs: number, intervalMs: number, state: SeriesState): boolean {
    const event = this.#event
    // Most often one value follows another in time, and nothing is to be closed.
    if (event.state !== 'value' || atMs - event.atMs > SILENCE_INTERVALS * intervalMs) this.#close(atMs, intervalMs)
    event.atMs = atMs
    event.intervalMs = intervalMs
    event.state = state
    if (state === 'absent') {
      if (atMs < this.#range.fromMs) this.#wasSeen = false
    } else if (state !== 'pollFailed' && state !== 'consoleDown') this.#wasSeen = true
    return state === 'value' && atMs >= this.#range.fromMs && atMs <= this.#range.toMs
  }

  /** Null when the series was not there in the whole range. */
  finish(labels: SeriesLabels, nowMs: number): SeriesResult | null {
    this.#flush()
    const endMs = Math.min(this.#range.toMs, nowMs)
    const event = this.#event
    const isSilent = endMs - event.atMs > toleranceMs(event, event.intervalMs)
    if (endMs > event.atMs && (event.state !== 'value' || isSilent)) this.#close(endMs, 0)
    return this.#wasSeen ? { labels, points: this.#points, gaps: this.#gaps } : null
  }

  /** Says what was between the last event and the next one. */
  #close(nextAtMs: number, nextIntervalMs: number): void {
    const event = this.#event
    if (event.state === 'absent') return
    const isSilence = nextAtMs - event.atMs > toleranceMs(event, nextIntervalMs)
    if (isSilence) this.#gap(event.atMs, nextAtMs, 'consoleDown')
    else if (event.state !== 'value') this.#gap(event.atMs, nextAtMs, event.state)
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
    if (this.#count === 0) return
    this.#points.push({
      t: this.#startMs,
      min: Number(this.#min),
      max: Number(this.#max),
      avg: this.#sum / this.#count,
      last: Number(this.#last),
    })
    this.#counts?.push(this.#count)
    this.#count = 0
  }
}

function toleranceMs({ state, intervalMs }: Event, nextIntervalMs: number): number {
  const ordinary = SILENCE_INTERVALS * Math.max(intervalMs, nextIntervalMs)
  return state === 'pollFailed' ? Math.max(ordinary, SILENCE_AFTER_FAILURE_MS) : ordinary
}
