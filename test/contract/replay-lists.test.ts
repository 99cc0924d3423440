/** What the pages of replays ask: several states at once, one outcome, what was asked for, and who is asking. */
import { afterAll, beforeAll, expect, it, test } from 'vitest'
import type { EventAnswer } from '../../lib/api/schemas/events.ts'
import { planFacts, planResult, replayPart, runsOf } from '../builders/replays.ts'
import { NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { APPROVER, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'

let app: TestConsole
let checker: DocumentChecker
let planned = ''
let planning = ''

beforeAll(async () => {
  app = await openConsole({ clusters: [aKafkaCluster('orders', { readOnly: false })] })
  checker = documentChecker((await app.call('GET', '/api/openapi.json')).json)
  planned = await create('one-dlt', { brake: { maxAddedLag: 7, isr: null }, graceSeconds: 3, keepHeaders: true })
  planning = await create('two-dlt')
  const skips = [{ code: 'quarantined' as const, offsets: runsOf([1, 3]) }]
  const plan = planResult({ facts: planFacts({ plannedAtMs: NOW_MS }), parts: [replayPart({ skips })], skipped: 2n })
  await app.services.replays.store.savePlan(planned, 'planned', plan)
})
afterAll(() => app.close())

async function create(topic: string, change: object = {}): Promise<string> {
  const body = { clusterId: 'orders', topic, selection: { q: 'x' }, target: { mode: 'origin' }, reason: 'mended' }
  return (await app.call('POST', '/api/v1/replays', { body: { ...body, ...change } })).json.id
}

test.each([
  ['state=planned', () => [planned]],
  ['state=planning,planned', () => [planned, planning]],
  ['state=running,paused', () => []],
])('replays are listed by their states: %s', async (query, ids) => {
  const { json } = await app.call('GET', `/api/v1/replays?${query}`)
  checker.check('get', '/api/v1/replays', 200, json)
  expect(json.items.map(({ id }: { id: string }) => id).sort()).toEqual(ids().sort())
  expect(json.total).toBe(ids().length)
})

test.each(['state=', 'state=planned,gone'])('a state that nobody knows is refused: %s', async (query) => {
  expect((await app.call('GET', `/api/v1/replays?${query}`)).status).toBe(400)
})

it('says what was asked for', async () => {
  expect((await app.call('GET', `/api/v1/replays/${planned}`)).json.request).toEqual({
    ...{
      selection: { q: 'x' },
      isWithheld: false,
      edits: 0,
      transform: [],
      graceSeconds: 3,
      maxAttempts: 3,
      keepHeaders: true,
    },
    brake: { maxAddedLag: 7, maxReturnRatio: 0.2, isr: false },
  })
})

it('lists the records of one outcome, page by page', async () => {
  const first = await app.call('GET', `/api/v1/replays/${planned}/records?outcome=skipped&limit=1`)
  checker.check('get', '/api/v1/replays/{replay}/records', 200, first.json)
  const more = await app.call(
    'GET',
    `/api/v1/replays/${planned}/records?outcome=skipped&cursor=${first.json.nextCursor}`,
  )
  const found = [...first.json.items, ...more.json.items]
  expect(found.map(({ source, because }) => [source.offset, because])).toEqual([
    [1, 'quarantined'],
    [2, 'quarantined'],
  ])
  expect(more.json.nextCursor).toBeNull()
  expect((await app.call('GET', `/api/v1/replays/${planned}/records?outcome=lost`)).status).toBe(400)
})

it('tells who is asking', async () => {
  const admin = await app.call('GET', '/api/v1/session')
  checker.check('get', '/api/v1/session', 200, admin.json)
  expect(admin.json).toMatchObject({
    actor: 'admin',
    role: 'admin',
    scope: { clusters: ['*'], topics: ['*'], payloads: true },
  })
  const approver = await app.call('GET', '/api/v1/session', { token: APPROVER })
  expect(approver.json).toMatchObject({ actor: 'approver', role: 'approver' })
  expect(approver.json.permissions).toContain('replays:approve')
  expect(approver.json.permissions).not.toContain('replays:write')
  expect((await app.call('GET', '/api/v1/session', { token: 'x'.repeat(30) })).status).toBe(401)
})

test('a replay that began is a mark on its queue and on each target, and on no other topic', async () => {
  const read = async (query: string): Promise<[kind: string, topic: string, facts: object][]> => {
    const { json } = await app.call('GET', `/api/v1/events?${query}`)
    checker.check('get', '/api/v1/events', 200, json)
    return json.items.map(({ kind, topic, facts }: EventAnswer) => [kind, topic, facts])
  }
  expect(await read('kind=replay')).toEqual([])
  await app.services.replays.store.change(planned, 'planned', { state: 'running', startedAtMs: NOW_MS - 5_000 })
  const facts = { replay: planned, records: 0 }
  const marks = ['one-dlt', 'orders'].map((topic) => ['replay', topic, facts])
  expect((await read('cluster=orders')).sort()).toEqual(marks)
  expect(await read('topic=orders')).toEqual([marks[1]])
  expect(await read('kind=replay&topic=two-dlt')).toEqual([])
  expect(await read('group=billing')).toEqual([])
  expect(await read(`to=${NOW_MS - 6_000}`)).toEqual([])
  expect(await read('kind=brokerLost')).toEqual([])
})
