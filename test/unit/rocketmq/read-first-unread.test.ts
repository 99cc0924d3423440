import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FactBook } from '../../../lib/cluster/fact-book.ts'
import type { GroupPartition } from '../../../lib/cluster/snapshot.ts'
import { FirstUnreadReader } from '../../../lib/rocketmq/read-first-unread.ts'
import type { RocketmqCaller } from '../../../lib/rocketmq/rocketmq-client.ts'
import { MINUTE_MS } from '../../../lib/units.ts'
import { aGroupPartition, NOW_MS } from '../../builders/snapshots.ts'

beforeEach(() => void vi.useFakeTimers({ now: NOW_MS }))
afterEach(() => void vi.useRealTimers())

/** What becomes of a delay that the broker tells. */
async function read(delayMs: number | undefined): Promise<GroupPartition['firstUnread']> {
  const caller = { call: async () => ({ value: [delayMs], fault: null }) } as unknown as RocketmqCaller
  const partition = aGroupPartition({ committedOffset: 5n })
  const lagging = [{ key: 'k', group: 'g', topic: 't', address: 'a', partitions: [partition] }]
  await new FirstUnreadReader(null).read(caller, lagging, new FactBook({ firstUnread: null }), NOW_MS)
  return partition.firstUnread
}

describe('the first message that a group has not read', () => {
  it('was stored as long ago as the broker says', async () => {
    expect(await read(MINUTE_MS)).toEqual({ offset: 5n, timestampMs: NOW_MS - MINUTE_MS, precision: 'record' })
  })

  it.each([
    ['has read all', undefined],
    ['lost it', NOW_MS + 1],
    ['lost it a moment before the answer came', NOW_MS - 50],
    ['lost it at a broker whose clock is behind', NOW_MS - 10 * MINUTE_MS],
  ])('is of no known age where the group %s', async (_, delayMs) => {
    expect(await read(delayMs)).toBeNull()
  })
})
