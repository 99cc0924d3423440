import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  BLOCK_RECORDS,
  BlockBuilder,
  decodeColumns,
  decodeSummary,
  encodeColumns,
  encodeSummary,
  NO_ORIGIN,
  nextOffsetOf,
  POINTER,
  RETURNED,
  usableTimeMs,
} from '../../../lib/inbox/block-codec.ts'
import { EXPIRED, HANDLED_AND_GONE, handledRunsIn, OPEN, statesOf } from '../../../lib/inbox/block-states.ts'
import { LEDGER_BLOCK_OFFSETS, type LedgerRun } from '../../../lib/inbox/ledger-block.ts'

const START = 2n ** 61n + 7n
const record = fc.record({
  gap: fc.oneof(fc.nat(3), fc.nat(2 ** 31)),
  atMs: fc.option(fc.oneof(fc.integer({ min: 0, max: 2 ** 50 }), fc.constant(1_700_000_000_000))),
  causeId: fc.oneof(fc.nat(3), fc.constant(2 ** 31 - 1)),
  originId: fc.oneof(fc.nat(2), fc.constant(2 ** 31 - 1)),
  flags: fc.constantFrom(0, RETURNED, POINTER | NO_ORIGIN, RETURNED | POINTER | NO_ORIGIN),
})
const records = fc.array(record, { minLength: 1, maxLength: 60 })

type Rows = { offset: bigint; atMs: number | null; causeId: number; originId: number; flags: number }[]

function rowsOf(list: { gap: number; atMs: number | null; causeId: number; originId: number; flags: number }[]): Rows {
  let offset = START
  return list.map(({ gap, ...rest }) => {
    offset += BigInt(gap) + 1n
    return { offset, ...rest }
  })
}

function built(rows: Rows): BlockBuilder {
  const builder = new BlockBuilder()
  for (const { offset, atMs, flags, ...kind } of rows) builder.add(offset, atMs, kind, flags)
  return builder
}

function unbuilt(builder: BlockBuilder): Rows {
  const stored = builder.columns
  if (stored === null) return []
  const columns = decodeColumns(stored.firstOffset, encodeColumns(stored))
  const kinds = decodeSummary(encodeSummary(builder.kinds))
  return Array.from({ length: columns.count }, (_, at) => {
    const kind = kinds[columns.kinds[at] as number]
    const time = columns.times[at] as number
    return {
      offset: columns.firstOffset + BigInt(columns.offsets[at] as number),
      atMs: Number.isNaN(time) ? null : time,
      causeId: kind?.causeId ?? -1,
      originId: kind?.originId ?? -1,
      flags: columns.flags[at] as number,
    }
  })
}

/** From pairs of hour and count. */
function byHour(pairs: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (let at = 0; at < pairs.length; at += 2) {
    const hour = pairs[at] as number
    counts.set(hour, (counts.get(hour) ?? 0) + (pairs[at + 1] as number))
  }
  return counts
}

describe('a block of the index', () => {
  test('gives back what was put in, and counts it by kind', () => {
    fc.assert(
      fc.property(records, (list) => {
        const rows = rowsOf(list)
        const builder = built(rows)
        expect(unbuilt(builder)).toEqual(rows)
        expect(builder.nextOffset).toBe((rows.at(-1)?.offset ?? 0n) + 1n)
        for (const kind of decodeSummary(encodeSummary(builder.kinds))) {
          const alike = rows.filter(({ causeId, originId }) => causeId === kind.causeId && originId === kind.originId)
          const times = alike.flatMap(({ atMs }) => atMs ?? [])
          expect(kind).toMatchObject({
            records: alike.length,
            returned: alike.filter(({ flags }) => (flags & RETURNED) !== 0).length,
            timed: times.length,
            minAtMs: times.length === 0 ? null : Math.min(...times),
            maxAtMs: times.length === 0 ? null : Math.max(...times),
          })
          expect(byHour(kind.hours)).toEqual(byHour(times.flatMap((time) => [Math.floor(time / 3_600_000), 1])))
        }
      }),
    )
  })

  test('goes on where it was stored as if it had never been', () => {
    fc.assert(
      fc.property(records, records, (first, second) => {
        const rows = rowsOf([...first, ...second])
        const begun = built(rows.slice(0, first.length))
        if (begun.columns === null) return
        const columns = decodeColumns(begun.columns.firstOffset, encodeColumns(begun.columns))
        const resumed = BlockBuilder.from(columns, decodeSummary(encodeSummary(begun.kinds)))
        for (const { offset, atMs, flags, ...kind } of rows.slice(first.length)) resumed.add(offset, atMs, kind, flags)
        expect(unbuilt(resumed)).toEqual(rows)
        expect(resumed.kinds).toEqual(built(rows).kinds)
      }),
    )
  })

  test('damage is told', () => {
    fc.assert(
      fc.property(records, fc.nat(), (list, bit) => {
        const { columns, kinds } = built(rowsOf(list))
        if (columns === null) return
        for (const stored of [encodeColumns(columns), encodeSummary(kinds)]) {
          const at = bit % (stored.length * 8)
          stored[at >> 3] = (stored[at >> 3] as number) ^ (1 << (at & 7))
          expect(() => [decodeColumns(0n, stored), decodeSummary(stored)]).toThrow(RangeError)
        }
      }),
    )
  })

  test('takes no more than fits, and nothing too far away', () => {
    const builder = new BlockBuilder()
    for (let at = 0; at < BLOCK_RECORDS; at += 1) {
      expect(builder.accepts(START + BigInt(at))).toBe(true)
      builder.add(START + BigInt(at), null, { causeId: at, originId: 1 }, 0)
    }
    expect([builder.isFull, builder.accepts(START + BigInt(BLOCK_RECORDS))]).toEqual([true, false])
    expect(unbuilt(builder)).toHaveLength(BLOCK_RECORDS)
    const far = built(rowsOf([{ gap: 0, atMs: 1, causeId: 1, originId: 1, flags: 0 }]))
    expect(far.accepts(START + 2n ** 51n)).toBe(false)
  })

  test.each([
    [-1, null],
    [0, 0],
    [2 ** 50, 2 ** 50],
    [2 ** 50 + 1, null],
    [9.2e18, null],
    [null, null],
  ])('the time %s is taken for %s', (atMs, expected) => expect(usableTimeMs(atMs)).toBe(expected))
})

describe('the state of each record', () => {
  test('is what a plain list of runs says', () => {
    const run = fc.record({
      length: fc.nat(9),
      gap: fc.nat(9),
      status: fc.constantFrom('replayed', 'archived', 'returned'),
    })
    fc.assert(
      fc.property(records, fc.array(run, { maxLength: 12 }), fc.nat(40), (list, runs, expired) => {
        const rows = rowsOf(list.map((one) => ({ ...one, gap: one.gap % 4 })))
        const { columns } = built(rows)
        if (columns === null) return
        const row = START / BigInt(LEDGER_BLOCK_OFFSETS)
        const base = Number(START % BigInt(LEDGER_BLOCK_OFFSETS))
        let at = base
        const handled: LedgerRun[] = runs.map(({ gap, length, status }, index) => {
          const from = at + gap
          at = from + length + 1
          return { from, to: at, status: status as LedgerRun['status'], actionId: index }
        })
        const block = { firstOffset: columns.firstOffset, nextOffset: nextOffsetOf(columns) }
        const found = handledRunsIn(block, new Map([[row, { runs: handled, version: '' }]]))
        const startOffset = START + BigInt(expired)
        const states = statesOf(columns, found, startOffset)
        const expected = rows.map(({ offset }) => {
          const place = Number(offset - row * BigInt(LEDGER_BLOCK_OFFSETS))
          const mark = handled.find(({ from, to }) => place >= from && place < to)
          if (offset < startOffset) return mark === undefined ? EXPIRED : HANDLED_AND_GONE
          return mark === undefined ? OPEN : 1 + ['replayed', 'returned', 'archived'].indexOf(mark.status)
        })
        expect([...states]).toEqual(expected)
      }),
    )
  })
})
