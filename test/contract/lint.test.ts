/** The lint of client settings over the API: on a topic as it was stored, in both languages, without a trace of the text. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LINT_CLIENTS, MAX_LINT_CHARS } from '../../lib/api/schemas/lint.ts'
import type { RocketmqClusterConfig } from '../../lib/cluster/cluster-config.ts'
import type { ClusterSnapshot } from '../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { NO_TLS } from '../builders/no-tls.ts'
import { aRocketmqSnapshot } from '../builders/rocketmq.ts'
import { aPartition, aSnapshot, aTopic } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { type Answer, APPROVER, type CallOptions, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'

const WEAK = { ...aTopic().settings, minIsr: 1 }
const SNAPSHOT = aSnapshot({
  topics: [
    aTopic(),
    aTopic({ name: 'weak', settings: WEAK }),
    aTopic({
      name: 'uneven',
      settings: WEAK,
      partitions: [aPartition(), aPartition({ partition: 1, replicas: ['1'] })],
    }),
    aTopic({ name: 'dark', settings: { ...WEAK, minIsr: null }, config: null }),
  ],
})

function aRocketmqCluster(id: string): RocketmqClusterConfig {
  return {
    ...{ id, name: `Cluster ${id}`, kind: 'rocketmq', readOnly: true, nameServers: ['localhost:9876'] },
    tls: NO_TLS,
    ...{ addressMap: {}, acl: null },
  }
}

let app: TestConsole
let document: DocumentChecker

async function store(id: string, snapshot: ClusterSnapshot): Promise<void> {
  const memory = new ObserveMemory()
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  await app.writer.saveObservation(
    id,
    observe({ snapshot, previous: null, expectedBrokers: [], kindOf, memory }),
    15_000,
  )
}

beforeAll(async () => {
  app = await openConsole({ clusters: [aKafkaCluster('shop'), aKafkaCluster('never'), aRocketmqCluster('trade')] })
  await store('shop', SNAPSHOT)
  await store('trade', aRocketmqSnapshot())
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
})
afterAll(() => app.close())

async function ask(body: object, options: CallOptions = {}): Promise<Answer> {
  const answer = await app.call('POST', '/api/v1/lint', { body, ...options })
  if (answer.status === 200) document.check('post', '/api/v1/lint', 200, answer.json)
  return answer
}

const codes = ({ json }: Answer): string[] => json.findings.map(({ code }: { code: string }) => code)

describe('the answer', () => {
  test.each(LINT_CLIENTS)('of %s agrees with the document', async (client) => {
    const answer = await ask({ client, text: 'acks=1\n' })
    expect(answer.status, answer.text).toBe(200)
    expect(answer.json.effective.length).toBeGreaterThan(0)
  })

  test('tells what is wrong, why, what to do, and the text mended', async () => {
    const { json } = await ask({ client: 'javaProducer', version: '3.9', text: '# ours\nacks=1\n' })
    expect(json).toMatchObject({ verdict: 'atRisk', corrected: '# ours\nacks=all\n' })
    expect(json.findings[0]).toMatchObject({
      ...{ code: 'acksLeader', severity: 'high', setting: 'acks', value: '1', effective: '1', line: 2 },
      why: expect.stringContaining('acks=1'),
      fix: expect.stringContaining('ISR'),
    })
    expect(json.effective[0]).toEqual({ setting: 'acks', value: '1', source: 'set', line: 2 })
  })

  test('is in the language asked for', async () => {
    const { json } = await ask({ client: 'javaProducer', text: 'acks=1' }, { headers: { 'accept-language': 'zh' } })
    expect(json.findings[0].why).toMatch(/领导者.*acks=1/)
    expect(json.findings[0].fix).toMatch(/\p{Script=Han}/u)
  })

  test('does not know defaults without a version', async () => {
    const body = { client: 'javaProducer', text: '' }
    expect((await ask(body)).json.verdict).toBe('unknown')
    expect((await ask({ ...body, version: null })).json.verdict).toBe('unknown')
    expect((await ask({ ...body, version: '3.9' })).json.verdict).toBe('safe')
  })

  test('is given to whoever reads', async () => {
    expect((await ask({ client: 'kafkajs', text: '' }, { token: APPROVER })).status).toBe(200)
  })
})

describe('on a topic', () => {
  const body = { client: 'javaProducer', version: '3.9', text: 'acks=all', clusterId: 'shop' }

  test('that waits for two, acks=all is enough', async () => {
    expect((await ask({ ...body, topic: 'orders' })).json.verdict).toBe('safe')
  })

  test('acks=all with min ISR 1 waits for nobody', async () => {
    const answer = await ask({ ...body, topic: 'weak' })
    expect(answer.json.verdict).toBe('atRisk')
    expect(answer.json.findings[0]).toMatchObject({ code: 'topicMinIsrOne', setting: 'acks', severity: 'high' })
    expect(answer.json.findings[0].why).toContain('waits for nobody')
  })

  test('the partition with the fewest copies decides', async () => {
    expect(codes(await ask({ ...body, topic: 'uneven' }))).toContain('topicSingleCopy')
  })

  test('whose settings could not be read it is unknown', async () => {
    const answer = await ask({ ...body, topic: 'dark' })
    expect([answer.json.verdict, codes(answer)[0]]).toEqual(['unknown', 'topicMinIsrUnknown'])
  })

  test('of RocketMQ its brokers decide', async () => {
    const trade = { client: 'rocketmqProducer', text: '', clusterId: 'trade', topic: 'orders' }
    expect(codes(await ask(trade))).not.toContain('rocketmqMemoryOnly')
    expect(codes(await ask({ ...trade, client: 'javaProducer', version: '3.9' }))).toContain('topicOfOtherSystem')
    // Its queue was made by an old broker that lets nobody read.
    const reader = { client: 'rocketmqConsumer', text: '', clusterId: 'trade', topic: '%DLQ%billing' }
    expect(codes(await ask(reader))).toContain('rocketmqNotReadable')
  })

  test('a cluster without a topic is only looked up', async () => {
    expect((await ask(body)).json.verdict).toBe('safe')
  })
})

describe('refused', () => {
  const body = { client: 'javaProducer', text: '' }
  test.each<[string, object, number, string]>([
    ['no such cluster', { ...body, clusterId: 'nowhere', topic: 'orders' }, 404, 'cluster_not_found'],
    ['no such topic', { ...body, clusterId: 'shop', topic: 'nothing' }, 404, 'topic_not_found'],
    ['a cluster that was never polled', { ...body, clusterId: 'never', topic: 'orders' }, 404, 'topic_not_found'],
    ['a topic of no cluster', { ...body, topic: 'orders' }, 400, 'bad_request'],
    ['no such client', { ...body, client: 'telnet' }, 400, 'bad_request'],
    ['no text', { client: 'javaProducer' }, 400, 'bad_request'],
    ['something else beside', { ...body, more: 1 }, 400, 'bad_request'],
    ['a text too long', { ...body, text: 'a'.repeat(MAX_LINT_CHARS + 1) }, 400, 'bad_request'],
    ['a body too large', { ...body, text: 'a'.repeat(700_000) }, 413, 'payload_too_large'],
  ])('%s', async (_name, asked, status, code) => {
    const answer = await ask(asked)
    expect([answer.status, answer.json.code]).toEqual([status, code])
  })

  test('a text as long as may be is read, whatever it is written with', async () => {
    const text = `#${'\u0007'.repeat(MAX_LINT_CHARS - 10)}\nacks=0`
    expect((await ask({ ...body, text })).json.verdict).toBe('loses')
  })
})

test('no broker is asked, and nothing of the text is kept or logged', async () => {
  const secret = 'pw-MARKED-4711'
  const text = `acks=1\nssl.key.password=${secret}\n${secret}\n`
  const good = await ask({ client: 'javaProducer', text, clusterId: 'shop', topic: 'orders' })
  expect(good.status).toBe(200)
  expect(JSON.stringify([good.json.findings, good.json.effective])).not.toContain(secret)
  const bad = [
    await ask({ client: 'javaProducer', text, clusterId: 'nowhere', topic: 'orders' }),
    await ask({ client: secret, text }),
    await ask({ client: 'javaProducer', text: [text] }),
    await app.call('POST', '/api/v1/lint', { rawBody: `{"text":"${secret}` }),
    await app.call('POST', '/api/v1/lint', { body: { client: 'javaProducer', text }, token: secret }),
  ]
  app.services.snapshots.topic = () => Promise.reject(new Error('disk on fire'))
  bad.push(await ask({ client: 'javaProducer', text, clusterId: 'shop', topic: 'orders' }))
  expect(bad.map(({ status }) => status)).toEqual([404, 400, 400, 400, 401, 500])
  expect(bad.map((answer) => answer.text).join()).not.toContain(secret)
  expect(app.logLines.join('\n')).not.toContain(secret)
  expect((await app.call('GET', '/api/v1/audit')).json.total).toBe(0)
})
