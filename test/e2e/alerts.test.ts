/** The pages of alerts over stored ones: what a person on call sees first, and what they can do about it. */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createAlertStore } from '../../lib/alerting/alert-store.ts'
import { createOwnRules } from '../../lib/alerting/own-rules.ts'
import type { Alert, AlertTransition } from '../../lib/alerts/alert.ts'
import type { SeriesAnswer } from '../../lib/api/schemas/series.ts'
import { alertRuleInput } from '../../lib/config/alerts.ts'
import { type Database, openDatabase } from '../../lib/db.ts'
import { createChunkHistory } from '../../lib/history/chunk-history.ts'
import type { Sample } from '../../lib/history/history.ts'
import { createSnapshotWriter } from '../../lib/history/snapshot-writer.ts'
import { createOutbox, enqueue } from '../../lib/outbox/outbox.ts'
import { HOUR_MS, MINUTE_MS } from '../../lib/units.ts'
import { anAlert, observed } from '../builders/alerts.ts'
import { anAlertNotification } from '../builders/notifications.ts'
import type { TestConsole } from '../servers/console.ts'
import { connectClients } from '../servers/kafka-clients.ts'
import { startKafkaCluster } from '../servers/kafka-cluster.ts'
import { Stage } from './stage.ts'
import { settled, type Visitor, visit } from './visitor.ts'
import { faultsOfPage } from './walk.ts'

const CONFIG = `clusters: [{ id: live, name: Live, kind: kafka, bootstrapServers: ["127.0.0.1:9"] }]
alerts:
  builtIn: { group.lagSeconds: { raiseAbove: 900 }, dlq.depth: false }
  rules: [{ id: big-backlog, when: { series: lagMessages, labels: { topic: "pay.*" } }, raiseAbove: 1000, severity: high }]
  silences: [{ code: "topic.*", reason: "load test", until: 2020-01-02 }]
  receivers:
    - { id: chat, type: slack, url: "https://hooks.slack.com/services/T0/B0/0123456789abcdef" }
    - { id: pager, type: pagerduty, routingKey: "0123456789abcdef0123456789abcdef" }
  routes:
    - match: { severity: critical, team: payments }
      receivers: [pager]
      continue: true
      escalateAfterSeconds: 900
      escalateTo: [boss]
      failover: chat
    - { match: { group: "pay*" }, receivers: [pager], repeatSeconds: null }
    - { receivers: [chat], muteSchedules: [{ days: [sat, sun], from: "00:00", to: "24:00", timeZone: Europe/Berlin }] }
owners: [{ match: { topic: "pay.*" }, team: payments }]
`
const LOSING = 'billing'

const stage = new Stage()
let browser: Browser
let server: TestConsole
let visitor: Visitor

beforeAll(async () => {
  const folder = await stage.folder()
  server = await stage.console(CONFIG, { HOLDFAST_ROLE: 'web' }, folder)
  const database = await openDatabase(`file:${folder}/holdfast.db`)
  await createSnapshotWriter(database).saveObservation('live', { ...observed(), atMs: Date.now() }, HOUR_MS)
  await createAlertStore(database).record('live', {
    changed: alerts(Date.now()),
    dropped: [],
    transitions: steps(Date.now()),
  })
  await storeTold(database)
  await storeRules(database)
  await storeLag(database, Date.now())
  await database.close()
  browser = await stage.browser()
})

afterAll(() => stage.stop())
afterEach(() => visitor?.close())

function alerts(nowMs: number): Alert[] {
  const since = {
    startedAtMs: nowMs - 10 * MINUTE_MS,
    firedAtMs: nowMs - 9 * MINUTE_MS,
    stateAtMs: nowMs - 9 * MINUTE_MS,
  }
  const facts = { topic: 'orders', partitions: 2, partition: 0, inSync: 0, replicas: 3 }
  const under = { kind: 'finding', code: 'partition.underMinIsr' } as const
  const stopped = { kind: 'finding', code: 'group.stopped' } as const
  return [
    anAlert({ ...since, id: 'offline', severity: 'critical', facts }),
    anAlert({
      ...since,
      id: 'under',
      ruleCode: under.code,
      basis: under,
      facts: { ...facts, minIsr: 2 },
      inhibitedBy: 'offline',
    }),
    anAlert({
      ...{ ...since, id: 'stopped', ruleCode: stopped.code, basis: stopped, severity: 'warning', isFlapping: true },
      subject: { type: 'group', name: LOSING, part: null },
      facts: { group: LOSING, type: 'classic', lag: 12 },
    }),
    anAlert({
      ...since,
      id: 'over',
      episode: 2,
      state: 'resolved',
      endedAtMs: nowMs - MINUTE_MS,
      endReason: 'subjectGone',
      facts,
    }),
  ]
}

/** The chat has been told of the partition, and the pager refused it. */
async function storeTold(database: Database): Promise<void> {
  const nowMs = Date.now() - 8 * MINUTE_MS
  const told = { source: 'g-1', sequence: 0, notification: anAlertNotification(), alertIds: ['offline'] }
  const outbox = createOutbox(database)
  await database.transaction((tx) =>
    enqueue(
      tx,
      ['chat', 'pager'].map((receiverId) => ({ ...told, receiverId })),
      nowMs,
    ),
  )
  for (const delivery of await outbox.list()) {
    const isTaken = delivery.receiverId === 'chat'
    const attempt = { atMs: nowMs, latencyMs: 5, code: isTaken ? 'delivered' : 'credentialRefused', facts: {} }
    await outbox.note(delivery, attempt, { state: isTaken ? 'delivered' : 'refused', nextAttemptAtMs: null, tries: 1 })
  }
}

/** One that a person wrote here, and one that another version of the console did. */
async function storeRules(database: Database): Promise<void> {
  const when = { series: 'groupLagSeconds', labels: { group: 'bill*' } }
  const rule = alertRuleInput.parse({ id: 'far-behind', when, raiseAbove: 600, clearBelow: 60, severity: 'high' })
  await createOwnRules(database, { tuned: {}, own: [] }, Date.now).add(rule, 'ana')
  const row = { code: 'of-later', definition: '{"id":"of-later"}', createdAtMs: BigInt(Date.now()), createdBy: 'ana' }
  await database.client.ownAlertRule.create({ data: row })
}

const POLLS = 60
/** Polls that failed while the group was behind. */
const FAILED = { first: 20, last: 24 }

/** An hour in which a group was far behind twice, for ten minutes each; a disk had been filling for two hours before. */
async function storeLag(database: Database, nowMs: number): Promise<void> {
  const ages = { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400 }
  const history = createChunkHistory(database, { ...ages, now: () => nowMs })
  for (let poll = -2 * POLLS; poll < POLLS; poll += 1) {
    const pollFailed = poll >= FAILED.first && poll <= FAILED.last
    const lag = poll % 30 >= 15 && poll % 30 < 25 ? 900 : 10
    const samples: Sample[] = [
      { metric: 'groupLagSeconds', labels: { group: LOSING }, value: lag },
      { metric: 'diskUsedRatio', labels: { broker: '1', logDir: '/data' }, value: 0.8 + (0.15 * poll) / (2 * POLLS) },
      { metric: 'pollMs', labels: {}, value: 20 },
    ]
    const atMs = nowMs - (POLLS - poll) * MINUTE_MS
    await history.append({
      clusterId: 'live',
      ...{ atMs, pollFailed, intervalMs: MINUTE_MS, samples: pollFailed ? [] : samples },
    })
  }
}

function steps(nowMs: number): AlertTransition[] {
  const step = { alertId: 'offline', atMs: nowMs - 10 * MINUTE_MS, severity: 'critical', isInhibited: false } as const
  return [
    { ...step, from: null, to: 'pending', reason: 'raised' },
    { ...step, atMs: nowMs - 9 * MINUTE_MS, from: 'pending', to: 'firing', reason: 'heldFor' },
  ]
}

test('what fires comes first, somebody looks after it, and silences another', async () => {
  visitor = await visit(browser, server.url)
  const { page } = visitor
  await page.goto(`${server.url}/`)
  await settled(page)
  const rail = page.getByRole('navigation', { name: 'Main' })
  await rail.getByTitle('3 alerts fire').waitFor()
  await rail.getByRole('link', { name: /^Alerts/ }).click()
  await page.waitForURL(/\/alerts$/)
  await settled(page)
  const rows = page.locator('tbody tr')
  await expect.poll(() => rows.count()).toBe(3)
  expect(await rows.nth(0).textContent()).toContain('Fires')
  expect(await rows.filter({ hasText: LOSING }).textContent()).toContain('comes and goes')

  await rows.nth(0).getByRole('button').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('Held for long enough: it fires').waitFor()
  await dialog.getByLabel('What you are doing (optional)').fill('restarting the broker')
  await dialog.getByRole('button', { name: 'Acknowledge' }).click()
  await dialog.getByText('restarting the broker').waitFor()
  await dialog.getByRole('button', { name: 'Silence this…' }).click()
  await dialog.getByLabel('Why').fill('known, until noon')
  await dialog.getByRole('button', { name: 'Silence', exact: true }).click()
  await dialog.getByText(/^Until .*: known, until noon$/).waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => rows.nth(0).textContent()).toMatch(/looks after it · silenced/)

  await page.goto(`${server.url}/alerts?alert=under`)
  await page.getByRole('button', { name: 'Show that alert' }).click()
  await page.waitForURL(/alert=offline/)
  await page.goto(`${server.url}/alerts/silences`)
  await settled(page)
  const silence = page.locator('tbody tr', { hasText: 'known, until noon' })
  expect(await silence.textContent()).toContain('partition.offline')
  await silence.getByRole('button', { name: 'End it now' }).click()
  await silence.waitFor({ state: 'detached' })
  expect(visitor.takeComplaints()).toEqual([])
})

test('an alert says who was told, and where it goes; an example shows the way of others', async () => {
  visitor = await visit(browser, server.url)
  const { page } = visitor
  await page.goto(`${server.url}/alerts?alert=offline`)
  const told = page.getByRole('dialog').locator('li')
  await expect.poll(() => told.filter({ hasText: 'chat: Delivered' }).count()).toBe(1)
  expect(await told.filter({ hasText: 'pager: Refused' }).textContent()).toMatch(/Refused.+/)
  await page.getByRole('link', { name: 'Where it goes, and why' }).click()
  await page.waitForURL(/\/alerts\/routes\?alert=offline/)
  await settled(page)
  await page.getByText('1 receiver would be told.').waitFor()
  const routes = page.locator('main li', { has: page.locator('h2') })
  expect(await routes.nth(0).textContent()).toContain('Does not match: team')
  expect(await routes.nth(1).textContent()).toContain('Does not match: group')
  expect(await routes.nth(2).textContent()).toMatch(/Takes it.*chat.*is told.*Together by cluster, rule: after 10.s/)

  await page.getByLabel('Severity', { exact: true }).selectOption('critical')
  await page.getByLabel('Its name').fill('pay.in')
  await page.getByRole('button', { name: 'Show its way' }).click()
  await page.getByText('3 receivers would be told.').waitFor()
  expect(await routes.nth(0).textContent()).toMatch(
    /severity: critical · team: payments.*Takes it.*pager.*is told.*At once, each alert by itself\..*boss.*there is no such receiver.*is told.*acknowledged it after 15.min/,
  )
  await page.getByLabel('About a').selectOption('group')
  await page.getByLabel('Its name').fill('payments')
  await page.getByRole('button', { name: 'Show its way' }).click()
  await expect.poll(() => routes.nth(2).textContent()).toContain('Not reached: a route before it took the alert')
  expect(await routes.nth(1).textContent()).toContain('Not again.')

  await page.goto(`${server.url}/alerts/deliveries`)
  await page.locator('tbody tr', { hasText: 'to pager' }).getByRole('link', { name: 'Alert' }).click()
  await page.waitForURL(/\/alerts\?alert=offline/)
  expect(visitor.takeComplaints()).toEqual([])
})

test('a rule is written beside what it would have told, refused at its fields, and not evaluated where it cannot be read', async () => {
  visitor = await visit(browser, server.url)
  const { page } = visitor
  await page.goto(`${server.url}/alerts/rules`)
  await settled(page)
  const unusable = page.locator('section', { hasText: 'Rules that watch nothing' })
  expect(await unusable.locator('tbody').textContent()).toMatch(/of-later.*cannot read it.*written by ana/)
  await page.getByRole('link', { name: 'Change the rule far-behind' }).click()
  await page.waitForURL(/\/alerts\/rules\/change\/far-behind$/)
  await page.getByText('It would have fired 2 times, on 1 subject.').waitFor()
  await page.getByText('For 5 min of it nobody saw the cluster').waitFor()
  expect(await page.getByLabel('Raise above (seconds)').inputValue()).toBe('600')
  // As the chart draws it: the marks, and where it would have fired.
  await page.getByText('raises: 10 min').waitFor()
  expect(await page.locator('.recharts-reference-area').count()).toBeGreaterThanOrEqual(2)

  await page.getByLabel('Clear at or below (seconds)').fill('700')
  await page.getByText('must not lie beyond the mark that raises the alert').waitFor()
  await page.getByLabel('Clear at or below (seconds)').fill('1,5')
  await page.getByText('must be a number, with a point before its decimals').waitFor()
  await page.getByLabel('Clear at or below (seconds)').fill('')
  await page.getByLabel('Raise above (seconds)').fill('1000')
  await page.getByText('It would not have fired.').waitFor()
  await page.getByLabel('Group', { exact: true }).fill('none*')
  await page.getByText('there was nothing that could have fired').waitFor()

  // Of a forecast, what it follows from is shown: how full the disk was.
  await page.goto(`${server.url}/alerts/rules/new`)
  await settled(page)
  await page.getByLabel('Number', { exact: true }).selectOption('diskFullHours')
  await page.getByRole('button', { name: 'Below' }).click()
  await page.getByLabel('Raise below (hours)').fill('8')
  await page.getByText('It would have fired once, on 1 subject.').waitFor()
  await expect.poll(() => page.locator('.recharts-reference-area').count()).toBe(2)

  await page.goto(`${server.url}/alerts/rules/new`)
  await settled(page)
  await page.getByLabel('Code').fill('big-backlog')
  await page.getByRole('button', { name: 'A check' }).click()
  await page.getByLabel('Check', { exact: true }).selectOption('group.stopped')
  await page.getByRole('button', { name: 'Write this rule' }).click()
  await page.getByText('The rule big-backlog stands in the configuration file').waitFor()
  expect(await page.getByLabel('Code').getAttribute('aria-invalid')).toBe('true')
  // What was refused is told as a failed request, too.
  visitor.takeComplaints()
})

test('a rule that a person writes fires with the next polls of a real cluster, and ends when it is removed', async () => {
  const kafka = await startKafkaCluster({ brokers: 1, heapMb: 256 })
  stage.onStop(() => kafka.stop())
  const clients = await connectClients(kafka.bootstrapServers)
  stage.onStop(() => clients.close())
  await clients.createTopic('orders', [[1]])
  await clients.produce('orders', [{ value: 'one' }, { value: 'two' }, { value: 'three' }])
  const watching = await stage.console(`clusters:
  - { id: shop, name: Shop, kind: kafka, bootstrapServers: ["${kafka.bootstrapServers.join('", "')}"] }
poll: { intervalSeconds: 1 }
`)
  // A preview is of the moment at which it was asked for.
  const polls = `${watching.url}/api/v1/series?metric=endOffset&cluster=shop`
  await expect.poll(async () => ((await (await fetch(polls)).json()) as SeriesAnswer).series.length).toBeGreaterThan(0)
  visitor = await visit(browser, watching.url)
  const { page } = visitor
  await page.goto(`${watching.url}/alerts/rules`)
  await settled(page)
  await page.getByRole('link', { name: 'New rule' }).click()
  await page.getByLabel('Code').fill('long-log')
  await page.getByLabel('Number', { exact: true }).selectOption('endOffset')
  await page.getByLabel('Raise above (messages)').fill('2')
  await page.getByLabel('Topic', { exact: true }).fill('ord*')
  await page.getByLabel('For (seconds)', { exact: true }).fill('0')
  await page.getByLabel('Keep firing for (seconds)').fill('0')
  await page.getByText('It would have fired once, on 1 subject.').waitFor()
  await page.getByRole('button', { name: 'Write this rule' }).click()
  await page.waitForURL(/\/alerts\/rules$/)
  const rule = page.locator('tbody tr', { hasText: 'long-log' })
  await rule.getByText('written by').waitFor()
  await expect.poll(() => rule.locator('td').nth(2).textContent()).toBe('Firing1')

  await page.goto(`${watching.url}/alerts?show=all`)
  const alert = page.locator('tbody tr', { hasText: 'End offset of a partition' })
  expect(await alert.textContent()).toContain('orders')

  await page.goto(`${watching.url}/alerts/rules/change/long-log`)
  await page.getByLabel('Raise above (messages)').fill('3')
  // Somebody else was faster.
  const when = { series: 'endOffset', labels: { topic: 'ord*' } }
  const times = { forSeconds: 0, keepFiringForSeconds: 0 }
  const other = { id: 'long-log', when, raiseAbove: 2, severity: 'high', ...times, runbook: 'https://wiki/log' }
  const headers = { 'content-type': 'application/json', origin: watching.url }
  const put = { method: 'PUT', headers, body: JSON.stringify(other) }
  expect((await fetch(`${watching.url}/api/v1/alert-rules/long-log`, put)).status).toBe(200)
  await page.getByRole('button', { name: 'Change this rule' }).click()
  await page.getByText('has written long-log since you opened it. Nothing of yours was stored.').waitFor()
  expect(await page.getByLabel('Raise above (messages)').inputValue()).toBe('3')
  // The refusal is told as a failed request, too.
  visitor.takeComplaints()

  await page.goto(`${watching.url}/alerts/rules`)
  await settled(page)
  await rule.getByRole('button', { name: 'Remove the rule long-log' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove long-log' }).click()
  await rule.waitFor({ state: 'detached' })
  await page.goto(`${watching.url}/alerts?show=ended`)
  await alert.first().getByRole('button').first().click()
  await page.getByRole('dialog').getByText('Its rule was removed: it has ended').waitFor()
  expect(visitor.takeComplaints()).toEqual([])
})

test.each(['en', 'zh'] as const)('the pages are whole in %s', async (locale) => {
  visitor = await visit(browser, server.url, { locale })
  const faults: string[] = []
  const paths = ['/alerts?show=all', '/alerts?alert=offline', '/alerts/rules', '/alerts/silences', '/alerts/routes']
  const editors = ['/alerts/rules/new', '/alerts/rules/change/far-behind', '/alerts/rules/change/big-backlog']
  for (const path of [...paths, '/alerts/routes?alert=offline', ...editors]) {
    faults.push(...(await faultsOfPage(visitor, `${server.url}${path}`)))
  }
  expect(faults).toEqual([])
})
