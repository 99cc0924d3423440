import { describe, expect, test } from 'vitest'
import {
  type FailingRecord,
  healthChanges,
  isFailing,
  type ReceiverRecord,
  type ToldOfReceiver,
} from '../../../lib/telling/receiver-health.ts'
import { MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'

const NOW_MS = 100 * MINUTE_MS
const GONE: FailingRecord = { sinceMs: NOW_MS - SECOND_MS, code: 'gone', facts: { status: 410 }, isRefused: true }
const DOWN: FailingRecord = { sinceMs: NOW_MS - 20 * MINUTE_MS, code: 'connectionRefused', facts: {}, isRefused: false }
const failing = (record: FailingRecord | null, deliveredAtMs: number | null = null): ReceiverRecord => {
  return { receiverId: 'chat', deliveredAtMs, failing: record }
}
const TOLD: ToldOfReceiver = {
  ...{ receiverId: 'chat', sinceMs: NOW_MS - 30 * MINUTE_MS, code: 'connectionRefused', facts: {}, isFailing: true },
}
const KNOWN = new Set(['chat', 'mail'])

describe('a receiver takes nothing', () => {
  test.each<[string, Partial<FailingRecord>, boolean]>([
    ['at once where it is gone', GONE, true],
    ['ten minutes after what did not arrive was to be told', { ...DOWN, sinceMs: NOW_MS - 10 * MINUTE_MS }, true],
    ['not before', { ...DOWN, sinceMs: NOW_MS - 10 * MINUTE_MS + 1 }, false],
    ['not at once where it refused what may have been one message', { ...GONE, code: 'statusRefused' }, false],
    ['after a while there, too', { ...GONE, code: 'statusRefused', sinceMs: NOW_MS - 10 * MINUTE_MS }, true],
  ])('%s', (_, over, expected) => {
    expect(isFailing({ ...GONE, ...over }, NOW_MS)).toBe(expected)
  })
})

describe('others are told', () => {
  const changes = (record: ReceiverRecord | null, told: ToldOfReceiver[] = [], known: ReadonlySet<string> = KNOWN) =>
    healthChanges(record === null ? [] : [record], told, known, NOW_MS)

  test('when it begins, with why', () => {
    const { isRefused: _, ...why } = GONE
    expect(changes(failing(GONE))).toEqual([{ receiverId: 'chat', ...why, endedAtMs: null, isRemoved: false }])
  })

  test('when something arrives again, and when the receiver is taken away', () => {
    const { isFailing: _, ...begun } = TOLD
    expect(changes(failing(null, NOW_MS - 5), [TOLD])).toEqual([{ ...begun, endedAtMs: NOW_MS - 5, isRemoved: false }])
    expect(changes(null, [TOLD], new Set(['mail']))).toEqual([{ ...begun, endedAtMs: NOW_MS, isRemoved: true }])
  })

  test.each<[string, ReceiverRecord | null, ToldOfReceiver[], ReadonlySet<string>]>([
    ['it works', failing(null, NOW_MS), [], KNOWN],
    ['nothing was sent to it', failing(null), [], KNOWN],
    ['it stumbles', failing({ ...DOWN, sinceMs: NOW_MS - MINUTE_MS }), [], KNOWN],
    ['they know', failing(DOWN), [TOLD], KNOWN],
    ['they know, and what arrived arrived before', failing(null, NOW_MS - 31 * MINUTE_MS), [TOLD], KNOWN],
    ['they know, and nothing of it is kept', null, [TOLD], KNOWN],
    ['they know that it works again', failing(null, NOW_MS), [{ ...TOLD, isFailing: false }], KNOWN],
    ['it is not there any more', failing(DOWN), [], new Set(['mail'])],
  ])('nothing where %s', (_, record, told, known) => {
    expect(changes(record, told, known)).toEqual([])
  })

  test('of the next time', () => {
    expect(changes(failing(DOWN), [{ ...TOLD, isFailing: false }])).toMatchObject([{ endedAtMs: null }])
  })
})
