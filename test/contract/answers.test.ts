/** Every path that reads: its fields, their types, and what it says when something is unknown. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fault } from '../../lib/cluster/fault.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { DAY_MS, HOUR_MS } from '../../lib/units.ts'
import { aGroup, aGroupPartition, aPartition, aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const SNAPSHOT = aSnapshot({
  topics: [
    aTopic({ partitions: [aPartition(), aPartition({ partition: 1, isr: ['1'], leader: '1' })] }),
    aTopic({ name: '__consumer_offsets', internal: true }),
    aTopic({
      name: '%DLQ%billing',
      settings: { ...aTopic().settings, retentionMs: 2n ** 63n - 1n },
      partitions: [aPartition({ endOffset: 2n ** 53n - 1n, startOffset: 2n ** 53n - 8n })],
    }),
    aTopic({
      name: 'unknown',
      fault: fault('authorizationFailed', { topic: 'unknown' }),
      config: null,
      settings: { ...aTopic().settings, minIsr: null, retentionMs: null },
      partitions: [aPartition({ endOffset: null, startOffset: null, replicaSizes: null, isr: null, leader: null })],
    }),
  ],
  groups: [
    aGroup(),
    aGroup({ id: 'a/b %x', members: [], partitions: [aGroupPartition({ committedOffset: null })] }),
    aGroup({ id: 'dark', partitions: null, members: null, state: null, fault: fault('coordinatorNotAvailable') }),
  ],
})

/** Words about a row, not facts that order it. */
const NOT_SORTABLE = new Set([
  'pollError',
  'fault',
  'quorum',
  'nameServers',
  'rocketmq',
  'depthIsUpperBound',
  'pollIntervalMs',
  'isPartial',
])

let app: TestConsole
let document: DocumentChecker

beforeAll(async () => {
  app = await openConsole({ clusters: [aKafkaCluster('orders'), aKafkaCluster('never')] })
  const memory = new ObserveMemory()
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  const observation = observe({ snapshot: SNAPSHOT, previous: null, expectedBrokers: [], kindOf, memory })
  await app.writer.saveObservation('orders', observation, 15_000)
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
})
afterAll(() => app.close())

const read = (path: string, template: string): ReturnType<typeof readChecked> =>
  readChecked(app, document, path, template)

describe('clusters', () => {
  test('a polled cluster tells its verdict with reasons and its numbers', async () => {
    const { items, nextCursor, asOf, total } = await read('/api/v1/clusters', '/api/v1/clusters')
    expect({ nextCursor, asOf, total }).toEqual({ nextCursor: null, asOf: new Date(NOW_MS).toISOString(), total: 2 })
    const orders = items.find((item: { id: string }) => item.id === 'orders')
    expect(orders).toMatchObject({
      ...{ name: 'Cluster orders', kind: 'kafka', version: '4.3', readOnly: true, source: 'file', pollMs: 200 },
      ...{ brokersOnline: 3, topics: 4, groups: 3, underMinIsr: 1, pollError: null, openLosses: 0 },
    })
    expect(orders.verdict.stale).toBe(false)
    expect(orders.verdict.reasons.length).toBeGreaterThan(0)
    for (const reason of orders.verdict.reasons) {
      expect(Object.keys(reason).sort()).toEqual(['at', 'code', 'facts', 'message', 'severity', 'subject'])
      expect(reason.message).not.toMatch(/[{}]|^reasons/)
      expect(reason.message).toContain(' ')
    }
  })

  test('a cluster that was never polled is unknown in everything, not 0', async () => {
    const never = await read('/api/v1/clusters/never', '/api/v1/clusters/{cluster}')
    expect(never.verdict).toEqual({ level: 'unknown', stale: false, reasons: [] })
    for (const field of ['lastPollAt', 'brokersOnline', 'topics', 'offline', 'dlqDepth', 'diskUsedRatioMax']) {
      expect(never[field], field).toBeNull()
    }
  })

  test('three intervals after the last good poll its verdict is stale', async () => {
    const staleAt = async (ms: number): Promise<boolean> => {
      app.setNow(NOW_MS + ms)
      return (await read('/api/v1/clusters/orders', '/api/v1/clusters/{cluster}')).verdict.stale
    }
    expect(await staleAt(45_000)).toBe(false)
    expect(await staleAt(45_001)).toBe(true)
    app.setNow(NOW_MS)
  })

  test('when not even failures are stored any more, the row says whose fault that is', async () => {
    const codeAt = async (ms: number): Promise<string | null> => {
      app.setNow(NOW_MS + ms)
      return (await read('/api/v1/clusters/orders', '/api/v1/clusters/{cluster}')).pollError?.code ?? null
    }
    expect(await codeAt(90_000)).toBeNull()
    expect(await codeAt(90_001)).toBe('collectorStopped')
    app.setNow(NOW_MS)
  })

  test('a failed poll keeps the last good numbers and says why', async () => {
    const error = { fault: fault('connectionRefused', { address: 'h:1' }), atMs: NOW_MS, consecutive: 2 }
    await app.writer.savePollError('never', 'kafka', error, 15_000)
    const { pollError } = await read('/api/v1/clusters/never', '/api/v1/clusters/{cluster}')
    expect(pollError).toMatchObject({ code: 'connectionRefused', facts: { address: 'h:1' } })
  })

  test('a configured cluster is listed also when the words are asked for in Chinese', async () => {
    const { json } = await app.call('GET', '/api/v1/clusters/orders', {
      headers: { 'accept-language': 'zh-CN,en;q=0.5' },
    })
    expect(json.verdict.reasons[0].message).toMatch(/[\u4e00-\u9fff]/)
  })
})

const inHours = (hours: number): string => new Date(NOW_MS + hours * HOUR_MS).toISOString()

describe('brokers', () => {
  test('disks carry total, usable and used bytes, and when they are full', async () => {
    // It grew from 16 % to 40 % in a day.
    const points = Array.from({ length: 97 }, (_, step) => {
      const [t, max] = [NOW_MS - DAY_MS + step * (HOUR_MS / 4), 0.16 + step * 0.0025]
      return { t, min: max, max, avg: max, last: max }
    })
    app.history.results.push({ labels: { broker: '1', logDir: '/data' }, points, gaps: [] })
    const { items } = await read('/api/v1/clusters/orders/brokers', '/api/v1/clusters/{cluster}/brokers')
    expect(items.map((item: { id: string }) => item.id)).toEqual(['1', '2', '3'])
    expect(items[0].logDirs).toEqual([
      {
        path: '/data',
        volume: null,
        totalBytes: 1000,
        usableBytes: 600,
        usedBytes: 400,
        usedRatio: 0.4,
        logBytes: 300,
        fullAt: { state: 'forecast', earliest: inHours(60), latest: inHours(60), because: 'growth' },
        error: null,
      },
    ])
    expect(items[0].diskFullAt).toEqual(items[0].logDirs[0].fullAt)
    const unknown = { state: 'unknown', earliest: null, latest: null, because: 'historyShort' }
    expect(items[1]).toMatchObject({ logDirs: [{ fullAt: unknown }], diskFullAt: unknown })
    app.history.results.length = 0
  })
})

describe('topics', () => {
  const LIST = '/api/v1/clusters/{cluster}/topics'
  const ONE = '/api/v1/clusters/{cluster}/topics/{topic}'

  test('internal ones are listed only when asked for', async () => {
    const names = async (query: string): Promise<string[]> =>
      (await read(`/api/v1/clusters/orders/topics${query}`, LIST)).items.map((item: { name: string }) => item.name)
    expect(await names('')).toEqual(['%DLQ%billing', 'orders', 'unknown'])
    expect(await names('?internal=true')).toContain('__consumer_offsets')
  })

  test('sums, ladder and retention stand in the row; unlimited is −1', async () => {
    const { items } = await read('/api/v1/clusters/orders/topics?q=name:orders', LIST)
    expect(items).toEqual([
      expect.objectContaining({
        ...{
          name: 'orders',
          kind: 'normal',
          partitions: 2,
          replicationFactor: 3,
          minIsr: 2,
          durability: 'underMinIsr',
        },
        ...{ messages: 200, sizeBytes: 6000, leaderSizeBytes: 2000, isPartial: false },
        retention: { timeMs: 604_800_000, sizeBytes: -1 },
      }),
    ])
    const [dead] = (await read('/api/v1/clusters/orders/topics?q=kind:dlq', LIST)).items
    expect(dead).toMatchObject({ name: '%DLQ%billing', messages: 7, retention: { timeMs: -1 } })
  })

  test('a percent-encoded name is decoded once', async () => {
    const topic = await read('/api/v1/clusters/orders/topics/%25DLQ%25billing', ONE)
    expect(topic.name).toBe('%DLQ%billing')
    expect(topic.partitionStates[0]).toMatchObject({ partition: 0, broker: null, endOffset: 2 ** 53 - 1 })
  })

  test('what could not be read is null and says why', async () => {
    const topic = await read('/api/v1/clusters/orders/topics/unknown', ONE)
    expect(topic).toMatchObject({ messages: null, minIsr: null, durability: 'unknown', config: null })
    expect(topic.fault.code).toBe('authorizationFailed')
    expect(topic.partitionStates[0]).toMatchObject({ isr: null, leader: null, startOffset: null, endOffset: null })
  })

  test('pages follow each other, and a limit above 1000 is 1000', async () => {
    const first = await read('/api/v1/clusters/orders/topics?limit=2&sort=-name', LIST)
    expect(first).toMatchObject({ total: 3, items: [{ name: 'unknown' }, { name: 'orders' }] })
    const query = `limit=2&sort=-name&cursor=${first.nextCursor}`
    const second = await read(`/api/v1/clusters/orders/topics?${query}`, LIST)
    expect(second).toMatchObject({ nextCursor: null, items: [{ name: '%DLQ%billing' }] })
    await read('/api/v1/clusters/orders/topics?limit=5000', LIST)
  })
})

const AGE_UNKNOWN = { state: 'unknown', earliest: null, latest: null, because: 'ageUnknown' }

describe('groups', () => {
  const ONE = '/api/v1/clusters/{cluster}/groups/{group}'

  test('lag is the known sum, unknown where nothing is known', async () => {
    const { items } = await read('/api/v1/clusters/orders/groups', '/api/v1/clusters/{cluster}/groups')
    const byId = Object.fromEntries(items.map((item: { id: string }) => [item.id, item]))
    expect(byId.billing).toMatchObject({ lagMessages: 10, members: 1, type: 'classic', lossAt: AGE_UNKNOWN })
    expect(byId.dark).toMatchObject({ lagMessages: null, members: null, state: null, evaluation: 'unknown' })
  })

  test('one group names its partitions and members', async () => {
    const group = await read('/api/v1/clusters/orders/groups/billing', ONE)
    expect(group.memberList[0]).toMatchObject({ clientId: 'c1', host: '/127.0.0.1' })
    expect(group.partitions[0]).toMatchObject({
      ...{ topic: 'orders', partition: 0, broker: null, committedOffset: 90, endOffset: 100, lagMessages: 10 },
      lossAt: AGE_UNKNOWN,
    })
  })

  test('a name with blanks, slashes and percent signs is found', async () => {
    const group = await read(`/api/v1/clusters/orders/groups/${encodeURIComponent('a/b %x')}`, ONE)
    expect(group).toMatchObject({ id: 'a/b %x', partitions: [{ committedOffset: null, lagMessages: null }] })
  })
})

test('dead-letter queues tell what they store as an upper bound', async () => {
  const { items } = await read('/api/v1/dlqs', '/api/v1/dlqs')
  expect(items).toEqual([
    expect.objectContaining({
      ...{ id: 'orders/%25DLQ%25billing', clusterId: 'orders', topic: '%DLQ%billing', depth: 7, stored: 7 },
      ...{ depthIsUpperBound: true, format: null, arrivalsPerMinute: null },
    }),
  ])
})

test.each([
  ['/api/v1/clusters', '/api/v1/clusters'],
  ['/api/v1/clusters/orders/brokers', '/api/v1/clusters/{cluster}/brokers'],
  ['/api/v1/clusters/orders/topics', '/api/v1/clusters/{cluster}/topics'],
  ['/api/v1/clusters/orders/groups', '/api/v1/clusters/{cluster}/groups'],
  ['/api/v1/dlqs', '/api/v1/dlqs'],
])('%s can be sorted by every plain field, both ways', async (path, template) => {
  const [first] = (await read(path, template)).items
  const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null
  const fields = Object.keys(first).filter((field) => isPlain(first[field]) && !NOT_SORTABLE.has(field))
  expect(fields.length).toBeGreaterThan(5)
  for (const field of fields) {
    const down = (await read(`${path}?sort=-${field}`, template)).items
    const up = (await read(`${path}?sort=${field}`, template)).items
    expect(up.length, field).toBe(down.length)
  }
})

describe('series', () => {
  const PATH = '/api/v1/series'

  test('every metric is listed with its unit and labels', async () => {
    const { items } = await read('/api/v1/series/metrics', '/api/v1/series/metrics')
    const labels = ['cluster', 'group', 'topic', 'partition', 'broker']
    expect(items).toContainEqual({ metric: 'lagMessages', unit: 'messages', labels })
  })

  test('points carry epoch milliseconds, gaps times and reasons', async () => {
    app.history.results.push({
      labels: { topic: 'orders', partition: 1 },
      points: [{ t: NOW_MS, min: 1, max: 3, avg: 2, last: 3 }],
      gaps: [{ fromMs: NOW_MS - 60_000, toMs: NOW_MS, reason: 'pollFailed' }],
    })
    const query = `metric=endOffset&cluster=orders&topic=orders&from=2026-01-05T02:00:00Z&to=${NOW_MS}&stepSeconds=60`
    const answer = await read(`/api/v1/series?${query}`, PATH)
    expect(answer).toMatchObject({ metric: 'endOffset', unit: 'messages', stepSeconds: 60 })
    expect(answer.series[0]).toMatchObject({
      labels: { cluster: 'orders', topic: 'orders', partition: 1, broker: null },
      points: [{ t: NOW_MS, min: 1, max: 3, avg: 2, last: 3 }],
      gaps: [{ from: '2026-01-05T02:59:00.000Z', to: '2026-01-05T03:00:00.000Z', reason: 'pollFailed' }],
    })
    expect(app.history.asked.at(-1)).toMatchObject({ fromMs: NOW_MS - 3_600_000, toMs: NOW_MS, stepMs: 60_000 })
  })

  test('a step too fine for the range is widened and told', async () => {
    const answer = await read(
      '/api/v1/series?metric=pollMs&cluster=orders&from=2025-01-05T03:00:00Z&stepSeconds=1',
      PATH,
    )
    expect(answer.stepSeconds).toBeGreaterThanOrEqual((365 * 86_400) / 2_000)
  })

  test.each([
    ['metric=nope&cluster=orders', 400, 'query.metric'],
    ['cluster=orders', 400, 'query.metric'],
    ['metric=pollMs&cluster=orders&topic=x', 400, 'query.topic'],
    ['metric=pollMs&cluster=orders&from=yesterday', 400, 'query.from'],
    ['metric=pollMs&cluster=orders&from=2026-01-06T00:00:00Z&to=2026-01-05T00:00:00Z', 400, 'query.to'],
    ['metric=pollMs&cluster=other', 404, null],
  ])('%s is refused', async (query, status, path) => {
    const { json } = await app.call('GET', `/api/v1/series?${query}`)
    document.check('get', PATH, status, json)
    if (path !== null) expect(json.errors).toEqual([expect.objectContaining({ path })])
  })
})

describe('metrics for Prometheus', () => {
  test('known numbers stand there, unknown ones do not', async () => {
    const { text, headers } = await app.call('GET', '/metrics')
    expect(headers.get('content-type')).toContain('text/plain')
    expect(text).toContain('holdfast_cluster_verdict{cluster="orders",level="unknown"} 0')
    expect(text).toContain('holdfast_cluster_partitions_by_durability{cluster="orders",durability="underMinIsr"} 1')
    expect(text).toContain('holdfast_broker_disk_used_bytes{cluster="orders",broker="1",log_dir="/data"} 400')
    expect(text).toContain('holdfast_topic_messages{cluster="orders",topic="orders"} 200')
    expect(text).not.toContain('holdfast_topic_messages{cluster="orders",topic="unknown"}')
    expect(text).toContain('holdfast_group_lag_messages{cluster="orders",group="billing"} 10')
    expect(text).not.toContain('holdfast_group_lag_messages{cluster="orders",group="dark"}')
    expect(text).toContain('holdfast_process_resident_memory_bytes')
    const names = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(names.filter((line) => !line.startsWith('holdfast_'))).toEqual([])
  })
})

describe('what is not there', () => {
  test.each([
    ['/api/v1/clusters/other', 404, 'cluster_not_found'],
    ['/api/v1/clusters/other/brokers', 404, 'cluster_not_found'],
    ['/api/v1/clusters/other/topics', 404, 'cluster_not_found'],
    ['/api/v1/clusters/other/groups', 404, 'cluster_not_found'],
    ['/api/v1/clusters/orders/topics/none', 404, 'topic_not_found'],
    ['/api/v1/clusters/orders/groups/none', 404, 'group_not_found'],
    ['/api/v1/nothing/here', 404, 'not_found'],
    ['/api', 404, 'not_found'],
    ['/api/v1/clusters/orders/topics?sort=nope', 400, 'bad_request'],
    ['/api/v1/clusters/orders/topics?cursor=nope', 400, 'bad_request'],
    ['/api/v1/clusters/orders/topics?limit=0', 400, 'bad_request'],
    ['/api/v1/clusters/orders/topics?internal=maybe', 400, 'bad_request'],
    ['/api/v1/clusters/orders/topics/%E0%A4%A', 400, 'bad_request'],
  ])('%s', async (path, status, code) => {
    const answer = await app.call('GET', path)
    expect(answer.json).toMatchObject({ status, code, type: `urn:holdfast:problem:${code}` })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    document.checkProblem(answer.json)
  })

  test('a method that a path does not have is refused with those it has', async () => {
    const answer = await app.call('DELETE', '/api/v1/clusters')
    expect(answer.json).toMatchObject({ status: 405, code: 'method_not_allowed' })
    expect(answer.headers.get('allow')).toBe('GET, POST')
    expect((await app.call('POST', '/api/v1/nothing')).status).toBe(404)
  })
})

test('an answer that did not change need not be sent again', async () => {
  const first = await app.call('GET', '/api/v1/clusters/orders/topics')
  const etag = first.headers.get('etag') ?? ''
  const again = await app.call('GET', '/api/v1/clusters/orders/topics', { headers: { 'if-none-match': etag } })
  expect(again).toMatchObject({ status: 304, text: '' })
})
