import type { BrokerState, ClusterSnapshot, LogDirState } from '../../../../lib/cluster/snapshot.ts'
import { aConfiguredBroker, aRocketmqBroker, aRocketmqBrokerState } from '../../../builders/rocketmq.ts'
import { lastSeen, type Poll, type RuleCases, settings } from '../../../builders/rule-cases.ts'
import { aBroker } from '../../../builders/snapshots.ts'

function dir(over: Partial<LogDirState>): LogDirState {
  const size = { totalBytes: 1_000n, usableBytes: 900n, usedRatio: null, logBytes: 1n }
  return { path: '/data', volume: null, ...size, error: null, ...over }
}

function one(over: Partial<BrokerState>): Poll[] {
  return [{ brokers: [aBroker('1', over), aBroker('2'), aBroker('3')] }]
}

const dirs = (...logDirs: LogDirState[]): Poll[] => one({ logDirs })
const BROKEN = dir({ path: '/broken', error: { code: 'logDirOffline', facts: {} } })
const SIZELESS = dir({ path: '/other', totalBytes: null, usableBytes: null })

function missing(minutesAgo: number): Poll[] {
  return [{ brokers: [aBroker('1'), aBroker('2')], expected: [lastSeen('3', minutesAgo)] }]
}

const SILENT = { online: null, logDirs: null, fault: { code: 'connectTimeout', facts: {} } } as const
const GONE = { broker: '3', address: 'localhost:9093' }

function silent(minutes: number): Poll[] {
  return one(SILENT).map((poll) => ({ ...poll, expected: [lastSeen('1', minutes)] }))
}

const REFUSES = { deletesExpired: 0.75, deletesUnexpired: null, refusesMessages: 0.9 }

function store(ratios: Record<string, number | null>, marks = REFUSES as typeof REFUSES | null): Poll[] {
  const logDirs = Object.entries(ratios).map(([path, usedRatio]) => dir({ path, usedRatio, totalBytes: null }))
  const rocketmq = aRocketmqBrokerState({ diskMarks: marks })
  return [
    {
      kind: 'rocketmq',
      brokers: [aRocketmqBroker('a:0', { logDirs, rocketmq })],
      topics: [],
      groups: [],
    } satisfies Partial<ClusterSnapshot>,
  ]
}

export const BROKER_CASES: RuleCases = {
  'broker.missing': [
    ['for five minutes', missing(5), [{ severity: 'high', facts: GONE, subject: { type: 'broker', name: '3' } }]],
    ['it may be restarting', missing(4), [{ severity: 'info', facts: GONE }]],
    ['there', one({}), []],
    ['silent', one(SILENT), 'unknown'],
  ],
  'broker.unreachable': [
    [
      'listed and silent',
      one(SILENT),
      [{ severity: 'warning', facts: { broker: '1', address: 'localhost:9091', reason: 'connectTimeout' } }],
    ],
    ['it may be restarting', silent(4), [{ severity: 'info', facts: { broker: '1' } }]],
    ['silent for five minutes', silent(5), [{ severity: 'warning', facts: { broker: '1' } }]],
    ['answering', one({}), []],
    ['away, which is another matter', missing(60), []],
  ],
  'broker.logDirFailed': [
    [
      'one of two',
      dirs(dir({}), BROKEN),
      [{ severity: 'high', part: '/broken', facts: { broker: '1', path: '/broken' } }],
    ],
    ['none', dirs(dir({})), []],
    ['disks are not known', one({ logDirs: null }), 'unknown'],
    ['a controller keeps none', one({ role: 'controller', logDirs: null }), []],
  ],
  'broker.diskFull': [
    [
      'nine tenths',
      dirs(dir({ usableBytes: 100n })),
      [{ severity: 'critical', part: '/data', facts: { broker: '1', path: '/data', usedPercent: 90 } }],
    ],
    ['eight tenths', dirs(dir({ usableBytes: 200n })), [{ severity: 'high', facts: { usedPercent: 80 } }]],
    ['less', dirs(dir({ usableBytes: 201n })), []],
    [
      'one full, of another nothing is known',
      dirs(SIZELESS, dir({ usableBytes: 0n })),
      [{ severity: 'critical', facts: { path: '/data' } }],
    ],
    ['of one nothing is known', dirs(SIZELESS, dir({})), 'unknown'],
    ['a failed one has no size', dirs(BROKEN, dir({})), []],
    ['disks are not known', one({ logDirs: null }), 'unknown'],
  ],
  'broker.commitLogFull': [
    [
      'near the mark at which it refuses',
      store({ '/log': 0.85 }),
      [
        {
          ...{ severity: 'critical', part: '/log' },
          facts: {
            ...{ broker: 'a:0', path: '/log', usedPercent: 85, deletesExpiredPercent: 75 },
            ...{ deletesUnexpiredPercent: 'never', refusesPercent: 90 },
          },
        },
      ],
    ],
    ['near the first mark', store({ '/log': 0.7 }), [{ severity: 'warning', facts: { usedPercent: 70 } }]],
    [
      'marks of a broker whose settings are not known',
      store({ '/log': 0.8 }, null),
      [{ severity: 'critical', facts: { deletesUnexpiredPercent: 85 } }],
    ],
    [
      'the fuller of two folders',
      store({ '/log': 0.86, '/queues': 0.95 }),
      [{ severity: 'critical', facts: { path: '/queues' } }],
    ],
    ['room enough', store({ '/log': 0.69, '/queues': 0.2 }), []],
    ['of one folder nothing is known', store({ '/log': 0.2, '/queues': null }), 'unknown'],
  ],
}

function set(values: Record<string, string | null>, source?: string): Poll[] {
  return one({ config: settings(values, source) })
}

const FOR_EVER = '9223372036854775807'
const UNREAD = one({ config: null })
const ON_ALL = (values: Record<string, string>): Poll[] => [
  { brokers: ['1', '2', '3'].map((id) => aBroker(id, { config: settings(values) })) },
]
const ALONE = (values: Record<string, string>): Poll[] => [{ brokers: [aBroker('1', { config: settings(values) })] }]

export const KAFKA_BROKER_CASES: RuleCases = {
  'broker.defaultReplicationFactorOne': [
    ['one', set({ 'default.replication.factor': '1' }), [{ severity: 'info', facts: { broker: '1' } }]],
    ['three', ALONE({ 'default.replication.factor': '3' }), []],
    ['not read', UNREAD, 'unknown'],
  ],
  'broker.defaultMinIsrOne': [
    ['one', set({ 'min.insync.replicas': '1' }), [{ severity: 'info', facts: { broker: '1' } }]],
    ['one, where there are too few brokers for more', ALONE({ 'min.insync.replicas': '1' }), []],
    [
      'one, where two brokers are too few for more',
      [{ brokers: ['1', '2'].map((id) => aBroker(id, { config: settings({ 'min.insync.replicas': '1' }) })) }],
      [],
    ],
    ['two', ON_ALL({ 'min.insync.replicas': '2' }), []],
    ['not read', UNREAD, 'unknown'],
  ],
  'broker.internalReplicationLow': [
    [
      'some of them',
      set({
        ...{ 'offsets.topic.replication.factor': '1', 'transaction.state.log.replication.factor': '3' },
        ...{ 'transaction.state.log.min.isr': '1', 'share.coordinator.state.topic.min.isr': '2' },
      }),
      [
        {
          severity: 'info',
          facts: { broker: '1', settings: 'offsets.topic.replication.factor, transaction.state.log.min.isr' },
        },
      ],
    ],
    ['as many as there are brokers', ALONE({ 'offsets.topic.replication.factor': '1' }), []],
    ['three', ON_ALL({ 'offsets.topic.replication.factor': '3' }), []],
    ['not read', UNREAD, 'unknown'],
  ],
  'broker.autoCreateTopics': [
    [
      'on, with one copy',
      set({ 'auto.create.topics.enable': 'true', 'default.replication.factor': '1' }),
      [{ severity: 'warning', facts: { broker: '1' } }],
    ],
    [
      'on, with three copies',
      set({ 'auto.create.topics.enable': 'true', 'default.replication.factor': '3' }),
      [{ severity: 'info', facts: {} }],
    ],
    [
      'on, at a RocketMQ master',
      [
        {
          ...{ kind: 'rocketmq', topics: [], groups: [] },
          brokers: [aConfiguredBroker('a:0', { autoCreateTopicEnable: 'true' })],
        },
      ],
      [{ severity: 'info', facts: { broker: 'a:0' } }],
    ],
    [
      'on, on the only broker',
      ALONE({ 'auto.create.topics.enable': 'true', 'default.replication.factor': '1' }),
      [{ severity: 'info', facts: {} }],
    ],
    ['off', ALONE({ 'auto.create.topics.enable': 'false' }), []],
    ['not read', UNREAD, 'unknown'],
  ],
  'broker.offsetsRetentionShort': [
    [
      'a day',
      set({ 'offsets.retention.minutes': '1440' }),
      [{ severity: 'warning', facts: { broker: '1', minutes: 1440 } }],
    ],
    ['seven days', ALONE({ 'offsets.retention.minutes': '10080' }), []],
    ['not read', UNREAD, 'unknown'],
  ],
  'broker.flushSettings': [
    [
      'set',
      set({ 'log.flush.interval.messages': '1000', 'log.flush.interval.ms': '500' }),
      [{ severity: 'info', facts: { broker: '1', settings: 'log.flush.interval.messages, log.flush.interval.ms' } }],
    ],
    ['written out as what holds anyway', ALONE({ 'log.flush.interval.messages': '9223372036854775807' }), []],
    ['without a value', [{ brokers: [aBroker('1', { config: settings({ 'log.flush.interval.ms': null }) })] }], []],
    [
      'a default',
      [{ brokers: [aBroker('1', { config: settings({ 'log.flush.interval.messages': '1' }, 'DEFAULT_CONFIG') })] }],
      [],
    ],
    ['not read', UNREAD, 'unknown'],
  ],
  'broker.uncontrolledShutdown': [
    ['off', set({ 'controlled.shutdown.enable': 'false' }), [{ severity: 'warning', facts: { broker: '1' } }]],
    ['on', ALONE({ 'controlled.shutdown.enable': 'true' }), []],
    ['not read', UNREAD, 'unknown'],
  ],
  'broker.futureTimestamps': [
    [
      'no limit',
      set({ 'log.message.timestamp.after.max.ms': FOR_EVER }),
      [{ severity: 'info', facts: { broker: '1', setting: 'log.message.timestamp.after.max.ms' } }],
    ],
    [
      'no limit, in an old version',
      set({ 'log.message.timestamp.difference.max.ms': FOR_EVER }),
      [{ severity: 'info', facts: { setting: 'log.message.timestamp.difference.max.ms' } }],
    ],
    [
      'the newer setting counts',
      ALONE({ 'log.message.timestamp.difference.max.ms': FOR_EVER, 'log.message.timestamp.after.max.ms': '3600000' }),
      [],
    ],
    ['a day', ALONE({ 'log.message.timestamp.after.max.ms': '86400000' }), []],
    [
      'brokers stamp messages themselves',
      ALONE({ 'log.message.timestamp.after.max.ms': FOR_EVER, 'log.message.timestamp.type': 'LogAppendTime' }),
      [],
    ],
    ['not read', UNREAD, 'unknown'],
  ],
  'broker.replicaLagTimeShort': [
    [
      'ten seconds',
      set({ 'replica.lag.time.max.ms': '10000' }),
      [{ severity: 'info', facts: { broker: '1', seconds: 10 } }],
    ],
    ['thirty', ALONE({ 'replica.lag.time.max.ms': '30000' }), []],
    ['not read', UNREAD, 'unknown'],
  ],
  'broker.fewRecoveryThreads': [
    [
      'one',
      set({ 'num.recovery.threads.per.data.dir': '1' }),
      [{ severity: 'info', facts: { broker: '1', threads: 1 } }],
    ],
    ['two', ALONE({ 'num.recovery.threads.per.data.dir': '2' }), []],
    ['not read', UNREAD, 'unknown'],
  ],
}
