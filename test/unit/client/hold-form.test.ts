import { expect, test } from 'vitest'
import { extendedBody, holdBody, holdEndsAtMs, topicOfLossToHold, topicToHold } from '../../../lib/client/hold-form.ts'
import { HOUR_MS } from '../../../lib/units.ts'

const NOW_MS = Date.UTC(2026, 0, 5, 3, 0, 1)
const MINUTE = Date.UTC(2026, 0, 5, 3, 1, 0)

test.each([
  ['hour', 1],
  ['shift', 8],
  ['day', 24],
  ['threeDays', 72],
] as const)('%s ends at a full minute, %i h ahead', (span, hours) => {
  expect(holdEndsAtMs(span, NOW_MS)).toBe(MINUTE + hours * HOUR_MS)
  expect(holdEndsAtMs(span, MINUTE)).toBe(MINUTE + hours * HOUR_MS)
})

test('a body has an end and a reason, or is none yet', () => {
  expect(holdBody('hour', '  billing is down ', NOW_MS)).toEqual({
    untilAt: '2026-01-05T04:01:00.000Z',
    reason: 'billing is down',
  })
  expect(holdBody('hour', '  ab  ', NOW_MS)).toBeNull()
  expect(holdBody('hour', 'x'.repeat(500), NOW_MS)).not.toBeNull()
  expect(holdBody('hour', 'x'.repeat(501), NOW_MS)).toBeNull()
})

test('an extension is counted from the present end, not from now', () => {
  expect(extendedBody({ untilAt: '2026-01-05T04:01:00.000Z' }, 'shift')).toEqual({
    untilAt: '2026-01-05T12:01:00.000Z',
  })
})

test('a hold is offered where unread messages are about to be deleted, or were', () => {
  const group = { type: 'group', name: 'billing' } as const
  const found = (code: string, facts = {}, subject: { type: 'group' | 'topic'; name: string } = group) =>
    topicToHold({ code, facts, subject })
  expect(found('group.unreadDeleted', { topic: 'orders' })).toBe('orders')
  expect(found('topic.retentionBelowLag', {}, { type: 'topic', name: 'pay' })).toBe('pay')
  expect(found('group.unreadDeleted', { topic: '' })).toBeNull()
  expect(found('group.unreadDeleted')).toBeNull()
  expect(found('group.stalled', { topic: 'orders' })).toBeNull()
  expect(topicOfLossToHold({ kind: 'retentionOverranGroup', topic: 'orders' })).toBe('orders')
  expect(topicOfLossToHold({ kind: 'dlqExpired', topic: 'orders-dlt' })).toBe('orders-dlt')
  expect(topicOfLossToHold({ kind: 'logTruncated', topic: 'orders' })).toBeNull()
})
