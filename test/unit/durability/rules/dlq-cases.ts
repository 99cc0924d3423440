import type { OpenCount } from '../../../../lib/durability/unresolved.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../lib/units.ts'
import type { Poll, RuleCases } from '../../../builders/rule-cases.ts'
import { aPartition, aTopic, NOW_MS } from '../../../builders/snapshots.ts'

/** A queue with 100 dead letters that keeps a day; of which so many are open, the oldest of that age. */
function queue(open: bigint | null, ageHours = 0, over: Parameters<typeof aTopic>[0] = {}): Poll[] {
  const settings = { ...aTopic().settings, retentionMs: BigInt(DAY_MS) }
  const count: OpenCount = {
    ...{ topicId: 'd', open: open ?? 0n, scannedEnds: 100n, isComplete: true, format: null },
    ...{ oldestOpenAtMs: NOW_MS - ageHours * HOUR_MS, originTopics: [], groups: [] },
  }
  return [
    {
      topics: [aTopic({ name: 'orders-dlt', topicId: 'd', settings, ...over })],
      openCounts: new Map(open === null ? [] : [['orders-dlt', count]]),
      groups: [],
    },
  ]
}

function ending(endOffset: bigint | null, afterMinutes: number): Poll {
  const partitions = [aPartition({ endOffset })]
  return { topics: [aTopic({ name: 'orders-dlt', partitions })], groups: [], afterMs: afterMinutes * MINUTE_MS }
}

export const DLQ_CASES: RuleCases = {
  'dlq.expiring': [
    [
      'the last hours',
      queue(7n, 21),
      [
        {
          ...{ severity: 'critical', subject: { type: 'topic', name: 'orders-dlt' } },
          facts: { topic: 'orders-dlt', groups: 'unknown', hours: 3, letters: 7, counted: 'yes' },
        },
      ],
    ],
    ['within a day', queue(7n, 2), [{ severity: 'high', facts: { hours: 22 } }]],
    ['all are handled', queue(0n, 21), []],
    ['the queue is empty', queue(null, 0, { partitions: [aPartition({ startOffset: 100n })] }), []],
    ['kept for longer', queue(7n, 21, { settings: { ...aTopic().settings, retentionMs: BigInt(3 * DAY_MS) } }), []],
    ['kept for ever', queue(7n, 21, { settings: { ...aTopic().settings, retentionMs: -1n } }), []],
    ['nobody has counted them', queue(null), 'unknown'],
    [
      'how long they are kept is not known',
      queue(7n, 21, { settings: { ...aTopic().settings, retentionMs: null } }),
      'unknown',
    ],
  ],
  'dlq.growing': [
    [
      'a burst',
      [ending(100n, 0), ending(106n, 1)],
      [{ severity: 'info', facts: { topic: 'orders-dlt', groups: 'unknown', perMinute: 6 } }],
    ],
    [
      'for minutes',
      [0, 1, 2, 3, 4, 5, 6].map((minute) => ending(BigInt(100 + minute), minute)),
      [{ severity: 'warning', facts: { perMinute: 1 } }],
    ],
    [
      'for minutes, and another process goes on',
      [
        ...[0, 1, 2, 3, 4, 5, 6].map((minute) => ending(BigInt(100 + minute), minute)),
        { ...ending(107n, 7), isRestart: true },
        ending(108n, 8),
      ],
      [{ severity: 'warning', facts: { perMinute: 1 } }],
    ],
    ['none arrives', [ending(100n, 0), ending(100n, 1)], []],
    ['where it ends is not known', [ending(100n, 0), ending(null, 1)], 'unknown'],
    ['one poll tells nothing yet', [ending(100n, 0)], 'unknown'],
  ],
}
