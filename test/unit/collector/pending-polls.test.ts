import { expect, test } from 'vitest'
import { type PendingPoll, PendingPolls } from '../../../lib/collector/pending-polls.ts'
import type { Sample } from '../../../lib/history/history.ts'

const SAMPLE: Sample = { metric: 'pollMs', labels: {}, value: 1 }

function aPoll(atMs: number, samples: number): PendingPoll {
  const batch = { clusterId: 'c', atMs, samples: Array.from({ length: samples }, () => SAMPLE) }
  return { batch: { ...batch, pollFailed: samples === 0, intervalMs: 1_000 }, events: [] }
}

async function timesIn(pending: PendingPolls): Promise<number[]> {
  const times: number[] = []
  await pending.flush(async ({ batch }) => void times.push(batch.atMs))
  return times
}

test('beyond the bound the oldest go first, and only as many as it takes', async () => {
  const pending = new PendingPolls()
  const dropped = [1, 2, 3, 4, 5].map((atMs) => pending.add(aPoll(atMs, 150_000)))
  expect(dropped).toEqual([0, 0, 0, 1, 1])
  expect(pending.add(aPoll(6, 400_000))).toBe(3)
  expect(await timesIn(pending)).toEqual([6])
})

test('one poll larger than the bound is kept, and what was appended makes room', async () => {
  const pending = new PendingPolls()
  expect(pending.add(aPoll(1, 600_000))).toBe(0)
  expect(await timesIn(pending)).toEqual([1])
  expect([2, 3, 4].map((atMs) => pending.add(aPoll(atMs, 160_000)))).toEqual([0, 0, 0])
  expect(await timesIn(pending)).toEqual([2, 3, 4])
})

test('failed polls, which hold no numbers, are bounded too', async () => {
  const pending = new PendingPolls()
  let dropped = 0
  for (let atMs = 0; atMs < 500_010; atMs += 1) dropped += pending.add(aPoll(atMs, 0))
  expect(dropped).toBe(10)
})

test('what could not be appended stays at the head, and later polls wait behind it', async () => {
  const pending = new PendingPolls()
  for (const atMs of [1, 2, 3]) pending.add(aPoll(atMs, 1))
  const tried: number[] = []
  const flush = pending.flush(async ({ batch }) => {
    tried.push(batch.atMs)
    if (batch.atMs === 2) throw new Error('no room')
  })
  await expect(flush).rejects.toThrow('no room')
  expect(tried).toEqual([1, 2])
  expect(await timesIn(pending)).toEqual([2, 3])
})
