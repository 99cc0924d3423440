import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeLedgerRuns,
  encodeLedgerRuns,
  HANDLED_STATUSES,
  LEDGER_BLOCK_OFFSETS,
  type LedgerRuns,
  type Mark,
  markRuns,
} from '../../../lib/inbox/ledger-block.ts'

const OFFSETS = 40
/** At the end of the block, where a run meets its bound. */
const BASE = LEDGER_BLOCK_OFFSETS - OFFSETS

const mark = fc.record({
  status: fc.constantFrom(...HANDLED_STATUSES),
  actionId: fc.constantFrom(1, 2, 2 ** 31 - 1),
})
const ranges = fc.uniqueArray(fc.integer({ min: 0, max: OFFSETS }), { maxLength: 12 }).map((bounds) => {
  const sorted = bounds.sort((one, other) => one - other).map((bound) => BASE + bound)
  return Array.from({ length: sorted.length >> 1 }, (_, at) => ({
    from: sorted[2 * at] as number,
    to: sorted[2 * at + 1] as number,
  }))
})
const rule = fc.constantFrom<(before: Mark | null) => boolean>(
  () => true,
  (before) => before === null,
  (before) => before?.status === 'archived',
  (before) => before?.actionId !== 2,
)
const step = fc.record({ ranges, mark: fc.option(mark), rule })

function toMap(runs: LedgerRuns): (Mark | null)[] {
  const map = new Array<Mark | null>(OFFSETS).fill(null)
  for (const { from, to, status, actionId } of runs) map.fill({ status, actionId }, from - BASE, to - BASE)
  return map
}

describe('a block of the ledger', () => {
  test('says of each offset what a plain list of all offsets says, and marks nothing twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const naive = new Array<Mark | null>(OFFSETS).fill(null)
        let runs: LedgerRuns = []
        for (const { ranges, mark, rule } of steps) {
          for (const { from, to } of ranges) {
            for (let at = from - BASE; at < to - BASE; at += 1) if (rule(naive[at] ?? null)) naive[at] = mark
          }
          runs = markRuns(runs, ranges, mark, rule)
          expect(toMap(runs)).toEqual(naive)
        }
      }),
    )
  })

  test('joins neighbours of the same action', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const runs = steps.reduce<LedgerRuns>((all, { ranges, mark, rule }) => markRuns(all, ranges, mark, rule), [])
        for (let at = 1; at < runs.length; at += 1) {
          const [one, next] = [runs[at - 1], runs[at]]
          const touches = one?.to === next?.from && one?.status === next?.status && one?.actionId === next?.actionId
          expect(touches).toBe(false)
          expect((one?.to ?? 0) <= (next?.from ?? 0)).toBe(true)
        }
      }),
    )
  })

  test('the same again changes nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), ranges, fc.option(mark), (steps, again, mark) => {
        const runs = steps.reduce<LedgerRuns>((all, { ranges, mark, rule }) => markRuns(all, ranges, mark, rule), [])
        const once = markRuns(runs, again, mark, () => true)
        expect(markRuns(once, again, mark, () => true)).toBe(once)
      }),
    )
  })

  test('is stored and read again; damage is told, never taken for open', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), fc.nat(), (steps, bit) => {
        const runs = steps.reduce<LedgerRuns>((all, { ranges, mark, rule }) => markRuns(all, ranges, mark, rule), [])
        const stored = encodeLedgerRuns(runs)
        expect(decodeLedgerRuns(stored)).toEqual(runs)
        const at = bit % (stored.length * 8)
        stored[at >> 3] = (stored[at >> 3] as number) ^ (1 << (at & 7))
        expect(() => decodeLedgerRuns(stored)).toThrow(RangeError)
      }),
    )
  })

  test('every second offset of a whole block by changing actions: 65 KB at most, and read again', () => {
    const runs: LedgerRuns = Array.from({ length: LEDGER_BLOCK_OFFSETS / 2 }, (_, at) => ({
      from: 2 * at,
      to: 2 * at + 1,
      status: HANDLED_STATUSES[at % 3] ?? 'replayed',
      actionId: 1_000_000 + ((at * 7_919) % 5),
    }))
    const stored = encodeLedgerRuns(runs)
    expect(stored.length).toBeLessThan(65_536)
    expect(decodeLedgerRuns(stored)).toEqual(runs)
  })
})
