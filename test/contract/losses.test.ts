/** The ledger of losses as the API tells it, what it does to verdicts, and who may close an entry. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Loss } from '../../lib/durability/losses/loss.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { createLossLedger } from '../../lib/losses/loss-ledger.ts'
import { aSnapshot, NOW_MS } from '../builders/snapshots.ts'
import { detected } from '../builders/stored-losses.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { APPROVER, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const OWNERS = [
  { match: { cluster: '*', topic: '*', group: 'bill*' }, team: 'payments' },
  { match: { cluster: '*', topic: 'orders', group: '*' }, team: 'shop' },
]
const AT = new Date(NOW_MS).toISOString()

const TRUNCATED: Partial<Loss> = {
  ...{ kind: 'logTruncated', group: null, partition: 2, fromOffset: 80n, toOffset: 100n, count: 20n },
  countBound: 'lower',
  evidence: { endBefore: 100, endNow: 80, leaderBefore: '1', leaderNow: '1', epochBefore: 4, epochNow: 4 },
}

let app: TestConsole
let document: DocumentChecker

beforeEach(async () => {
  app = await openConsole({ clusters: [aKafkaCluster('live'), aKafkaCluster('other')], config: { owners: OWNERS } })
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
  const given = { snapshot: aSnapshot(), previous: null, expectedBrokers: [], memory: new ObserveMemory() }
  for (const id of ['live', 'other']) {
    await app.writer.saveObservation(id, observe({ ...given, kindOf: () => 'normal' }), 15_000)
  }
})
afterEach(() => app.close())

const record = (clusterId: string, ...losses: Partial<Loss>[]): Promise<void> =>
  createLossLedger(app.database).record(
    clusterId,
    losses.map((over, index) => detected(over, NOW_MS + index)),
  )
const list = (query = ''): ReturnType<typeof readChecked> =>
  readChecked(app, document, `/api/v1/losses${query}`, '/api/v1/losses')
const verdictOf = async (id: string) =>
  (await readChecked(app, document, `/api/v1/clusters/${id}`, '/api/v1/clusters/{cluster}')).verdict
interface Item {
  topic: string
  mute: object | null
}

const acknowledge = (id: string, body: unknown = { note: 'sent again' }, token?: string) =>
  app.call('POST', `/api/v1/losses/${id}/acknowledge`, { body, ...(token === undefined ? {} : { token }) })

test('an empty ledger is an empty list, and no cluster has an open loss', async () => {
  expect(await list()).toEqual({ items: [], nextCursor: null, asOf: AT, total: 0 })
  const clusters = await readChecked(app, document, '/api/v1/clusters', '/api/v1/clusters')
  expect(clusters.items.map(({ openLosses }: { openLosses: number }) => openLosses)).toEqual([0, 0])
})

test('an entry says what was lost, where, when, for whom, and what to do', async () => {
  await record('live', { count: null, windowFromMs: null }, TRUNCATED)
  const [cut, overrun] = (await list()).items
  expect(cut).toMatchObject({
    ...{ clusterId: 'live', kind: 'logTruncated', topic: 'orders', partition: 2, broker: null, group: null },
    ...{ labels: { team: 'shop' }, fromOffset: 80, toOffset: 100, count: 20, countBound: 'lower' },
    ...{ firstDetectedAt: new Date(NOW_MS + 1).toISOString(), isAbandoned: false },
    window: { from: new Date(NOW_MS - 60_000).toISOString(), to: AT },
    ...{ title: 'The end of a log was cut off', acknowledgedAt: null, acknowledgedBy: null, note: null },
    message: 'orders, partition 2, ended at 100 and then at 80: at least 20 messages that had been confirmed are gone.',
    evidence: { endBefore: 100, endNow: 80 },
  })
  expect(cut.recovery[0]).toEqual({
    title: 'See who leads the partition and which replicas are in sync',
    command: 'kafka-topics.sh --bootstrap-server localhost:9092 --describe --topic orders',
  })
  expect(overrun).toMatchObject({ labels: { team: 'payments' }, count: null, window: { from: null } })
  for (const { title, message, why, recovery } of [cut, overrun]) {
    for (const words of [title, message, why, ...recovery.map((step: { title: string }) => step.title)]) {
      expect(words).not.toMatch(/[{}]|undefined|^(retention|log)\w+\./)
    }
  }
  const chinese = await app.call('GET', '/api/v1/losses', { headers: { 'accept-language': 'zh-CN' } })
  expect(chinese.json.items[0].message).toBe(
    '主题 orders 的分区 2 原来结束于 100，之后结束于 80：至少 20 条已确认的消息丢失。',
  )
})

describe('the list', () => {
  beforeEach(async () => {
    await record('live', {}, TRUNCATED, { group: 'audit', topic: 'pay', count: 5n })
    await record('other', { isAbandoned: true })
    await record('gone', {})
  })
  const kinds = async (query: string): Promise<string[]> =>
    (await list(query)).items.map(
      ({ clusterId, kind, group }: Record<string, string>) => `${clusterId} ${kind} ${group}`,
    )

  test.each([
    ['', 4],
    ['?cluster=live', 3],
    ['?kind=logTruncated', 1],
    ['?group=billing', 2],
    ['?topic=pay', 1],
    ['?open=true', 4],
    ['?open=false', 0],
    ['?q=audit', 1],
    ['?q=kind:logtruncated', 1],
    ['?q=abandoned:true', 1],
    ['?q=count%3E100', 2],
  ])('%s finds %i', async (query, found) => {
    expect(await kinds(query)).toHaveLength(found)
  })

  test('is sorted, the one that grew last first, and pages hold together', async () => {
    const whole = await kinds('')
    const counts = (await list('?sort=count')).items.map(({ count }: { count: number }) => count)
    expect(counts).toEqual([5, 20, 410, 410])
    const first = await list('?limit=3')
    expect(first.total).toBe(4)
    const rest = await kinds(`?limit=3&cursor=${first.nextCursor}`)
    expect([...(await kinds('?limit=3')), ...rest]).toEqual(whole)
  })

  test.each([
    ['?cluster=nobody', 404, 'cluster_not_found'],
    ['?kind=unknownKind', 400, 'bad_request'],
    ['?open=perhaps', 400, 'bad_request'],
    ['?sort=colour', 400, 'bad_request'],
    ['?cursor=nonsense', 400, 'bad_request'],
  ])('%s is %i', async (query, status, code) => {
    const answer = await app.call('GET', `/api/v1/losses${query}`)
    expect([answer.status, answer.json.code]).toEqual([status, code])
  })
})

describe('a verdict', () => {
  test('is losing while a loss is open, and says so first', async () => {
    expect((await verdictOf('live')).level).not.toBe('losing')
    await record('live', {}, TRUNCATED)
    const { level, reasons } = await verdictOf('live')
    expect([level, reasons[0]]).toEqual([
      'losing',
      {
        ...{ code: 'cluster.openLosses', severity: 'critical', subject: { type: 'cluster', name: '' } },
        ...{ facts: { count: 2 }, at: new Date(NOW_MS + 1).toISOString() },
        message: '2 losses in the ledger that nobody has acknowledged.',
      },
    ])
    const sorted = await readChecked(app, document, '/api/v1/clusters?q=verdict:losing', '/api/v1/clusters')
    expect(sorted.items).toMatchObject([{ id: 'live', openLosses: 2 }])
    const metrics = (await app.call('GET', '/metrics')).text
    expect(metrics).toContain('holdfast_cluster_verdict{cluster="live",level="losing"} 1')
    expect(metrics).toContain('holdfast_cluster_open_losses{cluster="live"} 2')
  })

  test('leaves out what is muted, as the list does unless it is asked for', async () => {
    const before = await verdictOf('live')
    await record('live', {}, { partition: 7 }, { ...TRUNCATED, topic: 'scratch' })
    const untilAt = new Date(NOW_MS + 60_000).toISOString()
    const muted = { code: 'loss.*', cluster: 'live', subject: 'scratch', reason: 'may be lost', untilAt }
    const added = await app.call('POST', '/api/v1/mutes', { body: muted })
    expect([added.status, added.json.losses, added.json.findings]).toEqual([201, 1, 0])
    expect((await list()).items.map(({ topic, mute }: Item) => [topic, mute])).toEqual([
      ['orders', null],
      ['orders', null],
    ])
    expect((await list('?muted=true&topic=scratch')).items).toMatchObject([
      { mute: { id: added.json.id, reason: 'may be lost', untilAt } },
    ])
    expect((await verdictOf('live')).reasons[0].facts).toEqual({ count: 2 })

    await app.call('POST', '/api/v1/mutes', { body: { ...muted, code: 'loss.retention*', subject: 'bill*' } })
    expect(await verdictOf('live')).toEqual(before)
    expect((await list()).items).toEqual([])
    const clusters = await readChecked(app, document, '/api/v1/clusters', '/api/v1/clusters')
    expect(clusters.items[0].openLosses).toBe(0)
  })

  test('stays as it is by losses of groups that are nobody’s', async () => {
    const before = await verdictOf('live')
    await record('live', { isAbandoned: true })
    expect(await verdictOf('live')).toEqual(before)
    const clusters = await readChecked(app, document, '/api/v1/clusters', '/api/v1/clusters')
    expect(clusters.items[0].openLosses).toBe(1)
  })

  test('is what it was once each loss is acknowledged', async () => {
    const before = await verdictOf('live')
    await record('live', {})
    await acknowledge((await list()).items[0].id)
    expect(await verdictOf('live')).toEqual(before)
  })
})

describe('acknowledging', () => {
  let id: string
  beforeEach(async () => {
    await record('live', {})
    id = (await list()).items[0].id
  })

  test('closes an entry with who and why, and is written down', async () => {
    const answer = await acknowledge(id)
    document.check('post', '/api/v1/losses/{loss}/acknowledge', 200, answer.json)
    const closed = { acknowledgedAt: AT, acknowledgedBy: expect.any(String), note: 'sent again' }
    expect([answer.status, answer.json]).toEqual([200, expect.objectContaining({ id, ...closed })])
    expect((await list('?open=false')).items).toMatchObject([closed])
    const audit = (await app.call('GET', '/api/v1/audit')).json.items[0]
    expect(audit).toMatchObject({
      ...{ action: 'loss.acknowledge', target: id, outcome: 'ok' },
      detail: {
        clusterId: 'live',
        kind: 'retentionOverranGroup',
        topic: 'orders',
        group: 'billing',
        note: 'sent again',
      },
    })
  })

  test('a second time is a conflict that names the first', async () => {
    await acknowledge(id)
    const again = await acknowledge(id, { note: 'other' })
    expect([again.status, again.json.code]).toEqual([409, 'loss_acknowledged'])
    expect(again.json.detail).toMatch(/^\S+ has acknowledged/)
    expect((await list()).items[0].note).toBe('sent again')
  })

  test.each([
    ['an unknown id', () => acknowledge('nothing'), 404, 'loss_not_found'],
    ['no note', () => acknowledge(id, { note: ' ' }), 400, 'bad_request'],
    ['a note that is too long', () => acknowledge(id, { note: 'x'.repeat(1_001) }), 400, 'bad_request'],
    ['a second person, who only reads', () => acknowledge(id, { note: 'x' }, APPROVER), 403, 'forbidden'],
  ])('%s', async (_, ask, status, code) => {
    const answer = await ask()
    expect([answer.status, answer.json.code]).toEqual([status, code])
    expect((await list('?open=true')).total).toBe(1)
  })
})
