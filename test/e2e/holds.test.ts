/**
 * What the console changes about a topic, in a real browser, over a real broker: retention held and given back, also by itself
 * after the console died; and a setting that a finding tells of.
 */
import { ConfigResourceTypes } from 'kafkajs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { HoldAnswer, TopicHoldAnswer } from '../../lib/api/schemas/holds.ts'
import { SECOND_MS } from '../../lib/units.ts'
import type { TestConsole } from '../servers/console.ts'
import { connectClients, type TestClients } from '../servers/kafka-clients.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../servers/kafka-cluster.ts'
import { Stage } from './stage.ts'
import { axeFindings, settled, type Visitor, visit } from './visitor.ts'
import { faultsOfPage } from './walk.ts'

const TOPICS = ['orders', 'payments', 'invoices', 'refunds']
const REASON = 'billing is down until the morning'
const FLUSHED = { 'flush.ms': '1000', 'flush.messages': '10' }
const SIGN_IN = { HOLDFAST_AUTH: 'off' }
const stage = new Stage()
let kafka: KafkaTestCluster
let clients: TestClients
let folder: string
let server: TestConsole
let browser: Browser
let visitor: Visitor

beforeAll(async () => {
  kafka = await startKafkaCluster({ brokers: 1, heapMb: 256 })
  stage.onStop(() => kafka.stop())
  clients = await connectClients(kafka.bootstrapServers)
  stage.onStop(() => clients.close())
  for (const topic of TOPICS) {
    await clients.createTopic(topic, [[1], [1]], { 'retention.bytes': '50000000' })
    await clients.produce(topic, [{ value: 'x'.repeat(1_000) }])
  }
  await clients.createTopic('clicks', [[1]], FLUSHED)
  folder = await stage.folder()
  ;[server, browser] = await Promise.all([startConsole(), stage.browser()])
  for (const topic of TOPICS) await vi.waitFor(() => holdOf(topic), { timeout: 60_000, interval: 300 })
})

afterAll(() => stage.stop())
afterEach(() => visitor?.close())

function startConsole(): Promise<TestConsole> {
  const servers = kafka.bootstrapServers.join(', ')
  const cluster = `  - { id: shop, name: Shop, kind: kafka, bootstrapServers: [${servers}], readOnly: false }`
  return stage.console(`clusters:\n${cluster}\npoll: { intervalSeconds: 1 }\n`, SIGN_IN, folder)
}

const pathOf = (topic: string): string => `/api/v1/clusters/shop/topics/${topic}/hold`

async function holdOf(topic: string): Promise<HoldAnswer | null> {
  const answer = await fetch(server.url + pathOf(topic))
  if (!answer.ok) throw new Error(`answered ${answer.status}: ${await answer.text()}`)
  return ((await answer.json()) as TopicHoldAnswer).hold
}

async function holdByApi(topic: string, aheadMs: number): Promise<void> {
  const body = JSON.stringify({ untilAt: new Date(Date.now() + aheadMs).toISOString(), reason: REASON })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(server.url + pathOf(topic), { method: 'POST', headers, body })
  expect(answer.status, await answer.clone().text()).toBe(201)
}

const RETENTION = ['retention.ms', 'retention.bytes']

/** What the topic itself says, as another tool sees it. */
async function settingsOf(topic: string, configNames = RETENTION): Promise<Record<string, string>> {
  const resource = { type: ConfigResourceTypes.TOPIC, name: topic, configNames }
  const { resources } = await clients.admin.describeConfigs({ resources: [resource], includeSynonyms: false })
  const own = resources[0]?.configEntries.filter(({ isDefault }) => !isDefault) ?? []
  return Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]))
}

const BEFORE = { 'retention.bytes': '50000000' }
const HELD = { 'retention.ms': '-1', 'retention.bytes': '-1' }

async function open(topic: string): Promise<Page> {
  visitor = await visit(browser, server.url)
  await visitor.page.goto(`${server.url}/clusters/shop/topics/${topic}`)
  await settled(visitor.page)
  return visitor.page
}

test('a person holds retention with the keyboard, sees who does and why, and releases it', async () => {
  const page = await open('orders')
  await page.getByRole('button', { name: 'Hold retention' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Hold retention of orders' })
  await dialog.getByText('retention.ms: now 7 d (a default of the brokers), while held unlimited').waitFor()
  await dialog
    .getByText('retention.bytes: now 47.7 MiB, while held unlimited; restored at the end to 47.7 MiB')
    .waitFor()
  await dialog.getByRole('rowheader', { name: '1' }).waitFor()
  const submit = dialog.getByRole('button', { name: 'Hold retention' })
  expect(await submit.isDisabled()).toBe(true)
  await dialog.getByRole('button', { name: '8 h' }).press('Space')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(REASON)
  await submit.press('Enter')
  const banner = page.getByRole('region', { name: /^Retention is held until/ })
  await banner.getByText(REASON).waitFor()
  expect(await settingsOf('orders')).toEqual(HELD)
  expect(await page.getByRole('button', { name: 'Hold retention' }).count()).toBe(0)

  await banner.getByRole('button', { name: 'Release now' }).press('Enter')
  const question = page.getByRole('dialog', { name: 'Release the hold of orders?' })
  await question.getByText('retention.ms without a value of its own, retention.bytes = 50000000').waitFor()
  await question.getByRole('button', { name: 'Release now' }).click()
  await page.getByRole('button', { name: 'Hold retention' }).waitFor()
  expect(await settingsOf('orders')).toEqual(BEFORE)
  expect(visitor.takeComplaints()).toEqual([])
})

const WORDS = { en: { topic: 'payments', keep: 'Keep it as it is' }, zh: { topic: 'invoices', keep: '保持现状' } }

test.each(['en', 'zh'] as const)('in %s, dialog, banner and conflict are whole and accessible', async (locale) => {
  const { topic, keep } = WORDS[locale]
  const address = `${server.url}/clusters/shop/topics/${topic}`
  visitor = await visit(browser, server.url, { locale })
  await visitor.page.goto(`${address}?hold=open`)
  await visitor.page.getByRole('dialog').waitFor()
  expect(await faultsOfPage(visitor, `${address}?hold=open`)).toEqual([])
  await holdByApi(topic, 3_600 * SECOND_MS)
  expect(await faultsOfPage(visitor, address)).toEqual([])

  const configEntries = [{ name: 'retention.ms', value: '86400000' }]
  const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }]
  await clients.admin.alterConfigs({ validateOnly: false, resources })
  await fetch(server.url + pathOf(topic), { method: 'DELETE' })
  expect((await holdOf(topic))?.state).toBe('conflict')
  expect(await faultsOfPage(visitor, address)).toEqual([])
  const button = visitor.page.getByRole('button', { name: keep })
  await button.click()
  await button.waitFor({ state: 'detached' })
  expect((await holdOf(topic))?.outcome?.code).toBe('kept')
  expect(await settingsOf(topic)).toEqual({ 'retention.ms': '86400000' })
})

test('a person has the console mend what a finding tells of, and sees before what will change', async () => {
  visitor = await visit(browser, server.url)
  const { page } = visitor
  const address = `${server.url}/clusters/shop/findings?info=true&q=flushSettings`
  await page.goto(address)
  await page.getByRole('button', { name: 'Own flush settings' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Let the console set it…' }).click()
  await dialog.getByText('flush.ms: now 1000, then none of its own, a default of the brokers holds').waitFor()
  const undo = '--add-config flush.messages=10,flush.ms=1000'
  await dialog.getByText(undo).waitFor()
  const submit = dialog.getByRole('button', { name: 'Take flush.messages, flush.ms away from clicks' })
  expect(await submit.isDisabled()).toBe(true)
  expect(await settingsOf('clicks', Object.keys(FLUSHED))).toEqual(FLUSHED)
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(REASON)
  expect(await axeFindings(page)).toEqual([])
  await submit.press('Enter')
  await dialog.getByText('Done: clicks has the new settings.').waitFor()
  expect(await settingsOf('clicks', Object.keys(FLUSHED))).toEqual({})
  expect(visitor.takeComplaints()).toEqual([])
})

test('what was there before comes back by itself, also when the console was killed in between', async () => {
  await holdByApi('refunds', 10 * SECOND_MS)
  expect(await settingsOf('refunds')).toEqual(HELD)
  process.kill(server.pid, 'SIGKILL')
  await vi.waitFor(() => expect(server.exited).toBe(true), { timeout: 20_000 })
  server = await startConsole()
  await vi.waitFor(async () => expect((await holdOf('refunds'))?.state).toBe('released'), {
    timeout: 90_000,
    interval: 500,
  })
  expect(await settingsOf('refunds')).toEqual(BEFORE)
  const { items } = (await (await fetch(`${server.url}/api/v1/audit`)).json()) as { items: object[] }
  expect(items[0]).toMatchObject({
    actor: 'holdfast',
    action: 'retention.restore',
    target: 'shop/refunds',
    outcome: 'ok',
  })
})
