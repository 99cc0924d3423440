import { expect, test } from 'vitest'
import { type StoreTrouble, StoreWatch } from '../../../lib/collector/store-watch.ts'

function watch(): { stores: StoreWatch; told: (StoreTrouble | null)[] } {
  const told: (StoreTrouble | null)[] = []
  return { stores: new StoreWatch((trouble) => told.push(trouble)), told }
}

const full = (atMs: number, waitingPolls = 1, droppedPolls = 0) =>
  ({ code: 'database_full', atMs, waitingPolls, droppedPolls }) as const

test('one cluster: since its first failure, with the newest numbers and code, until a poll is stored', () => {
  const { stores, told } = watch()
  stores.failed('a', full(100))
  stores.failed('a', { ...full(200, 2, 3), code: 'database_busy' })
  stores.ended('a')
  expect(told).toEqual([
    { code: 'database_full', sinceMs: 100, waitingPolls: 1, droppedPolls: 0, clusterIds: ['a'] },
    { code: 'database_busy', sinceMs: 100, waitingPolls: 2, droppedPolls: 3, clusterIds: ['a'] },
    null,
  ])
})

test('several clusters: the first since, the sums, the newest code; over when the last one is stored', () => {
  const { stores, told } = watch()
  stores.failed('b', full(100, 4, 1))
  stores.failed('a', { ...full(150, 2, 2), code: 'database_busy' })
  expect(told.at(-1)).toEqual({
    ...{ code: 'database_busy', sinceMs: 100, waitingPolls: 6, droppedPolls: 3, clusterIds: ['a', 'b'] },
  })
  stores.failed('b', full(200, 5, 1))
  expect(told.at(-1)).toMatchObject({ code: 'database_full', sinceMs: 100, waitingPolls: 7 })
  stores.ended('b')
  expect(told.at(-1)).toMatchObject({ code: 'database_busy', sinceMs: 150, waitingPolls: 2, clusterIds: ['a'] })
  stores.ended('a')
  expect(told.at(-1)).toBeNull()
})

test('while all is stored there is nothing to tell, and a later trouble is a new one', () => {
  const { stores, told } = watch()
  stores.ended('a')
  expect(told).toEqual([])
  stores.failed('a', full(100))
  stores.ended('a')
  stores.failed('a', full(900))
  expect(told.at(-1)).toMatchObject({ sinceMs: 900 })
})
