import { expect, test } from 'vitest'
import { queueExpiry } from '../../../lib/api/dlqs/queue-expiry.ts'
import type { TopicSettings } from '../../../lib/cluster/snapshot.ts'
import type { ObservedDlq } from '../../../lib/durability/observation.ts'

const DAY_MS = 86_400_000
const AT_MS = 1_700_000_000_000
const DLQ: ObservedDlq = {
  ...{ topic: 'a-dlt', topicId: 'id', sourceTopics: [], stored: 5n, endSum: 5n, unresolved: null, isPartial: false },
  ...{ groups: [], oldestAtMs: null, arrivalsPerMinute: null, isReadable: null },
  expiry: { state: 'unknown', earliestAtMs: null, latestAtMs: null, because: 'oldestUnknown' },
}
const SETTINGS: TopicSettings = {
  ...{ minIsr: 1, retentionMs: BigInt(7 * DAY_MS), retentionBytes: -1n, cleanupPolicy: 'delete' },
  uncleanLeaderElection: false,
}
const COUNTED = { depth: 5n, isUpperBound: false, isCounted: true }
const bare = (state: string, because: string) => ({ state, earliestAtMs: null, latestAtMs: null, because })

test.each([
  [
    'the oldest open record goes when the topic keeps it no longer',
    ...[DLQ, SETTINGS, COUNTED, AT_MS],
    { state: 'forecast', earliestAtMs: AT_MS + 7 * DAY_MS, latestAtMs: null, because: 'retention' },
  ],
  [
    'never, where nothing limits it',
    DLQ,
    { ...SETTINGS, retentionMs: -1n },
    COUNTED,
    AT_MS,
    bare('none', 'noRetention'),
  ],
  ['size tells no time', DLQ, { ...SETTINGS, retentionBytes: 10n }, COUNTED, AT_MS, bare('unknown', 'retentionBySize')],
  [
    'neither do keys',
    DLQ,
    { ...SETTINGS, cleanupPolicy: 'compact' },
    COUNTED,
    AT_MS,
    bare('unknown', 'retentionByKey'),
  ],
  ['settings that were not read', DLQ, null, COUNTED, AT_MS, bare('unknown', 'retentionUnknown')],
  ['nothing is open', DLQ, SETTINGS, { ...COUNTED, depth: 0n }, null, bare('none', 'empty')],
  [
    'nothing is stored',
    { ...DLQ, stored: 0n },
    SETTINGS,
    { ...COUNTED, isCounted: false },
    null,
    bare('none', 'empty'),
  ],
  ['nobody counted', DLQ, SETTINGS, { ...COUNTED, isCounted: false }, AT_MS, bare('unknown', 'oldestUnknown')],
] as const)('%s', (_, dlq, settings, depth, oldestAtMs, expected) => {
  expect(queueExpiry(dlq as ObservedDlq, settings as TopicSettings | null, depth, oldestAtMs)).toEqual(expected)
})
