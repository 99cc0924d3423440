/** What a replay sees of its target in stored polls: who reads it, how far, and whether anybody looked lately. */
import { describe, expect, test } from 'vitest'
import { createTargetWatch, type TargetWatchOptions } from '../../../lib/replay/target-watch.ts'

const NOW_MS = 1_000_000
const INTERVAL_MS = 10_000

interface Reader {
  id: string
  /** Of partition 0 of `orders`; null: nobody knows. */
  committed: bigint | null
  lag?: bigint | null
  members?: number
}

function watch(readers: Reader[], change: Partial<TargetWatchOptions> = {}, lastPollAtMs: number | null = NOW_MS) {
  const group = ({ id, committed, lag = 0n, members = 1 }: Reader) => ({
    ...{ id, topics: ['orders'], memberCount: members },
    partitions: [
      { topic: 'orders', partition: 0, broker: null, committedOffset: committed, startOffset: 2n, lagMessages: lag },
    ],
  })
  const snapshots = {
    summary: async () => ({ lastPollAtMs, pollIntervalMs: INTERVAL_MS }),
    groups: async () => readers.map(group),
    group: async (_cluster: string, id: string) => readers.map(group).find((one) => one.id === id) ?? null,
    topics: async () => [{ name: 'orders', durability: 'safe' }],
  }
  return createTargetWatch({
    ...{ snapshots: snapshots as never, clusterId: 'test', topics: ['orders'], failedGroups: [], now: () => NOW_MS },
    ...{ isFailedGroupExpected: true, returned: async () => 0n },
    ...change,
  })
}

const PLACE = 'orders//0'

describe('records are delivered', () => {
  const readers = [
    { id: 'billing', committed: 7n },
    { id: 'audit', committed: 3n },
  ]

  test('when the group that failed has passed them, whoever else reads', async () => {
    expect(await watch(readers, { failedGroups: ['billing'] }).passed()).toEqual({
      by: { groups: ['billing'], haveFailed: true },
      upTo: new Map([[PLACE, { committed: 7n, start: 2n }]]),
    })
  })

  test('when every group has passed them that reads, where nobody knows which one failed', async () => {
    expect(await watch(readers).passed()).toEqual({
      by: { groups: ['audit', 'billing'], haveFailed: false },
      upTo: new Map([[PLACE, { committed: 3n, start: 2n }]]),
    })
  })

  test('at a place that nobody knows, while the group that failed does not read there', async () => {
    expect(await watch(readers, { failedGroups: ['shipping'] }).passed()).toBeNull()
  })

  test('to a topic of somebody’s choice, by who reads that one', async () => {
    const change = { failedGroups: ['shipping'], isFailedGroupExpected: false }
    expect((await watch(readers, change).passed())?.by).toEqual({ groups: ['audit', 'billing'], haveFailed: false })
  })

  test('without a group that nobody runs any more', async () => {
    const abandoned = { id: 'old', committed: 0n, members: 0 }
    expect((await watch([...readers, abandoned]).passed())?.by.groups).toEqual(['audit', 'billing'])
    expect((await watch([abandoned]).passed())?.by.groups).toEqual(['old'])
  })
})

describe('a look', () => {
  test('tells a lag that nobody knows from none', async () => {
    const readers = [
      { id: 'a', committed: 1n, lag: null },
      { id: 'b', committed: 1n, lag: 0n },
    ]
    expect((await watch(readers).look()).lagByGroup).toEqual({ a: null, b: 0 })
  })

  test.each([
    ['just now', NOW_MS, true],
    ['three intervals ago', NOW_MS - 3 * INTERVAL_MS, true],
    ['longer ago', NOW_MS - 3 * INTERVAL_MS - 1, false],
    ['never', null, false],
  ])('says whether the target was seen: %s', async (_case, lastPollAtMs, isClear) => {
    expect((await watch([], {}, lastPollAtMs).look()).sight).toEqual({ isClear, lastAtMs: lastPollAtMs })
  })
})
