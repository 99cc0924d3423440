import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type OffsetRange, OffsetRuns, OffsetRunsBuilder } from '../../../lib/inbox/offset-runs.ts'

/** Far beyond what a number holds exactly. */
const BASE = 2n ** 62n + 1n
const ranges = fc.array(
  fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 12 })).map(([from, length]) => ({
    from: BASE + BigInt(from),
    to: BASE + BigInt(from + length),
  })),
  { maxLength: 20 },
)

function setOf(list: Iterable<OffsetRange>): Set<bigint> {
  const offsets = new Set<bigint>()
  for (const { from, to } of list) for (let offset = from; offset < to; offset += 1n) offsets.add(offset)
  return offsets
}

const sorted = (offsets: Iterable<bigint>): bigint[] => [...offsets].sort((one, other) => Number(one - other))

describe('runs of offsets are a set', () => {
  test('of any ranges, with as few runs as there can be', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const runs = OffsetRuns.of(list)
        const expected = setOf(list)
        expect(sorted(setOf(runs))).toEqual(sorted(expected))
        expect(runs.offsetCount).toBe(BigInt(expected.size))
        const bounds = [...runs].flatMap(({ from, to }) => [from, to])
        expect(bounds.every((bound, at) => at === 0 || bound > (bounds[at - 1] as bigint))).toBe(true)
        for (let offset = BASE - 1n; offset < BASE + 75n; offset += 1n)
          expect(runs.has(offset)).toBe(expected.has(offset))
      }),
    )
  })

  test('union, intersection and difference', () => {
    fc.assert(
      fc.property(ranges, ranges, (one, other) => {
        const [here, there] = [setOf(one), setOf(other)]
        const [a, b] = [OffsetRuns.of(one), OffsetRuns.of(other)]
        expect(sorted(setOf(a.union(b)))).toEqual(sorted(new Set([...here, ...there])))
        expect(sorted(setOf(a.intersect(b)))).toEqual(sorted(here).filter((offset) => there.has(offset)))
        expect(sorted(setOf(a.subtract(b)))).toEqual(sorted(here).filter((offset) => !there.has(offset)))
        expect(a.union(b).subtract(b).equals(a.subtract(b))).toBe(true)
      }),
    )
  })

  test('from an offset on', () => {
    fc.assert(
      fc.property(ranges, fc.integer({ min: -1, max: 80 }), (list, from) => {
        const start = BASE + BigInt(from)
        const expected = sorted(setOf(list)).filter((offset) => offset >= start)
        const runs = OffsetRuns.of(list)
        expect(sorted(setOf(runs.from(start)))).toEqual(expected)
        expect(runs.firstFrom(start)).toBe(expected[0] ?? null)
      }),
    )
  })

  test('stored and read again; damage is told', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const runs = OffsetRuns.of(list)
        const stored = runs.encode()
        expect(OffsetRuns.decode(stored).equals(runs)).toBe(true)
        stored[stored.length - 1] = (stored.at(-1) as number) ^ 1
        expect(() => OffsetRuns.decode(stored)).toThrow(RangeError)
      }),
    )
  })
})

test('a builder refuses to go back', () => {
  const builder = new OffsetRunsBuilder()
  builder.add(10n, 12n)
  builder.add(11n, 15n)
  builder.add(15n, 16n)
  expect([...builder.build()]).toEqual([{ from: 10n, to: 16n }])
  expect(() => builder.add(9n, 20n)).toThrow(RangeError)
})
