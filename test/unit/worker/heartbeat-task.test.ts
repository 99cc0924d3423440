import { expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../../../lib/units.ts'
import { pollsWork } from '../../../lib/worker/heartbeat-task.ts'
import { NOW_MS } from '../../builders/snapshots.ts'

type Polled = Parameters<typeof pollsWork>[0][number]

const FAULT = { code: 'connectionRefused', facts: {} } as const
const polled = (clusterId: string, goodAgoMs: number | null, failedAgoMs: number | null = null): Polled => ({
  ...{ clusterId, pollIntervalMs: 15 * SECOND_MS, lastPollAtMs: goodAgoMs === null ? null : NOW_MS - goodAgoMs },
  pollError: failedAgoMs === null ? null : { fault: FAULT, atMs: NOW_MS - failedAgoMs, consecutive: 1 },
})

test.each<[string, Polled[], string[], boolean]>([
  ['there are none', [], [], true],
  ['all are polled', [polled('a', 0), polled('b', MINUTE_MS)], ['a', 'b'], true],
  ['one does not answer', [polled('a', 0), polled('b', 60 * MINUTE_MS, MINUTE_MS)], ['a', 'b'], true],
  ['none answers', [polled('a', 60 * MINUTE_MS, 0), polled('b', null, 0)], ['a', 'b'], false],
  ['one is not asked any more', [polled('a', 0), polled('b', 4 * MINUTE_MS)], ['a', 'b'], false],
  ['one was never asked', [polled('a', 0)], ['a', 'b'], false],
  ['one that is not watched was not asked', [polled('a', 0), polled('gone', 60 * MINUTE_MS)], ['a'], true],
])('polls of the clusters, of which %s', (_name, summaries, clusterIds, works) => {
  expect(pollsWork(summaries, clusterIds, NOW_MS)).toBe(works)
})

test('a cluster that is polled each hour is waited for as long', () => {
  const hourly = { ...polled('a', 100 * MINUTE_MS), pollIntervalMs: 60 * MINUTE_MS }
  expect(pollsWork([hourly], ['a'], NOW_MS)).toBe(true)
})
