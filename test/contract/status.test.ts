/** What the console says of itself: it must be told while the database, which knows who may ask, hangs. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { CollectorStatus } from '../../lib/api/services.ts'
import { NOW_MS } from '../builders/snapshots.ts'
import { ADMIN, type Answer, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const PATH = '/api/v1/status'
const FULL: CollectorStatus = {
  stopped: null,
  storeTrouble: {
    ...{ code: 'database_full', sinceMs: NOW_MS, waitingPolls: 12, droppedPolls: 3, clusterIds: ['orders'] },
  },
}

let app: TestConsole
let document: DocumentChecker
beforeEach(async () => {
  app = await openConsole()
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
})
afterEach(() => app.close())

const read = (status: CollectorStatus | null): ReturnType<typeof readChecked> => {
  app.services.collectorStatus = () => status
  return readChecked(app, document, PATH, PATH)
}

test('without a collector here nothing is known of one', async () => {
  expect(await read(null)).toEqual({ collector: null })
})

test('a collector that runs and stores', async () => {
  expect(await read({ stopped: null, storeTrouble: null })).toEqual({
    collector: { stopped: null, storeTrouble: null },
  })
})

test('a collector that died says since when, and when it starts again', async () => {
  const { collector } = await read({ stopped: { sinceMs: NOW_MS, restartsAtMs: NOW_MS + 8_000 }, storeTrouble: null })
  const [since, restartsAt] = [0, 8_000].map((ms) => new Date(NOW_MS + ms).toISOString())
  expect(collector).toEqual({ stopped: { since, restartsAt }, storeTrouble: null })
})

test('a full disk is told with its words, in the language that was asked for, and without paths', async () => {
  const { storeTrouble } = (await read(FULL)).collector
  expect(storeTrouble).toEqual({
    ...{ code: 'database_full', waitingPolls: 12, droppedPolls: 3, clusterIds: ['orders'] },
    since: new Date(NOW_MS).toISOString(),
    title: 'No space left for the database',
    detail: expect.stringMatching(/full/),
    fix: expect.stringMatching(/Free space/),
  })
  const zh = await app.call('GET', PATH, { headers: { 'accept-language': 'zh' } })
  expect(zh.json.collector.storeTrouble.title).toBe('数据库所在磁盘已满')
})

test('Prometheus hears of it as well; what is not known is left out', async () => {
  const gauges = async (status: CollectorStatus | null): Promise<string[]> => {
    app.services.collectorStatus = () => status
    const { text } = await app.call('GET', '/metrics')
    return text.split('\n').filter((line) => /^holdfast_(collector|store)_/.test(line))
  }
  expect(await gauges(FULL)).toEqual([
    'holdfast_collector_running 1',
    'holdfast_store_failing 1',
    'holdfast_store_waiting_polls 12',
    'holdfast_store_dropped_polls 3',
  ])
  expect(await gauges({ stopped: null, storeTrouble: null })).toContain('holdfast_store_failing 0')
  const stopped = { sinceMs: NOW_MS, restartsAtMs: NOW_MS }
  expect(await gauges({ stopped, storeTrouble: null })).toEqual(['holdfast_collector_running 0'])
  expect(await gauges(null)).toEqual([])
})

/** From now on every question about who somebody is stays without an answer. */
function hangDatabase(): void {
  const never = (): Promise<never> => new Promise(() => undefined)
  Object.assign(app.authStore, { tokens: never, findSession: never })
}

async function isAnswered(call: Promise<Answer>): Promise<boolean> {
  const late = new Promise<null>((done) => setTimeout(() => done(null), 200))
  return (await Promise.race([call, late])) !== null
}

async function signIn(): Promise<{ cookie: string; csrf: string }> {
  const answer = await app.call('POST', '/api/v1/session', { token: null, body: { token: ADMIN } })
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  return { cookie, csrf: answer.json.csrfToken }
}

test('while the database hangs, who was known before is still told, and a stranger is not', async () => {
  app.services.collectorStatus = () => FULL
  const { cookie } = await signIn()
  const withCookie = { token: null, headers: { cookie } }
  await app.call('GET', '/api/v1/clusters', withCookie)
  await app.call('GET', '/api/v1/clusters')
  hangDatabase()
  const answer = await app.call('GET', PATH, withCookie)
  expect([answer.status, answer.json.collector.storeTrouble.code]).toEqual([200, 'database_full'])
  expect((await app.call('GET', PATH)).status).toBe(200)
  expect((await app.call('GET', PATH, { token: null })).status).toBe(401)
  expect(await isAnswered(app.call('GET', PATH, { token: 'guess' }))).toBe(false)
  // What is more than that still needs to be asked for.
  expect(await isAnswered(app.call('GET', '/api/v1/clusters', withCookie))).toBe(false)
})

test('who signed out, or was last seen an hour ago, is not told', async () => {
  const { cookie, csrf } = await signIn()
  const withCookie = { token: null, headers: { cookie } }
  expect((await app.call('GET', PATH, withCookie)).status).toBe(200)
  await app.call('DELETE', '/api/v1/session', { token: null, headers: { cookie, 'x-csrf-token': csrf } })
  expect((await app.call('GET', PATH, withCookie)).status).toBe(401)
  expect((await app.call('GET', PATH)).status).toBe(200)
  hangDatabase()
  app.setNow(NOW_MS + 3_600_000 - 1)
  expect((await app.call('GET', PATH)).status).toBe(200)
  app.setNow(NOW_MS + 3_600_000)
  expect(await isAnswered(app.call('GET', PATH))).toBe(false)
})
