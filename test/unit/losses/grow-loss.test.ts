import { expect, test } from 'vitest'
import type { Loss } from '../../../lib/durability/losses/loss.ts'
import { type GrowingLoss, growLoss } from '../../../lib/losses/grow-loss.ts'
import { NOW_MS } from '../../builders/snapshots.ts'
import { aLoss, detected } from '../../builders/stored-losses.ts'

const known = (over: Partial<Loss> = {}): GrowingLoss => ({ ...aLoss(over), lastDetectedAtMs: NOW_MS })
const LATER_MS = NOW_MS + 5_000

test('more of the same grows the entry and the time in which it happened', () => {
  const more = detected(
    {
      toOffset: 700n,
      count: 610n,
      countBound: 'upper',
      windowFromMs: NOW_MS,
      windowToMs: LATER_MS,
      evidence: { x: 1 },
    },
    LATER_MS,
  )
  expect(growLoss(known(), more)).toEqual({
    ...{ kind: 'retentionOverranGroup', fromOffset: 90n, toOffset: 700n, count: 610n, countBound: 'upper' },
    ...{ windowFromMs: aLoss().windowFromMs, windowToMs: LATER_MS, isAbandoned: false, evidence: { x: 1 } },
    lastDetectedAtMs: LATER_MS,
  })
})

test.each<[string, Partial<Loss>, Partial<Loss>, Partial<GrowingLoss> | null]>([
  ['the same again says nothing new', {}, {}, null],
  ['less than before says nothing new', {}, { fromOffset: 200n, count: 300n }, null],
  ['an unknown count takes nothing away', {}, { count: null }, null],
  ['a count that becomes known is news', { count: null }, { count: 0n }, { count: 0n }],
  ['a group that became nobody’s is news', {}, { isAbandoned: true, count: 1n }, { isAbandoned: true, count: 410n }],
  [
    'the graver name for one event stays',
    { kind: 'logTruncated' },
    { kind: 'uncleanElection', count: 5n, evidence: { leaderNow: '3' } },
    { kind: 'uncleanElection', count: 410n, evidence: { leaderNow: '3' } },
  ],
  ['and is not taken back', { kind: 'uncleanElection' }, { kind: 'logTruncated' }, null],
  [
    'what had no offsets gets them',
    { fromOffset: null, toOffset: null, count: 1n },
    {},
    { fromOffset: 90n, toOffset: 500n },
  ],
  ['and keeps them', {}, { fromOffset: null, toOffset: null, count: 999n }, { fromOffset: 90n, toOffset: 500n }],
  [
    'a window without a beginning gets one',
    { windowFromMs: null, count: 1n },
    { windowFromMs: 7 },
    { windowFromMs: 7 },
  ],
])('%s', (_, before, found, expected) => {
  const grown = growLoss(known(before), detected(found))
  if (expected === null) expect(grown).toBeNull()
  else expect(grown).toMatchObject(expected)
})
