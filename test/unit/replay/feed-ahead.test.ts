import { expect, test } from 'vitest'
import { FeedAhead } from '../../../lib/replay/feed-ahead.ts'
import type { FeedBatch } from '../../../lib/replay/source-feed.ts'

const LIMITS = { records: 10, bytes: 1_000, entries: 10 }
const { signal } = new AbortController()

/** Batches of as many records as the numbers say; an error is thrown instead of one. */
class Feed {
  readonly #next: (number | Error)[]
  isClosed = false

  constructor(...next: (number | Error)[]) {
    this.#next = next
  }

  get isDone(): boolean {
    return this.#next.length === 0
  }

  get left(): number {
    return this.#next.length
  }

  async take(): Promise<FeedBatch> {
    const records = this.#next.shift() ?? 0
    if (records instanceof Error) throw records
    return { entries: [], reached: [], records, bytes: 0 }
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}

test('one batch is made while the one before is used, and none is left out', async () => {
  const feed = new Feed(1, 2, 3)
  const ahead = new FeedAhead(feed)
  expect((await ahead.take(LIMITS, true, signal)).records).toBe(1)
  expect([feed.left, ahead.isAhead, ahead.isDone]).toEqual([1, true, false])
  expect((await ahead.take(LIMITS, true, signal)).records).toBe(2)
  expect([feed.isDone, ahead.isDone]).toEqual([true, false])
  expect((await ahead.take(LIMITS, true, signal)).records).toBe(3)
  expect([ahead.isAhead, ahead.isDone]).toEqual([false, true])
})

test('nothing is made ahead where it may have to be put back', async () => {
  const feed = new Feed(1, 2)
  const ahead = new FeedAhead(feed)
  await ahead.take(LIMITS, false, signal)
  expect([feed.left, ahead.isAhead, ahead.isDone]).toEqual([1, false, false])
})

test('a failure ahead is the failure of its own batch, and no one else’s', async () => {
  const ahead = new FeedAhead(new Feed(1, new Error('gone'), 3))
  expect((await ahead.take(LIMITS, true, signal)).records).toBe(1)
  await expect(ahead.take(LIMITS, true, signal)).rejects.toThrow('gone')
  expect((await ahead.take(LIMITS, true, signal)).records).toBe(3)
})

test('a batch that fails ahead of a close is nobody’s failure', async () => {
  const feed = new Feed(1, new Error('gone'))
  const ahead = new FeedAhead(feed)
  await ahead.take(LIMITS, true, signal)
  await ahead.close()
  expect(feed.isClosed).toBe(true)
})
