/** From a cause to the proof: a replay planned, watched and proven in a real browser, over a real cluster. */
import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { CauseListAnswer } from '../../lib/api/schemas/dead-letters.ts'
import type { MessageListAnswer } from '../../lib/api/schemas/messages.ts'
import type { ReplayAnswer, ReplayListAnswer } from '../../lib/api/schemas/replays.ts'
import type { TestConsole } from '../servers/console.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../servers/kafka-cluster.ts'
import { DECLINED, DESK_ID, deskConfig, openPayDesk, type PayDesk, QUEUE, TIMEOUTS } from './pay-desk.ts'
import { Stage } from './stage.ts'
import { settled, type Visitor, visit } from './visitor.ts'
import { faultsOfPage } from './walk.ts'

const stage = new Stage()
let kafka: KafkaTestCluster
let desk: PayDesk
let server: TestConsole
let browser: Browser
let visitor: Visitor

beforeAll(async () => {
  kafka = await startKafkaCluster({ brokers: 1, heapMb: 256 })
  stage.onStop(() => kafka.stop())
  desk = await openPayDesk(kafka)
  stage.onStop(() => desk.close())
  ;[server, browser] = await Promise.all([stage.console(deskConfig(kafka.bootstrapServers)), stage.browser()])
  await vi.waitFor(async () => expect((await causes()).complete).toBe(true), { timeout: 60_000, interval: 300 })
})

afterAll(() => stage.stop())
afterEach(() => visitor?.close())

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(server.url + path)
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as T
}

function causes(): Promise<CauseListAnswer> {
  return get(`/api/v1/dlqs/${DESK_ID}/${QUEUE}/causes`)
}

async function causeOf(exception: string): Promise<string> {
  const found = (await causes()).items.find((cause) => cause.exception?.endsWith(exception))
  if (found === undefined) throw new Error(`no cause ${exception}`)
  return found.fingerprint
}

async function newestReplay(): Promise<ReplayAnswer> {
  const [replay] = (await get<ReplayListAnswer>('/api/v1/replays?limit=1')).items
  if (replay === undefined) throw new Error('there is no replay')
  return replay
}

async function open(path: string): Promise<Page> {
  visitor = await visit(browser, server.url)
  await visitor.page.goto(server.url + path)
  await settled(visitor.page)
  return visitor.page
}

function wizardPath(query: string): string {
  return `/replays/new?cluster=${DESK_ID}&topic=${QUEUE}&${query}`
}

const MESSAGES = `/clusters/${DESK_ID}/topics/payments?tab=messages`

/** Fills what every replay needs, without the waits that are for people. */
async function fillForm(page: Page, pace: string): Promise<void> {
  await page.getByRole('radio', { name: 'Where each record came from' }).check()
  await page.getByRole('radio', { name: 'Own rate' }).check()
  await page.getByRole('textbox', { name: 'Records per second' }).fill(pace)
  await page.getByRole('textbox', { name: 'Seconds between the start and the first record' }).fill('0')
  await page.getByRole('textbox', { name: 'Reason' }).fill('The ledger is back since 02:31')
}

async function startPlan(page: Page, records: string): Promise<void> {
  const start = page.getByRole('button', { name: `Replay ${records} to payments` })
  await start.waitFor({ timeout: 30_000 })
  await page.getByText('Kafka cannot take messages back.').waitFor()
  expect(await start.isDisabled()).toBe(true)
  await page.getByRole('checkbox', { name: /1 other group sees these records again/ }).check()
  await start.click()
}

/** One change for all records, tried on some of them. */
async function changeAll(page: Page): Promise<void> {
  await page.getByText('Change all records the same way').click()
  await page.getByRole('button', { name: 'Add a change' }).click()
  await page.getByRole('textbox', { name: 'Path of change 1' }).fill('$.currency')
  const value = page.getByRole('textbox', { name: 'New value of change 1, as JSON' })
  await value.fill('USD')
  await page.getByText('That is no JSON.').waitFor()
  await value.fill('"USD"')
  await page.getByRole('button', { name: 'Try it on some records' }).click()
  await page.getByText('"currency": "USD"').first().waitFor()
}

function stateOn(page: Page): Promise<string | null> {
  return page.locator('[data-replay-state]').first().getAttribute('data-replay-state')
}

describe('the wizard', () => {
  test('goes from a cause in the inbox to the proof', async () => {
    const page = await open(`/dead-letters/${DESK_ID}/${QUEUE}`)
    await page.getByRole('checkbox', { name: /^Select .*SocketTimeoutException/ }).check()
    await page.getByRole('link', { name: `Replay ${TIMEOUTS} records…` }).click()
    await page.getByText(`${TIMEOUTS} records`, { exact: true }).waitFor()
    expect(await page.getByRole('checkbox', { name: /Try a few first/ }).isChecked()).toBe(true)
    await page.getByText('1 group that did not fail gets the records a second time').waitFor()
    await fillForm(page, '200')
    await page.getByRole('textbox', { name: 'Seconds to wait after the canary' }).fill('2')
    await page.getByRole('textbox', { name: 'Reason' }).fill('')
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await page.getByText('Say why.').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('replay-reason')
    await page.getByRole('textbox', { name: 'Reason' }).fill('The ledger is back since 02:31')
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await page.waitForURL(/\/replays\/(?!new)/)
    await startPlan(page, `${TIMEOUTS} records`)
    await page.getByText('The first records are sent; it waits to see whether they come back.').waitFor()
    expect(await stateOn(page)).toBe('canary')
    await expect.poll(() => stateOn(page), { timeout: 60_000 }).toBe('completed')
    await expect
      .poll(async () => (await newestReplay()).counts, { timeout: 30_000 })
      .toMatchObject({
        ...{ selected: TIMEOUTS, produced: TIMEOUTS, skipped: 0, failed: 0, delivered: TIMEOUTS, returned: 0 },
      })
    await page.getByText(`${TIMEOUTS} of ${TIMEOUTS} records done`).waitFor()
    await page.getByText('Delivered: passed by the group that failed, billing.').waitFor()
    await page.getByText('The ledger is back since 02:31').waitFor()
    await page.getByRole('combobox', { name: 'Outcome' }).selectOption('delivered')
    await expect.poll(() => page.locator('tbody tr').count()).toBe(TIMEOUTS)
    const sent = await get<MessageListAnswer>(
      `/api/v1/clusters/${DESK_ID}/topics/payments/messages?position=earliest&limit=500&header=holdfast-replay-id`,
    )
    const keys = sent.items.map(({ key }) => key?.data)
    expect([keys.length, new Set(keys).size]).toEqual([TIMEOUTS, TIMEOUTS])
    const names = new Set(sent.items.flatMap(({ headers }) => headers.map(({ key }) => key)))
    expect([...names].filter((name) => name.startsWith('kafka_dlt'))).toEqual([])
    expect(names).toContain('traceparent')
    const downloading = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Report (CSV)' }).click()
    const report = await readFile(await (await downloading).path(), 'utf8')
    expect(report.match(/,delivered,/g)).toHaveLength(TIMEOUTS)
  })

  test('holds and goes on where it stopped, at another rate', async () => {
    const page = await open(wizardPath(`causes=${await causeOf('DeclinedException')}`))
    await changeAll(page)
    await fillForm(page, '1')
    await page.getByRole('button', { name: 'Make the plan' }).dblclick()
    await page.waitForURL(/\/replays\/(?!new)/)
    await page.getByText('$.currency becomes "USD"').waitFor()
    await startPlan(page, `${DECLINED} records`)
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect.poll(() => stateOn(page)).toBe('paused')
    const { counts } = await newestReplay()
    expect(counts.produced).toBeLessThan(DECLINED)
    await page.getByRole('button', { name: 'Change the rate' }).click()
    await page.getByRole('textbox', { name: 'Records per second' }).fill('100')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('100 /s').waitFor()
    await page
      .getByRole('button', { name: 'Go on' })
      .or(page.getByRole('button', { name: 'Resume' }))
      .click()
    await expect.poll(() => stateOn(page), { timeout: 60_000 }).toBe('completed')
    expect((await newestReplay()).counts).toMatchObject({ produced: DECLINED, failed: 0 })
    const sent = await get<MessageListAnswer>(
      `/api/v1/clusters/${DESK_ID}/topics/payments/messages?position=latest&limit=${DECLINED}`,
    )
    expect(new Set(sent.items.map(({ value }) => JSON.parse(value?.data ?? '').currency))).toEqual(new Set(['USD']))
    // Two presses of the button made one plan.
    expect((await get<ReplayListAnswer>('/api/v1/replays')).total).toBe(2)
  })

  test('says what is wrong when nothing is left to send', async () => {
    const page = await open(wizardPath('all=true'))
    await page.getByRole('textbox', { name: 'Reason' }).fill('again')
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await page.waitForURL(/\/replays\/(?!new)/)
    await expect.poll(() => stateOn(page), { timeout: 30_000 }).toBe('planFailed')
    await page.getByText('The selection holds no record.').waitFor()
    await page.getByRole('link', { name: 'Plan again' }).click()
    await page.waitForURL(/\/replays\/new\?.*all=true/)
  })
})

describe('a plan', () => {
  /** One more record of each cause, and where the one that timed out lies. */
  async function failOnce(number: number): Promise<string> {
    await desk.fail(number, 1, 1)
    for (const exception of ['SocketTimeoutException', 'DeclinedException'])
      await expect.poll(() => openOf(exception), { timeout: 30_000 }).toBeGreaterThan(0)
    const stored = await get<MessageListAnswer>(
      `/api/v1/clusters/${DESK_ID}/topics/${QUEUE}/messages?position=latest&limit=20`,
    )
    const letter = stored.items.find(({ key }) => key?.data === `p-${number}`)
    return `${letter?.partition}:${letter?.offset}`
  }

  async function openOf(exception: string): Promise<number> {
    return (await causes()).items.find((cause) => cause.exception?.endsWith(exception))?.count ?? 0
  }

  test('of one record that is edited shows what changes, and sends that', async () => {
    const place = await failOnce(1_000)
    const page = await open(wizardPath(`offsets=${place}`))
    await page.getByRole('button', { name: `Edit record ${place}` }).click()
    const dialog = page.getByRole('dialog')
    const value = dialog.getByRole('textbox', { name: 'Value', exact: true })
    await value.fill((await value.inputValue()).replace('EUR', 'CHF'))
    const changes = dialog.getByRole('region', { name: 'Value' })
    await changes.getByText('"currency": "EUR"').waitFor()
    await changes.getByText('"currency": "CHF"').waitFor()
    await dialog.getByRole('button', { name: 'Use these changes' }).click()
    await page.getByText('changed', { exact: true }).waitFor()
    await fillForm(page, '100')
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await page.waitForURL(/\/replays\/(?!new)/)
    await page.getByText('1 record is changed by hand before it is sent.').waitFor()
    await startPlan(page, '1 record')
    await expect.poll(() => stateOn(page), { timeout: 60_000 }).toBe('completed')
    const sent = await get<MessageListAnswer>(
      `/api/v1/clusters/${DESK_ID}/topics/payments/messages?position=latest&limit=20&key=p-1000`,
    )
    expect(sent.items.map(({ value: data }) => JSON.parse(data?.data ?? ''))).toEqual([
      { paymentId: 'p-1000', amount: 1_000, currency: 'CHF' },
    ])
  })

  test('that was started by mistake is cancelled within its time of grace, and has sent nothing', async () => {
    const place = await failOnce(2_000)
    const page = await open(wizardPath(`offsets=${place}`))
    await fillForm(page, '1')
    await page.getByRole('textbox', { name: 'Seconds between the start and the first record' }).fill('120')
    await page.getByRole('button', { name: 'Make the plan' }).click()
    await page.waitForURL(/\/replays\/(?!new)/)
    await startPlan(page, '1 record')
    await page.getByRole('button', { name: 'Cancel the replay' }).click()
    const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'))
    await dialog.getByText(/Nothing was sent yet/).waitFor()
    await dialog.getByRole('button', { name: 'Cancel the replay' }).click()
    await expect.poll(() => stateOn(page)).toBe('cancelled')
    expect((await newestReplay()).counts).toMatchObject({ selected: 1, produced: 0 })
  })

  test('that needs four eyes is started only after a second person has approved it', async () => {
    const place = await failOnce(3_000)
    const tokens = { HOLDFAST_ADMIN_TOKEN: 'the-token-of-one-person', HOLDFAST_APPROVER_TOKEN: 'the-token-of-another' }
    const config = `${deskConfig(kafka.bootstrapServers)}security: { replayApproval: { minMessages: 1 } }\n`
    const guarded = await stage.console(config, { HOLDFAST_AUTH: 'on', ...tokens })
    const [partition, offset] = place.split(':').map(Number)
    const asked = await fetch(`${guarded.url}/api/v1/replays`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.HOLDFAST_ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ clusterId: DESK_ID, topic: QUEUE, selection: { offsets: [{ partition, offset }] } },
        ...{ target: { mode: 'origin' }, reason: 'The ledger is back', brake: { maxAddedLag: null, isr: null } },
      }),
    })
    expect(asked.status).toBe(202)
    const path = `/replays/${((await asked.json()) as ReplayAnswer).id}`
    const approver = await signIn(guarded, tokens.HOLDFAST_APPROVER_TOKEN, path)
    await approver.getByRole('button', { name: 'Approve the replay of 1 record' }).click({ timeout: 60_000 })
    await approver.getByText('You may not start it').waitFor()
    await visitor.close()
    const admin = await signIn(guarded, tokens.HOLDFAST_ADMIN_TOKEN, path)
    await admin.getByText('The plan is approved. Nothing was sent yet.').waitFor()
    await startPlan(admin, '1 record')
    await expect.poll(() => stateOn(admin), { timeout: 60_000 }).toBe('completed')
  })

  test('shows and offers no more than the token may: bytes are withheld, and the audit log says who was refused', async () => {
    const [viewer, oncall] = ['the-token-of-a-viewer', 'the-token-of-somebody-on-call']
    const config = `${deskConfig(kafka.bootstrapServers)}security:
  tokens:
    - { name: dashboards, token: ${viewer}, role: viewer }
    - { name: on-call, token: ${oncall}, role: operator, topics: ["payments*"], payloads: true }
`
    const guarded = await stage.console(config, { HOLDFAST_AUTH: 'on', HOLDFAST_ADMIN_TOKEN: 'the-token-of-an-admin' })
    const path = `/dead-letters/${DESK_ID}/${QUEUE}/records/0/1`
    const page = await signIn(guarded, viewer, path)
    await settled(page)
    await page.getByText(/^47 B withheld\. Your token does not read payloads/).waitFor()
    expect(await page.content()).not.toContain('paymentId')
    expect(await page.getByRole('link', { name: 'Replay…', exact: true }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Archive' }).count()).toBe(0)
    expect(await faultsOfPage(visitor, guarded.url + path)).toEqual([])
    const refused = await page.request.get(`${guarded.url}/api/v1/dlqs/${DESK_ID}/${QUEUE}/export`)
    expect(refused.status()).toBe(403)
    await visitor.close()
    const owner = await signIn(guarded, oncall, path)
    await owner.getByText('"paymentId"').first().waitFor()
    await owner.getByRole('link', { name: 'Replay…', exact: true }).waitFor()
    await owner.getByRole('button', { name: 'Archive' }).waitFor()
    await owner.goto(`${guarded.url}/audit?outcome=refused`)
    await settled(owner)
    await owner.getByText('deadLetters.export').waitFor()
    await owner.getByText('dashboards').waitFor()
    const who = owner.getByRole('textbox', { name: 'Who' })
    await who.fill('nobody')
    // What is typed and not sent yet outlives another choice.
    await owner.getByRole('combobox', { name: 'Outcome' }).selectOption('failed')
    await owner.waitForURL(/outcome=failed/)
    await settled(owner)
    expect(await who.inputValue()).toBe('nobody')
    await owner.getByRole('button', { name: 'Apply' }).click()
    await owner.getByText('No entry matches').waitFor()
    expect(await faultsOfPage(visitor, `${guarded.url}/audit`)).toEqual([])
  })

  async function signIn(console: TestConsole, token: string, path: string): Promise<Page> {
    visitor = await visit(browser, console.url)
    const { page } = visitor
    await page.goto(console.url + path)
    await page.waitForURL('**/sign-in**')
    await page.getByLabel('Token').fill(token)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname === path)
    return page
  }
})

describe('the messages of a topic', () => {
  test('are found by text, key, header and JSON path, and opened', async () => {
    const page = await open(`${MESSAGES}&from=earliest&path=${encodeURIComponent('$.paymentId=p-7')}`)
    await expect.poll(() => page.locator('tbody tr').count()).toBeGreaterThan(0)
    const found = await page.locator('tbody tr').allInnerTexts()
    expect(found.every((text) => text.includes('p-7'))).toBe(true)
    await page.getByText(/messages were looked at, \d+ match/).waitFor()
    await page.locator('tbody button').first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('"p-7"').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('textbox', { name: 'JSON path' }).fill('')
    await page.getByRole('textbox', { name: 'Text' }).fill('nobody wrote this')
    await page.getByRole('button', { name: 'Read', exact: true }).click()
    await page.getByText('Nothing matches').waitFor()
  })

  test('arrive while they are followed, and wait while that is paused', async () => {
    const page = await open(`${MESSAGES}&q=live-`)
    await page.getByRole('button', { name: 'Follow new messages' }).click()
    await page.getByText('Waiting for new messages').waitFor()
    await desk.produce('payments', [{ key: 'live', value: 'live-1' }])
    await page.locator('tbody tr', { hasText: 'live-1' }).waitFor()
    await page.getByRole('button', { name: 'Pause' }).click()
    await desk.produce('payments', [{ key: 'live', value: 'live-2' }])
    await page.getByText('Paused:').waitFor()
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.locator('tbody tr', { hasText: 'live-2' }).waitFor()
    expect(await page.locator('tbody tr').count()).toBe(2)
  })

  test('are sent after a look at what is sent', async () => {
    const page = await open(MESSAGES)
    await page.getByRole('button', { name: 'Send a message' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Value' }).fill('typed by hand')
    await dialog.getByRole('button', { name: 'Look at it' }).click()
    await dialog.getByText('It cannot be taken back').waitFor()
    await dialog.getByRole('button', { name: 'Send 1 message to payments' }).click()
    await dialog.getByText(/Sent: partition \d/).waitFor()
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.locator('tbody tr', { hasText: 'typed by hand' }).waitFor()
  })
})

const PAGES: [name: string, path: () => Promise<string> | string][] = [
  ['the list', () => '/replays'],
  ['the wizard without a selection', () => '/replays/new'],
  ['the wizard', () => wizardPath('all=true')],
  ['one replay', async () => `/replays/${(await newestReplay()).id}`],
  ['the messages', () => MESSAGES],
]

describe.each(['en', 'zh'] as const)('in %s', (locale) => {
  test.each(PAGES)('%s is whole, accessible and within the window', async (_name, path) => {
    visitor = await visit(browser, server.url, { locale })
    expect(await faultsOfPage(visitor, server.url + (await path()))).toEqual([])
  })
})

/** A queue of its own, with letters that died in payments; counted to its end. */
async function openQueue(
  topic: string,
  values: readonly string[],
  config: Record<string, string> = {},
): Promise<string> {
  await desk.createTopic(topic, [[1]], config)
  const headers = { 'kafka_dlt-original-topic': 'payments', 'kafka_dlt-exception-fqcn': 'com.acme.BrokenException' }
  for (const value of values) await desk.produce(topic, [{ partition: 0, value, headers }])
  const api = `/api/v1/dlqs/${DESK_ID}/${topic}`
  await vi.waitFor(
    async () => {
      await get(`${api}/messages?limit=1`)
      const { scannedTo } = await get<CauseListAnswer>(`${api}/causes`)
      expect(scannedTo[0]?.offset).toBe(values.length)
    },
    { timeout: 60_000, interval: 300 },
  )
  return `/dead-letters/${DESK_ID}/${topic}`
}

describe('deleted records', () => {
  let queue: string
  beforeAll(async () => {
    queue = await openQueue('receipts-dlt', ['one', 'two', 'three'])
  })

  test('are exported first, or knowingly not, and then by typing the name', async () => {
    const page = await open(queue)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Delete records…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('3 of them are in no export that came to its end').waitFor()
    await dialog.getByText('3 of them are unresolved').waitFor()
    await dialog.getByRole('textbox', { name: /Type the name/ }).fill('receipts-dlt')
    const submit = dialog.getByRole('button', { name: 'Delete for ever' })
    expect(await submit.isDisabled()).toBe(true)
    const decline = dialog.getByRole('checkbox', { name: /Delete without an export/ })
    await decline.check()
    expect(await submit.isDisabled()).toBe(false)
    await decline.uncheck()
    const downloading = page.waitForEvent('download')
    await dialog.getByRole('link', { name: 'Export them first' }).click()
    const lines = (await readFile(await (await downloading).path(), 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).value.data)).toEqual(['one', 'two', 'three'])
    await dialog.getByText('All of them are in an export that came to its end.').waitFor()
    await submit.click()
    await page.getByText('The records are deleted. 3 of them were unresolved.').waitFor()
  })

  test('can still be looked at, as far as anything is known of them', async () => {
    const page = await open(`${queue}?tab=messages`)
    await page.getByText('No such records').waitFor()
    await page.getByRole('combobox', { name: 'Status' }).selectOption('expired')
    const rows = page.locator('tbody tr')
    await expect.poll(() => rows.count()).toBe(3)
    expect(await page.getByRole('searchbox').isDisabled()).toBe(true)
    expect(await page.getByRole('checkbox', { name: /Select record/ }).count()).toBe(0)
    await rows.first().getByRole('link').first().click()
    await page.getByText('This record was deleted from the queue by a person').waitFor()
    await page.getByText('BrokenException').first().waitFor()
    expect(await page.getByRole('link', { name: 'Replay…' }).count()).toBe(0)
    expect(await page.getByText('Payload', { exact: true }).count()).toBe(0)
  })

  test.each(['en', 'zh'] as const)('have whole and accessible pages in %s', async (locale) => {
    visitor = await visit(browser, server.url, { locale })
    for (const path of ['/records/0/1', '?tab=messages&status=expired']) {
      expect(await faultsOfPage(visitor, server.url + queue + path)).toEqual([])
    }
  })
})

describe('a record of 10 MB', () => {
  const MEGABYTE = 2 ** 20
  const LONGEST_WAIT_MS = 10_000
  const MOST_NODES = 3_000
  const MOST_HEAP_BYTES = 400 * MEGABYTE

  const nodesOf = (page: Page): Promise<number> => page.evaluate(() => document.querySelectorAll('*').length)
  const heapOf = (page: Page): Promise<number> =>
    page.evaluate(() => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize)

  /** How much of it is here; null: all. */
  const shownOf = async (page: Page): Promise<string | null> =>
    /The first (.*?) of/.exec((await page.locator('main').textContent()) ?? '')?.[1] ?? null

  /** Lines of JSON, so that the decoded form would be long as well. */
  function wideJson(): string {
    const line = JSON.stringify({ article: 'a'.repeat(80), price: 12 })
    return `[${Array.from({ length: Math.ceil((10 * MEGABYTE) / (line.length + 1)) }, () => line).join(',')}]`
  }

  test('is shown in part, then whole, and its page goes on answering', async () => {
    const value = wideJson()
    const queue = await openQueue('scans-dlt', [value], { 'max.message.bytes': String(12 * MEGABYTE) })
    const page = await open(`${queue}/records/0/0`)
    await page.getByText(/^The first .* are shown/).waitFor()
    const before = await nodesOf(page)
    for (let clicks = 0; clicks < 4 && (await shownOf(page)) !== null; clicks += 1) {
      const shown = await shownOf(page)
      await page.getByRole('button', { name: 'Show more' }).click()
      await expect.poll(() => shownOf(page)).not.toBe(shown)
    }
    expect(await shownOf(page)).toBeNull()
    expect(await nodesOf(page)).toBeLessThan(Math.min(MOST_NODES, before + 500))
    expect(await heapOf(page)).toBeLessThan(MOST_HEAP_BYTES)
    await answersKeysAndClicks(page, value.length)
  })

  /** To its last line, in another view, and by the keyboard. */
  async function answersKeysAndClicks(page: Page, length: number): Promise<void> {
    const startedAtMs = performance.now()
    const raw = page.getByRole('region', { name: 'Value, as sent' })
    await page.getByRole('group', { name: 'How the value is shown' }).getByRole('button', { name: 'Hex' }).click()
    await expect.poll(() => raw.textContent()).toMatch(/^0{6}/)
    await raw.focus()
    await page.keyboard.press('End')
    const lastRow = (Math.floor((length - 1) / 16) * 16).toString(16)
    await expect.poll(() => raw.textContent()).toContain(lastRow)
    await page.keyboard.press('Tab')
    expect(await raw.evaluate((box) => box === document.activeElement)).toBe(false)
    expect(await nodesOf(page)).toBeLessThan(MOST_NODES)
    expect(performance.now() - startedAtMs).toBeLessThan(LONGEST_WAIT_MS)
  }
})
