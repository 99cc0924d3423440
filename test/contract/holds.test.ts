/** Holding a topic's retention as the API does it: who may, what is refused, what is told, and what is written down. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RocketmqClusterConfig } from '../../lib/cluster/cluster-config.ts'
import { type FaultCode, fault } from '../../lib/cluster/fault.ts'
import { MessageAccessError } from '../../lib/cluster/messages.ts'
import type { ClusterSnapshot, TopicState } from '../../lib/cluster/snapshot.ts'
import type { TopicKindOf } from '../../lib/durability/observation.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/units.ts'
import { BROKER_HOURS, HELD_HOURS, type MemorySettings, memorySettings } from '../builders/holds.ts'
import { NO_TLS } from '../builders/no-tls.ts'
import { aConfiguredBroker, aQueue, aRocketmqSnapshot, aRocketmqTopic } from '../builders/rocketmq.ts'
import { aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { type Answer, APPROVER, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const PATH = '/api/v1/clusters/{cluster}/topics/{topic}/hold'
const ORDERS = '/api/v1/clusters/live/topics/orders/hold'
const iso = (atMs: number): string => new Date(atMs).toISOString()
const GIVEN = { untilAt: iso(NOW_MS + HOUR_MS), reason: 'billing is down' }

const own = (name: string, value: string) => ({
  ...{ name, value, source: 'DYNAMIC_TOPIC_CONFIG', isDefault: false, sensitive: false },
})
const byDefault = (name: string, value: string) => ({ ...own(name, value), source: 'DEFAULT_CONFIG', isDefault: true })
const CONFIG = [
  byDefault('retention.ms', '604800000'),
  own('retention.bytes', '5000'),
  byDefault('cleanup.policy', 'delete'),
]
const HELD = { 'retention.ms': '-1', 'retention.bytes': '-1' }

const TRADE: RocketmqClusterConfig = {
  ...{ id: 'trade', name: 'Trade', kind: 'rocketmq', readOnly: false, nameServers: ['10.0.0.1:9876'] },
  ...{ tls: NO_TLS, addressMap: {}, acl: null },
}

let app: TestConsole
let document: DocumentChecker
let cluster: MemorySettings
let woken: number

async function poll(id: string, over: Partial<ClusterSnapshot>, atMs = NOW_MS): Promise<void> {
  const snapshot = { ...aSnapshot(), startedAtMs: atMs - 1, finishedAtMs: atMs, ...over }
  const kindOf: TopicKindOf = (_name, internal) => (internal ? 'internal' : 'normal')
  const given = { snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() }
  await app.writer.saveObservation(id, observe(given), 15_000)
}

const orders = (over: Partial<TopicState> = {}): TopicState => aTopic({ config: CONFIG, ...over })

beforeEach(async () => {
  cluster = memorySettings({ 'retention.bytes': '5000' })
  woken = 0
  app = await openConsole({
    clusters: [aKafkaCluster('live', { readOnly: false }), aKafkaCluster('locked'), TRADE],
    createTopicSettings: () => cluster,
  })
  app.services.holds.wake = () => {
    woken += 1
  }
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
  const internal = orders({ name: '__consumer_offsets', internal: true })
  await poll('live', { topics: [orders(), internal] })
  await poll('locked', { topics: [orders()] })
})
afterEach(() => app.close())

const hold = (over: object = {}, path = ORDERS, token?: string): Promise<Answer> =>
  app.call('POST', path, { body: { ...GIVEN, ...over }, ...(token === undefined ? {} : { token }) })
const release = (query = '', token?: string): Promise<Answer> =>
  app.call('DELETE', `${ORDERS}${query}`, token === undefined ? {} : { token })
const read = () => readChecked(app, document, ORDERS, PATH)
const overrides = (): object => Object.fromEntries(cluster.overrides)
const failure = (code: FaultCode, retriable: boolean) => new MessageAccessError(fault(code, { broker: 1 }), retriable)
const audit = async (): Promise<Record<string, unknown>[]> => (await app.call('GET', '/api/v1/audit')).json.items

describe('before a hold', () => {
  test('it is told what it would change and cost, from the newest poll', async () => {
    expect(await read()).toEqual({
      hold: null,
      asOf: iso(NOW_MS),
      preview: {
        ...{ refusal: null, warnings: [], isCompacted: false, growthBytesPerDay: null },
        settings: [
          { name: 'retention.ms', before: null, effectiveBefore: ['604800000'], held: '-1' },
          { name: 'retention.bytes', before: '5000', effectiveBefore: ['5000'], held: '-1' },
        ],
        brokers: ['1', '2', '3'].map((broker) => ({
          ...{ broker, growthBytesPerDay: null, usableBytes: 600, totalBytes: 1_000, fullInDays: null },
        })),
      },
    })
  })

  test('settings that are unknown are empty, and why it cannot be held is said in words', async () => {
    await poll('live', { topics: [orders({ config: null, settings: { ...aTopic().settings, cleanupPolicy: null } })] })
    expect((await read()).preview).toMatchObject({ refusal: null, settings: [], isCompacted: null })
    const compacted = [...CONFIG.slice(0, 2), own('cleanup.policy', 'compact')]
    await poll('live', { topics: [orders({ config: compacted })] }, NOW_MS + 1)
    const { refusal } = (await read()).preview
    expect(refusal).toMatchObject({ code: 'hold_topic_compacted', message: expect.stringContaining('orders') })
  })

  test('nobody asks the cluster', async () => {
    cluster.read = () => Promise.reject(new Error('asked'))
    await read()
  })
})

describe('a hold', () => {
  test('is set at once, told with who, why and until when, and written down', async () => {
    const answer = await hold()
    document.check('post', PATH, 201, answer.json)
    const { settings, ...rest } = answer.json
    expect([answer.status, rest]).toEqual([
      201,
      {
        ...{ id: rest.id, state: 'active', reason: GIVEN.reason, untilAt: GIVEN.untilAt, createdAt: iso(NOW_MS) },
        ...{ createdBy: 'admin', activeAt: iso(NOW_MS), releasedBy: null, endedAt: null, isInEffect: null },
        ...{ outcome: null, trouble: null, nextLookAt: GIVEN.untilAt },
        commands: [
          'kafka-configs.sh --bootstrap-server localhost:9092 --alter --entity-type topics --entity-name orders --add-config retention.bytes=5000',
          'kafka-configs.sh --bootstrap-server localhost:9092 --alter --entity-type topics --entity-name orders --delete-config retention.ms',
        ],
      },
    ])
    expect(settings[0]).toMatchObject({ name: 'retention.ms', before: null, held: '-1', foundInstead: null })
    expect(overrides()).toEqual(HELD)
    expect(cluster.closed).toBe(1)
    expect((await read()).hold).toEqual(answer.json)
    expect((await audit())[0]).toMatchObject({
      ...{ actor: 'admin', action: 'retention.hold', target: 'live/orders', outcome: 'ok' },
      detail: {
        reason: GIVEN.reason,
        hold: rest.id,
        state: 'active',
        before: 'retention.ms=none retention.bytes=5000',
      },
    })
  })

  test('is one at a time', async () => {
    await hold()
    const again = await hold()
    document.checkProblem(again.json)
    expect([again.status, again.json.code]).toEqual([409, 'hold_exists'])
    expect(cluster.made).toHaveLength(1)
    await release()
    expect((await hold()).status).toBe(201)
  })

  test('that the cluster has not confirmed is planned, and somebody else goes on with it', async () => {
    cluster.next.change = failure('requestTimeout', true)
    const answer = await hold()
    document.check('post', PATH, 202, answer.json)
    expect(answer.status).toBe(202)
    expect(answer.json).toMatchObject({ state: 'planned', activeAt: null, trouble: { code: 'requestTimeout' } })
    expect(answer.json.nextLookAt).toBe(iso(NOW_MS + MINUTE_MS))
    expect(woken).toBe(1)
    const busy = await release()
    expect([busy.status, busy.json.code]).toEqual([409, 'hold_busy'])
    app.setNow(NOW_MS + MINUTE_MS)
    expect((await release()).json).toMatchObject({ state: 'released' })
  })

  test('that the cluster refuses is told, and over', async () => {
    cluster.next.change = failure('authorizationFailed', false)
    const answer = await hold()
    document.checkProblem(answer.json)
    expect([answer.status, answer.json.code, answer.json.facts.fault]).toEqual([
      424,
      'cluster_fault',
      'authorizationFailed',
    ])
    expect((await read()).hold).toMatchObject({ state: 'failed', outcome: { code: 'refused' }, commands: [] })
    expect((await hold()).status).toBe(201)
  })

  test.each([
    ['cannot be read', 'requestTimeout', 424, 'cluster_fault'],
    ['is gone since the last poll', 'topicDeleted', 404, 'topic_not_found'],
  ] as const)('of a topic that %s is not begun', async (_, code, status, problem) => {
    cluster.next.read = failure(code, code === 'requestTimeout')
    const answer = await hold()
    expect([answer.status, answer.json.code]).toEqual([status, problem])
    expect((await read()).hold).toBeNull()
    expect(cluster.closed).toBe(1)
  })

  test('says when the newest polls see something else in effect', async () => {
    await hold()
    const at = (minutes: number) => NOW_MS + minutes * MINUTE_MS
    await poll('live', { topics: [orders()] }, at(9))
    expect((await read()).hold.isInEffect).toBeNull()
    await poll('live', { topics: [orders()] }, at(10))
    expect((await read()).hold.isInEffect).toBe(false)
    const held = [own('retention.ms', '-1'), own('retention.bytes', '-1')]
    await poll('live', { topics: [orders({ config: held })] }, at(11))
    expect((await read()).hold.isInEffect).toBe(true)
  })
})

describe('a release', () => {
  test('restores what was there before, and is written down', async () => {
    await hold()
    const answer = await release()
    document.check('delete', PATH, 200, answer.json)
    const ended = { state: 'released', releasedBy: 'admin', endedAt: iso(NOW_MS), commands: [], nextLookAt: null }
    expect(answer.json).toMatchObject({ ...ended, outcome: { code: 'restored' } })
    expect(answer.json.outcome.message).not.toBe('outcomes.restored')
    expect(overrides()).toEqual({ 'retention.bytes': '5000' })
    expect((await audit())[0]).toMatchObject({
      ...{ actor: 'admin', action: 'retention.release', outcome: 'ok' },
      detail: { state: 'released', reason: GIVEN.reason },
    })
    const again = await release()
    expect([again.status, again.json.code]).toEqual([404, 'hold_not_found'])
  })

  test('that the cluster has not confirmed goes on without whoever asked', async () => {
    await hold()
    cluster.next.read = failure('requestTimeout', true)
    const answer = await release()
    document.check('delete', PATH, 202, answer.json)
    expect([answer.status, answer.json.state, answer.json.trouble.code]).toEqual([202, 'releasing', 'requestTimeout'])
    expect(woken).toBe(1)
    expect((await release()).json.state).toBe('released')
  })

  test('of what somebody changed is a conflict, with the command that repairs it', async () => {
    await hold()
    cluster.overrides.set('retention.bytes', '77')
    const answer = await release()
    document.checkProblem(answer.json)
    expect([answer.status, answer.json.code, answer.json.facts.settings]).toEqual([
      409,
      'hold_conflict',
      'retention.bytes',
    ])
    expect(answer.json.fix).toContain('--entity-name orders --add-config retention.bytes=5000')
    expect(overrides()).toEqual({ 'retention.bytes': '77' })
    const told = (await read()).hold
    expect(told).toMatchObject({ state: 'conflict', outcome: { code: 'changedMeanwhile' } })
    expect(told.settings[1].foundInstead).toEqual({ override: '77' })
    expect(told.commands).toHaveLength(1)

    expect((await release()).json.code).toBe('hold_conflict')
    cluster.overrides.set('retention.bytes', '5000')
    expect((await release()).json).toMatchObject({ state: 'released', outcome: { code: 'restored' } })
  })

  test('of a conflict may keep what is there, and of nothing else', async () => {
    await hold()
    const early = await release('?keep=true')
    expect([early.status, early.json.errors[0].path]).toEqual([400, 'query.keep'])
    cluster.overrides.set('retention.ms', '77')
    await release()
    const kept = await release('?keep=true')
    expect(kept.json).toMatchObject({ state: 'released', outcome: { code: 'kept' }, commands: [] })
    expect(overrides()).toEqual({ 'retention.ms': '77', 'retention.bytes': '5000' })
  })
})

describe('an extension', () => {
  const LATER = iso(NOW_MS + 5 * HOUR_MS)
  const extend = (body: object = { untilAt: LATER }, path = ORDERS, token?: string): Promise<Answer> =>
    app.call('PATCH', path, { body, ...(token === undefined ? {} : { token }) })

  test('moves the end, leaves the cluster alone, and is written down with what was before', async () => {
    await hold()
    const answer = await extend()
    document.check('patch', PATH, 200, answer.json)
    expect(answer.json).toMatchObject({ state: 'active', untilAt: LATER, nextLookAt: LATER, reason: GIVEN.reason })
    expect(cluster.made).toHaveLength(1)
    expect((await read()).hold).toEqual(answer.json)
    expect((await audit())[0]).toMatchObject({
      ...{ actor: 'admin', action: 'retention.extend', target: 'live/orders', outcome: 'ok' },
      detail: { hold: answer.json.id, untilAt: LATER, untilBefore: GIVEN.untilAt, reasonBefore: GIVEN.reason },
    })
    expect((await extend({ untilAt: iso(NOW_MS + 6 * HOUR_MS), reason: 'still down' })).json.reason).toBe('still down')
  })

  test('of what is only planned leaves to whoever works at it when it is looked at', async () => {
    cluster.next.change = failure('requestTimeout', true)
    const { nextLookAt } = (await hold()).json
    expect((await extend()).json.code).toBe('hold_busy')
    app.setNow(NOW_MS + MINUTE_MS)
    expect((await extend()).json).toMatchObject({ state: 'planned', untilAt: LATER, nextLookAt })
  })

  test.each([
    ['to no later time', { untilAt: GIVEN.untilAt }, 'body.untilAt'],
    ['beyond 30 days', { untilAt: iso(NOW_MS + 30 * DAY_MS + 1) }, 'body.untilAt'],
    ['without a time', {}, 'body.untilAt'],
    ['for no reason', { untilAt: LATER, reason: ' ' }, 'body.reason'],
  ])('%s is refused', async (_, body, path) => {
    await hold()
    const answer = await extend(body)
    document.checkProblem(answer.json)
    expect([answer.status, answer.json.errors[0].path]).toEqual([400, path])
    expect(answer.json.errors[0].message).not.toMatch(/issue|holdLater/)
    expect((await read()).hold.untilAt).toBe(GIVEN.untilAt)
  })

  test('of what is not held, is over or is being given back is refused', async () => {
    const none = await extend()
    document.checkProblem(none.json)
    expect([none.status, none.json.code]).toEqual([404, 'hold_not_found'])
    await hold()
    app.setNow(NOW_MS + HOUR_MS)
    expect((await extend()).json.code).toBe('hold_busy')
    cluster.next.read = failure('requestTimeout', true)
    await release()
    app.setNow(NOW_MS + 2 * HOUR_MS)
    expect((await extend()).json.code).toBe('hold_busy')
    expect((await extend({ untilAt: LATER }, '/api/v1/clusters/locked/topics/orders/hold')).status).toBe(403)
    expect((await extend({ untilAt: LATER }, ORDERS, APPROVER)).json.facts.permission).toBe('topics:hold')
  })
})

describe('a topic of RocketMQ', () => {
  const PAY = '/api/v1/clusters/trade/topics/pay/hold'
  const MASTER = 'a:0 fileReservedTime'
  const SLAVE = 'a:1 fileReservedTime'
  const RAISED = { [MASTER]: HELD_HOURS, [SLAVE]: HELD_HOURS }
  const atPay = {
    release: (query = '') => app.call('DELETE', `${PAY}${query}`),
    read: () => readChecked(app, document, PAY, PATH),
  }

  const topic = (name: string, broker: string) =>
    aRocketmqTopic(name, { partitions: [aQueue(broker, 0)], rocketmq: { deadLetterGroup: null, brokers: [] } })

  beforeEach(async () => {
    cluster = memorySettings(BROKER_HOURS)
    const brokers = [
      aConfiguredBroker('a:0', { cleanFileForciblyEnable: 'true' }, {}, { host: '10.0.0.5' }),
      aConfiguredBroker('a:1', { fileReservedTime: '48' }, {}, { host: '10.0.0.6' }),
      ...[aConfiguredBroker('b:0'), aConfiguredBroker('b:1')],
    ]
    const topics = [topic('pay', 'a'), topic('refunds', 'a'), topic('stock', 'b')]
    await poll('trade', aRocketmqSnapshot({ brokers, topics, groups: [] }))
  })

  test('says before a hold that it is one of the brokers, with all their topics and their files', async () => {
    const { preview } = await atPay.read()
    expect(preview).toMatchObject({
      refusal: null,
      settings: [
        { name: MASTER, before: '72', effectiveBefore: ['72'], held: HELD_HOURS },
        { name: SLAVE, before: '48', effectiveBefore: ['48'], held: HELD_HOURS },
      ],
      warnings: [
        { code: 'allTopics', message: expect.stringContaining('all of its topics') },
        { code: 'rewritesFile', message: expect.stringContaining('whole configuration file') },
        { code: 'forcedCleaning', message: expect.stringContaining('nearly full') },
      ],
    })
    expect(preview.brokers.map(({ broker }: { broker: string }) => broker)).toEqual(['a:0', 'a:1'])
  })

  test('is held on every broker that stores it, and given back to each', async () => {
    const answer = await hold({}, PAY)
    document.check('post', PATH, 201, answer.json)
    expect([answer.status, answer.json.state]).toEqual([201, 'active'])
    expect(overrides()).toEqual(RAISED)
    expect(answer.json.commands).toEqual([
      'mqadmin updateBrokerConfig -n 10.0.0.1:9876 -b 10.0.0.5:10911 -k fileReservedTime -v 72',
      'mqadmin updateBrokerConfig -n 10.0.0.1:9876 -b 10.0.0.6:10912 -k fileReservedTime -v 48',
    ])
    expect((await app.call('GET', '/api/v1/holds')).json.items[0].commands).toEqual(answer.json.commands)
    expect((await audit())[0]).toMatchObject({ detail: { before: `${MASTER}=72 ${SLAVE}=48` } })
    expect((await atPay.release()).json).toMatchObject({ state: 'released', outcome: { code: 'restored' } })
    expect(overrides()).toEqual(BROKER_HOURS)
  })

  test('is held as long as one of its brokers is not seen to do it', async () => {
    await hold({}, PAY)
    const seen = (hours: string, minutes: number) =>
      poll(
        'trade',
        aRocketmqSnapshot({
          brokers: ['a:0', 'a:1'].map((id) =>
            aConfiguredBroker(id, { fileReservedTime: id === 'a:0' ? HELD_HOURS : hours }),
          ),
          ...{ topics: [topic('pay', 'a')], groups: [], startedAtMs: NOW_MS + minutes * MINUTE_MS },
          finishedAtMs: NOW_MS + minutes * MINUTE_MS,
        }),
      )
    await seen('48', 11)
    expect((await atPay.read()).hold.isInEffect).toBe(false)
    await seen(HELD_HOURS, 12)
    expect((await atPay.read()).hold.isInEffect).toBe(true)
  })

  test('is not held while another one holds its brokers, and the answer names that one', async () => {
    await hold({}, PAY)
    const path = PAY.replace('pay', 'refunds')
    const second = await hold({}, path)
    document.checkProblem(second.json)
    expect([second.status, second.json.code]).toEqual([409, 'hold_broker_held'])
    expect(second.json.facts).toMatchObject({ topic: 'refunds', broker: 'a:0', held: 'pay' })
    expect(second.json.detail).toContain('hold of pay')
    expect((await readChecked(app, document, path, PATH)).preview.refusal).toMatchObject({
      ...{ code: 'hold_broker_held', message: second.json.detail, fix: second.json.fix },
    })
    expect((await atPay.read()).preview.refusal).toBeNull()
    expect(cluster.made).toHaveLength(1)
    await atPay.release()
    cluster.overrides.set('a:0 fileReservedTime', '72')
    expect((await hold({}, path)).status).toBe(201)
  })

  test('is not held while one of its brokers does not answer', async () => {
    cluster.silent.add('a:1')
    const answer = await hold({}, PAY)
    expect([answer.status, answer.json.code, answer.json.facts.fault]).toEqual([
      424,
      'cluster_fault',
      'brokerNotListed',
    ])
    expect([cluster.made, (await atPay.read()).hold]).toEqual([[], null])
  })

  test('is not held where a broker would not take it', async () => {
    cluster.overrides.set('a:1 enableDLegerCommitLog', 'true')
    const answer = await hold({}, PAY)
    document.checkProblem(answer.json)
    expect([answer.status, answer.json.code]).toEqual([422, 'hold_unsupported'])
    expect(cluster.made).toEqual([])
  })

  test('of which a broker is gone for good is given back on the others, and then closed by somebody', async () => {
    await hold({}, PAY)
    cluster.silent.add('a:0')
    const early = await atPay.release('?keep=true')
    expect([early.status, early.json.errors[0].path]).toEqual([400, 'query.keep'])
    const waiting = await atPay.release()
    expect([waiting.status, waiting.json.state]).toEqual([202, 'releasing'])
    expect(waiting.json.trouble).toMatchObject({ code: 'brokerNotListed', message: expect.stringContaining('a:0') })
    expect(overrides()).toEqual({ [MASTER]: HELD_HOURS, [SLAVE]: '48' })
    expect((await atPay.release('?keep=true')).json).toMatchObject({ state: 'released', outcome: { code: 'kept' } })
    expect(overrides()).toEqual({ [MASTER]: HELD_HOURS, [SLAVE]: '48' })
  })

  test('keeps what somebody set on a broker meanwhile', async () => {
    await hold({}, PAY)
    cluster.overrides.set(SLAVE, '24')
    const answer = await atPay.release()
    expect([answer.status, answer.json.code, answer.json.facts.settings]).toEqual([409, 'hold_conflict', SLAVE])
    expect(answer.json.fix).toContain('-b 10.0.0.6:10912 -k fileReservedTime -v 48')
    expect(overrides()).toEqual({ [MASTER]: '72', [SLAVE]: '24' })
  })
})

describe('the list', () => {
  const LIST = '/api/v1/holds'
  const list = async (query = '') => readChecked(app, document, `${LIST}${query}`, LIST)
  const states = async (query = ''): Promise<string[]> =>
    (await list(query)).items.map(({ topic, state }: Record<string, string>) => `${topic} ${state}`)

  test('tells which topics are held, and who, why and until when', async () => {
    expect(await states()).toEqual([])
    const { json } = await hold()
    const { items, total, asOf } = await list('?settled=false')
    expect(items).toEqual([{ clusterId: 'live', topic: 'orders', isSettled: false, ...json }])
    expect([total, asOf]).toEqual([1, iso(NOW_MS)])
    expect(await states('?cluster=locked')).toEqual([])
    expect(await states('?q=reason%3Abilling')).toEqual(['orders active'])
    expect((await app.call('GET', LIST, { token: APPROVER })).status).toBe(200)
  })

  test('keeps a conflict open until somebody decides, or the topic is held again', async () => {
    await hold()
    cluster.overrides.set('retention.bytes', '77')
    await release()
    expect(await states('?settled=false')).toEqual(['orders conflict'])
    app.setNow(NOW_MS + MINUTE_MS)
    await hold()
    expect(await states('?settled=false')).toEqual(['orders active'])
    expect(await states('?settled=true')).toEqual(['orders conflict'])
    app.setNow(NOW_MS + 91 * DAY_MS)
    expect(await states('?settled=true')).toEqual(['orders conflict'])
  })

  test('forgets what ended long ago', async () => {
    await hold()
    await release()
    expect(await states('?settled=true')).toEqual(['orders released'])
    app.setNow(NOW_MS + 91 * DAY_MS)
    expect(await states()).toEqual([])
  })

  test('of an unknown cluster is refused', async () => {
    const answer = await app.call('GET', `${LIST}?cluster=nobody`)
    document.checkProblem(answer.json)
    expect([answer.status, answer.json.code]).toEqual([404, 'cluster_not_found'])
  })
})

describe('is refused', () => {
  test.each([
    ['in the past', { untilAt: iso(NOW_MS) }, 'body.untilAt'],
    ['more than 30 days ahead', { untilAt: iso(NOW_MS + 30 * DAY_MS + 1) }, 'body.untilAt'],
    ['no time', { untilAt: 'tomorrow' }, 'body.untilAt'],
    ['no end', { untilAt: undefined }, 'body.untilAt'],
    ['no reason', { reason: '  ' }, 'body.reason'],
    ['a reason that is too long', { reason: 'r'.repeat(501) }, 'body.reason'],
    ['a reason that no database stores', { reason: 'a\0bc' }, 'body.reason'],
    ['an unknown field', { forever: true }, 'body'],
  ])('%s, by its place', async (_, over, path) => {
    const answer = await hold(over)
    document.checkProblem(answer.json)
    expect([answer.status, answer.json.code]).toEqual([400, 'bad_request'])
    expect(answer.json.errors.map((error: { path: string }) => error.path)).toEqual([path])
    expect(answer.json.errors[0].message).not.toMatch(/issue|hold(Time|End)/)
    expect(cluster.made).toEqual([])
  })

  test('nothing at the very limit', async () => {
    expect((await hold({ untilAt: iso(NOW_MS + 30 * DAY_MS) })).status).toBe(201)
  })

  test.each([
    ['an unknown cluster', '/api/v1/clusters/nobody/topics/orders/hold', 404, 'cluster_not_found'],
    ['an unknown topic', '/api/v1/clusters/live/topics/nothing/hold', 404, 'topic_not_found'],
    ['an internal topic', '/api/v1/clusters/live/topics/__consumer_offsets/hold', 422, 'hold_topic_internal'],
    ['a read-only cluster', '/api/v1/clusters/locked/topics/orders/hold', 403, 'cluster_read_only'],
  ])('%s', async (_, path, status, code) => {
    const answer = await hold({}, path)
    document.checkProblem(answer.json)
    expect([answer.status, answer.json.code]).toEqual([status, code])
    expect(cluster.made).toEqual([])
  })

  test.each([
    ['compacted alone', { 'cleanup.policy': 'compact' }, 422, 'hold_topic_compacted'],
    ['unlimited', { 'retention.ms': '-1' }, 409, 'hold_not_needed'],
  ])('what the cluster says is %s, whatever the last poll saw', async (_, now, status, code) => {
    cluster = memorySettings(now)
    const answer = await hold()
    expect([answer.status, answer.json.code]).toEqual([status, code])
    expect([cluster.made, (await read()).hold]).toEqual([[], null])
  })

  test('a release of a cluster that is read-only', async () => {
    const answer = await app.call('DELETE', '/api/v1/clusters/locked/topics/orders/hold')
    expect([answer.status, answer.json.code]).toEqual([403, 'cluster_read_only'])
  })

  test('whoever may only read, and it is written down', async () => {
    for (const answer of [await hold({}, ORDERS, APPROVER), await release('', APPROVER)]) {
      expect([answer.status, answer.json.facts.permission]).toEqual([403, 'topics:hold'])
    }
    expect((await app.call('GET', ORDERS, { token: APPROVER })).status).toBe(200)
    expect((await audit()).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['retention.release', 'refused'],
      ['retention.hold', 'refused'],
    ])
  })
})
