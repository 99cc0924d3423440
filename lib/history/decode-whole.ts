/** Decodes all there is in a row, to prove that it can be. A series query reads the tracks of one metric only. */
import { SECOND_MS } from '../units.ts'
import { checkedContent } from './bytes.ts'
import { FrameDecoder, isKeyFrame } from './frame-codec.ts'
import { LEVELS, type Level, POLLS } from './levels.ts'
import type { MetricName } from './metrics.ts'
import { decodePollChunk } from './poll-chunk.ts'
import type { StoredFrame } from './poll-run.ts'
import type { StoredChunk } from './row-pages.ts'
import { isWhole, rolledMetrics } from './shard-kinds.ts'
import { PRESENT } from './slot-values.ts'
import { decodeStepChunk } from './step-chunk.ts'
import type { Track } from './tracks.ts'

/**
 * `checksum`: its bytes are not those that were written; `content`: they are, and do not decode to what the row says;
 * `lostWhenSealed`: the polls could not be read when their hour was sealed; `noKeyFrame`: the frame that it follows from
 * is damaged or gone.
 */
export type RowFault = 'checksum' | 'content' | 'lostWhenSealed' | 'noKeyFrame'

/** @returns how many values it holds (of steps: how many steps have one), or what is wrong with it */
export function decodeWholeChunk(row: StoredChunk, metrics: readonly MetricName[]): number | RowFault {
  if (row.content.length === 0) return 'lostWhenSealed'
  if (checkedContent(row.content) === null) return 'checksum'
  const level = LEVELS.find(({ stepMs }) => stepMs === row.stepSeconds * SECOND_MS)
  if (level === undefined) return 'content'
  try {
    return (level === POLLS ? valuesOfPolls(row, metrics.length) : valuesOfSteps(row, level, metrics)) ?? 'content'
  } catch {
    // Whatever a decoder stumbles over: the checksum is right, so these bytes were written like that.
    return 'content'
  }
}

function valuesOfPolls(row: StoredChunk, metrics: number): number | null {
  const chunk = decodePollChunk(row.content)
  if (chunk === null || chunk.atMs.at(-1) !== Number(row.untilMs)) return null
  if (chunk.atMs.some((atMs, poll) => atMs <= (chunk.atMs[poll - 1] ?? 0))) return null
  let values = 0
  for (let metric = 0; metric < metrics; metric += 1) values += presentIn(chunk.track(metric), POLLS)
  return values
}

function valuesOfSteps(row: StoredChunk, level: Level, metrics: readonly MetricName[]): number | null {
  const chunk = decodeStepChunk(row.content)
  if (chunk?.steps !== level.chunkMs / level.stepMs) return null
  if (Number(row.untilMs) - Number(row.fromMs) !== level.chunkMs) return null
  let values = 0
  for (const metric of rolledMetrics(metrics).keys()) values += presentIn(chunk.track(metric), level)
  return values
}

function presentIn(track: Track<{ states: Uint8Array }>, { entities }: Level): number {
  let present = 0
  for (let entity = 0; entity < entities; entity += 1) present += countPresent(track.column(entity).states)
  return present
}

function countPresent(states: Uint8Array): number {
  let present = 0
  for (const state of states) if (state === PRESENT) present += 1
  return present
}

/** The frames of one shard, each decoded from the one before. */
export class FrameChain {
  readonly #decoder: FrameDecoder
  #isWhole = false

  constructor(metrics: readonly MetricName[], entities: number) {
    const slots = Array.from({ length: metrics.length * entities }, (_, slot) => slot)
    this.#decoder = new FrameDecoder(
      slots,
      slots.map((slot) => isWhole(metrics[slot % metrics.length] as MetricName)),
    )
  }

  /** @returns how many values the shard has in this poll, or what is wrong with the row */
  next({ atMs, content }: Pick<StoredFrame, 'atMs' | 'content'>): number | RowFault {
    const frame = checkedContent(content)
    if (frame === null) {
      this.#isWhole = false
      return 'checksum'
    }
    if (isKeyFrame(frame)) this.#isWhole = true
    if (!this.#isWhole) return 'noKeyFrame'
    try {
      const decoded = this.#decoder.decode(new Uint8Array(frame))
      if (decoded.atMs === Number(atMs)) return countPresent(decoded.states)
    } catch {
      // As with chunks.
    }
    this.#isWhole = false
    return 'content'
  }
}
