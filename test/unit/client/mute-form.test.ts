import { describe, expect, test } from 'vitest'
import {
  firstForm,
  isLoss,
  type MuteForm,
  muteBody,
  mutedLoss,
  muteEndsAtMs,
  scopesOf,
} from '../../../lib/client/mute-form.ts'
import { muteEnd, muteInput } from '../../../lib/config/rules.ts'
import { anyGlobMatcher } from '../../../lib/glob.ts'
import { DAY_MS } from '../../../lib/units.ts'

const NOW_MS = Date.UTC(2026, 10, 29, 13, 0, 30)
const NEXT_MINUTE_MS = Date.UTC(2026, 10, 29, 13, 1)

const ofTopic = { code: 'topic.minIsrOne', clusterId: 'live', subject: { type: 'topic', name: '%DLQ%pay' } } as const
const ofCluster = { code: 'cluster.singleRack', clusterId: 'live', subject: { type: 'cluster', name: '' } } as const
const written: MuteForm = { ...firstForm(ofTopic), reason: ' known ' }

test('the first choice hides least; a finding of the cluster itself is at no other subject', () => {
  expect(firstForm(ofTopic)).toEqual({ scope: 'subject', reason: '', end: 'week', date: '' })
  expect(firstForm(ofCluster).scope).toBe('cluster')
  expect(scopesOf(ofTopic)).toEqual(['subject', 'cluster', 'everywhere'])
  expect(scopesOf(ofCluster)).toEqual(['cluster', 'everywhere'])
})

test.each([
  ['its group', { group: 'billing', topic: 'orders', broker: null }, { type: 'group', name: 'billing' }],
  ['its topic', { group: null, topic: 'orders', broker: 'a' }, { type: 'topic', name: 'orders' }],
  ['its broker', { group: null, topic: null, broker: 'a:1' }, { type: 'broker', name: 'a:1' }],
] as const)('a loss is muted by its kind, at %s', (_, place, subject) => {
  const loss = mutedLoss({ kind: 'logTruncated', clusterId: 'live', ...place })
  expect(loss).toEqual({ code: 'loss.logTruncated', clusterId: 'live', subject })
  expect([isLoss(loss), isLoss(ofTopic)]).toEqual([true, false])
  expect(muteInput.extend({ untilAt: muteEnd }).parse(muteBody(loss, written, NOW_MS))).toMatchObject({
    ...{ code: 'loss.logTruncated', cluster: 'live', subject: subject.name },
  })
})

describe('what is asked for', () => {
  test.each([
    ['subject', { cluster: 'live', subject: '%DLQ%pay' }],
    ['cluster', { cluster: 'live', subject: '*' }],
    ['everywhere', { cluster: '*', subject: '*' }],
  ] as const)('%s', (scope, expected) => {
    const body = muteBody(ofTopic, { ...written, scope }, NOW_MS)
    expect(body).toEqual({
      ...{ code: 'topic.minIsrOne', ...expected, reason: 'known' },
      untilAt: new Date(NEXT_MINUTE_MS + 7 * DAY_MS).toISOString(),
    })
    expect(muteInput.extend({ untilAt: muteEnd }).parse(body)).toMatchObject(expected)
  })

  test('covers a name that holds a star, and not what begins alike', () => {
    const ofGroup = { ...ofTopic, subject: { type: 'group', name: 'a*' } } as const
    const isMuted = anyGlobMatcher([muteBody(ofGroup, written, NOW_MS)?.subject ?? ''])
    expect(['a*', 'a*b', 'abc'].map(isMuted)).toEqual([true, false, false])
  })

  test.each<[string, Partial<MuteForm>]>([
    ['no reason', { reason: '' }],
    ['a reason of blanks', { reason: '      ' }],
    ['a reason that says nothing', { reason: 'no' }],
    ['a reason that is too long', { reason: 'r'.repeat(501) }],
    ['no day', { end: 'date' }],
    ['a day that has begun', { end: 'date', date: '2026-11-28' }],
    ['a day in more than a year', { end: 'date', date: '2028-01-01' }],
  ])('is nothing yet with %s', (_, over) => {
    expect(muteBody(ofTopic, { ...written, ...over }, NOW_MS)).toBeNull()
  })
})

test.each([
  ['day', NEXT_MINUTE_MS + DAY_MS],
  ['week', NEXT_MINUTE_MS + 7 * DAY_MS],
  ['month', NEXT_MINUTE_MS + 30 * DAY_MS],
  ['date', new Date(2026, 11, 24).getTime()],
] as const)('ends after a %s', (end, expected) => {
  expect(muteEndsAtMs({ end, date: '2026-12-24' }, NOW_MS)).toBe(expected)
})
