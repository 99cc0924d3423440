import { expect, test } from 'vitest'
import type { StoredHold } from '../../../lib/holds/hold-store.ts'
import { troubledHolds } from '../../../lib/holds/troubled-holds.ts'
import { HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { aBrokerHold, aHold } from '../../builders/holds.ts'
import { NOW_MS } from '../../builders/snapshots.ts'

const END_MS = NOW_MS + HOUR_MS
const BEFORE = aHold().settings.map(({ name, before }) => ({ name, before, broker: null, setting: name }))

function stored(over: Partial<StoredHold>): StoredHold {
  return {
    ...aHold(),
    ...{ id: 'h', state: 'active', activeAtMs: NOW_MS, releasedBy: null, endedAtMs: null, outcome: null },
    ...{ revision: 1, claimedUntilMs: null, lookAtMs: END_MS, failures: 0, fault: null },
    ...over,
  }
}

test.each<[string, Partial<StoredHold>, number, 'overdue' | null]>([
  ['held', {}, NOW_MS, null],
  ['just over', {}, END_MS + 5 * MINUTE_MS - 1, null],
  ['over for long', {}, END_MS + 5 * MINUTE_MS, 'overdue'],
  ['being given back', { state: 'releasing', failures: 5 }, NOW_MS, null],
  ['released by somebody, in vain', { state: 'releasing', failures: 6 }, NOW_MS, 'overdue'],
  ['not set yet', { state: 'planned', failures: 9 }, NOW_MS, null],
  ['ended', { state: 'released' }, END_MS + HOUR_MS, null],
  ['refused', { state: 'failed' }, END_MS + HOUR_MS, null],
])('one that is %s', (_, over, nowMs, expected) => {
  const told = troubledHolds([stored(over)], nowMs)
  expect(told.map(({ trouble }) => trouble)).toEqual(expected === null ? [] : [expected])
  for (const { topic, topicId, settings } of told) {
    expect([topic, topicId]).toEqual(['orders', 'id'])
    expect(settings).toMatchObject(BEFORE)
  }
})

test('of brokers each by itself', () => {
  const told = troubledHolds([stored({ ...aBrokerHold(), state: 'releasing', failures: 6 })], NOW_MS)
  expect(told[0]?.settings).toEqual([
    { name: 'a:0 fileReservedTime', before: '72', broker: 'a:0', setting: 'fileReservedTime' },
    { name: 'a:1 fileReservedTime', before: '48', broker: 'a:1', setting: 'fileReservedTime' },
  ])
})

test('of a conflict, what somebody changed', () => {
  const [time, size] = aHold().settings
  if (time === undefined || size === undefined) throw new Error('two settings')
  const settings = [time, { ...size, foundInstead: { override: '77' } }]
  const told = troubledHolds([stored({ state: 'conflict', settings })], NOW_MS)
  expect(told).toMatchObject([{ trouble: 'conflict', settings: [{ name: 'retention.bytes', before: '5000' }] }])
})
