/** Receivers are added, tried and removed by a person; what they were told is read, and sent again. No broker runs here. */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../lib/db.ts'
import { createOutbox, enqueue } from '../../lib/outbox/outbox.ts'
import { HOUR_MS, MINUTE_MS } from '../../lib/units.ts'
import { aReportNotification } from '../builders/notifications.ts'
import type { TestConsole } from '../servers/console.ts'
import { type HttpReceiver, startHttpReceiver } from '../servers/http-receiver.ts'
import { Stage } from './stage.ts'
import { NARROW, settled, type Visitor, visit } from './visitor.ts'
import { faultsOfPage } from './walk.ts'

const CONFIG = `clusters: []
alerts:
  receivers: [{ id: in-file, type: slack, url: "https://hooks.slack.com/services/T0/B0/0123456789abcdef" }]
security: { receiverAllowedNetworks: [127.0.0.1/32] }
`

const stage = new Stage()
let browser: Browser
let server: TestConsole
let target: HttpReceiver
let visitor: Visitor

beforeAll(async () => {
  target = await startHttpReceiver()
  const folder = await stage.folder()
  server = await stage.console(CONFIG, { HOLDFAST_ROLE: 'web' }, folder)
  await storeDeliveries(`file:${folder}/holdfast.db`)
  browser = await stage.browser()
})
afterAll(async () => {
  await stage.stop()
  await target.close()
})
afterEach(() => visitor?.close())

const BECAME = {
  waiting: { state: 'waiting', code: 'serverFailed' },
  taken: { state: 'delivered', code: 'delivered' },
  refused: { state: 'refused', code: 'statusRefused' },
} as const

/** One that waits after a failure, one that was taken, and one that was refused. */
async function storeDeliveries(databaseUrl: string): Promise<void> {
  const database = await openDatabase(databaseUrl)
  try {
    const nowMs = Date.now() - MINUTE_MS
    const told = Object.keys(BECAME).map((receiverId) => {
      return { receiverId, source: 'r-1', sequence: 0, notification: aReportNotification() }
    })
    await database.transaction((tx) => enqueue(tx, told, nowMs))
    const outbox = createOutbox(database)
    for (const { delivery } of await outbox.due(nowMs)) {
      const { code, ...change } = BECAME[delivery.receiverId as keyof typeof BECAME]
      const nextAttemptAtMs = change.state === 'waiting' ? nowMs + HOUR_MS : null
      const attempt = { atMs: nowMs, code, facts: { status: 503 }, latencyMs: 7 }
      await outbox.note(delivery, attempt, { ...change, nextAttemptAtMs, tries: 1 })
    }
  } finally {
    await database.close()
  }
}

test.each(['en', 'zh'] as const)('both pages are whole and accessible in %s, also on a telephone', async (locale) => {
  for (const viewport of [undefined, NARROW]) {
    visitor = await visit(browser, server.url, { locale, ...(viewport === undefined ? {} : { viewport }) })
    for (const path of ['/alerts/receivers', '/alerts/deliveries'])
      expect(await faultsOfPage(visitor, server.url + path)).toEqual([])
    await visitor.close()
  }
})

describe('a receiver', () => {
  test('is added, tried and removed, and its address is not shown again', async () => {
    visitor = await visit(browser, server.url)
    const { page } = visitor
    await page.goto(`${server.url}/alerts`)
    await page.getByRole('link', { name: 'Receivers' }).click()
    await page.waitForURL('**/alerts/receivers')
    await settled(page)
    await page.getByRole('button', { name: 'Add a receiver' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Type').selectOption({ label: 'WeCom' })
    await form.getByLabel('Id', { exact: true }).fill('ops')
    await form.getByLabel('Address').fill('ftp://nowhere')
    await form.getByRole('button', { name: 'Add ops' }).click()
    await form.getByText('must be an http or https address').waitFor()
    await form.getByLabel('Address').fill(`${target.url}?key=MARKER-0123456789`)
    await form.getByRole('button', { name: 'Add ops' }).click()
    await form.waitFor({ state: 'detached' })
    const row = page.getByRole('row', { name: /ops/ })
    await row.getByText('Address …6789').waitFor()
    expect(await page.content()).not.toContain('MARKER')

    target.answer = (response) => void response.end('{"errcode":93000}')
    await row.getByRole('button', { name: 'Send a test' }).click()
    await page.getByRole('dialog').getByText('does not know the key in its address').waitFor()
    await page.keyboard.press('Escape')
    target.answer = (response) => void response.end('{"errcode":0}')
    await row.getByRole('button', { name: 'Send a test' }).click()
    await page.getByRole('dialog').getByText('The receiver took it.').waitFor()
    await page.keyboard.press('Escape')
    expect(target.received.at(-1)?.body).toContain('[Holdfast] Test message')

    await row.getByRole('button', { name: 'Remove' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove ops' }).click()
    await row.waitFor({ state: 'detached' })
    const inFile = page.getByRole('row', { name: /in-file/ })
    expect(await inFile.getByRole('button', { name: 'Remove' }).count()).toBe(0)
    expect(visitor.takeComplaints().filter((complaint) => !complaint.includes('400'))).toEqual([])
  })
})

describe('a delivery', () => {
  test('says what became of it, shows its attempts and is sent again', async () => {
    visitor = await visit(browser, server.url)
    const { page } = visitor
    await page.goto(`${server.url}/alerts/deliveries?q=receiver%3Awaiting`)
    await settled(page)
    const row = page.getByRole('row', { name: /to waiting/ })
    await row.getByText('answered with the HTTP status 503').waitFor()
    await row.getByRole('button', { name: '1 attempt: show it' }).click()
    await page.getByRole('dialog').getByText('Look at the state of the receiver.').waitFor()
    await page.keyboard.press('Escape')
    const asked = page.waitForResponse((response) => response.url().endsWith('/resend'))
    await row.getByRole('button', { name: 'Try now' }).click()
    expect((await asked).status()).toBe(202)
    await page.goto(`${server.url}/alerts/deliveries?q=receiver%3Arefused`)
    await settled(page)
    const answered = page.waitForResponse((response) => response.url().endsWith('/resend'))
    await page.getByRole('button', { name: 'Send again' }).click()
    expect((await answered).status()).toBe(202)
  })
})
