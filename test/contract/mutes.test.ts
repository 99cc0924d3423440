/** Findings that people mute: what is hidden, from whom it is accepted, and what is refused. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fault } from '../../lib/cluster/fault.ts'
import type { ClusterSnapshot } from '../../lib/cluster/snapshot.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import type { Observation } from '../../lib/durability/observation.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { DAY_MS, HOUR_MS } from '../../lib/units.ts'
import { aBroker, aPartition, aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { type Answer, APPROVER, openConsole, type TestConsole } from './console.ts'
import { documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const lone = [aPartition({ replicas: ['1'], isr: ['1'] })]
const SNAPSHOT = aSnapshot({
  brokers: ['1', '2', '3'].map((id) => aBroker(id, { config: [] })),
  topics: [
    aTopic({ name: 'pay.cards', partitions: lone }),
    aTopic({ name: 'pay.cash', partitions: lone }),
    aTopic({ name: 'orders', partitions: lone }),
  ],
  groups: [],
})
const CODE = 'topic.replicationFactorOne'
const iso = (atMs: number): string => new Date(atMs).toISOString()
const IN_FILE = { code: 'topic.*', cluster: 'other', subject: 'orders', reason: 'old', untilAtMs: NOW_MS + DAY_MS }
const GIVEN = {
  code: CODE,
  cluster: 'live',
  subject: 'pay.*',
  reason: 'moves on Monday',
  untilAt: iso(NOW_MS + HOUR_MS),
}

function observed(over: Partial<ClusterSnapshot>): Observation {
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  const snapshot = { ...SNAPSHOT, ...over }
  return observe({ snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() })
}

let app: TestConsole
beforeEach(async () => {
  const clusters = [aKafkaCluster('live'), aKafkaCluster('other')]
  const severity = { 'topic.minIsrOne': 'critical' } as const
  app = await openConsole({ clusters, config: { rules: { mutes: [IN_FILE], tunings: [], severity } } })
  for (const id of ['live', 'other']) await app.writer.saveObservation(id, observed({}), 15_000)
})
afterEach(() => app.close())

const mute = (over: object = {}, token?: string): Promise<Answer> =>
  app.call('POST', '/api/v1/mutes', { body: { ...GIVEN, ...over }, ...(token === undefined ? {} : { token }) })

interface Item {
  code: string
  clusterId: string
  subject: { name: string }
  canBeMuted: boolean
  mute: { id: string; reason: string; untilAt: string } | null
}

async function findings(query = ''): Promise<Item[]> {
  return (await app.call('GET', `/api/v1/findings?limit=1000&${query}`)).json.items
}

/** Where a topic has no copy, as the list of findings tells it. */
async function loneTopics(query = ''): Promise<string[]> {
  const items = (await findings(query)).filter(({ code }) => code === CODE)
  return items.map(({ clusterId, subject }) => `${clusterId} ${subject.name}`).sort()
}

async function countOf(topic: string): Promise<[number, number]> {
  const { items } = (await app.call('GET', '/api/v1/clusters/live/topics')).json
  const one = (await app.call('GET', `/api/v1/clusters/live/topics/${topic}`)).json
  return [items.find(({ name }: { name: string }) => name === topic).findings, one.findings]
}

describe('what is muted', () => {
  test('is left out of lists and counts at once, and is back at the end of the mute', async () => {
    expect(await loneTopics()).toEqual([
      'live orders',
      'live pay.cards',
      'live pay.cash',
      'other pay.cards',
      'other pay.cash',
    ])
    const [before] = await countOf('pay.cards')
    expect((await mute()).status).toBe(201)
    expect(await loneTopics()).toEqual(['live orders', 'other pay.cards', 'other pay.cash'])
    expect(await loneTopics('cluster=live')).toEqual(['live orders'])
    const ofCluster = await app.call('GET', '/api/v1/clusters/live/findings?subject=pay.cards&limit=1000')
    expect(ofCluster.json.items.map(({ code }: Item) => code)).not.toContain(CODE)
    expect(await countOf('pay.cards')).toEqual([before - 1, before - 1])
    app.setNow(NOW_MS + HOUR_MS)
    expect(await loneTopics('cluster=live')).toEqual(['live orders', 'live pay.cards', 'live pay.cash'])
    expect(await countOf('pay.cards')).toEqual([before, before])
  })

  test('is answered with its mute when it is asked for, and so is everything else', async () => {
    const all = (await findings('muted=true')).length
    const { id } = (await mute()).json
    const items = await findings('muted=true')
    expect(items).toHaveLength(all)
    const at = (cluster: string, topic: string): Item['mute'] | undefined =>
      items.find(({ code, clusterId, subject }) => code === CODE && clusterId === cluster && subject.name === topic)
        ?.mute
    expect(at('live', 'pay.cards')).toEqual({ id, reason: GIVEN.reason, untilAt: GIVEN.untilAt })
    expect(at('live', 'orders')).toBeNull()
    expect(at('other', 'orders')).toEqual({ id: 'file-1', reason: 'old', untilAt: iso(NOW_MS + DAY_MS) })
    expect((await findings('muted=true&q=muted%3Atrue')).every((item) => item.mute !== null)).toBe(true)
    for (const item of await findings()) expect(item.mute).toBeNull()
    expect((await app.call('GET', '/api/v1/findings?muted=yes')).status).toBe(400)
  })

  test('is found by the mute that hides it', async () => {
    const { id } = (await mute()).json
    const items = await findings(`muted=true&q=mute%3A${id}`)
    expect(items.map(({ subject }) => subject.name).sort()).toEqual(['pay.cards', 'pay.cash'])
    expect(await findings('muted=true&q=mute%3Anothing')).toEqual([])
    const losses = await app.call('GET', `/api/v1/losses?muted=true&q=mute%3A${id}`)
    expect([losses.status, losses.json.items]).toEqual([200, []])
  })

  test('is shown under the mute that lasts longest', async () => {
    await mute()
    const { id } = (await mute({ untilAt: iso(NOW_MS + DAY_MS) })).json
    await mute({ untilAt: iso(NOW_MS + 2 * HOUR_MS) })
    const muted = (await findings('muted=true&cluster=live')).find(({ mute: by }) => by !== null)
    expect(muted?.mute?.id).toBe(id)
  })

  test('is never how much could be read, whatever the pattern', async () => {
    await mute({ code: '*', cluster: '*', subject: '*' })
    expect((await findings()).map(({ code, canBeMuted }) => [code, canBeMuted])).toEqual([])
    const faults = [{ subject: { type: 'api' as const, name: 'logDirs' }, fault: fault('requestTimeout') }]
    const unread = { kind: 'logDirs' as const, paceMs: null, lastReadAtMs: null, faults, faultCount: 1 }
    const seen = observed({ facts: [unread], finishedAtMs: NOW_MS + 1 })
    await app.writer.saveObservation('live', seen, 15_000)
    expect((await findings()).map(({ code, canBeMuted }) => [code, canBeMuted])).toEqual([
      ['cluster.partlyUnknown', false],
    ])
  })
})

describe('the list of mutes', () => {
  test('tells who muted what until when and why, and how much each hides now', async () => {
    const made = (await mute()).json
    const { reason, untilAt, ...pattern } = GIVEN
    expect(made).toEqual({
      ...{ id: made.id, ...pattern, reason, untilAt, source: 'runtime', isActive: true, findings: 2, losses: 0 },
      ...{ createdAt: iso(NOW_MS), createdBy: 'admin' },
    })
    expect(made.id).toMatch(/^m-[\w-]{12}$/)
    const document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
    const list = await readChecked(app, document, '/api/v1/mutes', '/api/v1/mutes')
    const { untilAtMs, ...inFile } = IN_FILE
    const ofFile = {
      id: 'file-1',
      ...inFile,
      untilAt: iso(untilAtMs),
      source: 'file',
      createdAt: null,
      createdBy: null,
    }
    expect(list).toMatchObject({ total: 2, asOf: iso(NOW_MS), items: [made, { ...ofFile, isActive: true }] })
    expect(list.items[1].findings).toBeGreaterThan(0)
    const filtered = await app.call('GET', '/api/v1/mutes?q=source%3Afile&sort=-untilAt')
    expect(filtered.json.items.map(({ id }: { id: string }) => id)).toEqual(['file-1'])
  })

  test('is sorted by every field, both ways', async () => {
    const made = (await mute()).json
    for (const field of Object.keys(made)) {
      const ids = async (sort: string): Promise<string[]> =>
        (await app.call('GET', `/api/v1/mutes?sort=${sort}`)).json.items.map((item: { id: string }) => item.id)
      expect([await ids(field), await ids(`-${field}`)].flat().sort(), field).toEqual(
        ['file-1', 'file-1', made.id, made.id].sort(),
      )
    }
    expect((await app.call('GET', '/api/v1/mutes?sort=nothing')).status).toBe(400)
  })

  test('names an ended one for 30 days, which hides nothing', async () => {
    const { id } = (await mute()).json
    const endMs = NOW_MS + HOUR_MS
    const listed = async (): Promise<Item | undefined> =>
      (await app.call('GET', '/api/v1/mutes')).json.items.find((item: { id: string }) => item.id === id)
    app.setNow(endMs)
    expect(await listed()).toMatchObject({ isActive: false, findings: 0 })
    app.setNow(endMs + 30 * DAY_MS - 1)
    expect(await listed()).toBeDefined()
    app.setNow(endMs + 30 * DAY_MS)
    expect(await listed()).toBeUndefined()
  })

  test('loses one that is ended, whose findings are back at once', async () => {
    const { id } = (await mute()).json
    expect((await app.call('DELETE', `/api/v1/mutes/${id}`)).status).toBe(204)
    expect(await loneTopics('cluster=live')).toHaveLength(3)
    const again = await app.call('DELETE', `/api/v1/mutes/${id}`)
    expect([again.status, again.json.code]).toEqual([404, 'mute_not_found'])
    expect((await app.call('DELETE', '/api/v1/mutes/%00')).status).toBe(400)
    const ofFile = await app.call('DELETE', '/api/v1/mutes/file-1')
    expect([ofFile.status, ofFile.json.code]).toEqual([409, 'mute_in_file'])
    expect(ofFile.json.fix).toContain('file')
  })
})

describe('a mute', () => {
  test('is of every cluster and subject unless it says otherwise; a day is its beginning, in UTC', async () => {
    const body = { code: CODE, reason: ' why ', untilAt: iso(NOW_MS + 3 * DAY_MS).slice(0, 10) }
    const { json } = await app.call('POST', '/api/v1/mutes', { body })
    expect(json).toMatchObject({ cluster: '*', subject: '*', reason: 'why', untilAt: `${body.untilAt}T00:00:00.000Z` })
    expect(await loneTopics()).toEqual([])
  })

  test('takes a % for itself', async () => {
    expect((await mute({ subject: '%pay%' })).json.findings).toBe(0)
    expect((await mute({ subject: 'pay.c?sh' })).json.findings).toBe(1)
  })

  test.each([
    ['a code of no check', { code: 'topic.nope' }, 'body.code'],
    ['what may not be muted', { code: 'cluster.pollFailed' }, 'body.code'],
    ['a pattern that reaches only what may not be muted', { code: 'cluster.partly*' }, 'body.code'],
    ['no code', { code: undefined }, 'body.code'],
    ['an empty subject', { subject: '' }, 'body.subject'],
    ['a subject that no database stores', { subject: 'a\0' }, 'body.subject'],
    ['a cluster that is too long', { cluster: 'c'.repeat(257) }, 'body.cluster'],
    ['no reason', { reason: undefined }, 'body.reason'],
    ['a reason of blanks', { reason: '     ' }, 'body.reason'],
    ['a reason that is too long', { reason: 'r'.repeat(501) }, 'body.reason'],
    ['no end', { untilAt: undefined }, 'body.untilAt'],
    ['an end that is no time', { untilAt: 'tomorrow' }, 'body.untilAt'],
    ['a day that does not exist', { untilAt: '2027-02-30' }, 'body.untilAt'],
    ['an end that has come', { untilAt: iso(NOW_MS) }, 'body.untilAt'],
    ['an end in more than a year', { untilAt: iso(NOW_MS + 366 * DAY_MS + 1) }, 'body.untilAt'],
    ['an unknown field', { id: 'mine' }, 'body'],
  ])('with %s is refused, by its place', async (_, over, path) => {
    const answer = await mute(over)
    expect([answer.status, answer.json.code]).toEqual([400, 'bad_request'])
    expect(answer.json.errors.map((error: { path: string }) => error.path)).toEqual([path])
    expect(answer.json.errors[0].message).not.toMatch(/issue|muteEnd/)
    expect((await app.call('GET', '/api/v1/mutes')).json.total).toBe(1)
  })

  test('is accepted for a whole year', async () => {
    expect((await mute({ untilAt: iso(NOW_MS + 366 * DAY_MS) })).status).toBe(201)
  })

  test('is one of at most a thousand', async () => {
    const { json: made } = await mute()
    const row = await app.database.client.findingMute.findUniqueOrThrow({ where: { id: made.id } })
    const data = Array.from({ length: 999 }, (_, index) => ({ ...row, id: `m-${index}` }))
    await app.database.client.findingMute.createMany({ data })
    const answer = await mute()
    expect([answer.status, answer.json.code, answer.json.facts.most]).toEqual([409, 'mutes_too_many', 1_000])
  })

  test('is made and ended by who may, and written down', async () => {
    const refused = await mute({}, APPROVER)
    expect([refused.status, refused.json.facts.permission]).toEqual([403, 'findings:mute'])
    const { id } = (await mute()).json
    expect((await app.call('DELETE', `/api/v1/mutes/${id}`, { token: APPROVER })).status).toBe(403)
    expect((await app.call('GET', '/api/v1/mutes', { token: APPROVER })).status).toBe(200)
    await app.call('DELETE', `/api/v1/mutes/${id}`)
    const { items } = (await app.call('GET', '/api/v1/audit')).json
    expect(
      items.map(({ actor, action, target, outcome }: Record<string, string>) => [actor, action, target, outcome]),
    ).toEqual([
      ['admin', 'finding.unmute', CODE, 'ok'],
      ['approver', 'finding.unmute', `/api/v1/mutes/${id}`, 'refused'],
      ['admin', 'finding.mute', CODE, 'ok'],
      ['approver', 'finding.mute', '/api/v1/mutes', 'refused'],
    ])
    const untilAtMs = Date.parse(GIVEN.untilAt)
    expect(items[2].detail).toMatchObject({
      mute: id,
      cluster: 'live',
      subject: 'pay.*',
      reason: GIVEN.reason,
      untilAtMs,
    })
    expect(items[0].detail).toMatchObject({ mute: id, cluster: 'live', subject: 'pay.*', mutedBy: 'admin', untilAtMs })
  })
})

test('a severity of the configuration is that of the check', async () => {
  const { items } = (await app.call('GET', '/api/v1/rules')).json
  const severityOf = (code: string): string => items.find((rule: { code: string }) => rule.code === code).severity
  expect([severityOf('topic.minIsrOne'), severityOf(CODE)]).toEqual(['critical', 'high'])
})
