/** Browsing and sending messages: what is found, where a search stopped, and what is refused. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { closeMessages } from '../../lib/api/messages/cluster-messages.ts'
import { fault } from '../../lib/cluster/fault.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { maskingRules } from '../../lib/payload/masking.ts'
import { aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { openConsole, type TestConsole } from './console.ts'
import { type MemoryMessage, type MemoryMessages, memoryMessages } from './memory-messages.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const TEMPLATE = '/api/v1/clusters/{cluster}/topics/{topic}/messages'
const PATH = '/api/v1/clusters/shop/topics/orders/messages'
const MASKING = [{ match: { topic: 'secret' }, paths: ['$.card'], headers: ['token'] }]

let app: TestConsole
let document: DocumentChecker
let memory: MemoryMessages
let opened = 0

beforeAll(async () => {
  app = await openConsole({
    clusters: [aKafkaCluster('shop', { readOnly: false }), aKafkaCluster('locked')],
    createMessageAccess: () => {
      opened++
      return memory
    },
    config: { masking: maskingRules.parse(MASKING) },
  })
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  for (const cluster of ['shop', 'locked']) {
    const snapshot = aSnapshot({ topics: [aTopic(), aTopic({ name: 'secret' })] })
    const facts = { previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() }
    await app.writer.saveObservation(cluster, observe({ snapshot, ...facts }), 15_000)
  }
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
})
afterAll(() => app.close())

beforeEach(async () => {
  await closeMessages(app.services)
  const message = (partition: number, index: number): MemoryMessage => ({
    key: `k${index % 3}`,
    value: JSON.stringify({ order: { id: index, name: `Name ${partition}` } }),
    headers: { part: String(partition), index: String(index) },
    atMs: NOW_MS + index * 10 + partition,
  })
  memory = memoryMessages(
    [0, 1].map((partition) => Array.from({ length: 30 }, (_, index) => message(partition, index))),
  )
})

const list = (query: string) => readChecked(app, document, `${PATH}?${query}`, TEMPLATE)
const placesOf = (answer: { items: { partition: number; offset: number }[] }): string[] =>
  answer.items.map(({ partition, offset }) => `${partition}:${offset}`)
const fromOf = (answer: { stoppedAt: { partition: number; offset: number }[] }): string =>
  answer.stoppedAt.map(({ partition, offset }) => `${partition}:${offset}`).join(',')

describe('reading', () => {
  test('from the beginning, oldest first over all partitions, and on from where it stopped to the end', async () => {
    const first = await list('position=earliest&limit=5')
    expect(placesOf(first)).toEqual(['0:0', '1:0', '0:1', '1:1', '0:2'])
    expect([fromOf(first), first.complete, first.scanned]).toEqual(['0:3,1:2', false, 5])
    const seen = placesOf(first)
    let answer = first
    for (let page = 0; page < 20 && !answer.complete; page++) {
      answer = await list(`from=${fromOf(answer)}&limit=7`)
      seen.push(...placesOf(answer))
    }
    expect(seen).toHaveLength(60)
    expect(new Set(seen).size).toBe(60)
    expect([answer.complete, fromOf(answer)]).toEqual([true, '0:30,1:30'])
  })

  test('the tail: asked again with where it stopped, it answers what came since', async () => {
    const newest = await list('limit=4')
    expect(placesOf(newest)).toEqual(['0:28', '1:28', '0:29', '1:29'])
    expect(newest.complete).toBe(true)
    expect((await list(`from=${fromOf(newest)}`)).items).toEqual([])
    const late = memory.logs[1]?.[29]
    if (late) memory.logs[1]?.push({ ...late, offset: 30n })
    expect(placesOf(await list(`from=${fromOf(newest)}`))).toEqual(['1:30'])
  })

  test('from a time, from an offset, and of one partition', async () => {
    const atMs = NOW_MS + 280
    expect(placesOf(await list(`fromTime=${new Date(atMs).toISOString()}`))).toEqual(['0:28', '1:28', '0:29', '1:29'])
    expect(placesOf(await list('partition=1&fromOffset=29'))).toEqual(['1:29'])
    expect(placesOf(await list('partition=1&position=earliest&limit=2'))).toEqual(['1:0', '1:1'])
  })

  test.each([
    ['text of a value, in either case', 'q=NAME%201&limit=500', 30],
    ['text of a key', 'q=k2', 20],
    ['text of a header’s name', 'q=index&limit=500', 60],
    ['a whole key', 'key=k1', 20],
    ['a header and its value', 'header=index:7', 2],
    ['a header of this name', 'header=part&limit=500', 60],
    ['a path into JSON', 'path=%24.order.id%3D17', 2],
    ['two at once', 'path=%24.order.id%3D17&q=Name%201', 1],
    ['nothing', 'key=k', 0],
  ])('a search for %s', async (_name, query, found) => {
    const answer = await list(`position=earliest&${query}`)
    expect(answer.items).toHaveLength(found)
    expect([answer.complete, answer.scanned]).toEqual([true, 60])
  })

  test('a partition that cannot be read is named, and what was not seen keeps it from being complete', async () => {
    memory.dark.add(1)
    const answer = await list('position=earliest&limit=500')
    expect(answer.items).toHaveLength(30)
    expect(answer.unreachable).toMatchObject([{ partition: 1, fault: { code: 'leaderNotAvailable' } }])
    expect([answer.complete, fromOf(answer)]).toEqual([false, '0:30,1:0'])
  })

  test('one message is shown with its parts; bytes are cut and encoded as they allow', async () => {
    memory = memoryMessages([
      [
        { key: null, value: null, atMs: NOW_MS },
        { key: 'ä', value: Buffer.from([0xff, 0, 1]), headers: { h: 'v' }, atMs: NOW_MS },
        { value: `a${'é'.repeat(40_000)}`, atMs: NOW_MS },
      ],
    ])
    const { items } = await list('position=earliest')
    expect(items[0]).toMatchObject({ key: null, value: null, headers: [], headerCount: 0, offset: 0 })
    expect(items[1]).toMatchObject({
      key: { encoding: 'utf8', data: 'ä', sizeBytes: 2, truncated: false },
      value: { encoding: 'base64', data: '/wAB', sizeBytes: 3, truncated: false, decoded: null },
      headers: [{ key: 'h', value: { encoding: 'utf8', data: 'v' } }],
    })
    expect(items[2].value).toMatchObject({ encoding: 'utf8', sizeBytes: 80_001, truncated: true })
    expect(items[2].value.data).toBe(`a${'é'.repeat(32_767)}`)
    const full = await readChecked(app, document, `${PATH}/0/2?full=true`, `${TEMPLATE}/{partition}/{offset}`)
    expect(full.value).toMatchObject({ truncated: false, data: `a${'é'.repeat(40_000)}` })
    await list('partition=0&fromOffset=2&limit=1&full=true')
    const read = { action: 'payload.read', target: 'shop/orders', outcome: 'ok', detail: { partition: 0, offset: 2 } }
    const audited = (await app.call('GET', '/api/v1/audit')).json.items
    expect(audited.slice(0, 2)).toMatchObject([read, read])
    // What lists show leaves no trace.
    expect(audited).toHaveLength(2)
  })

  test('what a rule hides is neither shown nor found', async () => {
    const value = JSON.stringify({ card: '4111', name: 'Ann' })
    memory = memoryMessages([[{ key: 'k', value, headers: { token: 'hush', other: 'x' }, atMs: NOW_MS }]])
    const secret = '/api/v1/clusters/shop/topics/secret/messages'
    const ask = (query: string) => readChecked(app, document, `${secret}?position=earliest&${query}`, TEMPLATE)
    const [message] = (await ask('q=Ann')).items
    expect(message.value).toMatchObject({ data: '{"card":"***","name":"Ann"}', decoded: { masked: ['$.card'] } })
    expect(message.headers[0].value).toMatchObject({ data: '***', masking: 'whole', sizeBytes: 4 })
    expect([message.value.masking, message.key.masking, message.headers[1].value.masking]).toEqual([
      'part',
      'none',
      'none',
    ])
    expect(JSON.stringify(message)).not.toMatch(/4111|hush/)
    for (const query of ['q=4111', 'q=hush', 'header=token:hush', 'path=%24.card%3D4111']) {
      expect((await ask(query)).items, query).toEqual([])
    }
  })

  test.each([
    ['two beginnings', 'fromOffset=1&partition=0&position=latest', 'query.position'],
    ['an offset without its partition', 'fromOffset=1', 'query.fromOffset'],
    ['everything in full', 'full=true', 'query.full'],
    ['a place that is none', 'from=0:1,x', 'query.from'],
    ['a path that is none', 'path=order.id', 'query.path'],
    ['a limit that is none', 'limit=0', 'query.limit'],
  ])('%s is refused', async (_name, query, path) => {
    const answer = await app.call('GET', `${PATH}?${query}`)
    expect([answer.status, answer.json.code]).toEqual([400, 'bad_request'])
    expect(answer.json.errors.map((one: { path: string }) => one.path)).toEqual([path])
  })

  test('an unknown topic, an offset that is not there, and a partition that does not exist', async () => {
    const missing = await app.call('GET', '/api/v1/clusters/shop/topics/nope/messages')
    expect([missing.status, missing.json.code]).toEqual([404, 'topic_not_found'])
    const gone = await app.call('GET', `${PATH}/0/300`)
    expect([gone.status, gone.json.code]).toEqual([404, 'message_not_found'])
    const answer = await app.call('GET', `${PATH}?partition=9`)
    expect([answer.status, answer.json.code, answer.json.facts.fault]).toEqual([
      424,
      'cluster_fault',
      'partitionNotFound',
    ])
    expect(answer.json.detail).toContain('orders has no partition 9')
  })

  test('readers are kept between requests, and made anew when the cluster is', async () => {
    opened = 0
    await list('limit=1')
    await list('limit=1')
    expect(opened).toBe(1)
  })
})

describe('sending', () => {
  const send = (body: unknown, cluster = 'shop') =>
    app.call('POST', `/api/v1/clusters/${cluster}/topics/orders/messages`, { body })

  test('a message goes out as it was given, and the audit says who sent it where', async () => {
    const headers = [
      { key: 'a', value: '1' },
      { key: 'a', value: null },
    ]
    const answer = await send({ partition: 1, key: 'k', value: '/wA=', valueEncoding: 'base64', headers })
    expect([answer.status, answer.json]).toEqual([
      201,
      { topic: 'orders', partition: 1, broker: null, offset: 77, confirmed: true },
    ])
    expect(memory.sent).toEqual([
      {
        ...{ topic: 'orders', partition: 1, broker: null, timestampMs: null, key: Buffer.from('k') },
        value: Buffer.from([0xff, 0]),
        headers: [
          { key: 'a', value: Buffer.from('1') },
          { key: 'a', value: null },
        ],
      },
    ])
    const audit = await app.call('GET', '/api/v1/audit')
    expect(audit.json.items[0]).toMatchObject({ action: 'message.produce', target: 'shop/orders', outcome: 'ok' })
    expect(audit.text).not.toContain('/wA=')
  })

  test('a tombstone is no empty value', async () => {
    await send({ key: 'k', value: null })
    await send({ key: 'k', value: '' })
    expect(memory.sent.map(({ value }) => value?.length ?? null)).toEqual([null, 0])
  })

  test('what is stored without being confirmed says so', async () => {
    const sent = { topic: 'orders', partition: 1, broker: 'broker-a', offset: 7n }
    memory.answerNext = { sent, fault: null, durability: 'unconfirmed' }
    expect((await send({ value: 'x' })).json).toMatchObject({ offset: 7, confirmed: false })
  })

  test('a refusal and an answer that never came are told apart', async () => {
    const reason = fault('notEnoughReplicas')
    memory.answerNext = { sent: null, fault: reason, isUncertain: false }
    const refused = await send({ value: 'x' })
    expect([refused.status, refused.json.code]).toEqual([424, 'message_not_stored'])
    expect(refused.json.detail).toMatch(/did not take the message.*min\.insync\.replicas/)
    memory.answerNext = { sent: null, fault: fault('requestTimeout'), isUncertain: true }
    expect((await send({ value: 'x' })).json.code).toBe('message_uncertain')
  })

  test('a cluster that is read-only, base64 that is none and fields nobody knows are refused', async () => {
    expect((await send({ value: 'x' }, 'locked')).json.code).toBe('cluster_read_only')
    expect((await send({ value: 'no base64!', valueEncoding: 'base64' })).json.errors).toMatchObject([
      { path: 'body.value' },
    ])
    expect((await send({ body: 'x' })).json.code).toBe('bad_request')
    expect(memory.sent).toEqual([])
  })
})
