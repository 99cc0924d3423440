/** Alerts, their rules and silences as the API tells them: what is shown, what hides them, and who may do what. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAlertStore } from '../../lib/alerting/alert-store.ts'
import type { Alert, AlertTransition } from '../../lib/alerts/alert.ts'
import { anEvent } from '../../lib/durability/events.ts'
import type { SeriesPoint, SeriesResult } from '../../lib/history/history.ts'
import { createLossLedger } from '../../lib/losses/loss-ledger.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/units.ts'
import { anAlert, aRule, observed } from '../builders/alerts.ts'
import { NOW_MS } from '../builders/snapshots.ts'
import { detected } from '../builders/stored-losses.ts'
import { aKafkaCluster } from './a-kafka-cluster.ts'
import { type Answer, APPROVER, openConsole, type TestConsole } from './console.ts'
import { type DocumentChecker, documentChecker } from './openapi-check.ts'
import { readChecked } from './read-checked.ts'

const iso = (atMs: number): string => new Date(atMs).toISOString()
const OWN = aRule({
  ...{ code: 'big-backlog', isBuiltIn: false, severity: 'high', runbook: 'https://wiki/backlog' },
  when: {
    kind: 'series',
    series: 'lagMessages',
    labels: { topic: 'ord*' },
    beyond: 'above',
    raiseAt: 100,
    clearAt: 50,
  },
})
const IN_FILE = {
  code: 'topic.*',
  cluster: 'other',
  subject: '*',
  severity: null,
  reason: 'old',
  fromAtMs: 0,
  untilAtMs: NOW_MS + DAY_MS,
}
const TUNED = { 'dlq.depth': null, 'group.lagSeconds': { raiseAt: 900 } }

let app: TestConsole
let document: DocumentChecker
beforeEach(async () => {
  app = await openConsole({
    clusters: [aKafkaCluster('live'), aKafkaCluster('other')],
    config: {
      alerts: { tuned: TUNED, own: [OWN], silences: [IN_FILE], routes: null, heartbeat: null },
      owners: [{ match: { cluster: '*', topic: 'orders', group: '*' }, team: 'shop' }],
    },
  })
  document = documentChecker((await app.call('GET', '/api/openapi.json', { token: null })).json)
  for (const id of ['live', 'other']) await app.writer.saveObservation(id, observed(), 15_000)
})
afterEach(() => app.close())

let placed = 0
/** At a place of its own, unless it is told otherwise. */
function alertWith(over: Partial<Alert> = {}): Alert {
  placed += 1
  return anAlert({ id: `a${placed}`, ruleCode: `rule-${placed}`, facts: { topic: 'orders', partitions: 2 }, ...over })
}

const record = (clusterId: string, changed: Alert[], transitions: AlertTransition[] = []): Promise<void> =>
  createAlertStore(app.database).record(clusterId, { changed, dropped: [], transitions })
const list = (query = ''): ReturnType<typeof readChecked> =>
  readChecked(app, document, `/api/v1/alerts${query}`, '/api/v1/alerts')
const acknowledge = (id: string, body: unknown = { note: 'on it' }, token?: string): Promise<Answer> =>
  app.call('POST', `/api/v1/alerts/${id}/acknowledge`, { body, ...(token === undefined ? {} : { token }) })
const idsOf = (answer: { items: { id: string }[] }): string[] => answer.items.map(({ id }) => id)

describe('alerts', () => {
  test('there are none, and no cluster fires', async () => {
    expect(await list()).toEqual({ items: [], nextCursor: null, asOf: iso(NOW_MS), total: 0 })
    const clusters = await readChecked(app, document, '/api/v1/clusters', '/api/v1/clusters')
    expect(clusters.items.map(({ firingAlerts }: { firingAlerts: number }) => firingAlerts)).toEqual([0, 0])
  })

  test('are counted for Prometheus by rule and state, without what is muted; where none fires that is said, too', async () => {
    const mute = { code: 'partition.*', cluster: 'live', subject: 'd', reason: 'known', untilAt: iso(NOW_MS + HOUR_MS) }
    await app.call('POST', '/api/v1/mutes', { body: mute })
    const firing = { state: 'firing', firedAtMs: NOW_MS, severity: 'high', ruleCode: 'dlq.depth' } as const
    const at = (name: string) => ({ subject: { type: 'topic', name, part: null } as const })
    await record('live', [
      alertWith({ ...firing, ...at('a') }),
      alertWith({ ...firing, ...at('b') }),
      alertWith({ ...firing, ...at('c'), state: 'pending', firedAtMs: null }),
      alertWith({ ...firing, ...at('d') }),
    ])
    const { text } = await app.call('GET', '/metrics')
    expect(text.split('\n').filter((line) => /^holdfast_(alerts|cluster_firing)/.test(line))).toEqual([
      'holdfast_cluster_firing_alerts{cluster="live"} 2',
      'holdfast_cluster_firing_alerts{cluster="other"} 0',
      'holdfast_alerts{cluster="live",code="dlq.depth",severity="high",state="firing"} 2',
      'holdfast_alerts{cluster="live",code="dlq.depth",severity="high",state="pending"} 1',
    ])
  })

  test('are told in the words of what they are about, with whose they are', async () => {
    const lag = alertWith({
      ...{ id: 'lag', ruleCode: OWN.code, basis: { kind: 'series', code: 'lagMessages' }, labels: { pager: 'night' } },
      subject: { type: 'group', name: 'billing', part: 'orders/0' },
      facts: {
        series: 'lagMessages',
        beyond: 'above',
        raiseAt: 100,
        value: 1_234,
        group: 'billing',
        topic: 'orders',
        partition: 0,
      },
    })
    await record('live', [alertWith({ id: 'offline' }), lag])
    const [first, second] = (await list('?sort=id')).items
    expect(second).toMatchObject({
      ...{
        id: 'offline',
        title: 'Partition without a leader',
        clusterId: 'live',
        state: 'firing',
        labels: { team: 'shop' },
      },
      ...{
        subject: { type: 'topic', name: 'orders' },
        part: null,
        runbook: null,
        endedAt: null,
        firedAt: iso(NOW_MS - MINUTE_MS),
      },
    })
    expect(second.summary).toContain('orders')
    expect(first).toMatchObject({ part: 'orders/0', labels: { pager: 'night' }, runbook: 'https://wiki/backlog' })
    expect(first.summary).toMatch(/: billing \/ orders \/ 0 is 1,234: more than 100\.$/)
    const chinese = await app.call('GET', '/api/v1/alerts?sort=id', { headers: { 'accept-language': 'zh-CN' } })
    expect(chinese.json.items[0].summary).toMatch(/1,234，高于 100。$/)
  })

  test('what fires comes first, and what has ended last', async () => {
    const ended = { state: 'resolved', endReason: 'cleared' } as const
    await record('live', [
      alertWith({ id: 'ended-late', ...ended, endedAtMs: NOW_MS }),
      alertWith({ id: 'ended-early', ...ended, endedAtMs: NOW_MS - HOUR_MS, severity: 'critical' }),
      alertWith({ id: 'pending', state: 'pending', firedAtMs: null }),
      alertWith({ id: 'unknown', state: 'noData' }),
      alertWith({ id: 'over', state: 'recovering' }),
      alertWith({ id: 'high' }),
      alertWith({ id: 'high-newer', startedAtMs: NOW_MS }),
      alertWith({ id: 'critical', severity: 'critical' }),
      alertWith({ id: 'too-old', ...ended, endedAtMs: NOW_MS - 31 * DAY_MS }),
    ])
    const all = ['critical', 'high-newer', 'high', 'unknown', 'over', 'pending', 'ended-late', 'ended-early']
    expect(idsOf(await list())).toEqual(all)
    const { items, nextCursor } = await list('?limit=3')
    expect(items).toHaveLength(3)
    expect(idsOf(await list(`?limit=3&cursor=${nextCursor}`))).toEqual(all.slice(3, 6))
    expect(idsOf(await list('?state=firing&severity=high'))).toEqual(['high-newer', 'high'])
    expect(idsOf(await list('?open=false'))).toEqual(['ended-late', 'ended-early'])
    expect(idsOf(await list('?q=state:noData'))).toEqual(['unknown'])
    expect(idsOf(await list('?cluster=other'))).toEqual([])
    const live = await readChecked(app, document, '/api/v1/clusters/live', '/api/v1/clusters/{cluster}')
    expect(live.firingAlerts).toBe(3)
  })

  test('while a cluster cannot be polled, all of it but that is not known', async () => {
    const blind = { ruleCode: 'cluster.blind', basis: { kind: 'series', code: 'failedPolls' } } as const
    const facts = { series: 'failedPolls', beyond: 'above', raiseAt: 2, value: 3 }
    await record('live', [
      alertWith({ id: 'offline' }),
      alertWith({ ...blind, id: 'blind', facts, subject: { type: 'cluster', name: '', part: null } }),
    ])
    await record('other', [alertWith({ id: 'elsewhere' })])
    const states = Object.fromEntries(
      (await list()).items.map(({ id, state }: { id: string; state: string }) => [id, state]),
    )
    expect(states).toEqual({ offline: 'pollError', blind: 'firing', elsewhere: 'firing' })
    const [shown] = (await list('?rule=cluster.blind')).items
    expect(shown.summary).toMatch(/^3 polls in a row failed/)
    // What fired, nobody saw end.
    expect((await app.call('GET', '/api/v1/clusters/live')).json.firingAlerts).toBe(2)
  })

  test('what is muted is left out and not counted, unless it is asked for', async () => {
    await record('live', [alertWith({ id: 'offline' })])
    const mute = { code: 'partition.*', cluster: 'live', subject: '*', reason: 'known', untilAt: iso(NOW_MS + HOUR_MS) }
    const { id } = (await app.call('POST', '/api/v1/mutes', { body: mute })).json
    expect(idsOf(await list())).toEqual([])
    expect((await list('?muted=true')).items[0]).toMatchObject({ id: 'offline', mute: { id, reason: 'known' } })
    expect((await app.call('GET', '/api/v1/clusters/live')).json.firingAlerts).toBe(0)
  })

  test('one is told with all that became of it', async () => {
    const step: AlertTransition = {
      alertId: 'one',
      atMs: NOW_MS,
      from: null,
      to: 'pending',
      reason: 'raised',
      severity: 'high',
      isInhibited: false,
    }
    await record(
      'live',
      [alertWith({ id: 'one', inhibitedBy: 'other' })],
      [step, { ...step, from: 'pending', to: 'firing', reason: 'heldFor', isInhibited: true }],
    )
    const one = await readChecked(app, document, '/api/v1/alerts/one', '/api/v1/alerts/{alert}')
    expect(one).toMatchObject({ id: 'one', inhibitedBy: 'other' })
    expect(one.transitions).toEqual([
      { at: iso(NOW_MS), from: null, to: 'pending', reason: 'raised', severity: 'high', isInhibited: false },
      { at: iso(NOW_MS), from: 'pending', to: 'firing', reason: 'heldFor', severity: 'high', isInhibited: true },
    ])
    const missing = await app.call('GET', '/api/v1/alerts/nothing')
    expect([missing.status, missing.json.code]).toEqual([404, 'alert_not_found'])
  })

  test('are not told of a cluster that is not watched', async () => {
    await record('gone', [alertWith({ id: 'gone' })])
    expect(idsOf(await list())).toEqual([])
    expect((await app.call('GET', '/api/v1/alerts/gone')).status).toBe(404)
    expect((await app.call('GET', '/api/v1/alerts?cluster=gone')).json.code).toBe('cluster_not_found')
  })
})

describe('an acknowledgement', () => {
  test('says who looks after it, ends nothing, and is written down', async () => {
    await record('live', [alertWith({ id: 'one' })])
    const answer = await acknowledge('one')
    expect(answer.status, answer.text).toBe(200)
    document.check('post', '/api/v1/alerts/{alert}/acknowledge', 200, answer.json)
    expect(answer.json).toMatchObject({
      state: 'firing',
      endedAt: null,
      acknowledgedAt: iso(NOW_MS),
      acknowledgedBy: 'admin',
      note: 'on it',
    })
    const { items } = (await app.call('GET', '/api/v1/audit')).json
    expect(items[0]).toMatchObject({ action: 'alert.acknowledge', target: 'one', actor: 'admin' })
  })

  test.each<[string, Partial<Alert>, number, string]>([
    ['of one that has ended', { state: 'resolved', endedAtMs: NOW_MS, endReason: 'cleared' }, 409, 'alert_not_open'],
    ['of one that has not fired', { state: 'pending', firedAtMs: null }, 409, 'alert_not_open'],
  ])('%s is refused', async (_, over, status, code) => {
    await record('live', [alertWith({ id: 'one', ...over })])
    const answer = await acknowledge('one')
    expect([answer.status, answer.json.code]).toEqual([status, code])
    document.checkProblem(answer.json)
  })

  test('is one person’s, of an alert that is there, and not a second person’s', async () => {
    await record('live', [alertWith({ id: 'one' })])
    expect((await acknowledge('one', {}, APPROVER)).json.code).toBe('forbidden')
    expect((await acknowledge('one', {})).status).toBe(200)
    expect((await acknowledge('one')).json).toMatchObject({ code: 'alert_acknowledged', facts: { actor: 'admin' } })
    expect((await acknowledge('nothing')).json.code).toBe('alert_not_found')
  })
})

describe('silences', () => {
  const GIVEN = {
    code: 'partition.*',
    subject: 'ord*',
    severity: 'high',
    reason: 'moving racks',
    untilAt: iso(NOW_MS + HOUR_MS),
  }
  const add = (over: object = {}, token?: string): Promise<Answer> =>
    app.call('POST', '/api/v1/silences', { body: { ...GIVEN, ...over }, ...(token === undefined ? {} : { token }) })
  const silences = (): ReturnType<typeof readChecked> =>
    readChecked(app, document, '/api/v1/silences', '/api/v1/silences')

  test('say of whom nobody is told and why, and hide nothing', async () => {
    await record('live', [alertWith({ id: 'one', ruleCode: 'partition.offline' })])
    const answer = await add()
    expect(answer.status, answer.text).toBe(201)
    document.check('post', '/api/v1/silences', 201, answer.json)
    expect(answer.json).toMatchObject({
      cluster: '*',
      isActive: true,
      alerts: 1,
      createdBy: 'admin',
      source: 'runtime',
      fromAt: iso(NOW_MS),
    })
    expect((await list()).items[0]).toMatchObject({
      id: 'one',
      silence: { id: answer.json.id, reason: 'moving racks' },
    })
    expect((await silences()).items.map(({ source }: { source: string }) => source)).toEqual(['runtime', 'file'])
    expect((await app.call('DELETE', `/api/v1/silences/${answer.json.id}`)).status).toBe(204)
    expect((await list()).items[0].silence).toBeNull()
    const { items } = (await app.call('GET', '/api/v1/audit')).json
    expect(items.slice(0, 2).map(({ action }: { action: string }) => action)).toEqual([
      'alert.unsilence',
      'alert.silence',
    ])
  })

  test('begin later, as for a maintenance that is planned', async () => {
    await record('live', [alertWith({ id: 'one', ruleCode: 'partition.offline' })])
    const planned = await add({ fromAt: iso(NOW_MS + MINUTE_MS) })
    expect(planned.json).toMatchObject({ isActive: false, alerts: 0 })
    app.setNow(NOW_MS + MINUTE_MS)
    expect((await list()).items[0].silence).toMatchObject({ id: planned.json.id })
  })

  test.each<[string, object, string]>([
    ['without a reason', { reason: ' ' }, 'body.reason'],
    ['without an end', { untilAt: undefined }, 'body.untilAt'],
    ['that has ended', { untilAt: iso(NOW_MS) }, 'body.untilAt'],
    ['for years', { untilAt: iso(NOW_MS + 400 * DAY_MS) }, 'body.untilAt'],
    ['that ends before it begins', { fromAt: iso(NOW_MS + 2 * HOUR_MS) }, 'body.untilAt'],
    ['of a severity that there is not', { severity: 'fatal' }, 'body.severity'],
  ])('%s are refused', async (_, over, path) => {
    const answer = await add(over)
    expect(answer.status).toBe(400)
    expect(answer.json.errors).toMatchObject([{ path }])
  })

  test('are ended by those who may, and not in the file', async () => {
    expect((await add({}, APPROVER)).json.code).toBe('forbidden')
    const inFile = await app.call('DELETE', '/api/v1/silences/file-1')
    expect([inFile.status, inFile.json.code]).toEqual([409, 'silence_in_file'])
    expect((await app.call('DELETE', '/api/v1/silences/s-nothing')).json.code).toBe('silence_not_found')
  })
})

describe('rules', () => {
  test('are the built-in ones as they are tuned, and a person’s own', async () => {
    await record('live', [alertWith({ ruleCode: 'partition.offline' })])
    const { items } = await readChecked(app, document, '/api/v1/alert-rules', '/api/v1/alert-rules')
    const rules = new Map<string, Record<string, unknown>>(items.map((rule: { code: string }) => [rule.code, rule]))
    expect(items[0]).toMatchObject({
      code: 'big-backlog',
      isBuiltIn: false,
      ...{ source: 'file', createdAt: null, createdBy: null, changedAt: null, changedBy: null },
      definition: { id: 'big-backlog', raiseAbove: 100, clearBelow: 50, runbook: 'https://wiki/backlog' },
      isOff: false,
      title: 'Lag on a partition, in messages',
    })
    expect(rules.get('partition.offline')).toMatchObject({
      firing: 1,
      ...{ source: 'builtIn', definition: null },
      forSeconds: 30,
      severity: null,
      when: { kind: 'finding', fromSeverity: 'high' },
    })
    expect(rules.get('group.lagSeconds')).toMatchObject({
      isTuned: true,
      when: { raiseAbove: 900, clearBelow: 60 },
      title: 'A group is far behind',
    })
    expect(rules.get('dlq.depth')).toMatchObject({ isOff: true, isTuned: false })
    expect(rules.get('broker.diskFullForecast')).toMatchObject({
      when: { raiseBelow: 24, clearAbove: 36, raiseAbove: null },
    })
    for (const rule of rules.values()) expect(rule.title).not.toMatch(/^\w+(\.\w+)+$/)
  })
})

describe('rules that people write here', () => {
  const GIVEN = {
    ...{ id: 'far-behind', when: { series: 'groupLagSeconds', labels: { group: 'pay*' } }, severity: 'high' },
    ...{ raiseAbove: 600, clearBelow: 60, labels: { pager: 'night' }, runbook: 'https://wiki/lag' },
  }
  const PATH = '/api/v1/alert-rules/{rule}'
  const at = (id: string): string => `/api/v1/alert-rules/${id}`
  const as = (token?: string): { token?: string } => (token === undefined ? {} : { token })
  const add = (over: object = {}, token?: string): Promise<Answer> =>
    app.call('POST', '/api/v1/alert-rules', { body: { ...GIVEN, ...over }, ...as(token) })
  const replace = (id: string, over: object = {}, token?: string): Promise<Answer> =>
    app.call('PUT', at(id), { body: { ...GIVEN, ...over }, ...as(token) })
  const own = async (): Promise<{ items: { code: string; source: string }[]; unusable: unknown[] }> => {
    const { items, unusable } = await readChecked(app, document, '/api/v1/alert-rules', '/api/v1/alert-rules')
    return { items: items.filter(({ isBuiltIn }: { isBuiltIn: boolean }) => !isBuiltIn), unusable }
  }
  const codeOf = ({ status, json }: Answer): string => `${status} ${json?.code}`

  test('hold beside the others, are changed by what was read, and are removed; the log says how', async () => {
    const added = await add()
    expect(added.status, added.text).toBe(201)
    document.check('post', '/api/v1/alert-rules', 201, added.json)
    const definition = { ...GIVEN, forSeconds: 0, keepFiringForSeconds: 30 }
    expect(added.json).toMatchObject({
      ...{ code: 'far-behind', source: 'runtime', isBuiltIn: false, isOff: false, firing: 0, definition },
      ...{ createdAt: iso(NOW_MS), createdBy: 'admin', changedAt: null, changedBy: null },
      when: { kind: 'series', code: 'groupLagSeconds', raiseAbove: 600, clearBelow: 60, labels: { group: 'pay*' } },
    })
    app.setNow(NOW_MS + MINUTE_MS)
    await record('live', [alertWith({ id: 'one', ruleCode: 'far-behind' })])
    const [read] = (await own()).items.filter(({ source }) => source === 'runtime') as { definition?: object }[]
    const change = { body: { ...read?.definition, raiseAbove: 900 } }
    const changed = await app.call('PUT', `${at('far-behind')}?writtenAt=${iso(NOW_MS)}`, change)
    expect(changed.status, changed.text).toBe(200)
    document.check('put', PATH, 200, changed.json)
    expect(changed.json).toMatchObject({
      ...{ createdAt: iso(NOW_MS), changedAt: iso(NOW_MS + MINUTE_MS), changedBy: 'admin', firing: 1 },
      definition: { ...definition, raiseAbove: 900 },
    })
    expect((await list()).items[0]).toMatchObject({ id: 'one', runbook: 'https://wiki/lag' })
    expect((await app.call('DELETE', at('far-behind'))).status).toBe(204)
    expect((await own()).items.map(({ code }) => code)).toEqual(['big-backlog'])
    const { items } = (await app.call('GET', '/api/v1/audit')).json
    const told = items.map(({ action, target, detail }: { action: string; target: string; detail: object }) => [
      ...[action, target],
      Object.entries(detail).map(([name, text]) => [name, JSON.parse(text).raiseAbove]),
    ])
    expect(told).toEqual([
      ['alert.removeRule', 'far-behind', [['before', 900]]],
      [
        'alert.changeRule',
        'far-behind',
        [
          ['definition', 900],
          ['before', 600],
        ],
      ],
      ['alert.addRule', 'far-behind', [['definition', 600]]],
    ])
  })

  test('are shown where an alert of them would go, and run over the history, by their code', async () => {
    await add()
    app.history.polls = [{ labels: {}, points: [], gaps: [] }]
    const example = { code: 'far-behind', severity: 'high', clusterId: 'live', subject: { type: 'group', name: 'pay' } }
    expect((await app.call('POST', '/api/v1/routes/explain', { body: example })).status).toBe(200)
    const body = { clusterId: 'live', code: 'far-behind' }
    expect((await app.call('POST', '/api/v1/alert-rules/preview', { body })).json).toMatchObject({ times: 0 })
  })

  test.each<[string, () => Promise<Answer>, string]>([
    ['one that is there', () => add(), '409 alert_rule_exists'],
    ['one of the file', () => add({ id: 'big-backlog' }), '409 alert_rule_in_file'],
    ['a change of one of the file', () => replace('big-backlog', { id: 'big-backlog' }), '409 alert_rule_in_file'],
    ['the removal of one of the file', () => app.call('DELETE', at('big-backlog')), '409 alert_rule_in_file'],
    ['the removal of a built-in one', () => app.call('DELETE', at('dlq.depth')), '409 alert_rule_built_in'],
    [
      'a change of what is another by now',
      () => app.call('PUT', `${at('far-behind')}?writtenAt=${iso(NOW_MS - 1)}`, { body: GIVEN }),
      '409 alert_rule_changed',
    ],
    ['a change of none', () => replace('nothing', { id: 'nothing' }), '404 alert_rule_not_found'],
    ['the removal of none', () => app.call('DELETE', at('nothing')), '404 alert_rule_not_found'],
    ['a longer text than a rule has', () => add({ labels: { a: 'x'.repeat(9_000) } }), '413 payload_too_large'],
  ])('%s is refused, in words of its own', async (_, ask, code) => {
    await add()
    const answer = await ask()
    expect(codeOf(answer)).toBe(code)
    document.checkProblem(answer.json)
    expect(answer.json.detail).not.toContain('{')
  })

  test.each<[string, object, string[]]>([
    ['of a number without a mark', { raiseAbove: undefined, clearBelow: undefined }, ['body.raiseAbove']],
    ['that clears beyond where it raises', { clearBelow: 601 }, ['body.clearBelow']],
    ['without a severity', { severity: undefined }, ['body.severity']],
    ['with a label of something else', { when: { ...GIVEN.when, labels: { topic: 'x' } } }, ['body.when.labels.topic']],
    ['with a code that nobody can call it by', { id: 'a b' }, ['body.id']],
    ['with the code of a built-in rule', { id: 'dlq.depth' }, ['body.id']],
    ['with the code of a path', { id: 'preview' }, ['body.id']],
    ['with a runbook that is no address', { runbook: 'javascript:alert(1)' }, ['body.runbook']],
    ['with a label without a value', { labels: { pager: '' } }, ['body.labels.pager']],
    ['with a label that nobody can name', { labels: { 'a b': 'x' } }, ['body.labels.a b']],
    [
      'that waits for longer than a day',
      { forSeconds: 86_401, keepFiringForSeconds: -1 },
      ['body.forSeconds', 'body.keepFiringForSeconds'],
    ],
  ])('one %s is refused at its place', async (_, over, paths) => {
    const answer = await add(over)
    expect(answer.status).toBe(400)
    expect(answer.json.errors.map(({ path }: { path: string }) => path)).toEqual(paths)
    // Words of our own, not those of the library that reads it.
    for (const { message } of answer.json.errors) expect(message).not.toMatch(/expected|invalid/i)
    expect((await replace('far-behind', { ...over, id: 'other' })).status).toBe(400)
  })

  test('are written by those who may, and read by all others', async () => {
    await add()
    expect(codeOf(await add({ id: 'second' }, APPROVER))).toBe('403 forbidden')
    expect(codeOf(await replace('far-behind', {}, APPROVER))).toBe('403 forbidden')
    expect(codeOf(await app.call('DELETE', at('far-behind'), { token: APPROVER }))).toBe('403 forbidden')
    expect((await app.call('GET', '/api/v1/alert-rules', { token: APPROVER })).status).toBe(200)
  })

  test('are told, not evaluated, where this version cannot read them', async () => {
    const row = { code: 'old', definition: '{"id":"old"}', createdAtMs: BigInt(NOW_MS), createdBy: 'ana' }
    await app.database.client.ownAlertRule.create({ data: row })
    expect((await own()).unusable).toEqual([
      {
        ...{ code: 'old', reason: 'unreadable', definition: '{"id":"old"}', createdAt: iso(NOW_MS), createdBy: 'ana' },
        ...{ changedAt: null, changedBy: null },
      },
    ])
    expect((await app.call('DELETE', at('old'))).status).toBe(204)
    expect((await own()).unusable).toEqual([])
  })
})

describe('a preview', () => {
  beforeEach(() => {
    app.history.polls = [{ labels: {}, points: [pollAt(NOW_MS - DAY_MS)], gaps: [] }]
  })
  const pollAt = (t: number): SeriesPoint => ({ t, min: 20, max: 20, avg: 20, last: 20 })
  const preview = async (body: object): Promise<Answer> => {
    const answer = await app.call('POST', '/api/v1/alert-rules/preview', { body: { clusterId: 'live', ...body } })
    if (answer.status === 200) document.check('post', '/api/v1/alert-rules/preview', 200, answer.json)
    return answer
  }
  const RULE = {
    id: 'mine',
    when: { series: 'lagMessages', labels: { topic: 'ord*' } },
    raiseAbove: 100,
    clearBelow: 50,
    severity: 'high',
    keepFiringForSeconds: 0,
  }

  test('runs a rule over numbers that were kept', async () => {
    const values = [0, 200, 80, 10, 0, 300, 300, 0, 500]
    const points = values.map((value, step) => ({
      t: NOW_MS - HOUR_MS + step * MINUTE_MS,
      min: value,
      max: value,
      avg: value,
      last: value,
    }))
    const labels = { group: 'billing', topic: 'orders', partition: 0 }
    app.history.results.push({ labels, points, gaps: [] }, { labels: { ...labels, topic: 'pay' }, points, gaps: [] })
    const { json } = await preview({ rule: RULE, from: iso(NOW_MS - HOUR_MS) })
    expect(json).toMatchObject({ times: 3, subjects: 1, stepSeconds: 15 })
    const at = (step: number): string => iso(NOW_MS - HOUR_MS + step * MINUTE_MS)
    expect(json.episodes.map(({ firedAt, endedAt }: Record<string, string | null>) => [firedAt, endedAt])).toEqual([
      [at(8), null],
      [at(5), at(7)],
      [at(1), at(3)],
    ])
    // Of the one that fired: the numbers, and where.
    expect(json.chart).toMatchObject({ metric: 'lagMessages', unit: 'messages', stepSeconds: 15, total: 1 })
    const [drawn] = json.chart.series
    expect(drawn.labels).toEqual({ cluster: 'live', broker: null, ...labels })
    expect(drawn.points).toEqual(points)
    expect(drawn.firing).toEqual([
      { from: at(1), to: at(3) },
      { from: at(5), to: at(7) },
      { from: at(8), to: null },
    ])
    const waiting = await preview({ rule: { ...RULE, forSeconds: 60 }, from: iso(NOW_MS - HOUR_MS) })
    expect(waiting.json.episodes).toMatchObject([{ firedAt: at(6), endedAt: at(7) }])
  })

  test('draws those that fired most often, then those that came closest, in steps that a chart has room for', async () => {
    const start = NOW_MS - 7 * DAY_MS
    app.history.polls = [{ labels: {}, points: [pollAt(start)], gaps: [] }]
    // As far apart as those of a week are: 303 seconds, and every third of them is high.
    const series = (topic: string, high: number): SeriesResult => ({
      labels: { group: 'billing', topic, partition: 0 },
      points: Array.from({ length: 900 }, (_, step) => {
        const value = step % 3 === 0 ? high : 1
        return { t: start + step * 303_000, min: 1, max: value, avg: value, last: 1 }
      }),
      gaps: [{ fromMs: start, toMs: start + HOUR_MS, reason: 'unknown' }],
    })
    app.history.results.push(...[5, 70, 30, 1_000, 80, 20].map((high) => series(`ord-${high}`, high)))
    const { json } = await preview({ rule: RULE })
    expect(json).toMatchObject({ times: 300, subjects: 1, stepSeconds: 303 })
    const { chart } = json
    const topics = chart.series.map(({ labels }: { labels: { topic: string } }) => labels.topic)
    expect([chart.total, topics]).toEqual([6, ['ord-1000', 'ord-80', 'ord-70', 'ord-30', 'ord-20']])
    expect(chart.stepSeconds).toBe(7 * 303)
    expect(chart.series[0].points.length).toBeLessThan(300)
    // The step keeps what was highest in it.
    expect(chart.series[0].points[1]).toMatchObject({ min: 1, max: 1_000 })
    expect(chart.series[0].gaps).toEqual([{ from: iso(start), to: iso(start + HOUR_MS), reason: 'unknown' }])
  })

  test('says since when anything is known, and how long nobody looked', async () => {
    const gaps = [{ fromMs: NOW_MS - 2 * HOUR_MS, toMs: NOW_MS - HOUR_MS, reason: 'consoleDown' as const }]
    app.history.polls = [{ labels: {}, points: [pollAt(NOW_MS - DAY_MS)], gaps }]
    const rule = { id: 'any', when: { finding: 'topic.uncleanLeaderElection' } }
    expect((await preview({ rule })).json).toMatchObject({
      ...{ times: 0, recordedFrom: iso(NOW_MS - DAY_MS), unseenSeconds: 3_600, chart: null },
    })
    // A day is run over in finer steps than a week.
    expect((await preview({ rule: RULE })).json).toMatchObject({ from: iso(NOW_MS - 7 * DAY_MS), stepSeconds: 44 })
    expect(app.history.asked.at(-1)).toMatchObject({ metric: 'lagMessages', fromMs: NOW_MS - DAY_MS })
    app.history.polls = []
    expect((await preview({ rule })).json).toMatchObject({ times: 0, recordedFrom: null })
  })

  test('runs a built-in rule over what was found', async () => {
    const facts = { code: 'partition.offline', severity: 'critical', subjectType: 'topic', subject: 'orders' }
    const ended = (sinceMs: number): ReturnType<typeof anEvent> =>
      anEvent('findingEnded', { topic: 'orders', facts: { ...facts, sinceMs, because: 'gone' } })
    const start = NOW_MS - DAY_MS
    // For long enough, for less than its `for`, and twice within what keeps it firing.
    await app.events.append('live', start + 60_000, [ended(start)])
    await app.events.append('live', start + HOUR_MS + 15_000, [ended(start + HOUR_MS)])
    await app.events.append('live', start + 2 * HOUR_MS + 60_000, [ended(start + 2 * HOUR_MS)])
    await app.events.append('live', start + 2 * HOUR_MS + 130_000, [ended(start + 2 * HOUR_MS + 75_000)])
    const { json } = await preview({ code: 'partition.offline' })
    expect(json).toMatchObject({ times: 2, subjects: 1, stepSeconds: null, from: iso(NOW_MS - 7 * DAY_MS) })
    expect(json.episodes[1]).toMatchObject({ firedAt: iso(start + 30_000), endedAt: iso(start + 90_000) })
    expect(json.episodes[0]).toMatchObject({
      firedAt: iso(start + 2 * HOUR_MS + 30_000),
      endedAt: iso(start + 2 * HOUR_MS + 160_000),
    })
  })

  test('runs a rule with a cluster in its labels over what was found of the cluster itself', async () => {
    const facts = { code: 'quorum.noLeader', severity: 'critical', subjectType: 'cluster', subject: '' }
    const event = anEvent('findingEnded', { facts: { ...facts, sinceMs: NOW_MS - DAY_MS, because: 'gone' } })
    await app.events.append('live', NOW_MS - HOUR_MS, [event])
    const when = { finding: 'quorum.noLeader', labels: { cluster: 'live' } }
    const { json } = await preview({ rule: { id: 'mine', when } })
    expect(json.episodes).toMatchObject([{ subject: { type: 'cluster', name: '' }, firedAt: iso(NOW_MS - DAY_MS) }])
  })

  test('runs a rule of losses over the ledger', async () => {
    await createLossLedger(app.database).record('live', [
      detected({}, NOW_MS - HOUR_MS),
      detected({ episode: 'id/2' }, NOW_MS - 9 * DAY_MS),
    ])
    const { json } = await preview({ code: 'loss.retentionOverranGroup' })
    expect(json.episodes).toMatchObject([
      { subject: { type: 'group', name: 'billing' }, firedAt: iso(NOW_MS - HOUR_MS), endedAt: null },
    ])
  })

  test('runs a rule about a forecast over what the forecast follows from', async () => {
    const start = NOW_MS - 2 * DAY_MS
    const points = Array.from({ length: 192 }, (_, step) => {
      const value = 0.4 + step * 0.003
      return { t: start + step * (HOUR_MS / 4), min: value, max: value, avg: value, last: value }
    })
    app.history.results.push({ labels: { broker: '1', logDir: '/data' }, points, gaps: [] })
    const { json } = await preview({ code: 'broker.diskFullForecast' })
    expect(app.history.asked.at(-1)).toMatchObject({ metric: 'diskUsedRatio', fromMs: start })
    expect(json).toMatchObject({ times: 1, subjects: 1, stepSeconds: 900 })
    expect(json.episodes).toMatchObject([{ subject: { type: 'broker', name: '1' }, endedAt: null }])
    expect(json.chart).toMatchObject({ metric: 'diskUsedRatio', unit: 'ratio', total: 1 })
    expect(json.chart.series[0].firing).toHaveLength(1)
  })

  test.each<[string, object, string]>([
    ['a rule that is not there', { code: 'nope' }, 'body.code'],
    ['neither a code nor a rule', {}, 'body.rule'],
    ['both', { code: 'group.stopped', rule: RULE }, 'body.rule'],
    ['a rule that is wrong', { rule: { ...RULE, clearBelow: 200 } }, 'body.rule.clearBelow'],
    ['numbers that are not kept', { code: 'cluster.blind' }, 'body.code'],
    ['a time that is turned round', { code: 'group.stopped', from: iso(NOW_MS), to: iso(NOW_MS - 1) }, 'query.to'],
  ])('of %s is refused', async (_, body, path) => {
    const answer = await preview(body)
    expect(answer.status, answer.text).toBe(400)
    expect(answer.json.errors).toMatchObject([{ path }])
    document.checkProblem(answer.json)
  })
})
