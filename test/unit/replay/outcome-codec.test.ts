import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countOutcomes,
  countUnconfirmed,
  decodeOutcomes,
  encodeOutcomes,
  OutcomeBuilder,
  targetKey,
} from '../../../lib/replay/outcome-codec.ts'
import { FAILURE_CODES } from '../../../lib/replay/replay-types.ts'

const place = (partition: number, broker: string | null = null) => ({ topic: 'orders', partition, broker })

const record = fc.record({
  skip: fc.integer({ min: 0, max: 3 }),
  partition: fc.integer({ min: 0, max: 2 }),
  targetOffset: fc.option(fc.bigInt({ min: 0n, max: 2n ** 50n })),
  failure: fc.option(fc.constantFrom(...FAILURE_CODES), { freq: 3 }),
})

describe('outcomes', () => {
  it('are stored and read back exactly, each record with its own', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 60 }), (records) => {
        const builder = new OutcomeBuilder()
        const expected: [bigint, string, bigint | null][] = []
        let offset = 1_000n
        for (const { skip, partition, targetOffset, failure } of records) {
          offset += BigInt(skip)
          if (failure !== null) builder.failed(offset, offset + 1n, failure)
          else builder.produced(offset, place(partition), targetOffset)
          expected.push([offset, failure ?? targetKey(place(partition)), failure === null ? targetOffset : null])
          offset += 1n
        }
        const found = decodeOutcomes(encodeOutcomes(builder.runs)).flatMap((run) =>
          Array.from({ length: Number(run.to - run.from) }, (_, index) => [
            run.from + BigInt(index),
            run.failure ?? targetKey(run.target),
            run.targetOffset === null ? null : run.targetOffset + BigInt(index),
          ]),
        )
        expect(found).toEqual(expected)
      }),
    )
  })

  it('tell what was stored without being confirmed, also in the middle of a run', () => {
    const builder = new OutcomeBuilder()
    for (let offset = 0n; offset < 6n; offset += 1n) {
      builder.produced(offset, place(0), 10n + offset, offset === 2n || offset === 3n)
    }
    const read = decodeOutcomes(encodeOutcomes(builder.runs))
    expect(read.map((run) => [run.from, run.to, run.failure === null && (run.isUnconfirmed ?? false)])).toEqual([
      [0n, 2n, false],
      [2n, 4n, true],
      [4n, 6n, false],
    ])
    expect([countOutcomes(read), countUnconfirmed(read)]).toEqual([{ produced: 6, failed: 0 }, 2])
  })

  it('of a million records in their order are one run', () => {
    const builder = new OutcomeBuilder()
    for (let offset = 0n; offset < 100_000n; offset += 1n) builder.produced(offset, place(1), 77n + offset)
    expect(builder.runs.length).toBe(1)
    expect(encodeOutcomes(builder.runs).length).toBeLessThan(100)
  })

  it('count what was produced and what failed', () => {
    const builder = new OutcomeBuilder()
    for (let offset = 0n; offset < 10n; offset += 1n) builder.produced(offset, place(0), 100n + offset)
    builder.failed(10n, 13n, 'expired')
    builder.produced(13n, place(1), null)
    expect(countOutcomes(builder.runs)).toEqual({ produced: 11, failed: 3 })
  })

  it('that are damaged are not believed', () => {
    const stored = encodeOutcomes([])
    stored[stored.length - 1] = (stored.at(-1) ?? 0) ^ 1
    expect(() => decodeOutcomes(stored)).toThrow(RangeError)
  })
})
