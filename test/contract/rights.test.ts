/** Rights by topic, and payloads apart from all else: what a token of the configuration may read, search, change and send. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ALL_ROUTES } from '../../lib/api/all-routes.ts'
import type { Method, Route } from '../../lib/api/route-declaration.ts'
import { createAuthenticator } from '../../lib/auth/authenticator.ts'
import { isOfTopics } from '../../lib/auth/permissions.ts'
import type { MessageAccess } from '../../lib/cluster/messages.ts'
import type { NamedToken } from '../../lib/config/tokens.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { deadMessage } from '../builders/dead-messages.ts'
import { MemoryLog } from '../builders/memory-log.ts'
import { planFacts, planResult, replayPlan } from '../builders/replays.ts'
import { aPartition, aSnapshot, aTopic, NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { type Answer, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'

const SECRET = 'nobody-else-knows'
const QUEUE = 'pay.orders-dlt'
const TOPICS = [QUEUE, 'pay.orders', 'stock.orders-dlt', 'stock.orders']
const AT = '/api/v1/dlqs/shop/pay.orders-dlt'
const MESSAGES = '/api/v1/clusters/shop/topics/pay.orders-dlt/messages'

const tokenOf = (name: string): string => `a token that ${name} has`.replaceAll(' ', '-')
function named(name: string, role: NamedToken['role'], scope: Partial<NamedToken['scope']> = {}): NamedToken {
  const whole = { clusters: ['*'], topics: ['*'], payloads: false, ...scope }
  return { name, token: tokenOf(name), role, scope: whole }
}
const TOKENS = [
  named('blind', 'viewer'),
  named('auditor', 'viewer', { payloads: true }),
  named('oncall', 'operator', { topics: ['pay.*'], payloads: true }),
  named('blind-oncall', 'operator', { topics: ['pay.*'] }),
  named('second', 'approver', { topics: ['pay.*'] }),
  named('elsewhere', 'admin', { clusters: ['other'], payloads: true }),
  named('stock', 'admin', { topics: ['stock.*'], payloads: true }),
]

let app: TestConsole
let document: DocumentChecker
let log: MemoryLog
let replay: string

beforeAll(async () => {
  log = new MemoryLog('id-1', 7)
  const dead = deadMessage({ cause: 1, atMs: NOW_MS - 60_000 })
  const headers = [...(dead.headers ?? []), { key: 'customer', value: Buffer.from(`${SECRET}-header`) }]
  const value = Buffer.from(JSON.stringify({ card: `${SECRET}-value` }))
  for (let at = 0; at < 3; at += 1) {
    log.append({ partition: 0, broker: null }, { ...dead, headers, value, key: Buffer.from(`${SECRET}-key`) })
  }
  app = await openConsole({
    clusters: [aKafkaCluster('shop', { readOnly: false })],
    createMessageAccess: () => accessTo(log),
    config: { tokens: TOKENS },
  })
  const partitions = [aPartition({ partition: 0, startOffset: 0n, endOffset: 3n })]
  const topics = TOPICS.map((name) => aTopic({ name, topicId: 'id-1', partitions }))
  const facts = { previous: null, expectedBrokers: [], memory: new ObserveMemory() }
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  await app.writer.saveObservation('shop', observe({ snapshot: aSnapshot({ topics }), ...facts, kindOf }), 15_000)
  document = documentChecker((await app.call('GET', '/api/openapi.json')).json)
  replay = await planned({ selection: { q: SECRET }, transform: [{ kind: 'setHeader', name: 'x', value: SECRET }] })
})
afterAll(() => app.close())

function accessTo(reader: MemoryLog): MessageAccess {
  const sent = { topic: QUEUE, partition: 0, broker: null, offset: 3n }
  return {
    reader: () => reader,
    sender: () => ({ send: async () => [{ sent, fault: null }], close: async () => undefined }),
    exactlyOnce: () => null,
    deleteBefore: async () => undefined,
    close: async () => undefined,
  }
}

const as = (who: string, method: Method, path: string, body?: unknown): Promise<Answer> =>
  app.call(method, path, { token: tokenOf(who), ...(body === undefined ? {} : { body }) })

const REQUEST = {
  clusterId: 'shop',
  topic: QUEUE,
  selection: { all: true },
  target: { mode: 'origin' },
  reason: 'the cause is mended',
}

async function planned(change: object = {}, targets = ['pay.orders'], needsApproval = false): Promise<string> {
  const { json } = await app.call('POST', '/api/v1/replays', { body: { ...REQUEST, ...change } })
  const plan = replayPlan({ targets: targets.map((topic) => ({ topic, messages: 5n, bytes: 9n })), needsApproval })
  const digests = { before: `${SECRET}-digest`, after: `${SECRET}-digest` }
  const edited = [{ partition: 0, broker: null, offset: 0n, ...digests }]
  const made = planResult({ plan, facts: planFacts({ plannedAtMs: NOW_MS, edited }) })
  await app.services.replays.store.savePlan(json.id, needsApproval ? 'awaitingApproval' : 'planned', made)
  return json.id
}

function expectRefused(answer: Answer, code: string): void {
  expect([answer.status, answer.json?.code], answer.text).toEqual([403, code])
  document.checkProblem(answer.json)
  expect(answer.json.fix).toContain('security.tokens')
}

const nameOf = (route: Route): string => `${route.method} ${route.path}`

describe('every route', () => {
  test('about topics says which ones a request needs, and one that shows bytes says so', () => {
    for (const route of ALL_ROUTES) {
      const { permission, answer } = route
      if (permission !== 'public' && isOfTopics(permission)) expect(route.needs, nameOf(route)).toBeDefined()
      const shape = answer === null ? '' : JSON.stringify(z.toJSONSchema(answer, { unrepresentable: 'any' }))
      if (shape.includes('"masking"')) expect(route.showsPayloads, nameOf(route)).toBe(true)
    }
  })

  /** What a request would have to say if it were allowed. */
  const CHANGES: Record<string, unknown> = {
    'POST /api/v1/clusters/{cluster}/topics/{topic}/hold': {
      untilAt: new Date(NOW_MS + 1e7).toISOString(),
      reason: 'why',
    },
    'PATCH /api/v1/clusters/{cluster}/topics/{topic}/hold': { untilAt: new Date(NOW_MS + 1e7).toISOString() },
    'DELETE /api/v1/clusters/{cluster}/topics/{topic}/hold?keep=false': undefined,
    'POST /api/v1/clusters/{cluster}/topics/{topic}/repair': { code: 'topic.minIsrOne', reason: 'why', expected: [] },
    'POST /api/v1/clusters/{cluster}/topics/{topic}/messages': { value: 'x' },
    'POST /api/v1/replays': REQUEST,
    'PATCH /api/v1/replays/{replay}': { rate: {} },
    'POST /api/v1/replays/{replay}/start': { planHash: 'hash' },
    'POST /api/v1/replays/{replay}/approve': { planHash: 'hash' },
    'POST /api/v1/replays/{replay}/pause': undefined,
    'POST /api/v1/replays/{replay}/resume': undefined,
    'POST /api/v1/replays/{replay}/cancel': undefined,
    'POST /api/v1/dlqs/{cluster}/{topic}/archive': { selection: { all: true }, note: 'n' },
    'POST /api/v1/dlqs/{cluster}/{topic}/restore': { selection: { all: true } },
    'POST /api/v1/dlqs/{cluster}/{topic}/purge': { beforeOffsets: [{ partition: 0, offset: 1 }], confirm: QUEUE },
  }

  test('that changes a topic is tried here', () => {
    const changing = ALL_ROUTES.filter(({ permission }) => permission !== 'public' && isOfTopics(permission))
    expect(
      Object.keys(CHANGES)
        .map((name) => name.replace(/\?.*/, ''))
        .sort(),
    ).toEqual(changing.map(nameOf).sort())
  })

  test.each(Object.entries(CHANGES))(
    '%s is refused to an admin of other topics, and of other clusters',
    async (name, body) => {
      const [method, template] = name.split(' ') as [Method, string]
      const path = filled(template)
      for (const who of ['stock', 'elsewhere']) {
        const answer = await as(who, method, path, body)
        expectRefused(answer, 'topic_not_allowed')
        expect(answer.json.facts).toEqual({ cluster: 'shop', topic: QUEUE })
      }
      const [entry] = (await app.call('GET', '/api/v1/audit?limit=1')).json.items
      expect(entry).toMatchObject({ actor: 'elsewhere', outcome: 'refused', detail: { cluster: 'shop', topic: QUEUE } })
    },
  )

  const filled = (template: string): string =>
    template
      .replace('{cluster}', 'shop')
      .replace('{topic}', QUEUE)
      .replace('{partition}', '0')
      .replace('{offset}', '1')
      .replace('{replay}', replay)
      .replace(/\{\w+\}/, 'x')

  const SHOWING = [
    '/api/v1/clusters/{cluster}/topics/{topic}/messages',
    '/api/v1/clusters/{cluster}/topics/{topic}/messages/{partition}/{offset}',
    '/api/v1/replays',
    '/api/v1/replays/{replay}',
    '/api/v1/replays/{replay}/records',
    '/api/v1/replays/{replay}/records.csv',
    '/api/v1/dlqs/{cluster}/{topic}/messages',
    '/api/v1/dlqs/{cluster}/{topic}/messages/{partition}/{offset}',
    '/api/v1/dlqs/{cluster}/{topic}/export',
  ]

  test('that reads shows payloads to whoever may see them, and a byte of them to nobody else', async () => {
    const shown: string[] = []
    const leaked: string[] = []
    for (const route of ALL_ROUTES.filter(({ method }) => method === 'GET')) {
      const path = filled(route.path)
      if ((await as('auditor', 'GET', path)).text.includes(SECRET)) shown.push(route.path)
      const { text } = await as('blind', 'GET', path)
      if (text.includes(SECRET) || text.includes(Buffer.from(SECRET).toString('base64').slice(0, 16)))
        leaked.push(route.path)
    }
    expect(shown.sort()).toEqual([...SHOWING].sort())
    expect(leaked).toEqual([])
  })
})

describe('without the right to payloads', () => {
  test('records are listed with all that is around them, and their bytes are withheld, not missing', async () => {
    for (const path of [MESSAGES, `${AT}/messages`]) {
      const { json, status } = await as('blind', 'GET', `${path}${path === MESSAGES ? '?position=earliest' : ''}`)
      expect(status).toBe(200)
      expect(json.items).toHaveLength(3)
      const [message] = json.items
      const withheld = { masking: 'withheld', data: '', encoding: 'utf8', truncated: false, decoded: null }
      expect(message.key).toMatchObject({ ...withheld, sizeBytes: `${SECRET}-key`.length })
      expect(message.value).toMatchObject({ ...withheld, sizeBytes: 34 })
      expect(message.headers.at(-1)).toMatchObject({ key: 'customer', value: withheld })
    }
    const one = await as('blind', 'GET', `${AT}/messages/0/1?maxBytes=1000000`)
    document.check('get', '/api/v1/dlqs/{cluster}/{topic}/messages/{partition}/{offset}', 200, one.json)
    // What on call finds letters by is told.
    expect(one.json).toMatchObject({
      exception: { rootCauseClass: 'com.acme.FailureB1Exception' },
      origin: { topic: 'orders-0' },
    })
  })

  test.each([
    ['text', `${MESSAGES}?q=x`],
    ['a key', `${MESSAGES}?key=x`],
    ['an empty key', `${MESSAGES}?key=`],
    ['a header’s value', `${MESSAGES}?header=customer:x`],
    ['a JSON path', `${MESSAGES}?path=%24.card%3Dx`],
    ['one message in full', `${MESSAGES}/0/1?full=true`],
    ['one message in full, from the list', `${MESSAGES}?full=true&limit=1&fromOffset=1&partition=0`],
    ['the tail with a filter', `${MESSAGES}?from=0:1&q=x`],
    ['text of letters', `${AT}/messages?q=x`],
    ['a key of letters', `${AT}/messages?key=x`],
    ['an export', `${AT}/export`],
  ])('%s is refused: a filter tells what it finds', async (_name, path) => {
    expectRefused(await as('blind', 'GET', path), 'payloads_not_allowed')
    expect((await as('auditor', 'GET', path)).status).toBe(200)
  })

  test('a record of a replay is told to have been changed, and not by digests from which a short value is found', async () => {
    const { json } = await as('blind', 'GET', `/api/v1/replays/${replay}/records?limit=2`)
    document.check('get', '/api/v1/replays/{replay}/records', 200, json)
    expect(json.items.map(({ edited }: { edited: unknown }) => edited)).toEqual([{ before: null, after: null }, null])
  })

  test.each([
    ['the name of a header', `${MESSAGES}?header=customer`],
    ['the tail', `${MESSAGES}?from=0:1`],
    ['letters of a cause', `${AT}/messages?cause=x`],
    ['the report of a replay', ''],
  ])('%s is read', async (_name, path) => {
    const answer = await as('blind', 'GET', path === '' ? `/api/v1/replays/${replay}/records.csv` : path)
    expect(answer.status, answer.text).toBe(200)
    expect(answer.text).not.toContain(SECRET)
  })

  test.each([
    ['an archive by text', 'POST', `${AT}/archive`, { selection: { q: 'x' }, note: 'n' }],
    ['a restore by key', 'POST', `${AT}/restore`, { selection: { key: '' } }],
    ['a replay by text', 'POST', '/api/v1/replays', { ...REQUEST, selection: { q: 'x' } }],
    ['an edit', 'POST', '/api/v1/replays', { ...REQUEST, edits: [{ partition: 0, offset: 1, value: '{}' }] }],
    ['a change', 'POST', '/api/v1/replays', { ...REQUEST, transform: [{ kind: 'removeHeader', name: 'x' }] }],
    [
      'a preview',
      'POST',
      `${AT}/preview`,
      { selection: { all: true }, transform: [{ kind: 'removeHeader', name: 'x' }] },
    ],
  ] as const)('%s is refused', async (_name, method, path, body) => {
    expectRefused(await as('blind-oncall', method, path, body), 'payloads_not_allowed')
    expect((await as('oncall', method, path, body)).status).toBeLessThan(300)
  })

  test('what people looked for and write is not told either', async () => {
    const { request } = (await as('blind', 'GET', `/api/v1/replays/${replay}`)).json
    expect(request).toMatchObject({
      ...{ isWithheld: true, selection: { q: '***' } },
      transform: [{ kind: 'setHeader', name: 'x', value: '***' }],
    })
    expect((await as('auditor', 'GET', `/api/v1/replays/${replay}`)).json.request).toMatchObject({ isWithheld: false })
  })
})

describe('payloads of one’s own topics', () => {
  test('are read there, and withheld elsewhere', async () => {
    const bytesOf = async (topic: string): Promise<unknown> =>
      (await as('oncall', 'GET', `/api/v1/clusters/shop/topics/${topic}/messages/0/1`)).json.value.masking
    expect([await bytesOf(QUEUE), await bytesOf('stock.orders')]).toEqual(['none', 'withheld'])
    expectRefused(
      await as('oncall', 'GET', '/api/v1/clusters/shop/topics/stock.orders/messages?q=x'),
      'topic_not_allowed',
    )
  })
})

describe('an operator', () => {
  test('archives, restores, produces and plans in their topics, under their own name', async () => {
    await as('oncall', 'POST', `${AT}/restore`, { selection: { all: true } })
    const archived = await as('oncall', 'POST', `${AT}/archive`, { selection: { all: true }, note: 'n' })
    expect([archived.status, archived.json]).toEqual([200, { records: 3 }])
    expect((await as('oncall', 'POST', `${AT}/restore`, { selection: { all: true } })).json).toEqual({ records: 3 })
    expect((await as('oncall', 'POST', MESSAGES, { value: 'x' })).status).toBe(201)
    const made = await as('oncall', 'POST', '/api/v1/replays', REQUEST)
    expect([made.status, made.json.createdBy]).toEqual([202, 'oncall'])
    const { items } = (await app.call('GET', '/api/v1/audit?q=oncall&limit=4')).json
    expect(items.map((one: { action: string; actor: string }) => `${one.actor} ${one.action}`)).toEqual([
      ...['oncall replay.plan', 'oncall message.produce', 'oncall deadLetters.restore', 'oncall deadLetters.archive'],
    ])
  })

  test.each([
    ['purge', 'POST', `${AT}/purge`, { beforeOffsets: [{ partition: 0, offset: 1 }], confirm: QUEUE }],
    ['add a cluster', 'POST', '/api/v1/clusters', { id: 'new', kind: 'kafka', bootstrapServers: ['localhost:1'] }],
    ['remove a receiver', 'DELETE', '/api/v1/receivers/x', undefined],
    ['approve', 'POST', '/api/v1/replays/x/approve', { planHash: 'hash' }],
  ] as const)('may not %s', async (_name, method, path, body) => {
    const answer = await as('oncall', method, path, body)
    expect([answer.status, answer.json.code]).toEqual([403, 'forbidden'])
  })

  test('sends to topics of theirs alone: asked for by name, or found by the plan', async () => {
    const target = { mode: 'topic', topic: 'stock.orders' }
    const named = await as('oncall', 'POST', '/api/v1/replays', { ...REQUEST, target })
    expectRefused(named, 'topic_not_allowed')
    expect(named.json.facts.topic).toBe('stock.orders')
    const beyond = await planned({}, ['pay.orders', 'stock.orders'])
    for (const [action, body] of [
      ['start', { planHash: 'hash' }],
      ['cancel', undefined],
    ] as const) {
      expectRefused(await as('oncall', 'POST', `/api/v1/replays/${beyond}/${action}`, body), 'topic_not_allowed')
    }
    expect((await as('oncall', 'POST', `/api/v1/replays/${await planned()}/start`, { planHash: 'hash' })).status).toBe(
      200,
    )
  })
})

test('a second person approves what sends to topics of theirs', async () => {
  const [own, beyond] = [await planned({}, ['pay.orders'], true), await planned({}, ['stock.orders'], true)]
  const approve = (id: string) => as('second', 'POST', `/api/v1/replays/${id}/approve`, { planHash: 'hash' })
  expectRefused(await approve(beyond), 'topic_not_allowed')
  const approved = await approve(own)
  expect([approved.status, approved.json.approvedBy]).toEqual([200, 'second'])
})

describe('a session', () => {
  async function signIn(who: string) {
    const answer = await app.call('POST', '/api/v1/session', { token: null, body: { token: tokenOf(who) } })
    const cookie = answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ')
    return { token: null, headers: { cookie, 'x-csrf-token': answer.json.csrfToken } }
  }

  test('has the rights of its token, and says which', async () => {
    const session = await signIn('oncall')
    const { json } = await app.call('GET', '/api/v1/session', session)
    document.check('get', '/api/v1/session', 200, json)
    expect(json).toMatchObject({ actor: 'oncall', role: 'operator', scope: { topics: ['pay.*'], payloads: true } })
    expect(json.permissions).toContain('replays:write')
    expect(json.permissions).not.toContain('deadLetters:purge')
    const body = { selection: { all: true }, note: 'n' }
    const elsewhere = await app.call('POST', '/api/v1/dlqs/shop/stock.orders-dlt/archive', { ...session, body })
    expectRefused(elsewhere, 'topic_not_allowed')
    const blind = await signIn('blind')
    expectRefused(await app.call('GET', `${AT}/export`, blind), 'payloads_not_allowed')
  })

  test('follows its token: less when that has less, ended when it is gone', async () => {
    const { headers } = await signIn('oncall')
    const withTokens = (tokens: NamedToken[]) =>
      createAuthenticator({ ...app.services.config, tokens }, 's', app.authStore, () => NOW_MS).authenticate(headers)
    const demoted = { ...named('oncall', 'viewer'), token: tokenOf('oncall') }
    expect(await withTokens([demoted])).toMatchObject({ actor: 'oncall', role: 'viewer', scope: { payloads: false } })
    expect(await withTokens(TOKENS.filter(({ name }) => name !== 'oncall'))).toBeNull()
  })
})
