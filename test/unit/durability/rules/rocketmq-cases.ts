/** A hit, a miss and an unknown of each rule that is RocketMQ's alone; the finer points are in the files of the rules. */
import type {
  NameServerState,
  RocketmqBrokerState,
  RocketmqGroupState,
  RocketmqHalfMessage,
} from '../../../../lib/cluster/rocketmq-state.ts'
import type { BrokerState, FactStatus, GroupState, TopicState } from '../../../../lib/cluster/snapshot.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../../lib/units.ts'
import {
  aConfiguredBroker,
  aReplication,
  aRocketmqGroup,
  aRocketmqTopic,
  aRuntime,
  topicOn,
} from '../../../builders/rocketmq.ts'
import type { Poll, RuleCase, RuleCases } from '../../../builders/rule-cases.ts'
import { NOW_MS } from '../../../builders/snapshots.ts'

type Settings = Record<string, string | undefined>

function poll(brokers: BrokerState[], more: Poll = {}): Poll {
  return { kind: 'rocketmq', quorum: null, nameServers: [], brokers, topics: [], groups: [], ...more }
}

/** A master, and beside it a slave whose settings tell nothing. */
function master(settings: Settings, state: Partial<RocketmqBrokerState> = {}, over: Partial<BrokerState> = {}): Poll {
  return poll([aConfiguredBroker('a:0', settings, state, over), SILENT_SLAVE])
}

function slave(settings: Settings, state: Partial<RocketmqBrokerState> = {}, over: Partial<BrokerState> = {}): Poll {
  return poll([aConfiguredBroker('a:0'), aConfiguredBroker('a:1', settings, state, over)])
}

const SLAVE = aConfiguredBroker('a:1')
const SILENT_SLAVE = aConfiguredBroker('a:1', {}, {}, { config: null, version: null })
const UNREAD = { config: null }
const CONTROLLED = { enableControllerMode: 'true' }

/** Forty at most, of which this one was asked about most often. */
function halfMessages(oldest: Partial<RocketmqHalfMessage>, settings: Settings = {}): Poll {
  const born = { bornAtMs: NOW_MS - 3 * MINUTE_MS, topic: 'orders', producerGroup: 'shop' }
  return master(settings, { undecided: { atMost: 40n, oldest: { ...born, checks: 0, ...oldest } } })
}

/** A setting of a master that hits with one value and not with another. */
function setting(hits: Settings, misses: Settings, severity: 'info' | 'warning' | 'critical', facts = {}): RuleCase[] {
  return [
    ['set so', [master(hits)], [{ severity, facts: { broker: 'a:0', ...facts } }]],
    ['set otherwise', [master(misses)], []],
    ['not read', [master({}, {}, UNREAD)], 'unknown'],
  ]
}

function lasting(one: Poll, minutes: number): Poll[] {
  return [one, { ...one, afterMs: minutes * MINUTE_MS }]
}

/** For six minutes, and a poll of another process after that. */
const restarted = (one: Poll): Poll[] => [
  ...lasting(one, 6),
  { ...one, afterMs: 6 * MINUTE_MS + 15 * SECOND_MS, isRestart: true },
]

function servers(...addresses: string[]): Poll {
  const rest = {
    online: true,
    fault: null,
    brokers: [],
    topicCount: 0,
    missingBrokers: [],
    missingTopicCount: 0,
  } as const
  const nameServers = addresses.map(
    (address): NameServerState => ({ ...rest, address, brokers: [], missingBrokers: [] }),
  )
  return poll([aConfiguredBroker('a:0'), SLAVE], { nameServers })
}

function group(over: Partial<RocketmqGroupState>, more: Partial<GroupState> = {}): Poll {
  const known = aRocketmqGroup().rocketmq as RocketmqGroupState
  return poll([], { groups: [aRocketmqGroup({ rocketmq: { ...known, ...over }, ...more })] })
}

function setGroup(settings: Partial<NonNullable<RocketmqGroupState['settings']>>): Poll {
  const known = aRocketmqGroup().rocketmq?.settings as NonNullable<RocketmqGroupState['settings']>
  return group({ settings: { ...known, ...settings } })
}

const NO_SETTINGS = group({ settings: null })

function topic(permission: number, over: Partial<TopicState> = {}): Poll {
  const brokers = ['a', 'b'].map((name) => topicOn(name, permission))
  return poll([], { topics: [aRocketmqTopic('orders', { rocketmq: { deadLetterGroup: null, brokers }, ...over })] })
}

function onBrokers(...names: string[]): Poll {
  const brokers = names.map((name) => topicOn(name))
  const other = aRocketmqTopic('everywhere')
  const topics = [other, aRocketmqTopic('orders', { rocketmq: { deadLetterGroup: null, brokers } })]
  return poll(
    ['a:0', 'b:0'].map((id) => aConfiguredBroker(id)),
    { topics },
  )
}

function inSyncState(notInSync: number[], controllerLeader: string | null = '10.0.0.1:9878'): Poll {
  const syncStateSet = { controllerLeader, master: 0, masterEpoch: 1, epoch: 1, inSync: [0], notInSync }
  return poll([aConfiguredBroker('a:0', CONTROLLED, { syncStateSet }), SLAVE], { facts: [ANSWERED] })
}

const ANSWERED: FactStatus = { kind: 'syncStateSets', paceMs: null, lastReadAtMs: null, faults: [], faultCount: 0 }

const disk = (usedRatio: number): Pick<BrokerState, 'logDirs'> => ({
  logDirs: [
    { path: '/log', volume: null, totalBytes: null, usableBytes: null, usedRatio, logBytes: null, error: null },
  ],
})

const copy = (over: Partial<NonNullable<RocketmqBrokerState['slaveCopy']>>): Partial<RocketmqBrokerState> => ({
  slaveCopy: { readAtMs: 0, missingTopics: 0, missingGroups: 0, missingOffsets: 0, staleOffsets: 0, ...over },
})

const delayed = (deliveredOffset: bigint, minutes: number): Poll => ({
  ...master({}, { delayLevels: [{ level: 3, deliveredOffset, maxOffset: 9n }] }),
  afterMs: minutes * MINUTE_MS,
})

const flushing = (remainingToFlushBytes: bigint | null): Poll =>
  poll([
    aConfiguredBroker('a:0', {}, { runtime: aRuntime({ remainingToFlushBytes, putMessageFailures: 0n }) }),
    aConfiguredBroker('a:1', {}, { runtime: aRuntime({ remainingToFlushBytes: null }) }),
  ])

const failing = (putMessageFailures: bigint | null): Poll =>
  poll([
    aConfiguredBroker('a:0', {}, { runtime: aRuntime({ putMessageFailures }) }),
    aConfiguredBroker('a:1', {}, { runtime: aRuntime({ putMessageFailures: null }) }),
  ])

const behind = (over: Parameters<typeof aReplication>[1]): Poll => slave({}, { replication: aReplication(true, over) })

/** A master that flushes later and waits for its slave. */
const behindMaster = (inSync: boolean): Poll =>
  poll([
    aConfiguredBroker('a:0', { flushDiskType: 'ASYNC_FLUSH' }),
    aConfiguredBroker('a:1', {}, { replication: aReplication(true, { inSync }) }),
  ])

export const ROCKETMQ_BROKER_CASES: RuleCases = {
  'broker.asyncFlush': [
    ...setting({ flushDiskType: 'ASYNC_FLUSH', inSyncReplicas: '1' }, {}, 'critical', { copy: 'none' }).slice(0, 2),
    [
      'without a copy before a restart',
      restarted(behindMaster(false)),
      [{ severity: 'critical', facts: { copy: 'away' } }],
    ],
    [
      'with a copy before a restart',
      [behindMaster(true), { ...behindMaster(false), afterMs: MINUTE_MS, isRestart: true }],
      [{ severity: 'warning', facts: { copy: 'away' } }],
    ],
    ['not told', [master({ flushDiskType: undefined })], 'unknown'],
  ],
  'broker.asyncMaster': setting({ brokerRole: 'ASYNC_MASTER' }, {}, 'warning'),
  'broker.syncMasterInNameOnly': [
    ...setting({ inSyncReplicas: '1' }, {}, 'critical', { replicas: 1 }).slice(0, 2),
    ['not told', [master({ brokerRole: undefined })], 'unknown'],
  ],
  'broker.minInSyncReplicasOne': setting(CONTROLLED, {}, 'warning', { least: 1 }),
  'broker.autoInSyncReplicas': setting({ enableAutoInSyncReplicas: 'true' }, {}, 'warning', { used: 'yes' }),
  'broker.ackBeforeSyncStateSet': [
    ...setting(CONTROLLED, {}, 'info', { replicas: 2 }),
    ['all of the set', [master({ ...CONTROLLED, allAckInSyncStateSet: 'true' })], []],
  ],
  'broker.noSlave': [
    [
      'alone',
      [poll(['a:0', 'b:0', 'b:1'].map((id) => aConfiguredBroker(id)))],
      [{ severity: 'high', facts: { broker: 'a:0' } }],
    ],
    ['on a developer’s machine', [poll([aConfiguredBroker('a:0')])], [{ severity: 'info', facts: {} }]],
    ['with one', [master({})], []],
    ['gone, nothing is known of it', [poll([aConfiguredBroker('a:0', {}, {}, { rocketmq: null })])], 'unknown'],
  ],
  'broker.noAutomaticFailover': setting({ enableSlaveActingMaster: 'false' }, {}, 'info'),
  'broker.slaveBehind': [
    [
      'for long',
      [behind({ behindBytes: 10_000_000n, behindMs: 6 * MINUTE_MS })],
      [{ severity: 'high', facts: { broker: 'a:1', behindMiB: 10 } }],
    ],
    ['hardly', [behind({ behindBytes: 60_000n, behindMs: 1 })], []],
    ['not read', [behind({ behindBytes: null, behindMs: null })], 'unknown'],
  ],
  'broker.slaveStuck': [
    [
      'it writes nothing',
      lasting(behind({ behindBytes: 10_000_000n, behindMs: 1 }), 6),
      [{ severity: 'high', facts: { broker: 'a:1', stuckSeconds: 360 } }],
    ],
    [
      'found before a restart',
      restarted(behind({ behindBytes: 10_000_000n, behindMs: 1 })),
      [{ severity: 'high', facts: { stuckSeconds: 45 } }],
    ],
    ['nothing is missing', lasting(behind({}), 6), []],
    ['not read', [behind({ behindBytes: null, behindMs: null })], 'unknown'],
  ],
  'broker.slaveMissingOffsets': [
    [
      'lasting',
      lasting(slave({}, copy({ missingOffsets: 3 })), 3),
      [{ severity: 'warning', facts: { broker: 'a:1', missing: 3, stale: 0 } }],
    ],
    ['in one comparison', [slave({}, copy({ missingOffsets: 3 }))], []],
    ['found before a restart', restarted(slave({}, copy({ missingOffsets: 3 }))), [{ severity: 'warning', facts: {} }]],
    ['not compared', [slave({}, copy({ missingOffsets: null }))], 'unknown'],
  ],
  'broker.slaveMissingTopics': [
    [
      'lasting',
      lasting(slave({}, copy({ missingTopics: 2 })), 3),
      [{ severity: 'warning', facts: { broker: 'a:1', topics: 2, groups: 0 } }],
    ],
    ['found before a restart', restarted(slave({}, copy({ missingTopics: 2 }))), [{ severity: 'warning', facts: {} }]],
    ['none', [slave({})], []],
    ['not compared', [slave({}, copy({ missingTopics: null }))], 'unknown'],
  ],
  'broker.replicaSettingsDiffer': [
    [
      'it deletes earlier',
      [slave({ fileReservedTime: '48' })],
      [{ severity: 'high', facts: { broker: 'a:1', setting: 'fileReservedTime' } }],
    ],
    [
      'its disk cleans earlier',
      [slave({ diskMaxUsedSpaceRatio: '60' })],
      [{ severity: 'warning', facts: { setting: 'diskMaxUsedSpaceRatio' } }],
    ],
    ['the same', [slave({})], []],
    ['not read', [slave({}, {}, UNREAD)], 'unknown'],
  ],
  'broker.forcedCleaning': [
    [
      'the mark is near',
      [master({ cleanFileForciblyEnable: 'true' }, {}, disk(0.84))],
      [{ severity: 'critical', facts: { broker: 'a:0', usedPercent: 84 } }],
    ],
    ['off', [master({}, {}, disk(0.84))], []],
    ['marks are not known', [master({}, { diskMarks: null })], 'unknown'],
  ],
  'broker.transientStorePool': [
    ...setting({ transientStorePoolEnable: 'true', flushDiskType: 'ASYNC_FLUSH' }, {}, 'warning'),
  ],
  'broker.flushBehind': [
    [
      'far, for a minute',
      lasting(flushing(2_000_000_000n), 1),
      [{ severity: 'high', facts: { broker: 'a:0', minutes: 1 } }],
    ],
    ['found before a restart', restarted(flushing(2_000_000_000n)), [{ severity: 'high', facts: { minutes: 1 } }]],
    ['little', lasting(poll([aConfiguredBroker('a:0'), SLAVE]), 1), []],
    ['not told', [flushing(null)], 'unknown'],
  ],
  'broker.putFailures': [
    [
      'more than before',
      [failing(1n), { ...failing(2n), afterMs: MINUTE_MS }],
      [{ severity: 'warning', facts: { broker: 'a:0', failures: 2, recent: 'yes' } }],
    ],
    ['none', [poll([aConfiguredBroker('a:0'), SLAVE])], []],
    ['not told', [failing(null)], 'unknown'],
  ],
  'broker.permission': [
    [
      'reads only',
      [master({ brokerPermission: '4' })],
      [{ severity: 'warning', facts: { broker: 'a:0', permission: 4 } }],
    ],
    ['both', [master({})], []],
    ['not told', [master({ brokerPermission: undefined })], 'unknown'],
  ],
  'broker.timerStopped': setting({ timerStopDequeue: 'true' }, {}, 'warning', { settings: 'timerStopDequeue' }),
  'broker.delayStuck': [
    [
      'for longer than its delay and a while',
      [delayed(4n, 0), delayed(4n, 6)],
      [{ severity: 'warning', facts: { broker: 'a:0', levels: '3', count: 1, waiting: 5, minutes: 6 } }],
    ],
    ['for no longer', [delayed(4n, 0), delayed(4n, 5)], []],
    [
      'found before a restart',
      restarted(delayed(4n, 0)),
      [{ severity: 'warning', facts: { levels: '3', minutes: 5 } }],
    ],
    ['it has moved', [delayed(4n, 0), delayed(5n, 6)], []],
    ['nothing waits', [delayed(9n, 0), delayed(9n, 60)], []],
    ['what has just begun to wait', [delayed(9n, 0), { ...delayed(9n, 60) }], []],
    [
      'a level with a longer delay of its own',
      [
        delayed(4n, 0),
        {
          ...master(
            { messageDelayLevel: '1s 5s 1h' },
            { delayLevels: [{ level: 3, deliveredOffset: 4n, maxOffset: 9n }] },
          ),
          afterMs: 60 * MINUTE_MS,
        },
      ],
      [],
    ],
    ['not told', [master({}, { delayLevels: null })], 'unknown'],
  ],
  'broker.rejectsTransactions': setting({ rejectTransactionMessage: 'true' }, {}, 'info'),
  'broker.autoCreateGroups': setting({ autoCreateSubscriptionGroup: 'true' }, {}, 'info'),
  'broker.crcNotChecked': setting({ checkCRCOnRecover: 'false' }, { checkCRCOnRecover: 'true' }, 'info').map(
    ([name, polls, expected]): RuleCase => [name, polls.map(withoutSlave), expected],
  ),
  'broker.vulnerableVersion': [
    [
      'old',
      [poll([aConfiguredBroker('a:0', {}, {}, { version: '5.1.1' })])],
      [
        { severity: 'high', part: 'CVE-2023-37582', facts: {} },
        { severity: 'warning', part: 'CVE-2024-23321', facts: {} },
      ],
    ],
    ['new', [poll([aConfiguredBroker('a:0')])], []],
    ['not told', [poll([aConfiguredBroker('a:0', {}, {}, { version: null })])], 'unknown'],
  ],
  'broker.noAuthentication': [
    [
      'none',
      [poll([aConfiguredBroker('a:0', { authenticationEnabled: 'false' })])],
      [{ severity: 'warning', facts: { broker: 'a:0' } }],
    ],
    ['ACL 2.0', [poll([aConfiguredBroker('a:0')])], []],
    ['not read', [poll([SILENT_SLAVE])], 'unknown'],
  ],
}

/** Of a check that is about every member. */
function withoutSlave(one: Poll): Poll {
  return { ...one, brokers: one.brokers?.slice(0, 1) ?? [] }
}

export const ROCKETMQ_CLUSTER_CASES: RuleCases = {
  'broker.masterMissing': [
    [
      'nobody serves',
      [poll([aConfiguredBroker('a:1', {}, {}, { online: false })])],
      [{ severity: 'critical', facts: { name: 'a', slaves: 0 } }],
    ],
    ['it is there', [master({})], []],
    ['it is silent', [poll([aConfiguredBroker('a:0', {}, {}, { online: null }), SLAVE])], 'unknown'],
  ],
  'controller.noLeader': [
    ['for minutes', lasting(inSyncState([], null), 6), [{ severity: 'high', facts: { minutes: 6 } }]],
    ['found before a restart', restarted(inSyncState([], null)), [{ severity: 'high', facts: { minutes: 6 } }]],
    ['one leads', [inSyncState([])], []],
    ['settings are not known', [poll([SILENT_SLAVE])], 'unknown'],
  ],
  'controller.replicaNotInSync': [
    [
      'the last one, for long',
      lasting(inSyncState([1]), 6),
      [{ severity: 'high', facts: { broker: 'a:0', members: '1', inSync: 1 } }],
    ],
    ['found before a restart', restarted(inSyncState([1])), [{ severity: 'high', facts: {} }]],
    ['all are in sync', [inSyncState([])], []],
    ['no controller leads', [inSyncState([1], null)], 'unknown'],
  ],
  'nameServer.single': [
    ['one', [servers('10.0.0.1:9876')], [{ severity: 'warning', facts: { address: '10.0.0.1:9876' } }]],
    ['two', [servers('10.0.0.1:9876', '10.0.0.2:9876')], []],
    ['not known', [poll([], { nameServers: null })], 'unknown'],
  ],
  'topic.singleBroker': [
    [
      'one of two',
      [onBrokers('a')],
      [{ severity: 'warning', subject: { type: 'topic', name: 'orders' }, facts: { broker: 'a', brokers: 2 } }],
    ],
    ['both', [onBrokers('a', 'b')], []],
    ['a broker’s topics were not read', [poll(['a:0', 'b:0'].map((id) => aConfiguredBroker(id)))], 'unknown'],
  ],
}

export const ROCKETMQ_SUBJECT_CASES: RuleCases = {
  'topic.writeOnly': [
    ['nobody reads', [topic(2)], [{ severity: 'warning', facts: { topic: 'orders', count: 2 } }]],
    ['both', [topic(6)], []],
    ['not read', [topic(6, { rocketmq: null })], 'unknown'],
  ],
  'topic.notWritable': [
    ['nobody writes', [topic(4)], [{ severity: 'warning', facts: { topic: 'orders', count: 2, readable: 'yes' } }]],
    ['both', [topic(6)], []],
    ['not read', [topic(6, { rocketmq: null })], 'unknown'],
  ],
  'group.retryQueuesZero': [
    ['none', [setGroup({ retryQueues: 0 })], [{ severity: 'critical', facts: { group: 'billing' } }]],
    ['one', [setGroup({})], []],
    ['not known', [NO_SETTINGS], 'unknown'],
  ],
  'group.retriesZero': [
    ['none', [setGroup({ retryMaxTimes: 0 })], [{ severity: 'warning', facts: { retries: 0 } }]],
    ['the default', [setGroup({})], []],
    ['not known', [NO_SETTINGS], 'unknown'],
  ],
  'group.consumeDisabled': [
    ['off', [setGroup({ isConsumeEnabled: false })], [{ severity: 'warning', facts: { group: 'billing' } }]],
    ['on', [setGroup({})], []],
    ['not known', [NO_SETTINGS], 'unknown'],
  ],
  'group.settingsDiffer': [
    ['they do', [group({ settingsDiffer: true })], [{ severity: 'warning', facts: { group: 'billing' } }]],
    ['they do not', [group({})], []],
    ['not known', [NO_SETTINGS], 'unknown'],
  ],
  'group.broadcasting': [
    ['to all', [group({ messageModel: 'BROADCASTING' })], [{ severity: 'info', facts: { group: 'billing' } }]],
    ['to one', [group({})], []],
    ['nobody is online', [group({ messageModel: null })], 'unknown'],
  ],
  'group.consumeFromLast': [
    ['from the last', [group({})], [{ severity: 'info', facts: { group: 'billing' } }]],
    ['from the first', [group({ consumeFromWhere: 'CONSUME_FROM_FIRST_OFFSET' })], []],
    ['nobody is online', [group({ consumeFromWhere: null })], 'unknown'],
  ],
  'broker.halfMessagesWaiting': [
    [
      'asked about twice',
      [halfMessages({ checks: 2 })],
      [
        {
          severity: 'warning',
          facts: {
            ...{ broker: 'a:0', atMost: 40, checks: 2, checkMax: 15, minutes: 3 },
            ...{ topic: 'orders', group: 'shop' },
          },
        },
      ],
    ],
    ['half of the checks are over', [halfMessages({ checks: 8 })], [{ severity: 'high', facts: { checks: 8 } }]],
    [
      'of as many as are set',
      [halfMessages({ checks: 8 }, { transactionCheckMax: '100' })],
      [{ severity: 'warning', facts: { checkMax: 100 } }],
    ],
    [
      'of a producer whose clock is ahead, or that does not tell who it is',
      [halfMessages({ checks: 2, bornAtMs: NOW_MS + DAY_MS, producerGroup: null })],
      [{ severity: 'warning', facts: { minutes: 0, group: 'unknown' } }],
    ],
    ['asked about once', [halfMessages({ checks: 1 })], []],
    ['not asked about, however many', [halfMessages({ checks: 0, bornAtMs: 0 })], []],
    ['none', [master({}, { undecided: { atMost: 0n, oldest: null } })], []],
    ['none that can be told', [master({}, { undecided: { atMost: 40n, oldest: null } })], 'unknown'],
    ['not read', [master({}, { undecided: null })], 'unknown'],
  ],
  'group.transactionsAbandoned': [
    ['some', [master({}, { givenUpHalfMessages: 2n })], [{ severity: 'critical', facts: { broker: 'a:0', count: 2 } }]],
    ['none', [master({})], []],
    ['not read', [master({}, { givenUpHalfMessages: null })], 'unknown'],
  ],
}
