/** Carries what was read of one series, in the order of time, into its builder. */
import { SECOND_MS } from '../units.ts'
import type { Column } from './column-codec.ts'
import { type DamagedRun, isDamaged, type PollRun, type Run } from './poll-run.ts'
import type { SeriesBuilder } from './series-builder.ts'
import { stateOfCode } from './series-state.ts'
import { ABSENT, PRESENT, UNKNOWN } from './slot-values.ts'
import type { StepColumns } from './step-chunk.ts'

export interface FailedPoll {
  atMs: number
  intervalMs: number
}

/** After a longer silence nobody knows how long the change took. */
const RATE_INTERVALS = 2.5

export class SeriesFeed {
  readonly #builder: SeriesBuilder
  readonly #isRate: boolean
  readonly #failed: readonly FailedPoll[]
  #nextFailed = 0
  #beforeMs = 0
  #before: bigint | number | null = null

  /** @param isRate the values are offsets of which the change per second is wanted @param failed in the order of time */
  constructor(builder: SeriesBuilder, isRate: boolean, failed: readonly FailedPoll[]) {
    this.#builder = builder
    this.#isRate = isRate
    this.#failed = failed
  }

  /** The polls of a run before `untilMs`; those before `fromMs` only give the first rate its start. */
  polls(run: Run, index: number, fromMs: number, untilMs: number): void {
    if (!isDamaged(run)) this.#run(run, index, fromMs, untilMs)
    else if (run.untilMs >= fromMs) this.#damaged(run)
  }

  /** The steps whose times are from `fromMs` to before `untilMs`. @param firstMs of the chunk's first step */
  steps(columns: StepColumns, firstMs: number, widthMs: number, fromMs: number, untilMs: number): void {
    const { states } = columns
    this.#before = null
    for (let i = 0; i < states.length; i += 1) {
      const atMs = firstMs + i * widthMs
      if (atMs + widthMs <= fromMs || atMs >= untilMs) continue
      const state = stateOfCode(states[i] as number)
      if (state !== 'value') this.#builder.add(atMs, widthMs, state)
      // A step that began before the range belongs to its first one.
      else this.#builder.addStep(Math.max(atMs, fromMs), widthMs, columns, i)
    }
    this.#skipFailed(untilMs)
  }

  /** After the last poll. */
  finish(): void {
    this.#fail(Number.POSITIVE_INFINITY)
  }

  damagedSteps(fromMs: number, untilMs: number): void {
    this.#before = null
    this.#builder.add(fromMs, untilMs - fromMs, 'damaged')
  }

  #damaged({ fromMs, untilMs }: DamagedRun): void {
    this.#fail(fromMs)
    this.#before = null
    this.#builder.add(fromMs, untilMs - fromMs, 'damaged')
  }

  #run(run: PollRun, index: number, fromMs: number, untilMs: number): void {
    const { atMs, intervalMs, breaks } = run
    const column = this.#isRate ? this.#toRates(run.column(index), run, untilMs) : run.column(index)
    const { states, values } = column
    for (let i = 0; i < atMs.length; i += 1) {
      const end = this.#endOfValues({ atMs, breaks }, column, i, fromMs, untilMs)
      if (end > i) {
        this.#builder.addValues({ atMs, intervalMs, values: values as Float64Array }, i, end)
        i = end - 1
        continue
      }
      const at = atMs[i] as number
      if (at >= untilMs) return
      if (at < fromMs) continue
      this.#fail(at)
      this.#builder.add(at, intervalMs[i] as number, stateOfCode(states[i] as number), values[i])
    }
  }

  /** Behind the last of the values from here on that nothing but values lies between; `from` when there is none. */
  #endOfValues(
    { atMs, breaks }: Pick<PollRun, 'atMs' | 'breaks'>,
    { states, values }: Column,
    from: number,
    fromMs: number,
    untilMs: number,
  ): number {
    if (breaks !== null || !(values instanceof Float64Array) || (atMs[from] as number) < fromMs) return from
    const stopMs = Math.min(untilMs, this.#failed[this.#nextFailed]?.atMs ?? Number.POSITIVE_INFINITY)
    let end = from
    while (end < atMs.length && states[end] === PRESENT && (atMs[end] as number) < stopMs) end += 1
    return end
  }

  /** Offsets become their change per second, in their own place. */
  #toRates({ states, values }: Column, { atMs, intervalMs, breaks }: PollRun, untilMs: number): Column {
    const rates = values instanceof Float64Array ? values : new Float64Array(values.length)
    for (let i = 0; i < atMs.length && (atMs[i] as number) < untilMs; i += 1) {
      if (states[i] !== PRESENT || breaks?.[i] === 1) this.#before = null
      if (states[i] !== PRESENT) continue
      const value = values[i] as bigint | number
      const [before, passedMs] = [this.#before, (atMs[i] as number) - this.#beforeMs]
      this.#before = value
      this.#beforeMs = atMs[i] as number
      if (before === null || passedMs > RATE_INTERVALS * (intervalMs[i] as number)) states[i] = ABSENT
      else if (value < before) states[i] = UNKNOWN
      else rates[i] = (change(before, value) * SECOND_MS) / passedMs
    }
    return { states, values: rates }
  }

  #fail(beforeMs: number): void {
    for (
      let poll = this.#failed[this.#nextFailed];
      poll !== undefined && poll.atMs < beforeMs;
      poll = this.#failed[this.#nextFailed]
    ) {
      this.#builder.add(poll.atMs, poll.intervalMs, 'pollFailed')
      this.#nextFailed += 1
    }
  }

  /** Steps tell of failed polls themselves. */
  #skipFailed(beforeMs: number): void {
    while ((this.#failed[this.#nextFailed]?.atMs ?? Number.POSITIVE_INFINITY) < beforeMs) this.#nextFailed += 1
  }
}

function change(from: bigint | number, to: bigint | number): number {
  if (typeof from === 'number' && typeof to === 'number') return to - from
  return Number(BigInt(to) - BigInt(from))
}
