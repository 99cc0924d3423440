import type {
  ConfigEntry,
  FactStatus,
  GroupPartition,
  GroupState,
  PartitionState,
  TopicState,
} from '../../../../lib/cluster/snapshot.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../lib/units.ts'
import type { Poll, RuleCases } from '../../../builders/rule-cases.ts'
import { aBroker, aGroup, aGroupPartition, aPartition, aTopic, NOW_MS } from '../../../builders/snapshots.ts'

interface Parts {
  log?: Partial<PartitionState>
  topic?: Partial<TopicState>
  commit?: Partial<GroupPartition>
  group?: Partial<GroupState>
  more?: Poll
}

function poll({ log = {}, topic = {}, commit = {}, group = {}, more = {} }: Parts): Poll {
  return {
    topics: [aTopic({ partitions: [aPartition(log)], ...topic })],
    groups: [aGroup({ partitions: [aGroupPartition(commit)], ...group })],
    ...more,
  }
}

const one = (parts: Parts): Poll[] => [poll(parts)]

/** The group has read up to 90; the log begins at 95. */
const OVERRUN = { startOffset: 95n }
const NOBODY = { members: [] }
const GONE_FOR_A_WEEK = { afterMs: 8 * DAY_MS }

/** Its oldest unread record is that old; the topic keeps a day. */
function aged(hours: number, parts: Parts = {}): Poll[] {
  const firstUnread = { offset: 90n, timestampMs: NOW_MS - hours * HOUR_MS, precision: 'record' } as const
  const settings = { ...aTopic().settings, retentionMs: BigInt(DAY_MS) }
  return one({ topic: { settings }, ...parts, commit: { firstUnread, ...parts.commit } })
}

const OLD_BY_AN_HOUR = { offset: 90n, timestampMs: NOW_MS - HOUR_MS, precision: 'record' } as const

const configOf = (settings: Record<string, string>): ConfigEntry[] =>
  Object.entries(settings).map(([name, value]) => ({ name, value, source: 'x', isDefault: false, sensitive: false }))

/** Segments of an hour, checked every five minutes, of a topic that keeps a day. */
function checked(): Parts {
  const settings = { ...aTopic().settings, retentionMs: BigInt(DAY_MS) }
  return {
    topic: { settings, config: configOf({ 'segment.ms': String(HOUR_MS) }) },
    more: {
      brokers: [aBroker('1', { config: configOf({ 'log.retention.check.interval.ms': String(5 * MINUTE_MS) }) })],
    },
  }
}

function keeping(settings: Partial<TopicState['settings']>): Parts {
  return { topic: { settings: { ...aTopic().settings, retentionMs: BigInt(DAY_MS), ...settings } } }
}

function later(afterMs: number, parts: Parts): Poll[] {
  return [poll(parts), { ...poll(parts), afterMs }]
}

/** After so long another process goes on. */
function restarted(afterMs: number, parts: Parts): Poll[] {
  return [...later(afterMs, parts), { ...poll(parts), afterMs: afterMs + 15 * SECOND_MS, isRestart: true }]
}

/** For an hour there was nothing to read, and now there is one message. */
function caughtUpThenOneMore(parts: Parts): Poll[] {
  const read = { ...parts, commit: { committedOffset: 100n } }
  return [
    poll(read),
    { ...poll(read), afterMs: HOUR_MS },
    { ...poll({ ...read, log: { endOffset: 101n } }), afterMs: HOUR_MS + 15 * SECOND_MS },
  ]
}

/** Nobody is there; ten messages of the first partition wait, and what the second has behind 100. */
function twoPartitions(endOffset: bigint, afterMinutes: number): Poll {
  const partitions = [90n, 100n].map((committedOffset, partition) => aGroupPartition({ partition, committedOffset }))
  const topics = [aTopic({ partitions: [aPartition(), aPartition({ partition: 1, endOffset })] })]
  return { topics, groups: [aGroup({ ...NOBODY, partitions })], afterMs: afterMinutes * MINUTE_MS }
}

function rewoundTo(committedOffset: bigint, afterSeconds: number): Poll {
  return { ...poll({ commit: { committedOffset } }), afterMs: afterSeconds * SECOND_MS }
}

const AHEAD = { log: { endOffset: 80n } }
const GONE = { commit: { committedOffset: null } }

const SHARE = { group: { id: 'shared', type: 'share' } } as const
const DLQ = aTopic({ name: 'dlq.shared', topicId: 'd' })

function configFault(name: string, faultCount = 1): FactStatus {
  const fault = { code: 'requestTimeout', facts: {} } as const
  const faults = [{ subject: { type: 'group', name }, fault } as const]
  return { kind: 'configs', paceMs: null, lastReadAtMs: null, faults, faultCount }
}

export const GROUP_CASES: RuleCases = {
  'group.unreadDeleted': [
    [
      'what it had not read is gone',
      one({ log: OVERRUN }),
      [{ severity: 'critical', facts: { group: 'billing', type: 'classic', lost: 5, topic: 'orders', topics: 1 } }],
    ],
    ['nobody reads', one({ log: OVERRUN, group: NOBODY }), [{ severity: 'warning', facts: { lost: 5 } }]],
    [
      'whether somebody reads is not known',
      one({ log: OVERRUN, group: { members: null } }),
      [{ severity: 'high', facts: {} }],
    ],
    [
      'nobody has read for a week',
      [poll({ log: OVERRUN, group: NOBODY }), { ...poll({ log: OVERRUN, group: NOBODY }), ...GONE_FOR_A_WEEK }],
      [{ severity: 'info', facts: {} }],
    ],
    [
      'a console consumer was left behind',
      one({ log: OVERRUN, group: { ...NOBODY, id: 'console-consumer-4711' } }),
      [{ severity: 'info', facts: {} }],
    ],
    [
      'the last place of an empty log, which may be the end of a transaction',
      one({ log: { startOffset: 91n, endOffset: 91n } }),
      [{ severity: 'warning', facts: { lost: 1 } }],
    ],
    ['one message before others', one({ log: { startOffset: 91n } }), [{ severity: 'critical', facts: { lost: 1 } }]],
    ['it is within the log', one({ log: { startOffset: 90n } }), []],
    ['nothing is committed', one({ log: OVERRUN, commit: { committedOffset: null } }), []],
    ['where the log begins is not known', one({ log: { startOffset: null } }), 'unknown'],
    ['what is committed was not read', one({ commit: { committedOffset: null, isCommitUnknown: true } }), 'unknown'],
    ['some of its offsets were not read', one({ group: { fault: { code: 'requestTimeout', facts: {} } } }), 'unknown'],
    ['its offsets were not read', one({ group: { partitions: null } }), 'unknown'],
    ['the topic is gone', [{ ...poll({}), topics: [] }], 'unknown'],
  ],
  'group.lossForecast': [
    [
      'within hours, of a group without members',
      aged(21, { group: NOBODY }),
      [
        {
          severity: 'critical',
          facts: {
            ...{ group: 'billing', type: 'classic', topic: 'orders', topics: 1, partitions: 1 },
            ...{ because: 'retention', unit: 'hours', from: 3, to: 'unknown' },
            ...{ retentionMinutes: 1440, retentionBytes: -1 },
          },
        },
      ],
    ],
    [
      'soon, with its bounds',
      aged(23, { group: NOBODY, ...checked() }),
      [{ severity: 'critical', facts: { unit: 'minutes', from: 60, to: 125 } }],
    ],
    ['within a day', aged(2, { group: NOBODY }), [{ severity: 'high', facts: { unit: 'hours', from: 22 } }]],
    ['perhaps: it may move', aged(21), [{ severity: 'warning', facts: { from: 3, to: 'unknown' } }]],
    ['at any moment', aged(25, { group: NOBODY }), [{ severity: 'critical', facts: { from: 0, unit: 'minutes' } }]],
    ['later than a day', one({ group: NOBODY, commit: { firstUnread: OLD_BY_AN_HOUR } }), []],
    ['kept for ever', aged(20, { group: NOBODY, ...keeping({ retentionMs: -1n }) }), []],
    ['a console consumer was left behind', aged(20, { group: { ...NOBODY, id: 'console-consumer-1' } }), []],
    ['read to the end', aged(20, { commit: { committedOffset: 100n } }), []],
    ['how old the oldest is, is not known', one({}), 'unknown'],
    ['its offsets were not read', one({ group: { partitions: null } }), 'unknown'],
    [
      'the first of two topics',
      [
        {
          topics: ['orders', 'refunds'].map((name) => aTopic({ ...keeping({}).topic, name, topicId: name })),
          groups: [
            aGroup({
              ...NOBODY,
              partitions: ['orders', 'refunds'].map((topic, index) => {
                const timestampMs = NOW_MS - (21 + 2 * index) * HOUR_MS
                return aGroupPartition({ topic, firstUnread: { offset: 90n, timestampMs, precision: 'record' } })
              }),
            }),
          ],
        },
      ],
      [{ severity: 'critical', facts: { topic: 'refunds', topics: 2, partitions: 2, from: 60 } }],
    ],
  ],
  'topic.retentionBelowLag': [
    [
      'half of it is over',
      aged(12),
      [
        {
          ...{ severity: 'warning', part: 'billing', subject: { type: 'topic', name: 'orders' } },
          facts: {
            ...{ topic: 'orders', group: 'billing', type: 'classic', percent: 50 },
            ...{ lagMinutes: 720, retentionMinutes: 1440 },
          },
        },
      ],
    ],
    ['four fifths', aged(20), [{ severity: 'high', facts: { percent: 83 } }]],
    ['all of it', aged(48), [{ severity: 'high', facts: { percent: 200 } }]],
    ['less', aged(11), []],
    ['kept for ever', aged(20, keeping({ retentionMs: -1n })), []],
    ['only compacted', aged(20, keeping({ cleanupPolicy: 'compact' })), []],
    [
      'compacted and deleted',
      aged(20, keeping({ cleanupPolicy: 'compact,delete' })),
      [{ severity: 'high', facts: {} }],
    ],
    ['a console consumer was left behind', aged(20, { group: { ...NOBODY, id: 'console-consumer-1' } }), []],
    ['read to the end', aged(20, { commit: { committedOffset: 100n } }), []],
    ['how long is kept is not known', aged(20, keeping({ retentionMs: null })), 'unknown'],
    ['how old the oldest is, is not known', one({}), 'unknown'],
    ['its offsets were not read', one({ group: { partitions: null } }), 'unknown'],
    [
      'the worst partition of each topic',
      [
        {
          topics: [
            aTopic({
              settings: keeping({}).topic?.settings as TopicState['settings'],
              partitions: [aPartition(), aPartition({ partition: 1 })],
            }),
          ],
          groups: [
            aGroup({
              partitions: [13, 18].map((hours, partition) => {
                const firstUnread = { offset: 90n, timestampMs: NOW_MS - hours * HOUR_MS, precision: 'record' } as const
                return aGroupPartition({ partition, firstUnread })
              }),
            }),
          ],
        },
      ],
      [{ severity: 'warning', facts: { percent: 75 } }],
    ],
  ],
  'group.stopped': [
    [
      'for ten minutes',
      later(10 * MINUTE_MS, { group: NOBODY }),
      [{ severity: 'warning', facts: { group: 'billing', type: 'classic', lag: 10 } }],
    ],
    ['it may be rolled out anew', later(9 * MINUTE_MS, { group: NOBODY }), []],
    [
      'it was seen to commit a moment ago',
      [
        poll({ group: NOBODY, commit: { committedOffset: 80n } }),
        { ...poll({ group: NOBODY }), afterMs: 20 * MINUTE_MS },
      ],
      [],
    ],
    ['nobody needs it any more', [poll({ group: NOBODY }), { ...poll({ group: NOBODY }), ...GONE_FOR_A_WEEK }], []],
    [
      'a console consumer was left behind',
      later(20 * MINUTE_MS, { group: { ...NOBODY, id: 'console-consumer-1' } }),
      [],
    ],
    ['nothing is unread', later(20 * MINUTE_MS, { group: NOBODY, commit: { committedOffset: 100n } }), []],
    ['it had read everything until a moment ago', caughtUpThenOneMore({ group: NOBODY }), []],
    [
      'others of its partitions have just begun to wait',
      [twoPartitions(100n, 0), twoPartitions(100n, 9), twoPartitions(101n, 10)],
      [{ severity: 'warning', facts: { lag: 11 } }],
    ],
    ['it has members', later(20 * MINUTE_MS, {}), []],
    [
      'it was found, and another process goes on',
      restarted(11 * MINUTE_MS, { group: NOBODY }),
      [{ severity: 'warning', facts: { group: 'billing' } }],
    ],
    [
      'it was found, and that process saw it read for long enough',
      [
        ...restarted(11 * MINUTE_MS, { group: NOBODY }),
        { ...poll({ group: NOBODY, commit: { committedOffset: 95n } }), afterMs: 22 * MINUTE_MS },
      ],
      [],
    ],
    ['its offsets were not read', one({ group: { partitions: null } }), 'unknown'],
  ],
  'group.stalled': [
    [
      'it was found, and another process goes on',
      restarted(6 * MINUTE_MS, {}),
      [{ severity: 'warning', facts: { group: 'billing' } }],
    ],
    [
      'it was found, and another process saw it read',
      [...restarted(6 * MINUTE_MS, {}), { ...poll({ commit: { committedOffset: 95n } }), afterMs: 7 * MINUTE_MS }],
      [],
    ],
    [
      'for five minutes',
      later(5 * MINUTE_MS, {}),
      [{ severity: 'warning', facts: { group: 'billing', type: 'classic', lag: 10 } }],
    ],
    ['for less', later(4 * MINUTE_MS, {}), []],
    ['nothing is unread', later(9 * MINUTE_MS, { commit: { committedOffset: 100n } }), []],
    ['it had read everything until a moment ago', caughtUpThenOneMore({}), []],
    [
      'nothing but the end of a transaction is left',
      later(9 * MINUTE_MS, { commit: { committedOffset: 99n, unreadFrom: 100n } }),
      [],
    ],
    ['the end of the log is not known', later(9 * MINUTE_MS, { log: { endOffset: null } }), 'unknown'],
  ],
  'group.commitAheadOfLog': [
    [
      'for a minute',
      later(MINUTE_MS, AHEAD),
      [
        {
          severity: 'critical',
          facts: { group: 'billing', type: 'classic', topic: 'orders', topics: 1, partitions: 1, ahead: 10 },
        },
      ],
    ],
    [
      'of a group that nobody needs',
      later(MINUTE_MS, { ...AHEAD, group: { ...NOBODY, id: 'console-consumer-1' } }),
      [{ severity: 'info', facts: {} }],
    ],
    ['a leader was elected a moment ago', later(59 * SECOND_MS, AHEAD), []],
    [
      'it was found, and another process goes on',
      restarted(MINUTE_MS, AHEAD),
      [{ severity: 'critical', facts: { ahead: 10 } }],
    ],
    ['it is within the log', later(MINUTE_MS, {}), []],
    ['it is at the very end of the log', later(MINUTE_MS, { commit: { committedOffset: 100n } }), []],
    [
      'where the log of one partition ends is not known',
      later(MINUTE_MS, {
        topic: { partitions: [aPartition(), aPartition({ partition: 1, endOffset: null })] },
        group: { partitions: [aGroupPartition(), aGroupPartition({ partition: 1 })] },
      }),
      'unknown',
    ],
    ['where the log ends is not known', later(MINUTE_MS, { log: { endOffset: null } }), 'unknown'],
    ['its offsets were not read', one({ group: { partitions: null } }), 'unknown'],
  ],
  'group.rewound': [
    [
      'its commit is gone for a minute',
      [poll({}), { ...poll(GONE), afterMs: SECOND_MS }, { ...poll(GONE), afterMs: SECOND_MS + MINUTE_MS }],
      [
        {
          severity: 'warning',
          facts: { group: 'billing', type: 'classic', topic: 'orders', topics: 1, partitions: 1, how: 'gone' },
        },
      ],
    ],
    ['its consumer resets itself', [poll({}), { ...poll(GONE), afterMs: SECOND_MS }], []],
    [
      'it moved back and has not come as far again',
      [poll({}), rewoundTo(50n, 15), rewoundTo(60n, 300)],
      [{ severity: 'info', facts: { how: 'back' } }],
    ],
    ['it is where it was', [poll({}), rewoundTo(50n, 15), rewoundTo(90n, 300)], []],
    ['it moved back long ago', [poll({}), rewoundTo(50n, 15), rewoundTo(60n, 615)], []],
    ['it reads on', [poll({}), rewoundTo(95n, 15)], []],
    ['what is committed was not read', one({ commit: { committedOffset: null, isCommitUnknown: true } }), 'unknown'],
    ['its offsets were not read', one({ group: { partitions: null } }), 'unknown'],
  ],
  'group.shareWithoutDlq': [
    ['none is named', one(SHARE), [{ severity: 'warning', facts: { group: 'shared' } }]],
    [
      'one is named and there',
      [
        {
          ...poll(SHARE),
          topics: [aTopic(), DLQ],
          declaredDlqs: [{ topic: 'dlq.shared', groups: ['shared'], sourceTopics: [] }],
        },
      ],
      [],
    ],
    [
      'one is named that does not exist',
      [{ ...poll(SHARE), declaredDlqs: [{ topic: 'dlq.shared', groups: ['shared'], sourceTopics: [] }] }],
      [{ severity: 'warning', facts: { group: 'shared' } }],
    ],
    ['not a share group', one({}), []],
    ['its settings were not read', one({ ...SHARE, more: { facts: [configFault('shared')] } }), 'unknown'],
    [
      'whose settings were not read is not known',
      one({ ...SHARE, more: { facts: [configFault('other', 40)] } }),
      'unknown',
    ],
    [
      'those of another group were not read',
      one({ ...SHARE, more: { facts: [configFault('other')] } }),
      [{ severity: 'warning', facts: {} }],
    ],
  ],
}
