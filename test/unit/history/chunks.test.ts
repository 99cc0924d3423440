import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteWriter, withChecksum } from '../../../lib/history/bytes.ts'
import type { Column } from '../../../lib/history/column-codec.ts'
import { decodePollChunk, encodePollChunk } from '../../../lib/history/poll-chunk.ts'
import { ABSENT, PRESENT } from '../../../lib/history/slot-values.ts'
import { decodeStepChunk, encodeStepChunk, type StepColumns } from '../../../lib/history/step-chunk.ts'
import { writeTracks } from '../../../lib/history/tracks.ts'

const START_MS = 1_700_000_000_000

const polls = fc.array(
  fc.record({ stepMs: fc.integer({ min: 1, max: 100_000 }), intervalMs: fc.constantFrom(1_000, 15_000) }),
  {
    minLength: 1,
    maxLength: 20,
  },
)

function column(entries: number, seed: number): Column {
  return {
    states: new Uint8Array(entries).fill(PRESENT),
    values: BigInt64Array.from({ length: entries }, (_, i) => BigInt(seed * 1_000 + i * i)),
  }
}

test('times, intervals and each entity of each metric come back; a younger entity is absent', () => {
  fc.assert(
    fc.property(polls, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }), (all, entities, metrics) => {
      let at = START_MS
      const atMs = Float64Array.from(all, ({ stepMs }) => (at += stepMs))
      const intervalMs = Float64Array.from(all, (poll) => poll.intervalMs)
      const tracks = Array.from({ length: metrics }, (_, metric) =>
        Array.from({ length: entities }, (_, entity) => column(all.length, metric * 10 + entity)),
      )
      const chunk = decodePollChunk(encodePollChunk({ atMs, intervalMs }, tracks))
      expect(chunk?.atMs).toEqual(atMs)
      expect(chunk?.intervalMs).toEqual(intervalMs)
      for (const [metric, columns] of tracks.entries()) {
        const track = chunk?.track(metric)
        const values = Float64Array.from(columns[entities - 1]?.values as BigInt64Array, Number)
        expect(track?.column(entities - 1).values).toEqual(values)
        expect(track?.column(entities).states).toEqual(new Uint8Array(all.length).fill(ABSENT))
      }
    }),
  )
})

test('a flipped bit anywhere is found', () => {
  const times = { atMs: Float64Array.of(START_MS, START_MS + 15_000), intervalMs: Float64Array.of(15_000, 15_000) }
  const whole = encodePollChunk(times, [[column(2, 1), column(2, 2)]])
  const steps = encodeStepChunk(3, [{ isWhole: true, columns: [step(0)] }])
  for (const stored of [whole, steps]) {
    for (let bit = 0; bit < stored.length * 8; bit += 1) {
      const damaged = stored.slice()
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
      expect(decodePollChunk(damaged) ?? decodeStepChunk(damaged)).toBeNull()
    }
  }
  expect(decodePollChunk(new Uint8Array())).toBeNull()
})

function step(offset: number): StepColumns {
  return {
    states: Uint8Array.of(PRESENT, 4, PRESENT),
    last: Float64Array.of(100 + offset, 0, 130),
    max: Float64Array.of(110 + offset, 0, 130),
    min: Float64Array.of(90 + offset, 0, 130),
    avg: Float64Array.of(95 + offset, 0, 130),
    count: Float64Array.of(20, 0, 3),
  }
}

test('steps keep least, greatest, last and count exactly, and the average to a 4,096th of the range', () => {
  for (const isWhole of [true, false]) {
    const columns = [step(0), step(isWhole ? 7 : 0.123_456_789)]
    const chunk = decodeStepChunk(
      encodeStepChunk(3, [
        { isWhole, columns: [step(1), step(1)] },
        { isWhole, columns },
      ]),
    )
    expect(chunk?.steps).toBe(3)
    for (const [entity, expected] of columns.entries()) {
      const read = chunk?.track(1).column(entity)
      for (const key of ['states', 'last', 'count'] as const) expect(read?.[key]).toEqual(expected[key])
      for (const key of ['min', 'max'] as const) expect([...(read?.[key] ?? [])]).toEqual([...expected[key]])
      for (const [i, avg] of expected.avg.entries())
        expect(Math.abs((read?.avg[i] as number) - avg)).toBeLessThanOrEqual(20 / 4_096)
    }
  }
})

test('steps of several entities come back in their order; a younger entity is absent', () => {
  const offsets = [0, 1, 2]
  const chunk = decodeStepChunk(encodeStepChunk(3, [{ isWhole: true, columns: offsets.map(step) }]))
  const track = chunk?.track(0)
  for (const entity of [0, 2]) {
    const read = track?.column(entity)
    expect([read?.last[0], read?.max[0], read?.count[2]]).toEqual([100 + entity, 110 + entity, 3])
  }
  for (const younger of [3, 5]) expect([...(track?.column(younger).states ?? [])]).toEqual([ABSENT, ABSENT, ABSENT])
})

test('steps in the layout with a track per part are refused, not misread', () => {
  const out = new ByteWriter()
  out.varint(3)
  out.varint(1)
  out.varint(1)
  const { states, last } = step(0)
  writeTracks(
    out,
    Array.from({ length: 5 }, () => [{ states, values: last }]),
  )
  expect(decodeStepChunk(withChecksum(out.take()))).toBeNull()
})
