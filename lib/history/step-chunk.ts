/**
 * A chunk of steps: a rollup of some entities of one shard. Of each metric five tracks: the last value; for whole numbers
 * how far the greatest is above it and the least below it, for others these themselves; where between both the average
 * lies, in 4,096ths; and how many polls had a value.
 */
import { ByteReader, ByteWriter, checkedContent, withChecksum } from './bytes.ts'
import type { Column } from './column-codec.ts'
import { readTrack, splitTracks, writeTracks } from './tracks.ts'

/** One series; where the state is not PRESENT it tells why there is nothing. */
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
  /** @param entities ascending, counted from the chunk's first */
  columns(metric: number, entities: readonly number[]): StepColumns[]
}

const TRACKS = ['last', 'max', 'min', 'avg', 'count'] as const
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
    metrics.flatMap(({ isWhole, columns }) =>
      TRACKS.map((track) =>
        columns.map((column) => ({ states: column.states, values: toStored(column, track, isWhole) })),
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
  return {
    steps,
    columns(metric, entities) {
      const read = TRACKS.map((_, track) => readTrack(tracks, metric * TRACKS.length + track, steps, entities))
      return entities.map((_, index) =>
        fromStored(
          read.map((columns) => columns[index] as Column),
          isWhole[metric] === true,
        ),
      )
    },
  }
}

function toStored(column: StepColumns, track: (typeof TRACKS)[number], isWhole: boolean): Float64Array {
  const { last, max, min, avg } = column
  if (track === 'max') return isWhole ? max.map((value, i) => value - (last[i] as number)) : max
  if (track === 'min') return isWhole ? min.map((value, i) => (last[i] as number) - value) : min
  if (track === 'avg') return avg.map((value, i) => placeOf(value, min[i] as number, max[i] as number))
  return column[track]
}

function placeOf(avg: number, min: number, max: number): number {
  return max > min ? Math.round(((avg - min) / (max - min)) * PLACES) : 0
}

function fromStored([last, above, below, place, count]: Column[], isWhole: boolean): StepColumns {
  const values = (column: Column | undefined): Float64Array => column?.values as Float64Array
  const lasts = values(last)
  const max = isWhole ? values(above).map((value, i) => value + (lasts[i] as number)) : values(above)
  const min = isWhole ? values(below).map((value, i) => (lasts[i] as number) - value) : values(below)
  const avg = values(place).map(
    (share, i) => (min[i] as number) + (((max[i] as number) - (min[i] as number)) * share) / PLACES,
  )
  return { states: last?.states as Uint8Array, last: lasts, max, min, avg, count: values(count) }
}
