/**
 * A chunk of steps: a rollup of some entities of one shard. A track per metric, with five columns of each entity: the
 * last value; for whole numbers how far the greatest is above it and the least below it, for others these themselves;
 * where between both the average lies, in 4,096ths; and how many polls had a value.
 */
import { ByteReader, ByteWriter, checkedContent, withChecksum } from './bytes.ts'
import type { Column } from './column-codec.ts'
import { absentColumn, readTrack, splitTracks, writeTracks } from './tracks.ts'

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
  const count = tracks.entities / PARTS.length
  return {
    steps,
    columns(metric, entities) {
      const known = entities.filter((entity) => entity < count)
      const places = PARTS.flatMap((_, part) => known.map((entity) => part * count + entity))
      const read = readTrack(tracks, metric, steps, places)
      return entities.map((_, index) => {
        const parts = PARTS.map((_part, part) =>
          index < known.length ? (read[part * known.length + index] as Column) : absentColumn(steps),
        )
        return fromStored(parts, isWhole[metric] === true)
      })
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
