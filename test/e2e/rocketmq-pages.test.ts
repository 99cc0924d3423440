/** The pages of RocketMQ clusters over stored polls; no broker runs here. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { TestConsole } from '../servers/console.ts'
import { Stage } from './stage.ts'
import { storeTrade, TRADE_CONFIG } from './trade.ts'
import { axeFindings, settled, type Visitor, visit } from './visitor.ts'
import { faultsOfPage } from './walk.ts'

/** Those with panels of their own are read in both languages. */
const OWN_PAGES = ['/clusters/trade', '/clusters/dark/brokers', ...['/brokers/b%3A1', '/groups/billing'].map(inTrade)]
const PAGES = [
  ...['/', '/dead-letters', '/clusters/dark', '/clusters/dark/topics/orders', '/clusters/dark/brokers/b%3A1'],
  ...['/brokers/a%3A0', '/topics?internal=true', '/topics/orders', '/topics/orders?tab=history'].map(inTrade),
  ...['/topics/%25DLQ%25billing?tab=settings', '/groups/billing?tab=members'].map(inTrade),
]
const WALKS = [
  ...PAGES.map((path) => ({ locale: 'en', path }) as const),
  ...OWN_PAGES.flatMap((path) => (['en', 'zh'] as const).map((locale) => ({ locale, path }))),
]

function inTrade(path: string): string {
  return `/clusters/trade${path}`
}

const stage = new Stage()
let browser: Browser
let server: TestConsole
let visitor: Visitor

beforeAll(async () => {
  const folder = await stage.folder()
  server = await stage.console(TRADE_CONFIG, { HOLDFAST_ROLE: 'web' }, folder)
  await storeTrade(`file:${folder}/holdfast.db`, Date.now())
  browser = await stage.browser()
})

afterAll(() => stage.stop())
afterEach(() => visitor?.close())

async function open(path: string, locale: 'en' | 'zh' = 'en'): Promise<Page> {
  visitor = await visit(browser, server.url, { locale })
  await visitor.page.goto(server.url + path)
  await settled(visitor.page)
  return visitor.page
}

function sectionOf(page: Page, name: string): Locator {
  return page.locator('section', { has: page.getByRole('heading', { name, exact: true }) })
}

/** A value and its unit never part at the end of a line; here they may be told apart by any space. */
async function cellsOf(row: Locator): Promise<string[]> {
  return (await row.locator('th, td').allInnerTexts()).map((text) => text.replaceAll('\u00a0', ' '))
}

test.each(WALKS)('$path in $locale is whole, accessible and as wide as the window', async ({ locale, path }) => {
  visitor = await visit(browser, server.url, { locale })
  expect(await faultsOfPage(visitor, server.url + path)).toEqual([])
})

describe('a cluster', () => {
  test('lists what a NameServer lacks, and not a quorum', async () => {
    const page = await open('/clusters/trade')
    const rows = sectionOf(page, 'NameServers').locator('tbody tr')
    expect(await cellsOf(rows.nth(0))).toEqual(['10.0.0.1:9876', 'answers', '4', '5', 'nothing that another one lists'])
    const lacks = 'brokers b:1\n1 topic that another one lists'
    expect(await cellsOf(rows.nth(1))).toEqual(['10.0.0.2:9876', 'differs', '3', '4', lacks])
    expect(await page.getByText('Controller quorum').count()).toBe(0)
  })

  test('says unknown for what a broker did not tell', async () => {
    const page = await open('/clusters/dark/brokers')
    const row = sectionOf(page, 'Replication').locator('tbody tr', { hasText: 'b:1' })
    const [, role, flush, , ...rest] = await cellsOf(row)
    expect([role, flush, ...rest]).toEqual(['SLAVE', ...Array(5).fill('unknown')])
  })
})

describe('brokers', () => {
  test('show how many bytes and how long a slave is behind', async () => {
    const page = await open('/clusters/trade/brokers')
    const row = sectionOf(page, 'Replication').locator('tbody tr', { hasText: 'b:1' })
    expect((await cellsOf(row)).slice(4, 7)).toEqual(['behind', '50 MiB', '42 s'])
  })

  test('show the level that a disk has reached', async () => {
    const page = await open('/clusters/trade/brokers/a%3A0')
    const levels = sectionOf(page, 'Disk of the commit log').locator('li')
    expect(await levels.locator('[data-state-level]').evaluateAll(stateLevels)).toEqual(['watch', 'safe', 'safe'])
  })
})

describe('queues of two brokers', () => {
  test('are rows and lines of their own', async () => {
    const page = await open('/clusters/trade/topics/orders?tab=history')
    const chart = sectionOf(page, 'Which queues take the messages?')
    const names = await chart.locator('table tbody td:first-child').allInnerTexts()
    expect(names.sort()).toEqual(['a · queue 0', 'a · queue 1', 'b · queue 0', 'b · queue 1'])
  })

  test('have their own lag on the page of a group', async () => {
    const page = await open('/clusters/trade/groups/billing')
    const rows = await page.locator('tbody tr', { hasText: 'orders' }).allInnerTexts()
    const lagOf = (broker: string, queue: string) =>
      rows.find((row) => new RegExp(`orders\\s+${broker}\\s+${queue}\\s`).test(row))
    expect(lagOf('a', '0')).toMatch(/\s10\s/)
    expect(lagOf('b', '0')).toMatch(/\s26,460\s/)
  })
})

test('a write-only dead-letter topic says why nobody can read it', async () => {
  const page = await open('/dead-letters')
  const row = page.locator('tbody tr', { hasText: '%DLQ%billing' })
  expect(await row.getByText('write-only').getAttribute('title')).toContain('permission is 2')
})

test('the form for a cluster asks for what RocketMQ needs', async () => {
  const page = await open('/clusters')
  await page.getByRole('button', { name: 'Add a cluster' }).click()
  await page.getByLabel('System').selectOption('rocketmq')
  await page.getByLabel('NameServers').fill('127.0.0.1:9')
  await page.getByLabel('Name', { exact: true }).fill('New')
  await page.getByRole('button', { name: 'Test the connection' }).click()
  await page.getByText('Connect to a NameServer').waitFor()
})

function stateLevels(elements: Element[]): (string | null)[] {
  return elements.map((element) => element.getAttribute('data-state-level'))
}

test('what the brokers cannot be asked about is not offered blindly', async () => {
  const page = await open('/clusters/trade/findings?info=true&q=writeOnly')
  await page.getByRole('button', { name: 'Topic that nobody can read' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Let the console set it…' }).click()
  await dialog.getByText('127.0.0.1:9', { exact: false }).first().waitFor()
  expect(await dialog.getByRole('textbox', { name: 'Reason' }).count()).toBe(0)
  expect(await axeFindings(page)).toEqual([])
})
