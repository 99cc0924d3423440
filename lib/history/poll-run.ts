/** Stretches of polls, as they are read from frames or from chunks. */
import { checkedContent } from './bytes.ts'
import type { Column } from './column-codec.ts'
import { type DecodedFrame, FrameDecoder, isKeyFrame } from './frame-codec.ts'
import type { PollTimes } from './poll-chunk.ts'
import { PRESENT } from './slot-values.ts'
import type { Track } from './tracks.ts'

/** Polls of frames, with a column for each wanted series. */
export interface FrameRun extends PollTimes {
  columns: Column[]
}

/** Polls whose times rise, with the columns of the wanted series, which are asked for by their index. */
export interface PollRun extends PollTimes, Track<Column> {
  /** Where it was put together from two runs, the polls that do not follow the one before them. Null: all do. */
  breaks: Uint8Array | null
}

/** What cannot be read. */
export interface DamagedRun {
  fromMs: number
  /** The last poll it held. */
  untilMs: number
}

export type Run = PollRun | DamagedRun

export interface StoredFrame {
  seq: bigint
  atMs: bigint
  content: Uint8Array
}

export function isDamaged(run: FrameRun | Run): run is DamagedRun {
  return !('atMs' in run)
}

export function firstMs(run: FrameRun | Run): number {
  return isDamaged(run) ? run.fromMs : (run.atMs[0] as number)
}

export function lastMs(run: FrameRun | Run): number {
  return isDamaged(run) ? run.untilMs : (run.atMs.at(-1) as number)
}

/**
 * The frames of a shard in the order of their polls. A run ends where the next frame is a key frame, or where a damaged
 * one breaks the chain; what follows up to the next key frame is lost with it.
 *
 * @param slots ascending @param whole of each slot
 */
export function runsOfFrames(
  frames: readonly StoredFrame[],
  slots: readonly number[],
  whole: readonly boolean[],
): (FrameRun | DamagedRun)[] {
  const runs: (FrameRun | DamagedRun)[] = []
  const decoder = new FrameDecoder(slots, whole)
  let growing: GrowingRun | null = null
  const finish = (): void => {
    if (growing !== null) runs.push(growing.finish(whole))
    growing = null
  }
  for (const { atMs, content } of frames) {
    const frame = checkedContent(content)
    const isKey = frame !== null && isKeyFrame(frame)
    if (isKey || frame === null) finish()
    if (isKey) growing = new GrowingRun(slots.length)
    if (frame !== null && growing !== null) growing.add(decoder.decode(new Uint8Array(frame)))
    else addDamaged(runs, Number(atMs))
  }
  finish()
  return runs
}

function addDamaged(runs: (FrameRun | DamagedRun)[], atMs: number): void {
  const last = runs.at(-1)
  if (last !== undefined && isDamaged(last) && last.untilMs <= atMs) last.untilMs = atMs
  else runs.push({ fromMs: atMs, untilMs: atMs })
}

class GrowingRun {
  readonly #atMs: number[] = []
  readonly #intervalMs: number[] = []
  readonly #states: number[][]
  readonly #values: (bigint | number)[][]

  constructor(series: number) {
    this.#states = Array.from({ length: series }, () => [])
    this.#values = Array.from({ length: series }, () => [])
  }

  add({ atMs, intervalMs, states, values }: DecodedFrame): void {
    this.#atMs.push(atMs)
    this.#intervalMs.push(intervalMs)
    for (let i = 0; i < states.length; i += 1) {
      this.#states[i]?.push(states[i] as number)
      this.#values[i]?.push(values[i] as bigint | number)
    }
  }

  finish(whole: readonly boolean[]): FrameRun {
    const columns = this.#states.map((states, i): Column => {
      const values = this.#values[i] as (bigint | number)[]
      const isWide =
        whole[i] === true && values.some((value, poll) => states[poll] === PRESENT && typeof value === 'bigint')
      return {
        states: Uint8Array.from(states),
        values: isWide ? BigInt64Array.from(values, BigInt) : Float64Array.from(values, Number),
      }
    })
    return {
      atMs: Float64Array.from(this.#atMs),
      intervalMs: Float64Array.from(this.#intervalMs),
      columns,
    }
  }
}

/** Runs in the order of their times; those that overlap (the clock was set back meanwhile) become one. */
export function inOrder(runs: readonly Run[]): Run[] {
  const ordered: Run[] = []
  for (const run of runs.toSorted((a, b) => firstMs(a) - firstMs(b))) {
    const last = ordered.at(-1)
    if (last !== undefined && !isDamaged(last) && !isDamaged(run) && firstMs(run) <= lastMs(last)) {
      ordered[ordered.length - 1] = merge(last, run)
    } else ordered.push(run)
  }
  return ordered
}

function merge(a: PollRun, b: PollRun): PollRun {
  const polls = a.atMs.length + b.atMs.length
  const ofA = new Uint8Array(polls)
  const source = new Uint32Array(polls)
  for (let i = 0, fromA = 0, fromB = 0; i < polls; i += 1) {
    const isA =
      fromB >= b.atMs.length || (fromA < a.atMs.length && (a.atMs[fromA] as number) <= (b.atMs[fromB] as number))
    ofA[i] = isA ? 1 : 0
    source[i] = isA ? fromA++ : fromB++
  }
  const pick = (left: Float64Array, right: Float64Array): Float64Array =>
    Float64Array.from(source, (from, i) => (ofA[i] === 1 ? left : right)[from] as number)
  const breaks = Uint8Array.from(source, (from, i) => {
    const own = (ofA[i] === 1 ? a : b).breaks?.[from] ?? 0
    return i > 0 && ofA[i] !== ofA[i - 1] ? 1 : own
  })
  const column = (index: number): Column => {
    const [ofOne, ofOther] = [a.column(index), b.column(index)]
    const isWide = ofOne.values instanceof BigInt64Array || ofOther.values instanceof BigInt64Array
    const value = (i: number): bigint | number =>
      (ofA[i] === 1 ? ofOne : ofOther).values[source[i] as number] as bigint | number
    return {
      states: Uint8Array.from(source, (from, i) => (ofA[i] === 1 ? ofOne : ofOther).states[from] as number),
      values: isWide
        ? BigInt64Array.from(source, (_, i) => BigInt(value(i)))
        : Float64Array.from(source, (_, i) => Number(value(i))),
    }
  }
  return { atMs: pick(a.atMs, b.atMs), intervalMs: pick(a.intervalMs, b.intervalMs), column, breaks }
}
