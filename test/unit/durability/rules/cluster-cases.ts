import type { NameServerState } from '../../../../lib/cluster/rocketmq-state.ts'
import type {
  BrokerState,
  FactStatus,
  PartitionState,
  QuorumReplica,
  QuorumState,
} from '../../../../lib/cluster/snapshot.ts'
import type { HoldTrouble, TroubledHold } from '../../../../lib/durability/troubled-holds.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../../lib/units.ts'
import { aConfiguredBroker } from '../../../builders/rocketmq.ts'
import { lastSeen, type Poll, type RuleCase, type RuleCases, settings } from '../../../builders/rule-cases.ts'
import { aBroker, aPartition, aTopic, NOW_MS } from '../../../builders/snapshots.ts'

/** The leader's clock is ahead of ours. */
const LEADER_NOW_MS = NOW_MS + HOUR_MS

function voter(id: string, behindSeconds: number | null): QuorumReplica {
  const lastCaughtUpAtMs = behindSeconds === null ? null : LEADER_NOW_MS - behindSeconds * SECOND_MS
  return { id, logEndOffset: 10n, lag: 0n, lastCaughtUpAtMs }
}

/** The first one leads. */
function quorum(behindSeconds: (number | null)[], over: Partial<QuorumState> = {}): QuorumState {
  const voters = behindSeconds.map((seconds, index) => voter(String(100 + index), seconds))
  const rest = { leaderEpoch: 7, highWatermark: 10n, observers: [] }
  return { leader: '100', isMoving: true, voters, ...rest, ...over }
}

const NO_LEADER = quorum([], { leader: null, isMoving: false })

function failed(kind: FactStatus['kind'], code: 'authorizationFailed' | 'requestTimeout'): FactStatus {
  const faults = [{ subject: { type: 'broker', name: '2' }, fault: { code, facts: {} } } as const]
  return { kind, paceMs: null, lastReadAtMs: null, faults, faultCount: 1 }
}

const UNANSWERED: Poll = { facts: [failed('offsets', 'requestTimeout')] }

/** Broker 3 was there last so long before the first poll. */
function without(minutesAgo: number): Poll {
  return { brokers: [aBroker('1'), aBroker('2')], expected: [lastSeen('3', minutesAgo)] }
}

const BLIND = aTopic({ partitions: [aPartition({ leader: null, isr: null })] })

function nameServers(...over: Partial<NameServerState>[]): Poll[] {
  const rest = {
    online: true,
    fault: null,
    brokers: ['a:0'],
    topicCount: 3,
    missingBrokers: [],
    missingTopicCount: 0,
  } as const
  return [
    {
      ...{ kind: 'rocketmq', brokers: [], topics: [], groups: [], quorum: null },
      nameServers: over.map((one, index) => ({
        ...rest,
        brokers: ['a:0'],
        missingBrokers: [],
        address: `10.0.0.${index + 1}:9876`,
        ...one,
      })),
    },
  ]
}

const SILENT = {
  online: null,
  fault: { code: 'connectTimeout', facts: {} },
  missingBrokers: null,
  missingTopicCount: null,
} as const

export const SHARED_CLUSTER_CASES: RuleCases = {
  'cluster.partlyUnknown': [
    ['of a partition', [{ topics: [BLIND] }], [{ severity: 'warning', facts: { partitions: 1, kinds: 'none' } }]],
    [
      'offsets',
      [{ facts: [failed('offsets', 'authorizationFailed')] }],
      [{ severity: 'warning', facts: { partitions: 0, kinds: 'offsets' } }],
    ],
    [
      'a kind that the cluster refuses for good',
      [{ facts: [failed('logDirs', 'authorizationFailed')] }],
      [{ severity: 'info', facts: {} }],
    ],
    [
      'a kind that was silent',
      [{ facts: [failed('logDirs', 'requestTimeout')] }],
      [{ severity: 'warning', facts: {} }],
    ],
    [
      'while a broker restarts',
      [{ ...UNANSWERED, ...without(4) }],
      [{ severity: 'info', facts: { kinds: 'offsets' } }],
    ],
    ['while it is away for longer', [{ ...UNANSWERED, ...without(5) }], [{ severity: 'warning', facts: {} }]],
    [
      'of two that restart, or of the net before them',
      [{ ...UNANSWERED, brokers: [aBroker('1')], expected: [lastSeen('2', 1), lastSeen('3', 1)] }],
      [{ severity: 'warning', facts: {} }],
    ],
    [
      'for longer than the restart',
      [UNANSWERED, { ...UNANSWERED, afterMs: 5 * MINUTE_MS, ...without(-4) }],
      [{ severity: 'warning', facts: {} }],
    ],
    ['once, of what was known before', [{}, { ...UNANSWERED, afterMs: MINUTE_MS }], [{ severity: 'info', facts: {} }]],
    [
      'twice',
      [{}, ...[1, 2].map((minutes) => ({ ...UNANSWERED, afterMs: minutes * MINUTE_MS }))],
      [{ severity: 'warning', facts: {} }],
    ],
    [
      'what is refused passes with no restart',
      [{}, { facts: [failed('offsets', 'authorizationFailed')], afterMs: MINUTE_MS, ...without(0) }],
      [{ severity: 'warning', facts: {} }],
    ],
    ['all is known', [{}], []],
    ['frozen metadata is told by the quorum', [{ quorum: NO_LEADER }], []],
  ],
  'nameServer.unreachable': [
    [
      'one of two',
      nameServers({}, SILENT),
      [
        {
          severity: 'warning',
          subject: { type: 'nameServer', name: '10.0.0.2:9876' },
          facts: { address: '10.0.0.2:9876', reason: 'connectTimeout' },
        },
      ],
    ],
    ['all answer', nameServers({}, {}), []],
  ],
  'nameServer.differs': [
    [
      'it lacks a broker and topics',
      nameServers({ missingBrokers: ['b:0'], missingTopicCount: 4 }),
      [{ severity: 'warning', facts: { address: '10.0.0.1:9876', brokers: 1, topics: 4 } }],
    ],
    ['they list the same', nameServers({}, {}), []],
    ['it is silent', nameServers(SILENT), 'unknown'],
    ['what others list is not known', nameServers({ missingTopicCount: null }), 'unknown'],
  ],
}

function configured(...values: (Record<string, string | null> | null)[]): Poll[] {
  return [{ brokers: values.map((one, index) => aBroker(String(index + 1), { config: one && settings(one) })) }]
}

function volumes(...brokers: [host: string, totalBytes: bigint | null, usableBytes: bigint | null][]): Poll[] {
  const rest = { path: '/data', volume: null, usedRatio: null, logBytes: null, error: null }
  return [
    {
      brokers: brokers.map(([host, totalBytes, usableBytes], index) =>
        aBroker(String(index + 1), { host, logDirs: [{ ...rest, totalBytes, usableBytes }] }),
      ),
    },
  ]
}

function ledBy(leaders: readonly (string | null)[], over: Partial<PartitionState> = {}): Poll {
  const partitions = leaders.map((leader, partition) => aPartition({ partition, leader, ...over }))
  return { topics: [aTopic({ partitions })] }
}

const TEN = ['2', '2', ...Array.from({ length: 8 }, () => '1')]

function open(afterMinutes: number, lastStableOffset: bigint | null = 60n, more: Poll = {}): Poll {
  return {
    afterMs: afterMinutes * MINUTE_MS,
    topics: [aTopic({ partitions: [aPartition(), aPartition({ partition: 1, lastStableOffset })] })],
    ...more,
  }
}

const PATIENT: Poll = {
  brokers: [aBroker('1', { config: settings({ 'transaction.max.timeout.ms': String(HOUR_MS) }) })],
}

const HELD = [
  { name: 'retention.ms', broker: null, setting: 'retention.ms', before: null },
  { name: 'retention.bytes', broker: null, setting: 'retention.bytes', before: '5000' },
]

function held(trouble: HoldTrouble, config: Record<string, string> | null, over: Partial<TroubledHold> = {}): Poll[] {
  const topic = aTopic({ config: config === null ? null : settings(config, 'DYNAMIC_TOPIC_CONFIG') })
  return [{ topics: [topic], holds: [{ topic: 'orders', topicId: 'id-orders', trouble, settings: HELD, ...over }] }]
}

function holdCases(trouble: HoldTrouble, other: HoldTrouble): RuleCase[] {
  const subject = { type: 'topic', name: 'orders' } as const
  const all = { settings: 'retention.ms, retention.bytes', set: 'retention.bytes=5000', drop: 'retention.ms' }
  const size = { settings: 'retention.bytes', set: 'retention.bytes=5000', drop: '' }
  const unread = { topics: [aTopic()], holds: null }
  return [
    [
      'nothing is as before',
      held(trouble, { 'retention.ms': '77', 'retention.bytes': '-1' }),
      [{ severity: 'warning', subject, facts: { topic: 'orders', ...all } }],
    ],
    ['one is as before', held(trouble, { 'retention.bytes': '-1' }), [{ severity: 'warning', subject, facts: size }]],
    ['its settings were not read', held(trouble, null), [{ severity: 'warning', subject, facts: all }]],
    ['somebody has set it right', held(trouble, { 'retention.bytes': '5000' }), []],
    ['the topic was created anew', held(trouble, { 'retention.ms': '77' }, { topicId: 'another' }), []],
    ['the topic is gone', held(trouble, {}, { topic: 'gone' }), []],
    ['it is another trouble', held(other, { 'retention.ms': '77' }), []],
    ['the holds could not be read', [unread], 'unknown'],
    ...brokerHoldCases(trouble),
  ]
}

const HOURS = ['a:0', 'a:1'].map((broker) => {
  return { name: `${broker} fileReservedTime`, broker, setting: 'fileReservedTime', before: '72' }
})

/** The topic is gone: its brokers are as they were left. */
function heldBrokers(trouble: HoldTrouble, ...brokers: BrokerState[]): Poll[] {
  const holds = [{ topic: 'orders', topicId: null, trouble, settings: HOURS }]
  return [{ kind: 'rocketmq', quorum: null, nameServers: [], brokers, topics: [], groups: [], holds }]
}

function brokerHoldCases(trouble: HoldTrouble): RuleCase[] {
  const before = (id: string): BrokerState => aConfiguredBroker(id, { fileReservedTime: '72' })
  const slave = aConfiguredBroker('a:1', { fileReservedTime: '876000' }, {}, { host: '10.0.0.6' })
  const subject = { type: 'topic', name: 'orders' } as const
  const about = (broker: string, address: string) => ({
    ...{ topic: 'orders', settings: `${broker} fileReservedTime`, broker, address },
    ...{ set: 'fileReservedTime=72', drop: '' },
  })
  const ofSlave = (address: string) =>
    ({ severity: 'warning', subject, part: 'a:1', facts: about('a:1', address) }) as const
  return [
    ['a slave is not as before', heldBrokers(trouble, before('a:0'), slave), [ofSlave('10.0.0.6:10912')]],
    ['a slave is not there', heldBrokers(trouble, before('a:0')), [ofSlave('')]],
    [
      'neither was read',
      heldBrokers(trouble, aConfiguredBroker('a:0', {}, {}, { config: null }), { ...slave, config: null }),
      [{ severity: 'warning', part: 'a:0', facts: { broker: 'a:0' } }, ofSlave('10.0.0.6:10912')],
    ],
    ['both brokers are as before', heldBrokers(trouble, before('a:0'), before('a:1')), []],
  ]
}

export const KAFKA_CLUSTER_CASES: RuleCases = {
  'topic.holdConflict': holdCases('conflict', 'overdue'),
  'topic.holdOverdue': holdCases('overdue', 'conflict'),
  'quorum.noLeader': [
    ['nobody leads', [{ quorum: NO_LEADER }], [{ severity: 'critical', facts: { voters: 0 } }]],
    [
      'somebody leads and nothing moves',
      [{ quorum: quorum([0, 0, 0], { isMoving: false }) }],
      [{ severity: 'critical', facts: { voters: 3 } }],
    ],
    ['it moves', [{ quorum: quorum([0, 0, 0]) }], []],
    ['whether it moves is not known yet', [{ quorum: quorum([0, 0, 0], { isMoving: null }) }], 'unknown'],
    ['it could not be asked', [{ quorum: null }], 'unknown'],
  ],
  'quorum.voterBehind': [
    [
      'the last majority, for long',
      [{ quorum: quorum([0, 0, 301]) }],
      [{ severity: 'high', facts: { voters: '102', count: 1, all: 3 } }],
    ],
    ['it may be restarting', [{ quorum: quorum([0, 0, 61]) }], [{ severity: 'warning', facts: { voters: '102' } }]],
    ['one of five', [{ quorum: quorum([0, 0, 0, 0, 900]) }], [{ severity: 'warning', facts: { count: 1, all: 5 } }]],
    [
      'two of five',
      [{ quorum: quorum([0, 0, 0, 900, 900]) }],
      [{ severity: 'high', facts: { voters: '103, 104', count: 2 } }],
    ],
    [
      'one of four, of which three are needed',
      [{ quorum: quorum([0, 0, 0, 900]) }],
      [{ severity: 'high', facts: { all: 4 } }],
    ],
    [
      'it has not caught up once under this leader',
      [{ quorum: quorum([0, 0, null]) }, { afterMs: 61 * SECOND_MS, quorum: quorum([0, 0, null]) }],
      [{ severity: 'warning', facts: { voters: '102' } }],
    ],
    ['all follow, by the leader’s clock', [{ quorum: quorum([0, 1, 60]) }], []],
    ['a leader alone', [{ quorum: quorum([0]) }], []],
    ['one has yet to catch up', [{ quorum: quorum([0, 0, null]) }], 'unknown'],
    [
      'another leader has just begun',
      [{ quorum: quorum([0, 0, null]) }, { afterMs: 61 * SECOND_MS, quorum: quorum([0, 0, null], { leaderEpoch: 8 }) }],
      'unknown',
    ],
    ['the leader tells no time', [{ quorum: quorum([null, 900, 900]) }], 'unknown'],
    ['nothing moves', [{ quorum: quorum([0, 900, 900], { isMoving: false }) }], 'unknown'],
    ['it could not be asked', [{ quorum: null }], 'unknown'],
  ],
  'quorum.fewVoters': [
    ['one', [{ quorum: quorum([0]) }], [{ severity: 'info', facts: { count: 1 } }]],
    ['two', [{ quorum: quorum([0, 0]) }], [{ severity: 'info', facts: { count: 2 } }]],
    ['three', [{ quorum: quorum([0, 0, 0]) }], []],
    ['nobody tells', [{ quorum: NO_LEADER }], 'unknown'],
    ['it could not be asked', [{ quorum: null }], 'unknown'],
  ],
  'cluster.fewerThanThreeBrokers': [
    ['two', [{ brokers: [aBroker('1'), aBroker('2')] }], [{ severity: 'warning', facts: { brokers: 2 } }]],
    ['one', [{ brokers: [aBroker('1')] }], [{ severity: 'info', facts: { brokers: 1 } }]],
    ['three', [{}], []],
    [
      'controllers keep no messages',
      [{ brokers: [aBroker('1'), aBroker('2'), aBroker('9', { role: 'controller' })] }],
      [{ severity: 'warning', facts: { brokers: 2 } }],
    ],
    ['nobody is listed', [{ brokers: [] }], 'unknown'],
  ],
  'cluster.singleRack': [
    ['nobody tells', [{}], [{ severity: 'info', facts: { brokers: 3, racks: 'none' } }]],
    [
      'one',
      [{ brokers: ['1', '2'].map((id) => aBroker(id, { rack: 'a' })) }],
      [{ severity: 'info', facts: { brokers: 2, racks: 'one' } }],
    ],
    [
      'one, and some do not tell',
      [{ brokers: [aBroker('1', { rack: 'a' }), aBroker('2')] }],
      [{ severity: 'info', facts: { racks: 'some' } }],
    ],
    ['two', [{ brokers: [aBroker('1', { rack: 'a' }), aBroker('2', { rack: 'b' })] }], []],
    ['a single broker', [{ brokers: [aBroker('1')] }], []],
  ],
  'cluster.sharedDisk': [
    [
      'two of three on one host',
      volumes(['h1', 1_000n, 600n], ['h1', 1_000n, 601n], ['h2', 1_000n, 600n]),
      [{ severity: 'warning', part: 'h1', facts: { host: 'h1', brokers: '1, 2', count: 2 } }],
    ],
    [
      'all on a developer’s machine',
      [{}],
      [{ severity: 'info', part: 'localhost', facts: { host: 'localhost', brokers: '1, 2, 3', count: 3 } }],
    ],
    ['on one host, with other room', volumes(['h1', 1_000n, 600n], ['h1', 1_000n, 602n]), []],
    ['on one host, of another size', volumes(['h1', 1_000n, 600n], ['h1', 2_000n, 600n]), []],
    ['on hosts of their own', volumes(['h1', 1_000n, 600n], ['h2', 1_000n, 600n]), []],
    ['on one host, and nobody tells how much is free', volumes(['h1', 1_000n, null], ['h1', 1_000n, null]), 'unknown'],
    ['on one host, and nobody tells the size', volumes(['h1', null, null], ['h1', null, null]), 'unknown'],
  ],
  'cluster.settingsDiffer': [
    [
      'one of three',
      configured({ 'min.insync.replicas': '2' }, { 'min.insync.replicas': '1' }, { 'min.insync.replicas': '2' }),
      [
        {
          severity: 'warning',
          part: 'min.insync.replicas',
          facts: { setting: 'min.insync.replicas', values: '1, 3: 2; 2: 1' },
        },
      ],
    ],
    [
      'one has no value',
      configured({ 'log.flush.interval.ms': null }, { 'log.flush.interval.ms': '1' }),
      [{ severity: 'warning', facts: { values: '1: –; 2: 1' } }],
    ],
    [
      'the same time in another unit',
      configured(
        { 'log.retention.ms': '86400000' },
        { 'log.retention.ms': null, 'log.retention.minutes': null, 'log.retention.hours': '24' },
      ),
      [],
    ],
    [
      'minutes hold before hours',
      configured(
        { 'log.retention.ms': null, 'log.retention.minutes': '60', 'log.retention.hours': '168' },
        { 'log.retention.ms': null, 'log.retention.minutes': null, 'log.retention.hours': '1' },
      ),
      [],
    ],
    [
      'hours that differ',
      configured(
        { 'log.retention.ms': null, 'log.retention.hours': '24' },
        { 'log.retention.ms': null, 'log.retention.hours': '48' },
      ),
      [{ severity: 'warning', facts: { setting: 'log.retention.ms', values: '1: 86400000; 2: 172800000' } }],
    ],
    ['a broker of another version lacks it', configured({ 'replica.lag.time.max.ms': '30000' }, {}), []],
    ['others may differ', configured({ 'log.dirs': '/a' }, { 'log.dirs': '/b' }), []],
    ['those of one were not read', configured({ 'min.insync.replicas': '2' }, null), 'unknown'],
  ],
  'cluster.leadersNotPreferred': [
    ['two of ten', [ledBy(TEN)], [{ severity: 'info', facts: { partitions: 2, all: 10 } }]],
    ['one of ten', [ledBy(TEN.with(0, '1'))], []],
    ['the preferred one cannot lead', [ledBy(TEN, { isr: ['2', '3'] })], []],
    [
      'partitions are being moved',
      [{ ...ledBy(['2', '2'], { reassignment: { adding: ['1'], removing: ['3'] } }) }],
      'unknown',
    ],
    ['nobody leads', [ledBy([null])], 'unknown'],
    ['the metadata is frozen', [{ ...ledBy(TEN), quorum: NO_LEADER }], 'unknown'],
  ],
  'transaction.hanging': [
    [
      'for longer than one may take',
      [open(0), open(8), open(17)],
      [
        {
          severity: 'high',
          subject: { type: 'topic', name: 'orders' },
          facts: { topic: 'orders', partitions: 1, partition: 1, minutes: 17, timeoutMinutes: 15 },
        },
      ],
    ],
    ['it has moved', [open(0), open(8, 61n), open(17, 61n)], []],
    ['it was behind the end for a while only', [open(0), open(8, 100n), open(17)], []],
    ['for no longer than one may take', [open(0), open(16)], []],
    ['brokers take longer ones', [open(0, 60n, PATIENT), open(40, 60n, PATIENT)], []],
    [
      'and longer than those',
      [open(0, 60n, PATIENT), open(62, 60n, PATIENT)],
      [{ severity: 'high', facts: { minutes: 62, timeoutMinutes: 60 } }],
    ],
    ['a poll did not see it', [open(0), open(8, null), open(17)], [{ severity: 'high', facts: { minutes: 17 } }]],
    ['where it stands is not known', [open(0), open(17, null)], 'unknown'],
    [
      'found before a restart it goes on at once',
      [open(0), open(17), { ...open(18), isRestart: true }, open(19)],
      [{ severity: 'high', facts: { partition: 1, minutes: 18 } }],
    ],
    ['and ends when it moves', [open(0), open(17), { ...open(18), isRestart: true }, open(19, 61n)], []],
    ['not found before a restart it waits', [open(0), { ...open(10), isRestart: true }, open(17)], []],
    ['nothing is open', [{}], []],
  ],
  'cluster.clientSettingsUnknown': [['always', [{}], [{ severity: 'info', facts: {} }]]],
}
