import { describe, expect, test } from 'vitest'
import type { ReceiverType } from '../../../lib/config/receivers.ts'
import { RateBuckets } from '../../../lib/receivers/rate-bucket.ts'
import { MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'

/** As many as it lets through when it is asked all the time, by the second in which each went. */
function sentWithin(type: ReceiverType, durationMs: number): number[] {
  const buckets = new RateBuckets()
  const sent: number[] = []
  for (let atMs = 0; atMs < durationMs; atMs += 50) if (buckets.take({ id: 'r', type }, atMs) === 0) sent.push(atMs)
  return sent
}

/** In any stretch of such a length, not only in those that begin with the clock. */
function mostWithin(sent: readonly number[], lengthMs: number): number {
  return Math.max(...sent.map((fromMs) => sent.filter((atMs) => atMs >= fromMs && atMs < fromMs + lengthMs).length))
}

describe('never more than the vendor takes', () => {
  test.each([
    ['dingtalk', 20, MINUTE_MS],
    ['wecom', 20, MINUTE_MS],
    ['feishu', 100, MINUTE_MS],
    ['teams', 4, SECOND_MS],
  ] as const)('%s: %i', (type, most, lengthMs) => {
    const sent = sentWithin(type, 5 * MINUTE_MS)
    expect(mostWithin(sent, lengthMs)).toBeLessThanOrEqual(most)
    expect(sent.length).toBeGreaterThan((most * 5 * MINUTE_MS) / lengthMs / 3)
  })

  test('five of Feishu in a second', () => {
    expect(mostWithin(sentWithin('feishu', MINUTE_MS), SECOND_MS)).toBeLessThanOrEqual(5)
  })
})

test('says how long to wait, and holds what it said', () => {
  const buckets = new RateBuckets()
  const slack = { id: 'r', type: 'slack' } as const
  for (let index = 0; index < 3; index += 1) expect(buckets.take(slack, 0)).toBe(0)
  const waitMs = buckets.take(slack, 0)
  expect(waitMs).toBe(SECOND_MS)
  expect(buckets.take(slack, waitMs - 1)).toBeGreaterThan(0)
  expect(buckets.take(slack, waitMs)).toBe(0)
})

test('each receiver has its own', () => {
  const buckets = new RateBuckets()
  for (let index = 0; index < 9; index += 1) buckets.take({ id: 'one', type: 'slack' }, 0)
  expect(buckets.take({ id: 'other', type: 'slack' }, 0)).toBe(0)
})

test('one that asks to be left alone is, although it could be sent to', () => {
  const buckets = new RateBuckets()
  const webhook = { id: 'r', type: 'webhook' } as const
  buckets.take(webhook, 0)
  buckets.quiet('r', 30 * SECOND_MS)
  buckets.quiet('r', 10 * SECOND_MS)
  expect(buckets.take(webhook, 10 * SECOND_MS)).toBe(20 * SECOND_MS)
  expect(buckets.take(webhook, 30 * SECOND_MS)).toBe(0)
})

test('a clock that is set back neither gives nor takes', () => {
  const buckets = new RateBuckets()
  const slack = { id: 'r', type: 'slack' } as const
  for (let index = 0; index < 3; index += 1) buckets.take(slack, MINUTE_MS)
  expect(buckets.take(slack, 0)).toBe(SECOND_MS)
  expect(buckets.take(slack, SECOND_MS)).toBe(0)
})
