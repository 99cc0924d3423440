/** Receivers that come, go and are tried through the API, and what never comes back: their addresses and keys. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RECEIVER_TYPES } from '../../lib/config/receivers.ts'
import { aReceiver } from '../builders/notifications.ts'
import { NOW_MS } from '../builders/snapshots.ts'
import { type HttpReceiver, startHttpReceiver } from '../servers/http-receiver.ts'
import { type Answer, APPROVER, openConsole, type TestConsole } from './console.ts'
import { documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

let app: TestConsole
let target: HttpReceiver
beforeEach(async () => {
  target = await startHttpReceiver()
  const config = { receivers: [aReceiver('slack', { id: 'in-file' })], receiverAllowedNetworks: ['127.0.0.1/32'] }
  app = await openConsole({ config })
})
afterEach(async () => {
  await app.close()
  await target.close()
})

const iso = (atMs: number): string => new Date(atMs).toISOString()

function add(over: object = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const body = { id: 'added', type: 'wecom', url: `${target.url}?key=MARKER-key`, ...over }
  return app.call('POST', '/api/v1/receivers', { body, headers })
}

const tried = (id: string, headers: Record<string, string> = {}): Promise<Answer> =>
  app.call('POST', `/api/v1/receivers/${id}/test`, { headers })

describe('the list of receivers', () => {
  test('tells who they are and who added them, and of each secret how it ends', async () => {
    const added = await add()
    expect(added.status).toBe(201)
    const none = { format: null, from: null, to: null, language: 'en' }
    expect(added.json).toEqual({
      ...{ id: 'added', type: 'wecom', ...none, host: `127.0.0.1:${target.port}`, source: 'runtime' },
      ...{ secrets: [{ name: 'url', ending: '-key' }], createdAt: iso(NOW_MS), createdBy: 'admin' },
    })
    const document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
    const list = await readChecked(app, document, '/api/v1/receivers', '/api/v1/receivers')
    const inFile = {
      ...{ id: 'in-file', type: 'slack', ...none, host: 'hooks.slack.com', source: 'file' },
      ...{ secrets: [{ name: 'url', ending: 'lack' }], createdAt: null, createdBy: null },
    }
    expect(list).toMatchObject({ total: 2, asOf: iso(NOW_MS), items: [added.json, inFile] })
    const ofFile = await app.call('GET', '/api/v1/receivers?q=source%3Afile&sort=-host')
    expect(ofFile.json.items).toEqual([inFile])
  })

  test('is sorted by every field that it tells, both ways', async () => {
    await add()
    for (const field of ['id', 'type', 'language', 'host', 'source', 'createdAt', 'createdBy']) {
      const ids = async (sort: string): Promise<string[]> =>
        (await app.call('GET', `/api/v1/receivers?sort=${sort}`)).json.items.map((item: { id: string }) => item.id)
      expect((await ids(field)).sort(), field).toEqual((await ids(`-${field}`)).sort())
    }
    expect((await app.call('GET', '/api/v1/receivers?sort=url')).status).toBe(400)
  })

  test.each(RECEIVER_TYPES)('knows what is secret of %s', async (type) => {
    const receiver = aReceiver(type)
    const answer = await app.call('POST', '/api/v1/receivers', { body: receiver })
    expect(answer.status, answer.text).toBe(201)
    expect(answer.json.secrets.length).toBeGreaterThan(0)
    const listed = await app.call('GET', '/api/v1/receivers')
    for (const text of [answer.text, listed.text]) expect(text).not.toMatch(/MARKER|whsec|SECexample|examplesecret/)
  })
})

describe('adding and removing', () => {
  test('what was added can be sent to, and is gone when it is removed', async () => {
    await add()
    target.answer = (response) => void response.end('{"errcode":0}')
    expect((await tried('added')).json.ok).toBe(true)
    expect((await app.call('DELETE', '/api/v1/receivers/added')).status).toBe(204)
    const gone = await tried('added')
    expect([gone.status, gone.json.code]).toEqual([404, 'receiver_not_found'])
    const again = await app.call('DELETE', '/api/v1/receivers/added')
    expect([again.status, again.json.code]).toEqual([404, 'receiver_not_found'])
  })

  test('an id is used once, and what stands in the file is changed in the file', async () => {
    await add()
    const twice = await add()
    expect([twice.status, twice.json.code]).toEqual([409, 'conflict'])
    const inFile = await add({ id: 'in-file' })
    expect([inFile.status, inFile.json.code]).toEqual([409, 'receiver_in_file'])
    const removed = await app.call('DELETE', '/api/v1/receivers/in-file')
    expect([removed.status, removed.json.code]).toEqual([409, 'receiver_in_file'])
  })

  test('there are so many at most', async () => {
    const data = Array.from({ length: 200 }, (_, index) => {
      return { id: `r-${index}`, sealedConfig: '', createdAtMs: 0n, createdBy: 'x' }
    })
    await app.database.client.configuredReceiver.createMany({ data })
    const answer = await add()
    expect([answer.status, answer.json.code, answer.json.facts.most]).toEqual([409, 'receivers_too_many', 200])
  })

  test('each wrong place is named, without the value, in the reader’s language', async () => {
    const answer = await add({ type: 'webhook', url: 'ftp://MARKER', secret: 'MARKER' }, { 'accept-language': 'zh' })
    expect(answer.status).toBe(400)
    const places = answer.json.errors.map(({ path }: { path: string }) => path)
    expect(places).toEqual(['body.url', 'body.secret'])
    expect(answer.json.errors[0].message).toMatch(/\p{Script=Han}/u)
    expect(answer.text).not.toContain('MARKER')
  })

  test('nothing is expanded for a caller', async () => {
    await add({ url: `${target.url}?key=\${env:HOLDFAST_ADMIN_TOKEN}` })
    await tried('added')
    expect(decodeURIComponent(target.received[0]?.path ?? '')).toContain('env:HOLDFAST_ADMIN_TOKEN')
  })

  test('a second person may look and nothing else', async () => {
    await add()
    const as = { token: APPROVER }
    expect((await app.call('GET', '/api/v1/receivers', as)).status).toBe(200)
    expect((await app.call('POST', '/api/v1/receivers', { ...as, body: { id: 'x' } })).status).toBe(403)
    expect((await app.call('POST', '/api/v1/receivers/added/test', as)).status).toBe(403)
    expect((await app.call('DELETE', '/api/v1/receivers/added', as)).status).toBe(403)
    expect(target.received).toEqual([])
  })
})

describe('the test button', () => {
  test('sends a real message and tells that it was taken', async () => {
    await add({ language: 'zh-CN' })
    target.answer = (response) => void response.end('{"errcode":0}')
    const { status, json } = await tried('added')
    expect([status, json]).toEqual([
      200,
      {
        ok: true,
        code: 'delivered',
        message: 'The receiver took it.',
        fix: 'Nothing is to be done.',
        latencyMs: json.latencyMs,
      },
    ])
    expect(JSON.parse(target.received[0]?.body ?? '').text.content).toContain('[Holdfast] 测试消息')
  })

  test.each([
    [200, '{"errcode":93000,"errmsg":"MARKER-detail"}', 'credentialRefused'],
    [302, '', 'redirected'],
    [500, 'MARKER-detail', 'serverFailed'],
    [200, '<html>MARKER-detail</html>', 'unexpectedAnswer'],
  ])('tells why it was not: %i %s', async (httpStatus, body, code) => {
    await add()
    target.answer = (response) => void response.writeHead(httpStatus, { location: '/' }).end(body)
    const { status, json, text } = await tried('added', { 'accept-language': 'zh' })
    expect([status, json.ok, json.code]).toEqual([200, false, code])
    expect(json.message).toMatch(/\p{Script=Han}/u)
    expect(json.fix.length).toBeGreaterThan(3)
    expect(text).not.toContain('MARKER')
  })

  test('is stopped where nobody may send to', async () => {
    await add({ url: 'http://10.1.2.3/' })
    expect((await tried('added')).json).toMatchObject({ ok: false, code: 'addressBlocked' })
    await add({ id: 'cloud', url: 'http://169.254.169.254/latest' })
    expect((await tried('cloud')).json).toMatchObject({ ok: false, code: 'metadataBlocked' })
  })

  test('does not wear out a receiver', async () => {
    await add()
    target.answer = (response) => void response.end('{"errcode":0}')
    const codes = []
    for (let index = 0; index < 8; index += 1) codes.push((await tried('added')).json.code)
    expect(codes.filter((code) => code === 'delivered')).toHaveLength(5)
    expect(codes.at(-1)).toBe('rateLimited')
    expect(target.received).toHaveLength(5)
  })
})

test('secrets stand in no log line, no audit entry and no column of the database', async () => {
  for (const type of RECEIVER_TYPES) {
    await app.call('POST', '/api/v1/receivers', {
      body: aReceiver(type, 'url' in aReceiver(type) ? { url: target.url.replace('/in', '/MARKER-path') } : {}),
    })
  }
  await tried('my-wecom')
  await tried('my-pagerduty')
  await app.call('DELETE', '/api/v1/receivers/my-wecom')
  const audit = await app.call('GET', '/api/v1/audit')
  expect(audit.json.items[0]).toMatchObject({ action: 'receiver.remove', target: 'my-wecom', outcome: 'ok' })
  expect(audit.json.items[1]).toMatchObject({ action: 'receiver.test', detail: { code: expect.any(String) } })
  const rows = await app.database.client.configuredReceiver.findMany()
  expect(rows).toHaveLength(RECEIVER_TYPES.length - 1)
  app.services.log.error({ address: `${target.url.replace('/in', '/MARKER-path')}` }, 'as some library would tell it')
  for (const text of [audit.text, JSON.stringify(rows.map(({ sealedConfig }) => sealedConfig)), app.logLines.join()]) {
    expect(text).not.toMatch(/MARKER|whsec|SECexample/)
  }
})
