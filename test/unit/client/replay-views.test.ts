import { describe, expect, test } from 'vitest'
import { REPLAY_STATES, type ReplayAnswer } from '../../../lib/api/schemas/replays.ts'
import {
  byConcern,
  estimateMs,
  FILTER_STATES,
  may,
  PHASE,
  progressOf,
  remainingMs,
} from '../../../lib/client/replay-views.ts'

const counts: ReplayAnswer['counts'] = {
  ...{ selected: 100, produced: 40, unconfirmed: 0, skipped: 5, failed: 5, delivered: 30, returned: 1 },
  ...{ expiredInTarget: null, unknown: null },
}

describe('how far a replay is', () => {
  test('counts what is left out and failed as done', () => {
    expect(progressOf({ counts })).toEqual({ done: 50, waiting: 50, ratio: 0.5 })
  })

  test('is not known before anything is selected', () => {
    const none = { ...counts, selected: 0, produced: 0, skipped: 0, failed: 0 }
    expect(progressOf({ counts: none })).toEqual({ done: 0, waiting: 0, ratio: null })
  })

  test('says what is left only while it moves', () => {
    expect(remainingMs({ counts, recordsPerSecond: 20 })).toBe(3_000)
    expect(remainingMs({ counts, recordsPerSecond: 0 })).toBeNull()
    expect(remainingMs({ counts, recordsPerSecond: null })).toBeNull()
    expect(estimateMs(1_000, null, 0)).toBeNull()
    expect(estimateMs(null, 10, 0)).toBeNull()
    expect(estimateMs(101, 10, null)).toBeNull()
    expect(estimateMs(101, 10, 70)).toBe(81_000)
  })
})

describe('what may be done', () => {
  test('nothing any more when it is over', () => {
    for (const state of REPLAY_STATES.filter((one) => PHASE[one] === 'over')) {
      expect(
        ['start', 'approve', 'pause', 'resume', 'cancel', 'rate'].filter((one) =>
          may({ state, waitsFor: null }, one as 'start'),
        ),
      ).toEqual([])
    }
  })

  test('starting only a plan that is ready, and approved where that is asked for', () => {
    expect(REPLAY_STATES.filter((state) => may({ state, waitsFor: null }, 'start'))).toEqual(['planned', 'approved'])
    // Again, once the first approval has run out.
    expect(REPLAY_STATES.filter((state) => may({ state, waitsFor: null }, 'approve'))).toEqual([
      'awaitingApproval',
      'approved',
    ])
  })

  test('resuming, unless nobody can go on in spite of what holds it', () => {
    const resumable = (canResume: boolean) =>
      REPLAY_STATES.filter((state) => may({ state, waitsFor: { code: 'any', message: '', canResume } }, 'resume'))
    expect([resumable(true), resumable(false)]).toEqual([['paused', 'braked'], []])
  })
})

test('every state is in one part of the list', () => {
  const listed = Object.values(FILTER_STATES).flat()
  expect([...listed].sort()).toEqual([...REPLAY_STATES].sort())
})

test('the group that failed comes first', () => {
  const group = (name: string, note: 'failed' | 'other' | 'unknown') => ({ group: name, state: null, topics: [], note })
  const sorted = byConcern([group('b', 'other'), group('a', 'other'), group('z', 'failed'), group('m', 'unknown')])
  expect(sorted.map((one) => one.group)).toEqual(['z', 'm', 'a', 'b'])
})
