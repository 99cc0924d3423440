import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteReader, ByteWriter } from '../../../lib/history/bytes.ts'
import { type Column, decodeColumn, encodeColumn, skipColumn } from '../../../lib/history/column-codec.ts'
import { PRESENT } from '../../../lib/history/slot-values.ts'

const MAX = 2n ** 63n - 1n

const offset = fc.oneof(
  { weight: 4, arbitrary: fc.bigInt({ min: 0n, max: 5_000n }) },
  { weight: 2, arbitrary: fc.constantFrom(2n ** 50n, 2n ** 50n - 1n, 1n - 2n ** 50n, -(2n ** 50n)) },
  { weight: 1, arbitrary: fc.bigInt({ min: -MAX - 1n, max: MAX }) },
)
const measure = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1_000) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 3 }) },
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const state = fc.oneof({ weight: 8, arbitrary: fc.constant(PRESENT) }, fc.constantFrom(0, 1, 3, 4, 5))

/** Mixes of large and small numbers, and columns that stay alike. */
function columnOf<T extends bigint | number>(value: fc.Arbitrary<T>): fc.Arbitrary<[number, T][]> {
  const alike = fc.tuple(value, fc.array(state, { minLength: 1, maxLength: 30 }))
  return fc.oneof(
    fc.array(fc.tuple(state, value), { minLength: 1, maxLength: 30 }),
    alike.map(([same, states]) => states.map((one): [number, T] => [one, same])),
  )
}

const whole = columnOf(offset).map(
  (entries): Column => ({
    states: Uint8Array.from(entries, ([code]) => code),
    values: BigInt64Array.from(entries, ([, value]) => value),
  }),
)
const fractional = columnOf(measure).map(
  (entries): Column => ({
    states: Uint8Array.from(entries, ([code]) => code),
    values: Float64Array.from(entries, ([, value]) => value),
  }),
)

/** A whole number is a bigint here, however it came back; −0 stays −0. */
function present({ states, values }: Column, isWhole: boolean): (bigint | number)[] {
  return [...values].flatMap((value, i) => (states[i] === PRESENT ? [isWhole ? BigInt(value) : value] : []))
}

test.each([
  ['whole numbers', whole, true],
  ['doubles', fractional, false],
] as const)('%s come back bit for bit, with their states, behind other columns', (_, arbitrary, isWhole) => {
  fc.assert(
    fc.property(fc.array(arbitrary, { minLength: 1, maxLength: 4 }), (columns) => {
      const writer = new ByteWriter()
      for (const column of columns) encodeColumn(column, writer)
      const bytes = writer.take()
      for (const [index, column] of columns.entries()) {
        const reader = new ByteReader(bytes)
        for (const before of columns.slice(0, index)) skipColumn(reader, before.states.length)
        const read = decodeColumn(reader, column.states.length)
        expect(read.states).toEqual(column.states)
        expect(present(read, isWhole)).toEqual(present(column, isWhole))
      }
    }),
    { numRuns: 500 },
  )
})

test('what does not change costs a few bytes, and so does what grows evenly', () => {
  const size = (values: BigInt64Array): number => {
    const writer = new ByteWriter()
    encodeColumn({ states: new Uint8Array(values.length).fill(PRESENT), values }, writer)
    return writer.length
  }
  expect(size(new BigInt64Array(240).fill(123_456_789_012n))).toBeLessThan(10)
  expect(size(BigInt64Array.from({ length: 240 }, (_, i) => 123_456_789_012n + 1_500n * BigInt(i)))).toBeLessThan(260)
})

test('any bytes end in a column or in an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (bytes, entries) => {
      for (const read of [decodeColumn, skipColumn]) {
        try {
          read(new ByteReader(bytes), entries)
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }
    }),
    { numRuns: 2_000 },
  )
})
