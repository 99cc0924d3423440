import { expect, test } from 'vitest'
import { CollectorWatch } from '../../../lib/launch/collector-watch.ts'

const TROUBLE = { code: 'database_full', sinceMs: 5, waitingPolls: 2, droppedPolls: 1, clusterIds: ['a'] }
const FINE = { stopped: null, storeTrouble: null }

function after(...steps: ((watch: CollectorWatch) => void)[]): unknown {
  const watch = new CollectorWatch()
  for (const step of steps) step(watch)
  return watch.status()
}

const says = (message: unknown) => (watch: CollectorWatch) => watch.heard(message)
const dies = (nowMs: number, restartInMs: number) => (watch: CollectorWatch) => watch.died(nowMs, restartInMs)

test.each([
  ['nothing was heard yet', [], FINE],
  ['it started', [says({ started: true })], FINE],
  ['it cannot store', [says({ storeTrouble: TROUBLE })], { stopped: null, storeTrouble: TROUBLE }],
  ['it stores again', [says({ storeTrouble: TROUBLE }), says({ storeTrouble: null })], FINE],
  [
    'its first poll failed before it said that it started',
    [says({ storeTrouble: TROUBLE }), says({ started: true })],
    { stopped: null, storeTrouble: TROUBLE },
  ],
  [
    'it died, and what waited in it with it',
    [says({ storeTrouble: TROUBLE }), dies(1_000, 500)],
    { stopped: { sinceMs: 1_000, restartsAtMs: 1_500 }, storeTrouble: null },
  ],
  [
    'it died again while it started',
    [dies(1_000, 500), dies(1_700, 1_000)],
    { stopped: { sinceMs: 1_000, restartsAtMs: 2_700 }, storeTrouble: null },
  ],
  ['it runs again', [dies(1_000, 500), says({ started: true })], FINE],
  [
    'it runs again and cannot store',
    [dies(1, 2), says({ storeTrouble: TROUBLE })],
    { stopped: null, storeTrouble: TROUBLE },
  ],
])('%s', (_, steps, status) => {
  expect(after(...steps)).toEqual(status)
})

test.each([
  ['text', 'storeTrouble'],
  ['nothing', null],
  ['a trouble of an unknown code', { storeTrouble: { ...TROUBLE, code: 'weather' } }],
  ['a trouble without its numbers', { storeTrouble: { code: 'database_full' } }],
])('%s over the channel changes nothing', (_, message) => {
  const before = [says({ storeTrouble: TROUBLE })]
  expect(after(...before, says(message))).toEqual(after(...before))
})
