/** RocketMQ's parts of small snapshots for tests of pure code, and a whole cluster for tests of pages. */
import type {
  NameServerState,
  RocketmqBrokerState,
  RocketmqReplication,
  RocketmqRuntime,
} from '../../lib/cluster/rocketmq-state.ts'
import type {
  BrokerState,
  ClusterSnapshot,
  GroupPartition,
  GroupState,
  PartitionState,
  SubjectRef,
  TopicState,
} from '../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import type { FindingCode } from '../../lib/durability/finding-codes.ts'
import { observe } from '../../lib/durability/observe.ts'
import type { ExpectedBroker } from '../../lib/durability/observe-brokers.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { rulesOf } from '../../lib/durability/rules/all-rules.ts'
import { layoutOf } from '../../lib/durability/rules/layout.ts'
import { Restarts } from '../../lib/durability/rules/restarts.ts'
import { type Hit, judgedBy, type Outcome, type Scene } from '../../lib/durability/rules/rule.ts'
import { StandingStills } from '../../lib/durability/rules/standing-stills.ts'
import { LOCALES } from '../../lib/i18n/locale.ts'
import { translate } from '../../lib/i18n/translate.ts'
import { readBrokerConfig } from '../../lib/rocketmq/config-mapping.ts'
import { said } from './rule-cases.ts'
import { aBroker, aGroup, aGroupPartition, aPartition, aSnapshot, aTopic, NOW_MS } from './snapshots.ts'

/** `id`: `name:number`. A number above 0 makes a slave. */
export function aRocketmqBroker(id: string, over: Partial<BrokerState> = {}): BrokerState {
  const { brokerName, brokerNumber } = partsOf(id)
  return aBroker(id, {
    port: 10_911 + brokerNumber,
    role: brokerNumber === 0 ? 'SYNC_MASTER' : 'SLAVE',
    rocketmq: aRocketmqBrokerState({ brokerName, brokerNumber }),
    ...over,
  })
}

function partsOf(id: string): Pick<RocketmqBrokerState, 'brokerName' | 'brokerNumber'> {
  const at = id.lastIndexOf(':')
  return { brokerName: id.slice(0, at), brokerNumber: Number(id.slice(at + 1)) }
}

export function aRocketmqBrokerState(over: Partial<RocketmqBrokerState> = {}): RocketmqBrokerState {
  return {
    brokerName: 'a',
    brokerNumber: 0,
    clusterName: 'trade',
    flushDiskType: 'ASYNC_FLUSH',
    minIsr: 2,
    retentionMs: 259_200_000,
    diskMarks: { deletesExpired: 0.75, deletesUnexpired: 0.85, refusesMessages: 0.9 },
    permission: 6,
    replication: null,
    runtime: null,
    halfMessages: null,
    undecided: null,
    givenUpHalfMessages: null,
    delayLevels: null,
    slaveCopy: null,
    syncStateSet: null,
    ...over,
  }
}

/** A queue of `broker`, whose master and slave both have it. */
export function aQueue(broker: string, partition: number, over: Partial<PartitionState> = {}): PartitionState {
  const both = [`${broker}:0`, `${broker}:1`]
  return aPartition({
    ...{ partition, broker, minIsr: 2, leader: `${broker}:0`, leaderEpoch: null },
    ...{ replicas: both, isr: both, replicaSizes: null, lastStableOffset: null },
    ...over,
  })
}

export function aRocketmqTopic(name: string, over: Partial<TopicState> = {}): TopicState {
  return aTopic({
    ...{ name, topicId: null, config: null },
    settings: {
      ...{ minIsr: null, retentionMs: 259_200_000n, retentionBytes: null },
      ...{ cleanupPolicy: null, uncleanLeaderElection: null },
    },
    partitions: ['a', 'b'].flatMap((broker) => [0, 1].map((partition) => aQueue(broker, partition))),
    rocketmq: { deadLetterGroup: null, brokers: ['a', 'b'].map((broker) => topicOn(broker)) },
    ...over,
  })
}

export function topicOn(broker: string, permission = 6): NonNullable<TopicState['rocketmq']>['brokers'][number] {
  return { broker, readQueues: 2, writeQueues: 2, permission, isOrdered: false, messageType: null }
}

export function aRocketmqGroup(over: Partial<GroupState> = {}): GroupState {
  const read = (broker: string, partition: number, committedOffset: bigint): GroupPartition =>
    aGroupPartition({ broker, partition, committedOffset })
  return aGroup({
    ...{ type: 'rocketmq', state: 'ONLINE', coordinator: null },
    partitions: [read('a', 0, 90n), read('a', 1, 100n), read('b', 0, 40n), read('b', 1, 100n)],
    members: [
      {
        ...{ memberId: 'm-a', clientId: '10.0.0.7@4711', host: '10.0.0.7' },
        assignments: [{ topic: 'orders', broker: 'a', partitions: [0, 1] }],
      },
      {
        ...{ memberId: 'm-b', clientId: '10.0.0.8@4711', host: '10.0.0.8' },
        assignments: [{ topic: 'orders', broker: 'b', partitions: [0, 1] }],
      },
    ],
    rocketmq: {
      settings: {
        ...{ isConsumeEnabled: true, isBroadcastEnabled: false, isOrdered: false },
        ...{ retryMaxTimes: 16, retryQueues: 1, consumeTimeoutMinutes: 15 },
      },
      ...{ settingsDiffer: false, consumeType: 'CONSUME_PASSIVELY', messageModel: 'CLUSTERING' },
      consumeFromWhere: 'CONSUME_FROM_LAST_OFFSET',
      slaveOffsets: [{ broker: 'a:1', missing: 0, behindMessages: 12n }],
    },
    ...over,
  })
}

/** Two masters, each with a slave, of which b's is behind; two NameServers that differ; half, delayed and dead messages. */
export function aRocketmqSnapshot(over: Partial<ClusterSnapshot> = {}): ClusterSnapshot {
  return aSnapshot({
    ...{ kind: 'rocketmq', version: '5.5.0', systemClusterId: 'trade', quorum: null },
    nameServers: [nameServer('10.0.0.1:9876', 0), nameServer('10.0.0.2:9876', 1)],
    brokers: ['a', 'b'].flatMap((name) => [aMaster(`${name}:0`), aSlave(`${name}:1`, name === 'a')]),
    topics: [
      aRocketmqTopic('orders', { partitions: ordersQueues() }),
      aRocketmqTopic('%DLQ%billing', {
        partitions: [aQueue('a', 0, { oldestAtMs: 2_000 }), aQueue('b', 0, { oldestAtMs: 1_000 })],
        rocketmq: { deadLetterGroup: 'billing', brokers: ['a', 'b'].map((broker) => topicOn(broker, 2)) },
      }),
      aRocketmqTopic('%RETRY%billing', { partitions: [aQueue('a', 0)] }),
      aRocketmqTopic('RMQ_SYS_TRANS_HALF_TOPIC', { internal: true, internalKind: 'half' }),
      aRocketmqTopic('TRANS_CHECK_MAX_TIME_TOPIC', {
        internal: true,
        partitions: [aQueue('a', 0, { endOffset: 2n }), aQueue('b', 0, { endOffset: 0n })],
      }),
      aRocketmqTopic('SCHEDULE_TOPIC_XXXX', { internal: true, internalKind: 'delay' }),
    ],
    groups: [aRocketmqGroup()],
    ...over,
  })
}

/** b's slave is connected and too far behind to count. */
function ordersQueues(): PartitionState[] {
  const behind = { isr: ['b:0'] }
  return [aQueue('a', 0), aQueue('a', 1), aQueue('b', 0, behind), aQueue('b', 1, behind)]
}

function nameServer(address: string, missing: number): NameServerState {
  const brokers = ['a:0', 'a:1', 'b:0', 'b:1']
  return {
    ...{ address, online: true, fault: null, topicCount: 5 - missing },
    brokers: brokers.slice(0, brokers.length - missing),
    missingBrokers: brokers.slice(brokers.length - missing),
    missingTopicCount: missing,
  }
}

const LOG_END = 9_000_000_000n

function aMaster(id: string): BrokerState {
  return aRocketmqBroker(id, {
    version: 'V5_5_0',
    logDirs: [diskOf(0.81)],
    rocketmq: aRocketmqBrokerState({
      ...partsOf(id),
      replication: {
        ...{ commitLogMinOffset: 0n, commitLogMaxOffset: LOG_END, connectedSlaves: 1 },
        ...{ inSync: true, behindBytes: 0n, behindMs: 0, lastReadAtMs: null },
      },
      runtime: aRuntime(),
      halfMessages: 3n,
      undecided: { atMost: 3n, oldest: null },
      givenUpHalfMessages: 2n,
      delayLevels: [
        { level: 3, deliveredOffset: 100n, maxOffset: 140n },
        { level: 18, deliveredOffset: 7n, maxOffset: 7n },
      ],
    }),
  })
}

function aSlave(id: string, inSync: boolean): BrokerState {
  const behindBytes = inSync ? 0n : 52_428_800n
  return aRocketmqBroker(id, {
    version: 'V5_5_0',
    logDirs: [diskOf(0.62)],
    rocketmq: aRocketmqBrokerState({
      ...partsOf(id),
      minIsr: null,
      replication: {
        ...{ commitLogMinOffset: 0n, commitLogMaxOffset: LOG_END - behindBytes, connectedSlaves: null },
        ...{ inSync, behindBytes, behindMs: inSync ? 0 : 42_000, lastReadAtMs: null },
      },
      runtime: aRuntime({ isActive: false, putPerSecond: 0, commitLogDiskRatio: 0.62, consumeQueueDiskRatio: 0.62 }),
      slaveCopy: { readAtMs: 0, missingTopics: 0, missingGroups: 0, missingOffsets: 0, staleOffsets: inSync ? 0 : 2 },
    }),
  })
}

function diskOf(usedRatio: number): NonNullable<BrokerState['logDirs']>[number] {
  const unknown = { volume: null, totalBytes: null, usableBytes: null, logBytes: null }
  return { path: '/data/store/commitlog', ...unknown, usedRatio, error: null }
}

export function aRuntime(over: Partial<RocketmqRuntime> = {}): RocketmqRuntime {
  return {
    ...{ bootAtMs: 0, isActive: true, putPerSecond: 120.5, getPerSecond: 118.2 },
    ...{ putMessages: 1_204_000n, putMessageFailures: 2n, putLatencyP99Ms: null, pageCacheLockMs: 3 },
    ...{ dispatchBehindBytes: 0n, remainingToFlushBytes: 4_096n, remainingToCommitBytes: 0n },
    ...{ commitLogDiskRatio: 0.81, consumeQueueDiskRatio: 0.81, earliestMessageAtMs: 0 },
    ...{ sendQueueSize: 0, sendQueueHeadWaitMs: 0, pullQueueSize: 2, pullQueueHeadWaitMs: 1 },
    ...{ timerReadBehindSeconds: 0, timerOffsetBehind: 0n, timerCongestion: 0n },
    ...over,
  }
}

const SAFE_SETTINGS = {
  ...{ brokerRole: 'SYNC_MASTER', flushDiskType: 'SYNC_FLUSH', inSyncReplicas: '2', minInSyncReplicas: '1' },
  ...{ enableControllerMode: 'false', allAckInSyncStateSet: 'false', enableSlaveActingMaster: 'true' },
  ...{ enableAutoInSyncReplicas: 'false', enableDLegerCommitLog: 'false', duplicationEnable: 'false' },
  ...{ fileReservedTime: '72', diskMaxUsedSpaceRatio: '75', cleanFileForciblyEnable: 'false' },
  ...{ transientStorePoolEnable: 'false', brokerPermission: '6', autoCreateTopicEnable: 'false' },
  ...{ timerWheelEnable: 'true', timerStopEnqueue: 'false', timerStopDequeue: 'false' },
  ...{ aclEnable: 'false', authenticationEnabled: 'true', maxMessageSize: '4194304' },
}

/** A member by its settings, as the driver reads them; undefined takes a setting away. Without more it is safe. */
export function aConfiguredBroker(
  id: string,
  changed: Record<string, string | undefined> = {},
  state: Partial<RocketmqBrokerState> = {},
  over: Partial<BrokerState> = {},
): BrokerState {
  const parts = partsOf(id)
  const isSlave = parts.brokerNumber > 0
  const settings = Object.entries({ ...SAFE_SETTINGS, ...(isSlave ? { brokerRole: 'SLAVE' } : {}), ...changed })
  const lines = settings.flatMap(([name, value]) => (value === undefined ? [] : `${name}=${value}`))
  const { entries, settings: read } = readBrokerConfig(lines.join('\n'))
  return aRocketmqBroker(id, {
    ...{ version: '5.5.0', config: entries, role: isSlave ? 'SLAVE' : (read.role ?? 'ASYNC_MASTER') },
    rocketmq: aRocketmqBrokerState({
      ...{ ...parts, flushDiskType: read.flushDiskType, minIsr: isSlave ? null : read.minIsr },
      ...{ retentionMs: read.retentionMs, diskMarks: read.diskMarks, permission: read.permission },
      ...{
        runtime: aRuntime({ putMessageFailures: 0n }),
        replication: aReplication(isSlave),
        undecided: isSlave ? null : { atMost: 0n, oldest: null },
        givenUpHalfMessages: isSlave ? null : 0n,
      },
      ...(isSlave ? { slaveCopy: COPIED } : {}),
      ...state,
    }),
    ...over,
  })
}

const COPIED = { readAtMs: 0, missingTopics: 0, missingGroups: 0, missingOffsets: 0, staleOffsets: 0 }

export function aReplication(isSlave: boolean, over: Partial<RocketmqReplication> = {}): RocketmqReplication {
  return {
    ...{ commitLogMinOffset: 0n, commitLogMaxOffset: LOG_END, connectedSlaves: isSlave ? null : 1, inSync: true },
    ...{ behindBytes: 0n, behindMs: 0, lastReadAtMs: null },
    ...over,
  }
}

export interface RocketmqSceneParts extends Partial<ClusterSnapshot> {
  nowMs?: number
  expected?: ExpectedBroker[]
  /** The same ones for polls of one cluster. */
  stills?: StandingStills
  restarts?: Restarts
}

/** What rules see of a cluster: a safe master with a slave and two NameServers unless told otherwise. */
export function aRocketmqScene({
  nowMs = NOW_MS,
  expected = [],
  stills = new StandingStills(),
  restarts = new Restarts(),
  ...over
}: RocketmqSceneParts = {}): Scene {
  const snapshot = aRocketmqSnapshot({
    ...{ brokers: [aConfiguredBroker('a:0'), aConfiguredBroker('a:1')], topics: [], groups: [] },
    nameServers: [nameServer('10.0.0.1:9876', 0), nameServer('10.0.0.2:9876', 0)],
    ...{ startedAtMs: nowMs - 200, finishedAtMs: nowMs },
    ...over,
  })
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  const memory = new ObserveMemory()
  const seen = observe({ snapshot, previous: null, expectedBrokers: expected, kindOf, memory })
  const { quorum, nameServers, brokers, topics, groups, dlqs, facts } = seen
  const byName = new Map(topics.map((topic) => [topic.name, topic]))
  return {
    ...{ kind: 'rocketmq', nowMs, isFrozen: false, quorum, nameServers, brokers, topics, groups, dlqs, facts },
    unknownPartitions: seen.totals.unknownPartitions,
    openCounts: new Map(),
    holds: [],
    layout: layoutOf('rocketmq', brokers, restarts.note({ brokers, topics, nowMs })),
    topicOf: (name) => byName.get(name),
    stills,
    foundBefore: () => null,
  }
}

export interface PlacedHit extends Hit {
  at: string
}

/** What one rule says of all it looks at: its hits, each with words, else whether something is not known. */
export function outcomeOf(code: FindingCode, scene: Scene): PlacedHit[] | 'unknown' {
  const rules = rulesOf('rocketmq')
  const ruleOf = <T extends { code: FindingCode }>(of: readonly T[]): T[] => of.filter((rule) => rule.code === code)
  const outcomes: [subject: SubjectRef, outcome: Outcome][] = [
    ...ruleOf(rules.topic).flatMap((rule) =>
      scene.topics.map((topic) => said('topic', topic.name, judgedBy(rule, topic, scene.layout))),
    ),
    ...ruleOf(rules.broker).flatMap((rule) =>
      scene.brokers.map((broker) => said('broker', broker.id, judgedBy(rule, broker, scene))),
    ),
    ...ruleOf(rules.group).flatMap((rule) =>
      scene.groups.map((group) => said('group', group.id, judgedBy(rule, group, scene))),
    ),
    ...ruleOf(rules.cluster).map((rule) => said('cluster', '', judgedBy(rule, scene, scene))),
  ]
  if (outcomes.length === 0) throw new Error(`no rule of RocketMQ looked at anything for ${code}`)
  const hits = outcomes.flatMap(([subject, outcome]) =>
    outcome === 'unknown' ? [] : outcome.map((hit) => placed(code, hit.subject ?? subject, hit)),
  )
  return hits.length === 0 && outcomes.some(([, outcome]) => outcome === 'unknown') ? 'unknown' : hits
}

/** A hit whose facts do not fill its words is a mistake wherever it comes up. */
function placed(code: FindingCode, { type, name }: SubjectRef, hit: Hit): PlacedHit {
  const key = `${code}.${type}`
  for (const locale of LOCALES) {
    const words = translate(locale, 'reasons', key, hit.facts, 'rocketmq')
    if (words === key) throw new Error(`no words in ${locale} for ${key} with ${JSON.stringify(hit.facts)}`)
  }
  return { ...hit, at: name }
}
