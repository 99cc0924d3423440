/** Who may ask: tokens, sessions, CSRF, limits; and what is written down about it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ALL_ROUTES } from '../../lib/api/all-routes.ts'
import { MAX_BODY_BYTES } from '../../lib/api/request-input.ts'
import { ensureFirstToken } from '../../lib/auth/first-token.ts'
import { NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { ADMIN, type Answer, APPROVER, openConsole, type TestConsole } from './console.ts'

const PUBLIC = ALL_ROUTES.filter((route) => route.permission === 'public')
const BODY = { id: 'new', kind: 'kafka', bootstrapServers: ['localhost:1'] }

function problemCode(answer: Answer): string {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  return answer.json.code
}

let app: TestConsole
beforeEach(async () => {
  app = await openConsole({ clusters: [aKafkaCluster('orders')] })
})
afterEach(() => app.close())

test('health and the document answer without a token; nothing else is public but the sign-in', async () => {
  expect(PUBLIC.map((route) => route.path)).toEqual(['/api/health/live', '/api/health/ready', '/api/v1/session'])
  for (const path of ['/api/health/live', '/api/health/ready', '/api/openapi.json']) {
    expect((await app.call('GET', path, { token: null })).status).toBe(200)
  }
  expect((await app.call('GET', '/api/v1/no/such/path', { token: null })).status).toBe(401)
})

test('liveness is told without asking the database who is there', async () => {
  app.services.authenticator.authenticate = () => Promise.reject(new Error('database gone'))
  expect((await app.call('GET', '/api/health/live')).status).toBe(200)
  expect((await app.call('GET', '/api/v1/clusters')).status).toBe(500)
})

test('readiness is 503 while a part is missing', async () => {
  app.services.readiness = async () => ({ database: true, collector: false })
  const answer = await app.call('GET', '/api/health/ready', { token: null })
  expect([answer.status, answer.json]).toEqual([503, { status: 'unavailable', database: true, collector: false }])
  app.services.readiness = () => Promise.reject(new Error('database gone'))
  expect((await app.call('GET', '/api/health/ready', { token: null })).status).toBe(503)
})

test('metrics are public only where the configuration says so', async () => {
  expect((await app.call('GET', '/metrics', { token: null })).status).toBe(401)
  app.services.config.metrics.public = true
  expect((await app.call('GET', '/metrics', { token: null })).status).toBe(200)
})

describe('with authentication off', () => {
  test('everybody on this machine is admin, yet foreign pages and names are refused', async () => {
    const open = await openConsole({ env: { HOLDFAST_AUTH: 'off' } })
    expect((await open.call('GET', '/api/v1/clusters', { token: null })).status).toBe(200)
    const add = { token: null, body: BODY }
    expect((await open.call('POST', '/api/v1/clusters', { ...add, headers: { origin: 'null' } })).status).toBe(403)
    expect(
      (await open.call('POST', '/api/v1/clusters', { ...add, headers: { host: 'rebound.example:3000' } })).status,
    ).toBe(403)
    const form = { ...add, headers: { 'content-type': 'text/plain' } }
    expect((await open.call('POST', '/api/v1/clusters', form)).status).toBe(400)
    expect((await open.call('POST', '/api/v1/clusters', add)).status).toBe(201)
    await open.close()
  })
})

interface SignedIn {
  cookie: string
  csrf: string
}

async function signIn(token = ADMIN): Promise<SignedIn> {
  const answer = await app.call('POST', '/api/v1/session', { token: null, body: { token } })
  expect(answer.status, answer.text).toBe(200)
  const cookies = answer.headers.getSetCookie()
  expect(cookies).toHaveLength(2)
  for (const cookie of cookies) expect(cookie).toContain('SameSite=Strict')
  expect(cookies[0]).toMatch(/^holdfast_session=[\w-]{40,}; .*HttpOnly/)
  return { cookie: cookies.map((cookie) => cookie.split(';')[0]).join('; '), csrf: answer.json.csrfToken }
}

const as = (
  cookie: string,
  headers: Record<string, string> = {},
): { token: null; headers: Record<string, string> } => ({
  token: null,
  headers: { cookie, ...headers },
})

describe('sessions', () => {
  test('a cookie reads, and changes only with its own CSRF token in the header', async () => {
    const { cookie, csrf } = await signIn()
    expect((await app.call('GET', '/api/v1/clusters', as(cookie))).status).toBe(200)
    const add = (headers: Record<string, string>): Promise<Answer> =>
      app.call('POST', '/api/v1/clusters', { ...as(cookie, headers), body: BODY })
    expect(problemCode(await add({}))).toBe('csrf_failed')
    expect(problemCode(await add({ 'x-csrf-token': `${csrf}x` }))).toBe('csrf_failed')
    const other = await signIn()
    expect(problemCode(await add({ 'x-csrf-token': other.csrf }))).toBe('csrf_failed')
    expect((await add({ 'x-csrf-token': csrf })).status).toBe(201)
  })

  test('signing out ends the session, also for who kept the cookie', async () => {
    const { cookie, csrf } = await signIn()
    const answer = await app.call('DELETE', '/api/v1/session', as(cookie, { 'x-csrf-token': csrf }))
    expect(answer.status).toBe(204)
    for (const cleared of answer.headers.getSetCookie()) expect(cleared).toContain('Max-Age=0')
    expect((await app.call('GET', '/api/v1/clusters', as(cookie))).status).toBe(401)
  })

  test('a session ends by itself after twelve hours', async () => {
    const { cookie } = await signIn()
    app.setNow(NOW_MS + 12 * 3_600_000 - 1)
    expect((await app.call('GET', '/api/v1/clusters', as(cookie))).status).toBe(200)
    app.setNow(NOW_MS + 12 * 3_600_000)
    expect((await app.call('GET', '/api/v1/clusters', as(cookie))).status).toBe(401)
  })

  test('the approver stays the approver', async () => {
    const { cookie, csrf } = await signIn(APPROVER)
    const answer = await app.call('POST', '/api/v1/clusters', { ...as(cookie, { 'x-csrf-token': csrf }), body: BODY })
    expect(problemCode(answer)).toBe('forbidden')
  })

  test('behind https the cookies are for https only', async () => {
    const secure = await openConsole({ env: { HOLDFAST_PUBLIC_URL: 'https://console.example' } })
    const headers = { host: 'console.example', origin: 'https://console.example' }
    const answer = await secure.call('POST', '/api/v1/session', { token: null, body: { token: ADMIN }, headers })
    for (const cookie of answer.headers.getSetCookie()) expect(cookie).toContain('Secure')
    await secure.close()
  })

  test('guessing is stopped after ten wrong tokens, for five minutes, and one address does not block another', async () => {
    const attempt = (token: string, address = '10.0.0.9'): Promise<Answer> =>
      app.call('POST', '/api/v1/session', {
        token: null,
        body: { token },
        headers: { 'x-holdfast-remote-address': address },
      })
    for (let i = 0; i < 10; i += 1) expect((await attempt('guess')).status).toBe(401)
    const blocked = await attempt(ADMIN)
    expect([blocked.status, problemCode(blocked)]).toEqual([429, 'too_many_attempts'])
    expect(blocked.headers.get('retry-after')).toBe('300')
    expect((await attempt(ADMIN, '10.0.0.10')).status).toBe(200)
    app.setNow(NOW_MS + 300_000)
    expect((await attempt(ADMIN)).status).toBe(200)
  })
})

test('a console without a token makes one, keeps its digest, and makes no second', async () => {
  const bare = await openConsole({ env: { HOLDFAST_ADMIN_TOKEN: '', HOLDFAST_APPROVER_TOKEN: '' } })
  expect((await bare.call('GET', '/api/v1/clusters', { token: '' })).status).toBe(401)
  const token = await ensureFirstToken(bare.services.config, bare.authStore, NOW_MS)
  expect(token).toMatch(/^holdfast_[\w-]{43}$/)
  expect(await ensureFirstToken(bare.services.config, bare.authStore, NOW_MS)).toBeNull()
  expect(JSON.stringify(await bare.authStore.tokens())).not.toContain(token)
  expect((await bare.call('GET', '/api/v1/clusters', { token: token ?? '' })).status).toBe(200)
  await bare.close()
})

describe('bodies', () => {
  test.each([
    ['not JSON', '{', 400],
    ['another shape', '[]', 400],
    ['an unknown field', '{"token":"x","more":1}', 400],
    ['too large', JSON.stringify({ token: 'x'.repeat(MAX_BODY_BYTES) }), 413],
  ])('%s is refused and not repeated', async (_name, rawBody, status) => {
    const answer = await app.call('POST', '/api/v1/session', { token: null, rawBody })
    expect(answer.status).toBe(status)
    expect(answer.text).not.toContain('xxx')
  })

  test('a body that only claims to be large is refused unread', async () => {
    const headers = { 'content-length': String(MAX_BODY_BYTES + 1) }
    const answer = await app.call('POST', '/api/v1/session', { token: null, body: { token: ADMIN }, headers })
    expect([answer.status, answer.json.facts.maxBytes]).toEqual([413, MAX_BODY_BYTES])
  })

  test('each wrong place is named, in the language that was asked for', async () => {
    const body = { id: 'Bad Id', kind: 'kafka', bootstrapServers: ['nowhere'], extra: true }
    const answer = await app.call('POST', '/api/v1/clusters', { body })
    const { errors } = answer.json
    expect(errors.map((error: { path: string }) => error.path)).toEqual(['body.id', 'body.bootstrapServers.0', 'body'])
    expect(errors[0].message).toContain('a-z')
    const zh = await app.call('POST', '/api/v1/clusters', { body, headers: { 'accept-language': 'zh' } })
    expect(zh.json.title).toBe('请求无效')
    expect(zh.json.errors[0].message).toMatch(/[\u4e00-\u9fff]/)
  })
})

describe('audit', () => {
  test('what was done, refused and failed is written down; strangers leave nothing but sign-ins', async () => {
    await app.call('POST', '/api/v1/clusters', { body: BODY })
    await app.call('POST', '/api/v1/clusters', { body: { ...BODY, id: 'orders' } })
    await app.call('DELETE', '/api/v1/clusters/new', { token: APPROVER })
    await app.call('DELETE', '/api/v1/clusters/new', { token: null })
    await app.call('POST', '/api/v1/session', { token: null, body: { token: 'wrong' } })
    app.services.registry.remove = () => Promise.reject(new Error('disk on fire'))
    await app.call('DELETE', '/api/v1/clusters/new')
    const { items, total, nextCursor } = (await app.call('GET', '/api/v1/audit?limit=4')).json
    const short = items.map((item: Record<string, unknown>) => [
      item.actor,
      item.action,
      item.target,
      item.outcome,
      item.status,
    ])
    expect(short).toEqual([
      ['admin', 'cluster.remove', 'new', 'failed', 500],
      ['anonymous', 'session.create', '/api/v1/session', 'refused', 401],
      ['approver', 'cluster.remove', '/api/v1/clusters/new', 'refused', 403],
      ['admin', 'cluster.add', 'orders', 'refused', 409],
    ])
    expect(items[0]).toMatchObject({ at: new Date(NOW_MS).toISOString(), remoteAddress: '127.0.0.1' })
    expect(total).toBe(5)
    const rest = (await app.call('GET', `/api/v1/audit?limit=4&cursor=${nextCursor}`)).json
    expect(rest).toMatchObject({ nextCursor: null, items: [{ action: 'cluster.add', target: 'new', outcome: 'ok' }] })
    expect((await app.call('GET', '/api/v1/audit?q=approver')).json.total).toBe(1)
  })

  const entry = (id: number, change: object = {}) => ({
    ...{ atMs: NOW_MS + id, actor: 'admin', action: 'replay.start', target: `r-${id}`, outcome: 'ok' as const },
    ...{ httpStatus: 200, remoteAddress: '127.0.0.1', detail: null, ...change },
  })

  test.each([
    ['nothing', '', ['r-4', 'r-3', 'r-2', 'r-1']],
    ['empty fields', 'actor=&action=&target=&q=', ['r-4', 'r-3', 'r-2', 'r-1']],
    ['one person, whose name is not a part of another', 'actor=ann', ['r-2']],
    ['an action', 'action=replay.approve', ['r-3']],
    ['a kind of actions, and none that only begins alike', 'action=replay', ['r-3', 'r-1']],
    ['a part of the subject', 'target=-2', ['r-2']],
    ['an outcome', 'outcome=refused', ['r-3']],
    ['a stretch without its end', `fromTime=${NOW_MS + 2}&toTime=${NOW_MS + 4}`, ['r-3', 'r-2']],
    ['all of it at once', `actor=admin&action=replay&outcome=refused&fromTime=${NOW_MS + 2}`, ['r-3']],
    ['what nobody did', 'actor=admin&target=r-2', []],
  ])('is narrowed by %s', async (_name, query, targets) => {
    await app.services.audit.record(entry(1))
    await app.services.audit.record(entry(2, { actor: 'ann', action: 'replayed.other' }))
    await app.services.audit.record(entry(3, { action: 'replay.approve', outcome: 'refused' }))
    await app.services.audit.record(entry(4, { actor: 'anna', action: 'cluster.add' }))
    const { json } = await app.call('GET', `/api/v1/audit?${query}`)
    expect(json.items.map(({ target }: { target: string }) => target)).toEqual(targets)
    expect(json.total).toBe(targets.length)
    const lines = (await app.call('GET', `/api/v1/audit.csv?${query}`)).text.trimEnd().split('\r\n')
    expect(lines.slice(1).map((line) => line.split(',')[4])).toEqual(targets)
  })

  test.each(['outcome=maybe', 'fromTime=soon'])('of %s is refused', async (query) => {
    for (const path of ['/api/v1/audit', '/api/v1/audit.csv']) {
      expect((await app.call('GET', `${path}?${query}`)).status).toBe(400)
    }
  })

  test('is taken as a file, whole and over many pages, and that stands in it from then on', async () => {
    const rows = Array.from({ length: 2_345 }, (_, id) => {
      const { detail: _none, ...row } = entry(id)
      return { ...row, atMs: BigInt(row.atMs) }
    })
    await app.database.client.auditEntry.createMany({ data: rows })
    await app.services.audit.record(entry(9_000, { actor: '=cmd()', detail: { reason: 'two, "three"' } }))
    const { status, headers, text } = await app.call('GET', '/api/v1/audit.csv?action=replay', { token: APPROVER })
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
    expect(headers.get('content-disposition')).toContain('audit.csv')
    const lines = text.trimEnd().split('\r\n')
    expect(lines[0]).toBe('id,at,actor,action,target,outcome,status,remoteAddress,detail')
    expect(lines).toHaveLength(2_347)
    expect(new Set(lines).size).toBe(2_347)
    // What a spreadsheet would run is text, and quotes are doubled.
    expect(lines[1]).toContain(`"'=cmd()"`)
    expect(lines[1]).toContain(String.raw`"{""reason"":""two, \""three\""""}"`)
    const [taken] = (await app.call('GET', '/api/v1/audit?limit=1')).json.items
    expect(taken).toMatchObject({ actor: 'approver', action: 'audit.export', target: 'audit', outcome: 'ok' })
    expect(taken.detail).toEqual({ action: 'replay', entries: 2_346 })
  })

  test('of more than one file holds is refused, and nothing is cut off', async () => {
    const { list } = app.services.audit
    app.services.audit.list = async (query) => ({ ...(await list(query)), total: 100_001 })
    const answer = await app.call('GET', '/api/v1/audit.csv')
    expect([answer.status, problemCode(answer)]).toEqual([422, 'audit_too_long'])
    expect(answer.json.detail).toContain('100,000')
  })
})

test('an unknown failure is logged whole under an id and answered bare', async () => {
  app.services.registry.list = () => Promise.reject(new Error('the detail that only the log may have'))
  const answer = await app.call('GET', '/api/v1/clusters')
  expect(answer.status).toBe(500)
  expect(answer.text).not.toContain('only the log')
  const log = app.logLines.find((line) => line.includes('only the log may have'))
  expect(log).toContain(answer.json.facts.requestId)
})
