import { expect, test } from 'vitest'
import { holdLevel } from '../../../lib/client/hold-views.ts'

const ACTIVE = { state: 'active', isInEffect: true, trouble: null } as const
const TROUBLE = { code: 'requestTimeout', message: 'no answer', fix: 'wait', facts: {} }

test.each([
  ['held', ACTIVE, 'watch'],
  ['held, as far as is known', { ...ACTIVE, isInEffect: null }, 'watch'],
  ['held no more, since somebody changed it', { ...ACTIVE, isInEffect: false }, 'atRisk'],
  ['not confirmed yet', { ...ACTIVE, state: 'planned', isInEffect: null }, 'atRisk'],
  ['being given back', { ...ACTIVE, state: 'releasing', isInEffect: null }, 'watch'],
  ['not to be given back', { ...ACTIVE, state: 'releasing', isInEffect: null, trouble: TROUBLE }, 'atRisk'],
  ['changed meanwhile', { ...ACTIVE, state: 'conflict', isInEffect: null }, 'atRisk'],
  [
    'changed meanwhile, and held again since',
    { ...ACTIVE, state: 'conflict', isInEffect: null, isSettled: true },
    'safe',
  ],
  ['ended', { ...ACTIVE, state: 'released', isInEffect: null, isSettled: true }, 'safe'],
] as const)('%s', (_, hold, expected) => {
  expect(holdLevel(hold)).toBe(expected)
})
