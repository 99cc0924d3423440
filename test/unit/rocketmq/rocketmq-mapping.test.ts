import { describe, expect, it } from 'vitest'
import type { RocketmqGroupSettings } from '../../../lib/cluster/rocketmq-state.ts'
import { byBrokerName, membersOf } from '../../../lib/rocketmq/broker-members.ts'
import { laggingTopics } from '../../../lib/rocketmq/lagging-topics.ts'
import { placeOf } from '../../../lib/rocketmq/queue-places.ts'
import type { BrokerTables } from '../../../lib/rocketmq/read-tables.ts'
import {
  type GroupSources,
  givenUpHalfMessagesOf,
  halfMessagesOf,
  type QueuePlace,
  TopicMapper,
  toGroups,
} from '../../../lib/rocketmq/rocketmq-mapping.ts'
import type { QueueOffsets, TopicOnBroker } from '../../../lib/rocketmq/rocketmq-requests.ts'

const TOPIC: TopicOnBroker = { readQueues: 2, writeQueues: 2, permission: 6, isOrdered: false, attributes: [] }
const SETTINGS: RocketmqGroupSettings = {
  ...{ isConsumeEnabled: true, isBroadcastEnabled: false, isOrdered: false },
  ...{ retryMaxTimes: 16, retryQueues: 1, consumeTimeoutMinutes: 15 },
}

function place(brokerName: string, over: Partial<QueuePlace> = {}): QueuePlace {
  const members = [`${brokerName}:0`, `${brokerName}:1`]
  return {
    ...{ brokerName, leader: `${brokerName}:0`, replicas: members, isr: members, offlineReplicas: [] },
    ...{ minIsr: 2, retentionMs: 1_000, ...over },
  }
}

function tables(brokerName: string, over: Partial<BrokerTables> = {}): BrokerTables {
  const clusterName = 'trade'
  const source = {
    id: `${brokerName}:0`,
    brokerName,
    number: 0,
    clusterName,
    address: `${brokerName}:1`,
    isMaster: true,
  }
  return {
    ...{ brokerName, source, topics: new Map([['T', TOPIC]]), groups: new Map() },
    ...{ offsets: new Map(), offsetsBefore: new Map(), topicFaults: new Map() },
    queues: new Map([['T', [held(1n, 5n), held(0n, 0n)]]]),
    ...over,
  }
}

const held = (min: bigint, max: bigint): QueueOffsets => ({ min, max, lastStoredAtMs: null })

const NOTHING_ANEW: ReadonlyMap<string, number> = new Map()

function mapTopics(list: BrokerTables[], places: QueuePlace[], mapper = new TopicMapper(), anew = NOTHING_ANEW) {
  const owners = new Set(['trade', ...list.map(({ brokerName }) => brokerName)])
  return mapper.map({
    ...{ tables: list, places: new Map(places.map((one) => [one.brokerName, one])), owners },
    beganAnewAtMs: (brokerName, topic) => anew.get(`${brokerName} ${topic}`) ?? null,
  })
}

describe('topics', () => {
  it('have the queues of every broker, by broker and number', () => {
    const [topic] = mapTopics([tables('b'), tables('a')], [place('a'), place('b', { minIsr: 1, retentionMs: 500 })])
    expect(topic?.partitions.map(({ broker, partition, minIsr }) => [broker, partition, minIsr])).toEqual([
      ['a', 0, 2],
      ['a', 1, 2],
      ['b', 0, 1],
      ['b', 1, 1],
    ])
    expect(topic?.partitions[0]).toMatchObject({ leader: 'a:0', isr: ['a:0', 'a:1'], startOffset: 1n, endOffset: 5n })
    expect(topic?.settings).toMatchObject({
      minIsr: 1,
      retentionMs: 500n,
      retentionBytes: -1n,
      cleanupPolicy: 'delete',
    })
  })

  it('have as many queues as are read or written, and no offsets where none were told', () => {
    const wide = new Map([['T', { ...TOPIC, readQueues: 1, writeQueues: 3 }]])
    const [topic] = mapTopics([tables('a', { topics: wide })], [place('a')])
    expect(topic?.partitions.map(({ startOffset, endOffset }) => [startOffset, endOffset])).toEqual([
      [1n, 5n],
      [0n, 0n],
      [null, null],
    ])
  })

  it('of a broker that left the route have no leader and nobody in sync', () => {
    const [topic] = mapTopics([tables('a', { source: null, queues: new Map() })], [])
    expect(topic?.partitions[0]).toMatchObject({
      leader: null,
      isr: [],
      replicas: [],
      startOffset: null,
      endOffset: null,
    })
  })

  it.each([
    ['T', false, null],
    ['%DLQ%g', false, null],
    ['%RETRY%g+T', false, null],
    ['TBW102', true, null],
    ['trade', true, null],
    ['a', true, null],
    ['trade_REPLY_TOPIC', true, null],
    ['my_REPLY_TOPIC', false, null],
    ['rmq_sys_REVIVE_LOG_trade', true, null],
    ['SCHEDULE_TOPIC_XXXX', true, 'delay'],
    ['rmq_sys_wheel_timer', true, 'delay'],
    ['RMQ_SYS_TRANS_HALF_TOPIC', true, 'half'],
  ])('%s: internal %s, %s', (name, internal, internalKind) => {
    const [topic] = mapTopics([tables('a', { topics: new Map([[name, TOPIC]]) })], [place('a')])
    expect(topic).toMatchObject({ name, internal, internalKind })
  })

  it('are the same objects as long as nothing of them changed', () => {
    const before = tables('a')
    const [queues, fault] = [before.queues.get('T') ?? [], { code: 'requestTimeout', facts: {} } as const]
    const mapper = new TopicMapper()
    const [first] = mapTopics([before], [place('a')], mapper)
    expect(mapTopics([{ ...before, queues: new Map([['T', queues]]) }], [place('a')], mapper)[0]).toBe(first)
    const changes: [BrokerTables, QueuePlace][] = [
      [{ ...before, queues: new Map([['T', [...queues]]]) }, place('a')],
      [before, place('a', { isr: ['a:0'] })],
      [{ ...before, queues: new Map([['T', queues]]), topicFaults: new Map([['T', fault]]) }, place('a')],
      [{ ...before, topics: new Map([['T', { ...TOPIC, readQueues: 3 }]]) }, place('a')],
    ]
    let last = first
    for (const [table, where] of changes) {
      const [next] = mapTopics([table], [where], mapper)
      expect(next).not.toBe(last)
      last = next
    }
    const [table, where] = changes.at(-1) ?? [before, place('a')]
    const [anew] = mapTopics([table], [where], mapper, new Map([['a T', 7_000]]))
    expect(last?.partitions[0]?.beganAnewAtMs).toBeNull()
    expect(anew?.partitions.map(({ beganAnewAtMs }) => beganAnewAtMs)).toEqual([7_000, 7_000, 7_000])
  })

  it('that hold dead letters are made anew, as the age of the oldest is told later', () => {
    const before = tables('a', { topics: new Map([['%DLQ%g', TOPIC]]), queues: new Map() })
    const mapper = new TopicMapper()
    const [first] = mapTopics([before], [place('a')], mapper)
    expect(mapTopics([before], [place('a')], mapper)[0]).not.toBe(first)
  })

  it('keep their very settings lists while no table changed', () => {
    const mapper = new TopicMapper()
    const table = tables('a')
    const config = () => mapTopics([{ ...table }], [place('a')], mapper)[0]?.config
    const first = config()
    expect(config()).toBe(first)
    expect(first).toContainEqual({ name: 'perm', value: '6', source: 'a', isDefault: false, sensitive: false })
    table.topics = new Map([['T', { ...TOPIC, permission: 4 }]])
    expect(config()).toContainEqual({ name: 'perm', value: '4', source: 'a', isDefault: false, sensitive: false })
  })
})

describe('groups', () => {
  const offsets = (values: (bigint | undefined)[], topic = 'T', group = 'g') =>
    new Map([[group, new Map([[topic, values]])]])
  const sources = (list: BrokerTables[], over: Partial<GroupSources> = {}): GroupSources => ({
    tables: list,
    consumers: () => ({ value: null, fault: null }),
    slaveOffsets: () => null,
    ...over,
  })

  it('are those with settings or offsets, without RocketMQ’s own', () => {
    const groups = new Map(['idle', 'TOOLS_CONSUMER', 'CID_RMQ_SYS_TRANS'].map((name) => [name, SETTINGS]))
    const seen = toGroups(sources([tables('a', { groups, offsets: offsets([1n]) })]))
    expect(seen.map(({ id, partitions, rocketmq }) => [id, partitions?.length, rocketmq?.settings])).toEqual([
      ['idle', 0, SETTINGS],
      ['g', 2, null],
    ])
  })

  it('know "never committed" from "not known"', () => {
    const known = { offsets: offsets([3n]) }
    const slaves = { offsets: offsets([2n]), offsetsBefore: offsets([3n, 4n]) }
    const silent = { source: null, offsetsBefore: offsets([3n]) }
    const rows = [known, slaves, silent].map((over) =>
      toGroups(sources([tables('a', over)]))[0]?.partitions?.map((one) => [one.committedOffset, one.isCommitUnknown]),
    )
    expect(rows).toEqual([
      [
        [3n, false],
        [null, false],
      ],
      [
        [2n, false],
        [null, true],
      ],
      [
        [null, true],
        [null, false],
      ],
    ])
  })

  it('leave out offsets of topics and queues that are gone', () => {
    const gone = toGroups(sources([tables('a', { offsets: offsets([1n, 1n, 1n]) })]))
    expect(gone[0]?.partitions).toHaveLength(2)
    expect(toGroups(sources([tables('a', { offsets: offsets([1n], 'deleted') })]))[0]?.partitions).toEqual([])
  })

  it('tell online from offline from unknown', () => {
    const online = {
      clients: [{ clientId: 'c@1', host: '10.0.0.9' }],
      topics: ['T'],
      ...{ consumeType: 'CONSUME_POP', messageModel: 'CLUSTERING', consumeFromWhere: null },
    }
    const refused = { value: null, fault: { code: 'authorizationFailed', facts: {} } } as const
    const seen = [{ value: online, fault: null }, { value: null, fault: null }, refused, undefined].map(
      (answer) => toGroups(sources([tables('a', { offsets: offsets([1n]) })], { consumers: () => answer }))[0],
    )
    expect(seen.map((group) => [group?.state, group?.members?.length ?? null, group?.fault?.code ?? null])).toEqual([
      ['ONLINE', 1, null],
      ['OFFLINE', 0, null],
      [null, null, 'authorizationFailed'],
      [null, null, null],
    ])
    expect(seen[0]?.rocketmq).toMatchObject({ consumeType: 'CONSUME_POP', messageModel: 'CLUSTERING' })
    expect(seen[0]?.members?.[0]?.assignments).toEqual([{ topic: 'T', broker: null, partitions: null }])
  })

  it('show the most harmful settings where masters differ', () => {
    const other = { ...SETTINGS, retryQueues: 0, isConsumeEnabled: false }
    const list = [SETTINGS, other].map((one, index) => tables(`b${index}`, { groups: new Map([['g', one]]) }))
    const [group] = toGroups(sources(list))
    expect(group?.rocketmq).toMatchObject({
      settingsDiffer: true,
      settings: { retryQueues: 0, isConsumeEnabled: false, retryMaxTimes: 16 },
    })
    const [same] = toGroups(sources([tables('a', { groups: new Map([['g', SETTINGS]]) })]))
    expect(same?.rocketmq?.settingsDiffer).toBe(false)
  })

  it('lag where the end is known and further', () => {
    const list = [tables('a', { offsets: offsets([3n, 0n]) }), tables('gone', { source: null, offsets: offsets([0n]) })]
    const lagging = laggingTopics(toGroups(sources(list)), list)
    expect(lagging.map(({ group, topic, address, partitions }) => [group, topic, address, partitions.length])).toEqual([
      ['g', 'T', 'a:1', 1],
    ])
  })
})

describe('half messages', () => {
  const HALF = 'RMQ_SYS_TRANS_HALF_TOPIC'
  const DONE = 'RMQ_SYS_TRANS_OP_HALF_TOPIC'
  const system = new Map([HALF, DONE].map((name) => [name, TOPIC]))
  const offsets = new Map([
    [
      'CID_RMQ_SYS_TRANS',
      new Map([
        [HALF, [4n]],
        [DONE, [1n]],
      ]),
    ],
  ])
  it.each([
    ['are those not passed, less the decisions not read', 10n, 3n, 4n],
    ['are never below none', 5n, 9n, 0n],
  ])('%s', (_, half, done, expected) => {
    const queues = new Map([
      [HALF, [held(0n, half)]],
      [DONE, [held(0n, done)]],
    ])
    expect(halfMessagesOf(tables('a', { topics: system, queues, offsets }))).toBe(expected)
  })

  it('are unknown when a part is', () => {
    const queues = new Map([[HALF, [held(0n, 5n)]]])
    expect(halfMessagesOf(tables('a', { topics: system, queues, offsets }))).toBeNull()
    expect(halfMessagesOf(tables('a'))).toBe(0n)
    expect(halfMessagesOf(tables('a', { topics: new Map(), queues: new Map() }))).toBeNull()
  })

  const given = 'TRANS_CHECK_MAX_TIME_TOPIC'
  const withGiven = new Map([[given, TOPIC]])
  it.each([
    ['no', 'the topic is not there', {}, 0n],
    ['two', 'they are stored', { topics: withGiven, queues: new Map([[given, [held(3n, 5n)]]]) }, 2n],
    ['an unknown number', 'a queue is not read', { topics: withGiven, queues: new Map([[given, [undefined]]]) }, null],
    ['an unknown number', 'the topic is not read', { topics: withGiven }, null],
    ['an unknown number', 'nothing is read', { queues: new Map() }, null],
  ])('%s given up when %s', (_, __, over, expected) => {
    expect(givenUpHalfMessagesOf(tables('a', over))).toBe(expected)
  })
})

describe('members', () => {
  const ROUTE = {
    brokerName: 'a',
    clusterName: 'trade',
    addresses: [
      [0, 'h:1'],
      [1, 'h:2'],
    ] as [number, string][],
  }

  it('are called by the number they are listed under', () => {
    const [name] = byBrokerName(membersOf([ROUTE], new Map()))
    expect(name).toMatchObject({ master: { id: 'a:0', address: 'h:1' }, slaves: [{ id: 'a:1', address: 'h:2' }] })
  })

  it('keep their controller’s number whoever is master', () => {
    const state = { masterNumber: 2, masterEpoch: 1, epoch: 1, notInSync: [{ number: 1, address: 'h:2' }] }
    const states = new Map([['a', { ...state, inSync: [{ number: 2, address: 'h:1' }] }]])
    const [name] = byBrokerName(membersOf([ROUTE], states))
    expect(name).toMatchObject({ master: { id: 'a:2', isMaster: true }, slaves: [{ id: 'a:1' }] })
  })

  const replication = { commitLogMinOffset: 0n, commitLogMaxOffset: 1n, connectedSlaves: null, behindBytes: 0n }
  const inSync = { ...replication, inSync: true, behindMs: 0, lastReadAtMs: null }
  const answers = { atMs: 0, fault: null, runtime: new Map(), ha: null }
  const silent = { ...answers, fault: { code: 'connectionRefused', facts: {} } as const }
  const settings = { role: null, flushDiskType: null, minIsr: 2, retentionMs: 7, permission: 6 } as const
  const paths = { commitLogPath: null, consumeQueuePath: null, controllers: [] }

  it.each([
    ['all well', [0, 1], [answers, answers], { leader: 'a:0', isr: ['a:0', 'a:1'], minIsr: 2, offlineReplicas: [] }],
    [
      'a silent slave that its master proves in sync',
      [0, 1],
      [answers, silent],
      { isr: ['a:0', 'a:1'], offlineReplicas: ['a:1'] },
    ],
    ['a silent master', [0, 1], [silent, answers], { leader: 'a:0', isr: null, offlineReplicas: ['a:0'] }],
    ['no master', [1], [answers], { leader: null, isr: [], replicas: ['a:1'], minIsr: null, retentionMs: 7 }],
  ])('%s', (_, numbers, readings, expected) => {
    const addresses = numbers.map((number): [number, string] => [number, `h:${number}`])
    const [name] = byBrokerName(membersOf([{ ...ROUTE, addresses }], new Map()))
    const ids = numbers.map((number) => `a:${number}`)
    const sources = {
      readings: new Map(ids.map((id, index) => [id, readings[index] ?? answers])),
      replications: new Map(ids.map((id) => [id, inSync])),
      settings: () => ({ ...settings, ...paths, diskMarks: null }),
    }
    expect(name && placeOf(name, sources)).toMatchObject(expected)
  })
})
