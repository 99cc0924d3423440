/** No route forgets to ask who is there: each is tried without proof, as a second person, and from elsewhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALL_ROUTES } from '../../lib/api/all-routes.ts'
import type { Route } from '../../lib/api/route-declaration.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { ADMIN, type Answer, APPROVER, openConsole, type TestConsole } from './console.ts'

let app: TestConsole
beforeAll(async () => {
  app = await openConsole({ clusters: [aKafkaCluster('orders')] })
})
afterAll(() => app.close())

const pathOf = (route: Route): string => route.path.replaceAll(/\{\w+\}/g, 'orders')
const GUARDED = ALL_ROUTES.filter((route) => route.permission !== 'public')
const BODY = { id: 'new', kind: 'kafka', bootstrapServers: ['localhost:1'] }

function problemCode(answer: Answer): string {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  return answer.json.code
}

describe.each(GUARDED.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_name, route) => {
  const body = route.body === undefined ? undefined : BODY

  test.each([
    ['no token', null],
    ['a wrong token', 'wrong'],
    ['a token that only begins right', ADMIN.slice(0, -1)],
  ])('%s is 401', async (_case, token) => {
    // One address may send a hundred wrong ones in a minute: there are more routes than half of that.
    const headers = { 'x-holdfast-remote-address': `10.0.0.${GUARDED.indexOf(route)}` }
    const answer = await app.call(route.method, pathOf(route), { token, body, headers })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(problemCode(answer)).toBe('unauthenticated')
  })

  test('a foreign host and a foreign origin are refused, whoever asks', async () => {
    const foreignHost = await app.call(route.method, pathOf(route), { body, headers: { host: 'evil.example:3000' } })
    expect([foreignHost.status, problemCode(foreignHost)]).toEqual([403, 'host_refused'])
    const origin = { origin: 'http://localhost:8080' }
    const foreignOrigin = await app.call(route.method, pathOf(route), { body, headers: origin })
    expect([foreignOrigin.status, problemCode(foreignOrigin)]).toEqual([403, 'origin_refused'])
  })
})

describe('the approver', () => {
  test.each(GUARDED.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', async (_name, route) => {
    const body = route.body === undefined ? undefined : BODY
    const answer = await app.call(route.method, pathOf(route), { token: APPROVER, body })
    // Some questions are asked by POST: their permission says that they only read.
    const isReading = route.method === 'GET' || route.permission.endsWith(':read')
    const mayDo = isReading || route.path === '/api/v1/session' || route.permission === 'replays:approve'
    if (mayDo) expect(answer.status, answer.text).not.toBe(403)
    else expect([answer.status, problemCode(answer)]).toEqual([403, 'forbidden'])
  })
})
