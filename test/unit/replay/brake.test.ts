import { describe, expect, it, test } from 'vitest'
import { type BrakeInput, blindReason, brakeReason, canaryVerdict } from '../../../lib/replay/brake.ts'

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
    ['lag that was not known at the start', { baseline: { ...CALM.baseline, lagByGroup: { billing: null } } }, null],
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

describe('nobody has seen the target lately', () => {
  const { brake } = CALM
  const lost = { isClear: false, lastAtMs: 0 }

  test.each<[string, Parameters<typeof blindReason>[0], Parameters<typeof blindReason>[1], string | null]>([
    ['it was seen', brake, { isClear: true, lastAtMs: 0 }, null],
    ['not for long', brake, lost, 'targetUnseen'],
    ['not even once', brake, { isClear: false, lastAtMs: null }, 'targetNeverSeen'],
    ['nothing brakes by what is seen', { ...brake, maxAddedLag: null, isr: false }, lost, null],
    ['only lag does', { ...brake, isr: false }, lost, 'targetUnseen'],
  ])('%s', (_case, settings, sight, code) => {
    expect(blindReason(settings, sight)?.code ?? null).toBe(code)
  })

  it('says since when', () => {
    expect(blindReason(brake, lost)?.facts).toEqual({ since: '1970-01-01T00:00:00.000Z' })
  })
})

test.each([
  [{ delivered: 10, returned: 0, readers: 1 }, 0.2, 'pass'],
  [{ delivered: 10, returned: 2, readers: 1 }, 0.2, 'pass'],
  [{ delivered: 10, returned: 3, readers: 1 }, 0.2, 'stop'],
  [{ delivered: 10, returned: 1, readers: 1 }, null, 'stop'],
  // Only what was read says anything.
  [{ delivered: 4, returned: 1, readers: 1 }, 0.2, 'stop'],
  // It came back, and the poll that would tell that it was read is not there yet.
  [{ delivered: 0, returned: 1, readers: 1 }, 0.2, 'stop'],
  [{ delivered: 0, returned: 0, readers: 1 }, 0.2, 'unread'],
  [{ delivered: null, returned: 0, readers: 1 }, 0.2, 'unread'],
  [{ delivered: null, returned: 0, readers: 0 }, 0.2, 'noReader'],
] as const)('of a canary %j, with %s allowed: %s', (seen, ratio, verdict) => {
  expect(canaryVerdict(seen, ratio)).toBe(verdict)
})
