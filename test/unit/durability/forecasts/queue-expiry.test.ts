import { expect, test } from 'vitest'
import type { Keeping, KeepingOrNot } from '../../../../lib/durability/forecasts/keeping.ts'
import { queueExpiry } from '../../../../lib/durability/forecasts/queue-expiry.ts'
import type { ObservedDlq } from '../../../../lib/durability/observation.ts'

const DAY_MS = 86_400_000
const AT_MS = 1_700_000_000_000
const DLQ: ObservedDlq = {
  ...{ topic: 'a-dlt', topicId: 'id', sourceTopics: [], stored: 5n, endSum: 5n, unresolved: null, isPartial: false },
  ...{ groups: [], oldestAtMs: null, arrivalsPerMinute: null, isReadable: null },
  keeping: null,
  expiry: { state: 'unknown', earliestAtMs: null, latestAtMs: null, because: 'oldestUnknown' },
}
const KEEPING: Keeping = {
  ...{ retentionMs: 7 * DAY_MS, retentionBytes: null, isForced: false },
  ...{ spanMs: DAY_MS, segmentBytes: 1_024, checkMs: 300_000 },
}
const COUNTED = { depth: 5n, isUpperBound: false, isCounted: true }
const bare = (state: string, because: string) => ({ state, earliestAtMs: null, latestAtMs: null, because })

test.each([
  [
    'the oldest open record goes when the topic keeps it no longer',
    ...[DLQ, KEEPING, COUNTED, AT_MS],
    {
      state: 'forecast',
      earliestAtMs: AT_MS + 7 * DAY_MS,
      latestAtMs: AT_MS + 8 * DAY_MS + 300_000,
      because: 'retention',
    },
  ],
  [
    'never, where nothing limits it',
    DLQ,
    { state: 'none', because: 'noRetention' },
    COUNTED,
    AT_MS,
    bare('none', 'noRetention'),
  ],
  ['size tells no time', DLQ, { ...KEEPING, retentionBytes: 10 }, COUNTED, AT_MS, bare('unknown', 'sizeUnknown')],
  [
    'neither do keys',
    DLQ,
    { state: 'none', because: 'retentionByKey' },
    COUNTED,
    AT_MS,
    bare('unknown', 'retentionByKey'),
  ],
  [
    'settings that were not read',
    DLQ,
    { state: 'unknown', because: 'retentionUnknown' },
    COUNTED,
    AT_MS,
    bare('unknown', 'retentionUnknown'),
  ],
  ['nothing is open', DLQ, KEEPING, { ...COUNTED, depth: 0n }, null, bare('none', 'empty')],
  ['nothing is stored', { ...DLQ, stored: 0n }, KEEPING, { ...COUNTED, isCounted: false }, null, bare('none', 'empty')],
  ['nobody counted', DLQ, KEEPING, { ...COUNTED, isCounted: false }, AT_MS, bare('unknown', 'oldestUnknown')],
] as const)('%s', (_, dlq, keeping, depth, oldestAtMs, expected) => {
  const queue = { ...(dlq as ObservedDlq), keeping: keeping as KeepingOrNot }
  expect(queueExpiry(queue, depth, oldestAtMs, AT_MS)).toEqual(expected)
})

test('RocketMQ’s are forecast with the poll', () => {
  expect(queueExpiry(DLQ, COUNTED, AT_MS, AT_MS)).toBe(DLQ.expiry)
})
