/** What happened to the clusters: `GET /api/v1/events`. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClusterEvent } from '../../lib/durability/events.ts'
import { DAY_MS } from '../../lib/units.ts'
import { NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const PATH = '/api/v1/events'
const LEADER: ClusterEvent = {
  ...{ kind: 'leaderChanged', topic: 'orders', partition: null, broker: null, group: null },
  facts: { partitions: 2, from: '1', to: '2' },
}
const LOST: ClusterEvent = { ...LEADER, kind: 'brokerLost', topic: null, broker: '1', facts: { host: 'h', port: 9 } }

let app: TestConsole
let document: DocumentChecker
beforeAll(async () => {
  app = await openConsole({ clusters: [aKafkaCluster('orders'), aKafkaCluster('other')] })
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
  await app.events.append('orders', NOW_MS - 2 * DAY_MS, [LOST])
  await app.events.append('orders', NOW_MS - 60_000, [LOST, LEADER])
  await app.events.append('orders', NOW_MS - 30_000, [{ ...LOST, kind: 'brokerReturned', group: 'billing' }])
  await app.events.append('other', NOW_MS - 45_000, [LOST])
  await app.events.append('removed', NOW_MS - 45_000, [LOST])
})
afterAll(() => app.close())

// biome-ignore lint/suspicious/noExplicitAny: answers are checked against the document
const read = (query: string): Promise<any> => readChecked(app, document, `${PATH}?${query}`, PATH)

test('those of the last day, newest first, with every field', async () => {
  const answer = await read('cluster=orders')
  expect(answer.truncated).toBe(false)
  expect(answer.items.map(({ kind }: { kind: string }) => kind)).toEqual([
    'brokerReturned',
    'brokerLost',
    'leaderChanged',
  ])
  expect(answer.items[2]).toEqual({
    ...{ id: expect.any(Number), at: new Date(NOW_MS - 60_000).toISOString(), clusterId: 'orders' },
    ...LEADER,
  })
})

test.each([
  ['', 4],
  ['cluster=other', 1],
  ['topic=orders', 1],
  ['topic=', 0],
  ['group=billing', 1],
  ['broker=1', 3],
  ['kind=brokerLost', 2],
  [`from=${NOW_MS - 3 * DAY_MS}`, 5],
  ['from=2026-01-01T00:00:00Z&to=2026-01-03T12:00:00Z', 1],
  [`to=${NOW_MS - DAY_MS - 60_000}`, 1],
])('?%s', async (query, count) => {
  expect((await read(query)).items).toHaveLength(count)
})

test('what the limit leaves out is the oldest, and said', async () => {
  const answer = await read('cluster=orders&limit=2')
  expect([answer.items.length, answer.items[0].kind, answer.truncated]).toEqual([2, 'brokerReturned', true])
  expect((await read('cluster=orders&limit=3')).truncated).toBe(false)
  expect((await read('limit=999999')).items).toHaveLength(4)
})

test('no more than two thousand come at once', async () => {
  const many = Array.from({ length: 2_001 }, () => LEADER)
  await app.events.append('other', NOW_MS - 10 * DAY_MS, many)
  const range = `from=${NOW_MS - 11 * DAY_MS}&to=${NOW_MS - 9 * DAY_MS}`
  const most = await read(`${range}&limit=5000`)
  expect([most.items.length, most.truncated]).toEqual([2_000, true])
  expect((await read(range)).items).toHaveLength(500)
})

test.each([
  ['cluster=nope', 404, null],
  ['kind=nope', 400, 'query.kind'],
  ['from=yesterday', 400, 'query.from'],
  ['to=8640000000000001', 400, 'query.to'],
  ['from=2026-01-06T00:00:00Z&to=2026-01-05T00:00:00Z', 400, 'query.to'],
  ['limit=0', 400, 'query.limit'],
  ['limit=many', 400, 'query.limit'],
  ['topic=a%00b', 400, 'query.topic'],
])('%s is refused', async (query, status, path) => {
  const { json } = await app.call('GET', `${PATH}?${query}`)
  document.check('get', PATH, status, json)
  if (path !== null)
    expect(json.errors).toEqual([expect.objectContaining({ path, message: expect.stringMatching(/\S/) })])
})
