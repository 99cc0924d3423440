import { describe, expect, it, test } from 'vitest'
import type { AlertAnswer, AlertRuleAnswer } from '../../../lib/api/schemas/alerts.ts'
import {
  isLoud,
  marksOf,
  parseAlertFilter,
  recordsBeginMs,
  routeExample,
  silenceBody,
} from '../../../lib/client/alert-views.ts'
import { firingAlertsOfAll } from '../../../lib/client/cluster-views.ts'

test.each([
  ['ended', 'ended'],
  ['all', 'all'],
  ['', 'open'],
  ['else', 'open'],
])('the address "%s" asks for %s', (text, filter) => {
  expect(parseAlertFilter(text)).toBe(filter)
})

const FIRING = { state: 'firing', acknowledgedAt: null, silence: null, inhibitedBy: null, mute: null } as const

test.each<[string, Partial<AlertAnswer>, boolean]>([
  ['fires', {}, true],
  ['is not known any more', { state: 'noData' }, true],
  ['cannot be polled', { state: 'pollError' }, true],
  ['waits', { state: 'pending' }, false],
  ['has ended', { state: 'resolved' }, false],
  ['has somebody who looks after it', { acknowledgedAt: '2026-01-05T00:00:00Z' }, false],
  ['is silenced', { silence: { id: 's', reason: 'r', untilAt: '2026-01-05T00:00:00Z' } }, false],
  ['is told by another', { inhibitedBy: 'a' }, false],
])('one that %s: loud %s', (_, over, loud) => {
  expect(isLoud({ ...FIRING, ...over })).toBe(loud)
})

test('only the marks that a rule has are told', () => {
  const when = { raiseAbove: 300, clearBelow: 60, raiseBelow: null, clearAbove: null } as AlertRuleAnswer['when']
  expect(marksOf({ when })).toEqual([
    ['raiseAbove', 300],
    ['clearBelow', 60],
  ])
})

test('the rail counts what fires in all clusters', () => {
  expect(firingAlertsOfAll([{ firingAlerts: 2 }, { firingAlerts: null }, { firingAlerts: 1 }])).toBe(3)
})

describe('a silence', () => {
  const alert = { ruleCode: 'group.stopped', clusterId: 'live', subject: { type: 'group', name: 'a*b' } } as const

  it('is of this rule at this subject, and ends at a full minute', () => {
    expect(silenceBody(alert, ' moving ', 'hour', 1)).toEqual({
      ...{ code: 'group.stopped', cluster: 'live', subject: 'a?b', reason: 'moving' },
      untilAt: '1970-01-01T01:01:00.000Z',
    })
  })

  it('of the cluster itself is of every subject, and needs a reason', () => {
    expect(silenceBody({ ...alert, subject: { type: 'cluster', name: '' } }, 'moving', 'day', 0)).toMatchObject({
      subject: '*',
    })
    expect(silenceBody(alert, '  x ', 'day', 0)).toBeNull()
  })
})

test('an example of an alert is one when it says what it is about', () => {
  const example = { code: 'dlq.depth', clusterId: 'c', severity: 'high', type: 'topic', name: ' orders ' } as const
  const rest = { code: 'dlq.depth', clusterId: 'c', severity: 'high' }
  expect(routeExample(example)).toEqual({ ...rest, subject: { type: 'topic', name: 'orders' } })
  expect(routeExample({ ...example, type: 'cluster', name: 'x' })).toEqual({
    ...rest,
    subject: { type: 'cluster', name: '' },
  })
  for (const lacking of [{ name: ' ' }, { code: '' }, { clusterId: '' }]) {
    expect(routeExample({ ...example, ...lacking })).toBe(null)
  }
})

test.each([
  ['there are none', null, null],
  ['they cover the whole of it', '2026-01-01T00:00:00.000Z', null],
  ['they begin with its first step', '2026-01-01T00:55:00.000Z', null],
  ['they begin within it', '2026-01-04T00:00:00.000Z', Date.UTC(2026, 0, 4)],
])('where records begin of what a rule was run over: %s', (_, recordedFrom, beginMs) => {
  const week = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-08T00:00:00.000Z' }
  expect(recordsBeginMs({ ...week, recordedFrom })).toBe(beginMs)
})
