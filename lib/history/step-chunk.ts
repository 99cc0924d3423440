/**
 * A chunk of steps: a rollup of some entities of one shard. A track per metric, with five columns of each entity: the
 * last value; for whole numbers how far the greatest is above it and the least below it, for others these themselves;
 * where between both the average lies, in 4,096ths; and how many polls had a value.
 */
import { ByteReader, ByteWriter, checkedContent, withChecksum } from './bytes.ts'
import type { Column } from './column-codec.ts'
import { openTrack, splitTracks, type Track, writeTracks } from './tracks.ts'

/** One series; where the state is not PRESENT it tells why there is nothing, and the numbers mean nothing. */
export interface StepColumns {
  states: Uint8Array
  last: Float64Array
  max: Float64Array
  min: Float64Array
  avg: Float64Array
  count: Float64Array
}

export interface StepChunk {
  steps: number
  track(metric: number): Track<StepColumns>
}

const PARTS = ['last', 'max', 'min', 'avg', 'count'] as const
const PLACES = 4_096

/** @param metrics of each metric whether it is whole, and its entities' columns */
export function encodeStepChunk(
  steps: number,
  metrics: readonly { isWhole: boolean; columns: readonly StepColumns[] }[],
): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter()
  out.varint(steps)
  out.varint(metrics.length)
  for (const { isWhole } of metrics) out.varint(isWhole ? 1 : 0)
  writeTracks(
    out,
    metrics.map(({ isWhole, columns }) =>
      PARTS.flatMap((part) =>
        columns.map((column) => ({ states: column.states, values: toStored(column, part, isWhole) })),
      ),
    ),
  )
  return withChecksum(out.take())
}

/** Null when it is damaged. */
export function decodeStepChunk(stored: Uint8Array): StepChunk | null {
  const content = checkedContent(stored)
  if (content === null) return null
  const reader = new ByteReader(content)
  const steps = reader.varint()
  const isWhole = Array.from({ length: reader.varint() }, () => reader.varint() === 1)
  const tracks = splitTracks(reader)
  // As it was laid out before: a track per part.
  if (tracks.stored.length !== isWhole.length) return null
  return {
    steps,
    track(metric) {
      const parts = openTrack(tracks, metric, steps).parts(PARTS.length)
      return {
        column: (entity) =>
          fromStored(
            parts.map((part) => part.column(entity)),
            isWhole[metric] === true,
          ),
      }
    },
  }
}

function toStored(column: StepColumns, part: (typeof PARTS)[number], isWhole: boolean): Float64Array {
  const { last, max, min, avg } = column
  if (part === 'max') return isWhole ? max.map((value, i) => value - (last[i] as number)) : max
  if (part === 'min') return isWhole ? min.map((value, i) => (last[i] as number) - value) : min
  if (part === 'avg') return avg.map((value, i) => placeOf(value, min[i] as number, max[i] as number))
  return column[part]
}

function placeOf(avg: number, min: number, max: number): number {
  return max > min ? Math.round(((avg - min) / (max - min)) * PLACES) : 0
}

/** In the place of what was stored. */
function fromStored(parts: readonly Column[], isWhole: boolean): StepColumns {
  const [last, max, min, avg, count] = parts.map(({ values }) => values as Float64Array) as Five<Float64Array>
  for (let i = 0; i < last.length; i += 1) {
    if (isWhole) {
      max[i] = (max[i] as number) + (last[i] as number)
      min[i] = (last[i] as number) - (min[i] as number)
    }
    avg[i] = (min[i] as number) + (((max[i] as number) - (min[i] as number)) * (avg[i] as number)) / PLACES
  }
  return { states: (parts[0] as Column).states, last, max, min, avg, count }
}

type Five<T> = [T, T, T, T, T]
