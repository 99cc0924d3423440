/** Who is told of alerts, as the API tells it: the routes, and what they do with an alert. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAlertStore } from '../../lib/alerting/alert-store.ts'
import type { Alert } from '../../lib/alerts/alert.ts'
import { ROUTE_DEFAULTS, type Route } from '../../lib/alerts/route.ts'
import { enqueue } from '../../lib/outbox/outbox.ts'
import { HOUR_MS, MINUTE_MS } from '../../lib/units.ts'
import { anAlert } from '../builders/alerts.ts'
import { anAlertNotification, aReceiver } from '../builders/notifications.ts'
import { NOW_MS } from '../builders/snapshots.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { type Answer, APPROVER, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const iso = (atMs: number): string => new Date(atMs).toISOString()
const route = (over: Partial<Route>): Route => ({ ...ROUTE_DEFAULTS, match: {}, receivers: ['chat'], ...over })

const NIGHT = { days: ['mon'], fromMinute: 90, toMinute: 24 * 60, timeZone: 'UTC' } as const
const ROUTES = [
  route({
    match: { severity: ['critical'], team: ['pay*'] },
    ...{ receivers: ['pager'], goesOn: true, failover: 'gone', failoverAfterMs: MINUTE_MS },
    ...{ escalateAfterMs: 15 * MINUTE_MS, escalateTo: ['mail'] },
  }),
  route({ match: { cluster: ['other'] }, receivers: ['mail'], muteTimes: [NIGHT], repeatMs: null }),
  route({ receivers: ['chat', 'am', 'gone'], groupBy: ['cluster', 'severity'] }),
]
const RECEIVERS = [
  aReceiver('slack', { id: 'chat' }),
  aReceiver('pagerduty', { id: 'pager' }),
  aReceiver('email', { id: 'mail' }),
  aReceiver('alertmanager', { id: 'am' }),
]

let app: TestConsole
let document: DocumentChecker
async function start(routes: Route[] | null): Promise<void> {
  app = await openConsole({
    clusters: [aKafkaCluster('live'), aKafkaCluster('other')],
    config: {
      alerts: { tuned: {}, own: [], silences: [], routes, heartbeat: null },
      ...{ receivers: RECEIVERS, owners: [{ match: { cluster: '*', topic: 'orders', group: '*' }, team: 'payments' }] },
    },
  })
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
}
beforeEach(() => start(ROUTES))
afterEach(() => app.close())

const list = (): ReturnType<typeof readChecked> => readChecked(app, document, '/api/v1/routes', '/api/v1/routes')
async function explain(body: object): Promise<Answer['json']> {
  const answer = await app.call('POST', '/api/v1/routes/explain', { body, token: APPROVER })
  expect(answer.status, answer.text).toBe(200)
  document.check('post', '/api/v1/routes/explain', 200, answer.json)
  return answer.json
}

const ORDERS = { type: 'topic', name: 'orders' } as const
const EXAMPLE = { code: 'partition.offline', severity: 'high', clusterId: 'live', subject: ORDERS } as const

describe('routes', () => {
  test('are told as the configuration has them, with what their receivers are', async () => {
    const { items, ...rest } = await list()
    expect(rest).toEqual({ isDefault: false, asOf: iso(NOW_MS), nextCursor: null, total: 3 })
    expect(items[0]).toEqual({
      ...{ position: 0, match: { severity: ['critical'], team: ['pay*'] }, continue: true },
      receivers: [{ id: 'pager', type: 'pagerduty', mode: 'each' }],
      ...{ groupBy: ['cluster', 'code'], groupWaitSeconds: 10, groupIntervalSeconds: 60, repeatSeconds: 14_400 },
      ...{ escalateAfterSeconds: 900, escalateTo: [{ id: 'mail', type: 'email', mode: 'together' }] },
      failover: { id: 'gone', type: null, mode: 'together' },
      ...{ failoverAfterSeconds: 60, muteSchedules: [], isMutedNow: false },
    })
    expect(items[1]).toMatchObject({
      muteSchedules: [{ days: ['mon'], from: '01:30', to: '24:00', timeZone: 'UTC' }],
      ...{ isMutedNow: true, repeatSeconds: null, continue: false, escalateAfterSeconds: null, failover: null },
    })
    expect(items[2].receivers.map(({ mode }: { mode: string }) => mode)).toEqual(['together', 'state', 'together'])
    expect((await app.call('GET', '/api/v1/routes', { token: null })).status).toBe(401)
  })

  test('where nothing is said lead to everybody, also to who was added at run time', async () => {
    await app.close()
    await start(null)
    const hook = { id: 'hook', type: 'webhook', url: 'https://h.example/x', secret: `whsec_${'A'.repeat(32)}` }
    expect((await app.call('POST', '/api/v1/receivers', { body: hook })).status).toBe(201)
    const { items, isDefault } = await list()
    expect(isDefault).toBe(true)
    expect(items[0].receivers.map(({ id }: { id: string }) => id)).toEqual(['chat', 'pager', 'mail', 'am', 'hook'])
  })
})

describe('an example', () => {
  test('is told to the receivers of the first route that takes it, and says why no other does', async () => {
    expect(await explain(EXAMPLE)).toEqual({
      labels: {
        severity: 'high',
        code: 'partition.offline',
        cluster: 'live',
        topic: 'orders',
        group: '',
        team: 'payments',
      },
      routes: [
        { position: 0, isReached: true, mismatches: ['severity'] },
        { position: 1, isReached: true, mismatches: ['cluster'] },
        { position: 2, isReached: true, mismatches: [] },
      ],
      told: [
        {
          receiver: { id: 'chat', type: 'slack', mode: 'together' },
          ...{ position: 2, cause: 'route', group: { cluster: 'live', severity: 'high' }, afterSeconds: 10 },
          ...{ repeatSeconds: 14_400, failover: null, isMutedNow: false },
        },
        expect.objectContaining({
          receiver: { id: 'am', type: 'alertmanager', mode: 'state' },
          group: null,
          afterSeconds: 0,
          repeatSeconds: 60,
        }),
        expect.objectContaining({ receiver: { id: 'gone', type: null, mode: 'together' } }),
      ],
      notTold: [],
    })
  })

  test('goes on where a route says so, and later to whom it is escalated', async () => {
    const { told, routes } = await explain({ ...EXAMPLE, severity: 'critical', clusterId: 'other' })
    expect(routes[2]).toEqual({ position: 2, isReached: false, mismatches: [] })
    expect(told).toMatchObject([
      { receiver: { id: 'pager' }, position: 0, cause: 'route', group: null, afterSeconds: 0, failover: 'gone' },
      // Whom a route names is not waited for because another one escalates to them.
      { receiver: { id: 'mail' }, position: 1, cause: 'route', isMutedNow: true, repeatSeconds: null },
    ])
    const live = await explain({ ...EXAMPLE, severity: 'critical' })
    expect(live.told.at(-1)).toMatchObject({ receiver: { id: 'mail' }, cause: 'escalation', afterSeconds: 900 })
  })

  test('that is silenced or muted says so', async () => {
    const until = iso(NOW_MS + HOUR_MS)
    const silence = { cluster: 'live', subject: 'ord*', reason: 'moving', untilAt: until }
    await app.call('POST', '/api/v1/silences', { body: silence })
    const mute = { code: 'partition.offline', cluster: '*', subject: 'orders', reason: 'known', untilAt: until }
    await app.call('POST', '/api/v1/mutes', { body: mute })
    expect((await explain(EXAMPLE)).notTold).toEqual(['silenced', 'muted'])
    expect((await explain({ ...EXAMPLE, clusterId: 'other' })).notTold).toEqual(['muted'])
  })

  test('that nobody is told of says whether a route or a receiver is missing', async () => {
    await app.close()
    await start([route({ match: { team: ['x'] } })])
    expect(await explain(EXAMPLE)).toMatchObject({ told: [], notTold: ['noRoute'] })
    await app.close()
    app = await openConsole({ clusters: [aKafkaCluster('live')] })
    expect(await explain(EXAMPLE)).toMatchObject({ told: [], notTold: ['noReceiver'] })
  })

  test.each<[object, number, string, string?]>([
    [{}, 400, 'bad_request', 'body'],
    [{ ...EXAMPLE, subject: undefined }, 400, 'bad_request', 'body'],
    [{ ...EXAMPLE, code: 'nothing' }, 400, 'bad_request', 'body.code'],
    [{ ...EXAMPLE, severity: 'grave' }, 400, 'bad_request', 'body.severity'],
    [{ ...EXAMPLE, clusterId: 'nothing' }, 404, 'cluster_not_found'],
    [{ alertId: 'nothing' }, 404, 'alert_not_found'],
  ])('that cannot be is refused: %j', async (body, status, code, path) => {
    const answer = await app.call('POST', '/api/v1/routes/explain', { body })
    expect([answer.status, answer.json.code]).toEqual([status, code])
    document.checkProblem(answer.json)
    if (path !== undefined) expect(answer.text).toContain(`"${path}"`)
  })
})

describe('an alert', () => {
  const store = async (over: Partial<Alert>): Promise<void> =>
    createAlertStore(app.database).record('live', {
      changed: [anAlert({ id: 'a', ...over })],
      dropped: [],
      transitions: [],
    })

  test('that is there is explained by what it is, and by what keeps it from being told', async () => {
    await store({ inhibitedBy: 'x', severity: 'critical' })
    await app.services.alerts.acknowledge('a', { actor: 'ana', note: '', atMs: NOW_MS })
    const { labels, told, notTold } = await explain({ alertId: 'a' })
    expect(labels).toMatchObject({ severity: 'critical', topic: 'orders', team: 'payments' })
    expect(told[0]).toMatchObject({ receiver: { id: 'pager' } })
    expect(notTold).toEqual(['inhibited', 'acknowledged'])
    await store({ state: 'resolved', endedAtMs: NOW_MS, endReason: 'cleared' })
    const silence = { subject: 'orders', reason: 'moving', untilAt: iso(NOW_MS + HOUR_MS) }
    await app.call('POST', '/api/v1/silences', { body: { ...silence, cluster: 'live' } })
    expect((await explain({ alertId: 'a' })).notTold).toEqual(['notFiring', 'silenced', 'acknowledged'])
  })

  test('says to whom it was told, and what became of that', async () => {
    await store({})
    const told = { source: 'g-1', notification: anAlertNotification() }
    await app.database.transaction((tx) =>
      enqueue(
        tx,
        [
          { ...told, receiverId: 'chat', sequence: 0, alertIds: ['a', 'b'] },
          { ...told, receiverId: 'mail', sequence: 0, alertIds: ['b'] },
          { ...told, receiverId: 'am', sequence: 0 },
        ],
        NOW_MS,
      ),
    )
    const { deliveries } = await readChecked(app, document, '/api/v1/alerts/a', '/api/v1/alerts/{alert}')
    expect(deliveries).toMatchObject([{ receiverId: 'chat', kind: 'alert', state: 'waiting', createdAt: iso(NOW_MS) }])
    const path = `/api/v1/deliveries/${deliveries[0].id}`
    const one = await readChecked(app, document, path, '/api/v1/deliveries/{delivery}')
    expect(one.alertIds.sort()).toEqual(['a', 'b'])
    const { items } = await readChecked(app, document, '/api/v1/deliveries?sort=receiverId', '/api/v1/deliveries')
    expect(items.map(({ alerts, alertId }: { alerts: number; alertId: string | null }) => [alerts, alertId])).toEqual([
      ...[
        [0, null],
        [2, null],
        [1, 'b'],
      ],
    ])
  })
})
