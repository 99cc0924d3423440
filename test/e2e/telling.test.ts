/** A whole console, as it is started: what its collector finds, its worker tells a real receiver. No broker runs here. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestConsole } from '../servers/console.ts'
import { type HttpReceiver, startHttpReceiver } from '../servers/http-receiver.ts'
import { Stage } from './stage.ts'

const stage = new Stage()
let hook: HttpReceiver
let watchdog: HttpReceiver
let server: TestConsole

beforeAll(async () => {
  ;[hook, watchdog] = await Promise.all([startHttpReceiver(), startHttpReceiver()])
  stage.onStop(() => Promise.all([hook.close(), watchdog.close()]))
  server = await stage.console(`poll: { intervalSeconds: 1 }
alerts:
  receivers: [{ id: hook, type: webhook, url: "${hook.url}", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw }]
  heartbeat: { url: "${watchdog.url}", everySeconds: 10 }
security: { receiverAllowedNetworks: [127.0.0.1/32] }
`)
})
afterAll(() => stage.stop())

const call = async (method: string, path: string, body?: object) => {
  const headers: HeadersInit = body === undefined ? {} : { 'content-type': 'application/json' }
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await answer.text()
  expect(answer.ok, text).toBe(true)
  return text === '' ? null : JSON.parse(text)
}
const told = (): string[] =>
  hook.received.map(({ body }) => JSON.parse(body)).map(({ type, data }) => `${type} ${data.ruleCode}`)
const SOON = { timeout: 90_000, interval: 200 }

test('whoever is to be called is called when a cluster cannot be reached, and told of the end', async () => {
  await expect.poll(() => watchdog.received.length, SOON).toBeGreaterThan(0)
  await call('POST', '/api/v1/clusters', { id: 'gone', name: 'Gone', kind: 'kafka', bootstrapServers: ['127.0.0.1:9'] })
  await expect.poll(told, SOON).toEqual(['alert.firing cluster.blind'])
  // Nothing is seen any more: whoever waits for the heartbeat is to hear of that.
  const beats = watchdog.received.length
  const { items } = await call('GET', '/api/v1/alerts')
  const { deliveries } = await call('GET', `/api/v1/alerts/${items[0].id}`)
  expect(deliveries).toMatchObject([{ receiverId: 'hook', kind: 'alert', state: 'delivered', attempts: 1 }])
  expect(deliveries[0].id).toBe(hook.received[0]?.headers['webhook-id'])
  await call('DELETE', '/api/v1/clusters/gone')
  await expect.poll(told, SOON).toEqual(['alert.firing cluster.blind', 'alert.resolved cluster.blind'])
  await expect.poll(() => watchdog.received.length, SOON).toBeGreaterThan(beats)
  expect(await server.log()).not.toContain(watchdog.url)
})
