/** Mending settings of a topic by a button, as the API does it: who may, what is shown, what is refused, what is written down. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fault } from '../../lib/cluster/fault.ts'
import { MessageAccessError } from '../../lib/cluster/messages.ts'
import type { TopicState } from '../../lib/cluster/snapshot.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { type MemorySettings, memorySettings } from '../builders/holds.ts'
import { aBroker, aPartition, aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { type Answer, APPROVER, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const PATH = '/api/v1/clusters/{cluster}/topics/{topic}/repair'
const ORDERS = '/api/v1/clusters/live/topics/orders/repair'
const NAME = 'min.insync.replicas'
const CODE = 'topic.minIsrOne'
const CONFIGS = 'kafka-configs.sh --bootstrap-server localhost:9092 --alter --entity-type topics --entity-name orders'
const GIVEN = { code: CODE, expected: [{ name: NAME, before: null }], reason: 'two copies at least' }
const REPLICAS = ['1', '2', '3']

const minIsr = (value: string, source = 'DEFAULT_CONFIG') => ({
  ...{ name: NAME, value, source, isDefault: source === 'DEFAULT_CONFIG', sensitive: false },
})
const orders = (isr = REPLICAS, over: Partial<TopicState> = {}): TopicState => {
  const settings = { ...aTopic().settings, minIsr: 1 }
  return aTopic({ partitions: [aPartition({ replicas: REPLICAS, isr })], config: [minIsr('1')], settings, ...over })
}

let app: TestConsole
let document: DocumentChecker
let cluster: MemorySettings

async function poll(id: string, topics: TopicState[], atMs = NOW_MS): Promise<void> {
  const times = { startedAtMs: atMs - 1, finishedAtMs: atMs }
  const snapshot = aSnapshot({ ...times, brokers: REPLICAS.map((broker) => aBroker(broker, { config: [] })), topics })
  const kindOf = (): 'normal' => 'normal'
  const given = { snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() }
  await app.writer.saveObservation(id, observe(given), 15_000)
}

beforeEach(async () => {
  cluster = memorySettings()
  app = await openConsole({
    clusters: [aKafkaCluster('live', { readOnly: false }), aKafkaCluster('locked')],
    createTopicSettings: () => cluster,
  })
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
  await poll('live', [orders()])
  await poll('locked', [orders()])
})
afterEach(() => app.close())

const read = (code = CODE) => readChecked(app, document, `${ORDERS}?code=${code}`, PATH)
const repair = (over: object = {}, path = ORDERS, token?: string): Promise<Answer> =>
  app.call('POST', path, { body: { ...GIVEN, ...over }, ...(token === undefined ? {} : { token }) })
const refused = async (answer: Promise<Answer>): Promise<[number, string]> => {
  const { status, json } = await answer
  document.checkProblem(json)
  return [status, json.code]
}
const audit = async (): Promise<Record<string, unknown>[]> => (await app.call('GET', '/api/v1/audit')).json.items

describe('before it is done', () => {
  test('the finding says what can be set, and the preview from what to what, and what brings it back', async () => {
    const { items } = await readChecked(app, document, '/api/v1/findings?cluster=live', '/api/v1/findings')
    const found = items.find(({ code }: { code: string }) => code === CODE)
    expect(found.repair).toEqual([{ name: NAME, value: '2' }])
    expect(await read()).toEqual({
      ...{ code: CODE, refusal: null, undo: [`${CONFIGS} --delete-config ${NAME}`] },
      settings: [{ name: NAME, before: null, effectiveBefore: ['1'], after: '2' }],
      asOf: new Date(NOW_MS).toISOString(),
    })
    expect(cluster.closed, 'nobody asks the cluster').toBe(0)
  })

  test('what would stop writes is told', async () => {
    await poll('live', [orders(['1'])], NOW_MS + 1)
    expect((await read()).refusal).toMatchObject({
      code: 'repair_stops_writes',
      message: expect.stringContaining('1 partition'),
    })
  })

  test('what does not hold, or no button mends, is not there', async () => {
    for (const code of ['topic.uncleanLeaderElection', 'topic.replicationFactorOne', 'nonsense']) {
      expect(await refused(app.call('GET', `${ORDERS}?code=${code}`))).toEqual([404, 'repair_unknown'])
    }
  })
})

describe('a repair', () => {
  test('sets what was shown, and is written down before and after', async () => {
    const answer = await repair()
    document.check('post', PATH, 200, answer.json)
    expect(answer.json.undo).toEqual([`${CONFIGS} --delete-config ${NAME}`])
    expect(Object.fromEntries(cluster.overrides)).toEqual({ [NAME]: '2' })
    expect(cluster.closed).toBe(1)
    const detail = { code: CODE, reason: GIVEN.reason, before: `${NAME}=none`, after: `${NAME}=2` }
    const about = { actor: 'admin', target: 'live/orders', outcome: 'ok', detail }
    expect((await audit()).slice(0, 2)).toMatchObject([
      { ...about, action: 'topic.repair', status: 200 },
      { ...about, action: 'topic.repairBegun', status: null },
    ])
  })

  test('that cannot be written down is not done', async () => {
    app.services.audit.record = () => Promise.reject(new Error('disk full'))
    expect((await repair()).status).toBe(500)
    expect(cluster.made).toEqual([])
  })

  test('does nothing when the topic says something else by now', async () => {
    cluster.overrides.set(NAME, '1')
    expect(await refused(repair())).toEqual([409, 'repair_conflict'])
    expect(await refused(repair({ expected: [] }))).toEqual([409, 'repair_conflict'])
    expect(cluster.made).toEqual([])
    expect((await repair({ expected: [{ name: NAME, before: '1' }] })).status).toBe(200)
  })

  test('does nothing when it is done already, or would stop writes', async () => {
    cluster.overrides.set(NAME, '2')
    expect(await refused(repair({ expected: [{ name: NAME, before: '2' }] }))).toEqual([409, 'repair_not_needed'])
    cluster.overrides.clear()
    await poll('live', [orders(['1'])], NOW_MS + 1)
    expect(await refused(repair())).toEqual([409, 'repair_stops_writes'])
    expect(cluster.made).toEqual([])
  })

  test('is refused in a cluster that is read-only, to a second person, and without a reason', async () => {
    expect(await refused(repair({}, ORDERS.replace('live', 'locked')))).toEqual([403, 'cluster_read_only'])
    expect(await refused(repair({}, ORDERS, APPROVER))).toEqual([403, 'forbidden'])
    expect(await refused(repair({ reason: ' ' }))).toEqual([400, 'bad_request'])
    expect(cluster.made).toEqual([])
  })

  test('that the cluster refuses or does not answer says so', async () => {
    cluster.next.change = new MessageAccessError(fault('authorizationFailed', { broker: 1 }), false)
    expect(await refused(repair())).toEqual([424, 'cluster_fault'])
    cluster.topicId = null
    expect(await refused(repair())).toEqual([404, 'topic_not_found'])
    expect((await audit())[0]).toMatchObject({ action: 'topic.repair', outcome: 'refused' })
  })
})
