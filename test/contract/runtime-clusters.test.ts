/** Clusters that come and go through the API, and what never comes back: their secrets. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ClusterConfig } from '../../lib/cluster/cluster-config.ts'
import type { ClusterDriver, ConnectionStep } from '../../lib/cluster/cluster-driver.ts'
import { fault } from '../../lib/cluster/fault.ts'
import type { ObservedBroker } from '../../lib/durability/observation.ts'
import { aBroker, NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { openConsole, type TestConsole } from './console.ts'

const MARKER = 'sk-MARKER-qx7z3kw9'
const RUNTIME_MARKER = 'rt-MARKED-vy5j8hn2'
const ANY_MARKER = /qx7z3kw9|vy5j8hn2/

function anObservedBroker(id: string): ObservedBroker {
  return { ...aBroker(id), lastSeenAtMs: NOW_MS, leaderPartitions: null, replicaPartitions: null, logDirs: null }
}

let app: TestConsole
let tested: ClusterConfig[]
let steps: ConnectionStep[]
let closed: number

beforeEach(async () => {
  tested = []
  closed = 0
  steps = [{ name: 'connect', ok: true, fault: null }]
  const createDriver = (config: ClusterConfig): ClusterDriver => {
    tested.push(config)
    return {
      kind: config.kind,
      poll: () => Promise.reject(new Error('not polled here')),
      test: async () => steps,
      close: async () => {
        closed += 1
      },
    }
  }
  const sasl = { mechanism: 'plain', username: 'u', password: MARKER } as const
  app = await openConsole({ clusters: [aKafkaCluster('orders', { sasl })], createDriver })
})
afterEach(() => app.close())

const body = (over: object = {}): object => ({
  ...{ id: 'added', kind: 'kafka', bootstrapServers: ['localhost:9092'] },
  sasl: { mechanism: 'plain', username: 'u', password: RUNTIME_MARKER },
  ...over,
})

describe('adding and removing', () => {
  test('a cluster is added with what was given, listed, and removed', async () => {
    const added = await app.call('POST', '/api/v1/clusters', { body: body({ name: 'Added' }) })
    expect([added.status, added.json.source, added.json.readOnly]).toEqual([201, 'runtime', true])
    expect((await app.registry.list()).at(-1)?.config).toMatchObject({
      name: 'Added',
      sasl: { password: RUNTIME_MARKER },
    })
    expect((await app.call('GET', '/api/v1/clusters/added')).json.verdict.level).toBe('unknown')
    expect((await app.call('DELETE', '/api/v1/clusters/added')).status).toBe(204)
    expect((await app.call('GET', '/api/v1/clusters/added')).status).toBe(404)
  })

  test('what stands in the file is changed in the file', async () => {
    const add = await app.call('POST', '/api/v1/clusters', { body: body({ id: 'orders' }) })
    expect([add.status, add.json.code]).toEqual([409, 'cluster_configured_in_file'])
    const remove = await app.call('DELETE', '/api/v1/clusters/orders')
    expect([remove.status, remove.json.code]).toEqual([409, 'cluster_configured_in_file'])
  })

  test('an id is used once', async () => {
    await app.call('POST', '/api/v1/clusters', { body: body() })
    const again = await app.call('POST', '/api/v1/clusters', { body: body() })
    expect([again.status, again.json.code]).toEqual([409, 'conflict'])
  })

  test('a cluster named test can be reached in spite of the path of the same name', async () => {
    await app.call('POST', '/api/v1/clusters', { body: body({ id: 'test' }) })
    expect((await app.call('GET', '/api/v1/clusters/test')).json.id).toBe('test')
    expect((await app.call('DELETE', '/api/v1/clusters/test')).status).toBe(204)
  })
})

describe('trying a configuration', () => {
  test('the steps are told in words, and nothing is kept', async () => {
    steps = [
      { name: 'connect', ok: true, fault: null },
      { name: 'authenticate', ok: false, fault: fault('authenticationFailed', { mechanism: 'plain' }) },
    ]
    const { status, json } = await app.call('POST', '/api/v1/clusters/test', { body: body() })
    expect(status).toBe(200)
    expect(json).toMatchObject({
      ok: false,
      steps: [{ name: 'connect', ok: true, message: null, fix: null }, { ok: false }],
    })
    expect(json.steps[1].message.length).toBeGreaterThan(3)
    expect(await app.registry.list()).toHaveLength(1)
    expect(closed).toBe(1)
  })

  test('no step at all is not a success', async () => {
    steps = []
    expect((await app.call('POST', '/api/v1/clusters/test', { body: body() })).json.ok).toBe(false)
  })

  test('nothing is expanded and no file of the server is read for a caller', async () => {
    const password = `\${env:HOLDFAST_ADMIN_TOKEN}`
    await app.call('POST', '/api/v1/clusters/test', {
      body: body({ sasl: { mechanism: 'plain', username: 'u', password } }),
    })
    expect(tested[0]).toMatchObject({ sasl: { password } })
    for (const key of ['caFile', 'certFile', 'keyFile']) {
      const answer = await app.call('POST', '/api/v1/clusters/test', {
        body: body({ tls: { enabled: true, [key]: '/etc/hosts' } }),
      })
      expect([answer.status, answer.json.errors[0].path]).toEqual([400, `body.tls.${key}`])
    }
    expect(tested).toHaveLength(1)
  })
})

describe('retiring a broker', () => {
  test('it is expected no longer', async () => {
    const expected = async (): Promise<string[]> =>
      (await app.expectedBrokers.list('orders')).map((broker) => broker.id)
    await app.expectedBrokers.saw('orders', [anObservedBroker('1'), anObservedBroker('2')], NOW_MS)
    expect(await expected()).toEqual(['1', '2'])
    expect((await app.call('POST', '/api/v1/clusters/orders/brokers/2/retire')).status).toBe(204)
    expect(await expected()).toEqual(['1'])
  })

  test('one that nobody expects is unknown', async () => {
    const answer = await app.call('POST', '/api/v1/clusters/orders/brokers/9/retire')
    expect([answer.status, answer.json.code]).toEqual([404, 'broker_not_found'])
    expect((await app.call('POST', '/api/v1/clusters/other/brokers/1/retire')).json.code).toBe('cluster_not_found')
  })
})

test('secrets stand in no answer, no error, no log line and no audit entry', async () => {
  const texts: string[] = []
  const keep = async (...call: Parameters<TestConsole['call']>): Promise<void> => {
    texts.push((await app.call(...call)).text)
  }
  await keep('POST', '/api/v1/clusters', { body: body() })
  await keep('POST', '/api/v1/clusters', { body: body() })
  await keep('POST', '/api/v1/clusters', { body: body({ sasl: { mechanism: MARKER, password: MARKER } }) })
  await keep('POST', '/api/v1/clusters', { rawBody: `{"password":"${MARKER}` })
  await keep('POST', '/api/v1/clusters/test', { body: body() })
  await keep('POST', '/api/v1/session', { token: null, body: { token: MARKER } })
  await keep('GET', '/api/v1/clusters', { token: MARKER })
  app.services.createDriver = () => {
    throw new Error(`the library repeats ${MARKER} and ${RUNTIME_MARKER} in its message`)
  }
  await keep('POST', '/api/v1/clusters/test', { body: body() })
  for (const path of ['/api/v1/clusters', '/api/v1/audit', '/metrics', '/api/openapi.json']) await keep('GET', path)
  expect(texts.join('\n')).not.toMatch(ANY_MARKER)
  expect(app.logLines.join('\n')).toContain('the library repeats [redacted] and [redacted]')
  expect(app.logLines.join('\n')).not.toMatch(ANY_MARKER)
})
