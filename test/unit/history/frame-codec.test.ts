import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameDecoder, FrameEncoder } from '../../../lib/history/frame-codec.ts'
import { ABSENT, PRESENT, SlotValues, UNKNOWN } from '../../../lib/history/slot-values.ts'

type Cell = bigint | number | 'unknown' | 'absent'

const whole = fc.oneof(
  { weight: 3, arbitrary: fc.bigInt({ min: 0n, max: 5n }) },
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(
    2n ** 63n - 1n,
    2n ** 63n - 2n,
    -(2n ** 63n),
    2n ** 53n,
    2n ** 53n + 1n,
    2n ** 50n,
    -(2n ** 51n),
    2n ** 51n,
  ),
)
const fraction = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 5 }) },
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 1_000),
)
const cell = (value: fc.Arbitrary<bigint | number>): fc.Arbitrary<Cell> =>
  fc.oneof({ weight: 4, arbitrary: value }, fc.constantFrom<Cell>('unknown', 'absent'))

/** Polls of a shard whose entities have a whole metric and a fractional one. */
const polls = fc.integer({ min: 1, max: 6 }).chain((entities) =>
  fc.array(
    fc.record({
      isKey: fc.boolean(),
      cells: fc.array(fc.tuple(cell(whole), cell(fraction)), { minLength: entities, maxLength: entities }),
    }),
    { minLength: 1, maxLength: 12 },
  ),
)

function fill(values: SlotValues, cells: readonly (readonly [Cell, Cell])[]): void {
  values.states.fill(ABSENT)
  for (const [slot, value] of cells.flat().entries()) {
    if (value !== 'absent') values.set(slot, value === 'unknown' ? null : value, slot % 2 === 0)
  }
}

test('every slot of every poll comes back bit for bit, from any slot', () => {
  fc.assert(
    fc.property(polls, fc.nat(), (all, pick) => {
      const slots = (all[0]?.cells.length ?? 0) * 2
      const [last, next] = [new SlotValues(slots), new SlotValues(slots)]
      const encoder = new FrameEncoder()
      const rows = all.map(({ isKey, cells }, index) => {
        fill(next, cells)
        const header = { atMs: 1_700_000_000_000 + index, intervalMs: 15_000, isKey: isKey || index === 0 }
        return encoder.encode(header, last, next, [true, false])
      })
      const slot = pick % slots
      const expected = all.map(({ cells }) => cells.flat()[slot])
      expect(follow(rows, slot)).toEqual(expected)
    }),
    { numRuns: 300 },
  )
})

function follow(contents: Uint8Array<ArrayBuffer>[], slot: number): Cell[] {
  const decoder = new FrameDecoder([slot], [slot % 2 === 0])
  const seen: Cell[] = []
  let expectedAtMs = 1_700_000_000_000
  for (const content of contents) {
    const frame = decoder.decode(content)
    expect([frame.atMs, frame.intervalMs]).toEqual([expectedAtMs++, 15_000])
    const state = frame.states[0]
    const value = frame.values[0] as bigint | number
    if (state !== PRESENT) seen.push(state === UNKNOWN ? 'unknown' : 'absent')
    else seen.push(slot % 2 === 0 ? BigInt(value) : value)
  }
  return seen
}

test('a shard in which nothing changed takes a dozen bytes', () => {
  const [last, next] = [new SlotValues(2_000), new SlotValues(2_000)]
  const encoder = new FrameEncoder()
  for (let slot = 0; slot < 2_000; slot += 1) next.set(slot, BigInt(slot) * 1_000_000n, true)
  const header = { atMs: 1_700_000_000_000, intervalMs: 15_000 }
  encoder.encode({ ...header, isKey: true }, last, next, [true])
  expect(encoder.encode({ ...header, isKey: false }, last, next, [true]).length).toBeLessThan(13)
})

test('what is not a number counts as unknown', () => {
  const values = new SlotValues(2)
  values.set(0, Number.NaN, false)
  values.set(1, Number.POSITIVE_INFINITY, true)
  expect([...values.states]).toEqual([UNKNOWN, UNKNOWN])
})
