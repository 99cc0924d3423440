import { describe, expect, it, test } from 'vitest'
import { type BrakeInput, brakeReason, canaryVerdict } from '../../../lib/replay/brake.ts'

const CALM: BrakeInput = {
  brake: { maxAddedLag: 1_000, maxReturnRatio: 0.1, isr: true },
  baseline: { lagByGroup: { billing: 500 }, returned: 0, produced: 0 },
  groups: [{ group: 'billing', lagMessages: 1_500n, isIdle: false }],
  targets: [{ topic: 'orders', durability: 'atMinIsr' }],
  produced: 1_000,
  returned: 100,
  isHeld: false,
}
const lag = (lagMessages: bigint | null, isIdle = false) => [{ group: 'billing', lagMessages, isIdle }]

describe('the brake', () => {
  test.each<[string, Partial<BrakeInput>, string | null]>([
    ['just at every limit', {}, null],
    ['one message more than the lag may grow', { groups: lag(1_501n) }, 'groupLag'],
    ['a lag that nobody knows', { groups: lag(null) }, null],
    ['a group that nobody runs', { groups: lag(1_000_000n, true) }, null],
    [
      'a group that came later counts from 0',
      { groups: [{ group: 'new', lagMessages: 1_001n, isIdle: false }] },
      'groupLag',
    ],
    ['lag switched off', { groups: lag(9_999n), brake: { ...CALM.brake, maxAddedLag: null } }, null],
    ['held, and not yet clearly better', { groups: lag(1_301n), isHeld: true }, 'groupLag'],
    ['held, and clearly better', { groups: lag(1_300n), isHeld: true }, null],
    ['under min ISR', { targets: [{ topic: 'orders', durability: 'underMinIsr' }] }, 'targetUnderMinIsr'],
    ['offline', { targets: [{ topic: 'orders', durability: 'offline' }] }, 'targetOffline'],
    ['unknown health is no ill health', { targets: [{ topic: 'orders', durability: 'unknown' }] }, null],
    ['more came back than may', { returned: 101 }, 'returned'],
    ['too few sent to judge', { produced: 19, returned: 19 }, null],
    [
      'only what came back since somebody looked counts',
      { returned: 200, baseline: { ...CALM.baseline, returned: 100 } },
      null,
    ],
    ['returns switched off', { returned: 900, brake: { ...CALM.brake, maxReturnRatio: null } }, null],
  ])('%s', (_case, change, code) => {
    expect(brakeReason({ ...CALM, ...change })?.code ?? null).toBe(code)
  })

  it('says which group and by how much', () => {
    expect(brakeReason({ ...CALM, groups: lag(2_500n) })?.facts).toEqual({
      group: 'billing',
      addedLag: 2_000,
      limit: 1_000,
    })
  })
})

test.each([
  [10, 0, 0.2, 'pass'],
  [10, 2, 0.2, 'pass'],
  [10, 3, 0.2, 'stop'],
  [10, 1, null, 'stop'],
  [0, 0, 0.2, 'pass'],
] as const)('of %i canaries %i came back, with %s allowed: %s', (sent, returned, ratio, verdict) => {
  expect(canaryVerdict(sent, returned, ratio)).toBe(verdict)
})
