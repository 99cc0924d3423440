import { expect, test } from 'vitest'
import { type AttemptResult, afterAttempt, type DeliveryChange } from '../../../lib/outbox/delivery.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'

const NOW_MS = Date.UTC(2026, 0, 5)
const RETRY: AttemptResult = { state: 'retry', retryAfterMs: null }

const after = (tries: number, result: AttemptResult, triedSinceMs = NOW_MS): DeliveryChange =>
  afterAttempt({ tries, triedSinceMs }, result, NOW_MS)

test.each([
  ['the first', 0, 5 * SECOND_MS],
  ['the second', 1, 15 * SECOND_MS],
  ['the third', 2, MINUTE_MS],
  ['the fourth', 3, 5 * MINUTE_MS],
  ['the fifth', 4, HOUR_MS],
  ['the twentieth', 19, HOUR_MS],
])('after %s attempt that failed it waits', (_name, tries, waitMs) => {
  expect(after(tries, RETRY)).toEqual({ state: 'waiting', nextAttemptAtMs: NOW_MS + waitMs, tries: tries + 1 })
})

test('a receiver that asks for more time gets it, one that asks for less does not shorten the pause', () => {
  expect(after(0, { ...RETRY, retryAfterMs: MINUTE_MS }).nextAttemptAtMs).toBe(NOW_MS + MINUTE_MS)
  expect(after(3, { ...RETRY, retryAfterMs: SECOND_MS }).nextAttemptAtMs).toBe(NOW_MS + 5 * MINUTE_MS)
})

test.each(['delivered', 'refused'] as const)('what is %s is not tried again', (state) => {
  expect(after(2, { state, retryAfterMs: null })).toEqual({ state, nextAttemptAtMs: null, tries: 3 })
})

test('after a day it is given up, and not before', () => {
  expect(after(20, RETRY, NOW_MS - DAY_MS + HOUR_MS).state).toBe('waiting')
  expect(after(20, RETRY, NOW_MS - DAY_MS + HOUR_MS - 1)).toEqual({
    ...{ state: 'givenUp', nextAttemptAtMs: null, tries: 21 },
  })
  expect(after(0, { ...RETRY, retryAfterMs: 2 * DAY_MS }).state).toBe('givenUp')
})
