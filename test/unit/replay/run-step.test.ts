import { describe, expect, it, test } from 'vitest'
import { BatchSize, nextStep, type RunSituation } from '../../../lib/replay/run-step.ts'

const GOING: RunSituation = {
  state: 'running',
  nowMs: 10_000,
  graceUntilMs: 0,
  brake: null,
  retryAtMs: null,
  canary: null,
  rateWaitMs: 0,
  allowance: { records: null, bytes: null },
  limits: { records: 2_000, bytes: 1_000_000 },
}
const REASON = { code: 'groupLag', facts: {} }
const canary = { left: 0, sentAtMs: 9_000, waitMs: 5_000, verdict: 'pass' } as const

describe('the next step', () => {
  test.each<[string, Partial<RunSituation>, object]>([
    ['sends what a transaction may hold', {}, { type: 'send', records: 2_000, bytes: 1_000_000 }],
    [
      'sends what the rate allows',
      { allowance: { records: 10.7, bytes: 500 } },
      { type: 'send', records: 10, bytes: 500 },
    ],
    ['waits for the rate, and looks up meanwhile', { rateWaitMs: 60_000 }, { type: 'wait', forMs: 250, because: null }],
    [
      'sends nothing while a start can be taken back',
      { graceUntilMs: 10_100 },
      { type: 'wait', forMs: 100, because: { code: 'grace', facts: {} } },
    ],
    ['brakes', { brake: REASON }, { type: 'brake', reason: REASON }],
    ['stays braked', { brake: REASON, state: 'braked' }, { type: 'wait', forMs: 250, because: REASON }],
    ['releases when the reason is gone', { state: 'braked' }, { type: 'release', isCanaryLate: false }],
    [
      'asks a cluster in trouble only when it is due',
      { state: 'braked', retryAtMs: 10_050 },
      { type: 'wait', forMs: 50, because: null },
    ],
    ['and then does', { state: 'braked', retryAtMs: 10_000 }, { type: 'release', isCanaryLate: false }],
    [
      'sends no more than the canary',
      { state: 'canary', canary: { ...canary, left: 3, sentAtMs: null } },
      { type: 'send', records: 3, bytes: 1_000_000 },
    ],
    [
      'waits for the canary',
      { state: 'canary', canary },
      { type: 'wait', forMs: 250, because: { code: 'canary', facts: {} } },
    ],
    ['goes on behind it', { state: 'canary', nowMs: 14_000, canary }, { type: 'canaryPassed' }],
    ['or stops', { state: 'canary', nowMs: 14_000, canary: { ...canary, verdict: 'stop' } }, { type: 'canaryStopped' }],
    [
      'holds a canary that nobody has read',
      { state: 'canary', nowMs: 14_000, canary: { ...canary, verdict: 'unread' } },
      { type: 'brake', reason: { code: 'canaryUnread', facts: {} } },
    ],
    [
      'and one that nobody can read, as long as that is so',
      { state: 'braked', nowMs: 14_000, canary: { ...canary, verdict: 'noReader' } },
      { type: 'wait', forMs: 250, because: { code: 'canaryNoReader', facts: {} } },
    ],
    [
      'goes on when somebody has read it, with all its time',
      { state: 'braked', nowMs: 14_000, canary },
      { type: 'release', isCanaryLate: true },
    ],
    ['goes on within its time', { state: 'braked', nowMs: 13_999, canary }, { type: 'release', isCanaryLate: false }],
    ['the brake holds a canary, too', { state: 'canary', canary, brake: REASON }, { type: 'brake', reason: REASON }],
  ])('%s', (_case, change, step) => {
    expect(nextStep({ ...GOING, ...change })).toEqual(step)
  })
})

describe('the size of a batch', () => {
  it('grows while transactions are short and shrinks when they are long', () => {
    const size = new BatchSize()
    const first = size.records
    size.took(first, 100)
    expect(size.records).toBe(2 * first)
    size.took(2 * first, 2_000)
    expect(size.records).toBe(first)
    // A batch that was small for another reason says nothing of a larger one.
    size.took(1, 1)
    expect(size.records).toBe(first)
  })

  it('closes in on a record that is refused, and opens again behind it', () => {
    const size = new BatchSize()
    size.shrink(1)
    expect(size.records).toBe(1)
    for (let count = 0; count < 20; count += 1) size.took(size.records, 100)
    expect(size.records).toBeGreaterThan(1_000)
  })

  it('stays at what a quota lets through', () => {
    const size = new BatchSize()
    size.shrink(40)
    size.took(40, 9_000)
    expect(size.records).toBe(40)
    size.took(40, 100)
    expect(size.records).toBe(80)
  })
})
