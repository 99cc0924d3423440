/** The page Explore over stored polls; no broker runs here. */
import { readFile } from 'node:fs/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { EventListAnswer } from '../../lib/api/schemas/events.ts'
import { MINUTE_MS } from '../../lib/units.ts'
import type { TestConsole } from '../servers/console.ts'
import { EXPLORE_CONFIG, FORMULA_TOPIC, storeExplorePolls } from './explore-polls.ts'
import { Stage } from './stage.ts'
import { settled, type Visitor, visit } from './visitor.ts'
import { faultsOfPage } from './walk.ts'

const RATES = 'topicProduceRatePerSecond;cluster=shop'
const LAG = 'groupLagSeconds;cluster=shop;group=billing'
const FORMULA = `topicProduceRatePerSecond;cluster=shop;topic=${encodeURIComponent(FORMULA_TOPIC)}`
const NOW_MS = Date.now()

const stage = new Stage()
let browser: Browser
let server: TestConsole
let visitor: Visitor

beforeAll(async () => {
  const folder = await stage.folder()
  server = await stage.console(EXPLORE_CONFIG, { HOLDFAST_ROLE: 'web' }, folder)
  await storeExplorePolls(`file:${folder}/holdfast.db`, NOW_MS)
  browser = await stage.browser()
})

afterAll(() => stage.stop())
afterEach(() => visitor?.close())

interface Asked {
  series?: string[]
  range?: string
  compare?: string
}

function address({ series = [], range = '1h', compare }: Asked): string {
  const query = new URLSearchParams({ range, ...(compare === undefined ? {} : { compare }) })
  if (series.length > 0) query.set('series', series.join(','))
  return `${server.url}/explore?${query}`
}

/** The console answers no events, or these: what happened in real clusters is told by the tests of its collector. */
async function withEvents(items: EventListAnswer['items'] | null): Promise<void> {
  await visitor.page.route('**/api/v1/events?*', (route) =>
    items === null
      ? route.fulfill({ status: 404, json: { type: 'about:blank', title: '', status: 404, code: 'not_found' } })
      : route.fulfill({ json: { items, truncated: false } satisfies EventListAnswer }),
  )
}

async function open(asked: Asked, events: EventListAnswer['items'] | null = []): Promise<Page> {
  visitor = await visit(browser, server.url)
  await withEvents(events)
  await visitor.page.goto(address(asked))
  await settled(visitor.page)
  return visitor.page
}

function anEvent(event: Partial<EventListAnswer['items'][number]>): EventListAnswer['items'][number] {
  return {
    ...{ id: 1, at: new Date(NOW_MS - 40 * MINUTE_MS).toISOString(), clusterId: 'shop', kind: 'leaderChanged' },
    ...{ topic: null, partition: null, broker: null, group: null, facts: {} },
    ...event,
  }
}

const EVENTS = [
  anEvent({ topic: 'orders', partition: 3 }),
  anEvent({ id: 2, at: new Date(NOW_MS - 10 * MINUTE_MS).toISOString(), kind: 'brokerLost', broker: '2' }),
  anEvent({ id: 3, at: new Date(NOW_MS - 55 * MINUTE_MS).toISOString(), kind: 'quotaChanged' }),
]

function chart(page: Page, number: number): Locator {
  return page.getByRole('listitem', { name: `Chart ${number}` })
}

function linesOf(chartItem: Locator): Promise<string[]> {
  return chartItem.locator('table tbody td:first-child').allInnerTexts()
}

async function csvOf(page: Page, number: number): Promise<string[]> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    chart(page, number)
      .getByRole('button', { name: /^Download/ })
      .click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^topicProduceRatePerSecond_shop_.*\.csv$/)
  return (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n')
}

const WALKED: Asked[] = [
  {},
  { series: [RATES, LAG], compare: '1d' },
  { series: ['isrSize;cluster=shop', 'noSuchMetric;cluster=shop', 'groupLagSeconds;cluster=shop;group=nobody'] },
]

test.each(WALKED.flatMap((asked) => (['en', 'zh'] as const).map((locale) => ({ ...asked, locale }))))(
  '$series compared $compare in $locale is whole, accessible and as wide as the window',
  async ({ locale, ...asked }) => {
    visitor = await visit(browser, server.url, { locale })
    await withEvents(EVENTS)
    const faults = await faultsOfPage(visitor, address(asked))
    // The browser itself tells of the answer that the page explains.
    expect(faults.filter((fault) => !fault.includes('status of 422'))).toEqual([])
  },
)

test('a question is picked step by step and outlives a reload', async () => {
  const page = await open({})
  await page.getByLabel('Metric').selectOption({ label: 'Lag on a partition, in messages' })
  await settled(page)
  expect(await linesOf(chart(page, 1))).toHaveLength(6)
  await page.getByLabel('Topic').fill('orders')
  await page.keyboard.press('Enter')
  await expect.poll(() => linesOf(chart(page, 1))).toEqual(['billing · partition 0', 'billing · partition 1'])
  await page.getByRole('button', { name: 'Add a chart' }).click()
  await chart(page, 2).getByLabel('Metric').selectOption({ label: 'Messages into a topic' })
  await page.getByLabel('Compare with').selectOption({ label: 'A day before' })
  await settled(page)
  const second = ['Messages into a topic', 'Messages into a topic · a day before']
  await expect.poll(() => linesOf(chart(page, 2))).toEqual(second)
  const [url, first] = [page.url(), await linesOf(chart(page, 1))]
  await page.reload()
  await settled(page)
  await expect.poll(() => linesOf(chart(page, 2))).toEqual(second)
  expect(await page.getByLabel('Topic').first().inputValue()).toBe('orders')
  expect([page.url(), await linesOf(chart(page, 1))]).toEqual([url, first])
  await page.getByRole('button', { name: 'Copy link' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url())
  expect(visitor.takeComplaints()).toEqual([])
})

describe('the CSV', () => {
  test('holds what is drawn, samples and gaps, and no formula', async () => {
    const page = await open({ series: [FORMULA] })
    const [head, ...rows] = await csvOf(page, 1)
    expect(head).toMatch(/^time,metric,unit,cluster,topic,.*,min,avg,max,last,gapUntil,gapReason$/)
    expect(rows.every((row) => row.includes(`,shop,"'=cmd()",`))).toBe(true)
    expect(rows.filter((row) => row.endsWith(',pollFailed'))).toHaveLength(1)
    const answer = await (
      await fetch(`${server.url}/api/v1/series?metric=topicProduceRatePerSecond&topic=%3Dcmd()`)
    ).json()
    const values = (answer as { series: { points: { t: number; last: number }[] }[] }).series[0]?.points ?? []
    const [row] = rows.filter((line) => line.startsWith(new Date(values[5]?.t ?? 0).toISOString()))
    expect(row?.split(',').at(-3)).toBe(String(values[5]?.last))
  })

  test('has the times at which samples were taken, also of the day before', async () => {
    const page = await open({ series: [FORMULA], compare: '1d' })
    const [, ...rows] = await csvOf(page, 1)
    const compared = rows.filter((row) => row.includes(',86400,'))
    expect(compared.length).toBeGreaterThan(50)
    for (const row of compared)
      expect(NOW_MS - Date.parse(row.split(',')[0] ?? '')).toBeGreaterThan(23 * 60 * MINUTE_MS)
  })
})

describe('events', () => {
  test('are named, with their time, by mouse and by keyboard; unknown kinds by their code', async () => {
    const page = await open({ series: [RATES] }, EVENTS)
    const marks = chart(page, 1)
      .getByRole('group', { name: /^Events/ })
      .getByRole('button')
    await expect.poll(() => marks.count()).toBe(3)
    const [first = '', second = '', third = ''] = await marks.evaluateAll((all) =>
      all.map((one) => one.ariaLabel ?? ''),
    )
    expect(first).toMatch(/^quotaChanged, 20\d\d-/)
    expect(second).toMatch(/^Leader changed · orders · partition 3, 20\d\d-/)
    expect(third).toMatch(/^Broker lost · 2, 20\d\d-/)
    await marks.nth(1).hover()
    await page.getByText('Leader changed · orders · partition 3').waitFor()
    await marks.nth(0).focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.getByText('Broker lost · 2').waitFor()
    await page.keyboard.press('Escape')
    expect(await page.getByText('Broker lost · 2').count()).toBe(0)
  })

  test('of another topic are not marked', async () => {
    const page = await open({ series: [FORMULA] }, EVENTS)
    await expect.poll(() => chart(page, 1).getByRole('group').getByRole('button').count()).toBe(2)
  })

  test('that the console does not keep are not missed', async () => {
    const page = await open({ series: [RATES] }, null)
    expect(await linesOf(chart(page, 1))).toEqual(['orders', 'payments', FORMULA_TOPIC])
    expect(await page.locator('main').getByRole('alert').count()).toBe(0)
    expect(await chart(page, 1).getByRole('group').count()).toBe(0)
  })
})

test('too many series are not drawn but narrowed down', async () => {
  const page = await open({ series: ['isrSize;cluster=shop'] })
  await page.getByText('Too many series for one chart').waitFor()
  await page.getByText('fill in Topic or Partition').waitFor()
  await page.getByRole('combobox', { name: 'Partition' }).fill('7')
  await page.keyboard.press('Enter')
  await expect.poll(() => linesOf(chart(page, 1))).toEqual(['wide'])
})

test('hovering one chart points at the same moment in the other', async () => {
  const page = await open({ series: [RATES, LAG] })
  const plot = chart(page, 1).locator('.recharts-surface').first()
  const box = await plot.boundingBox()
  if (box === null) throw new Error('The chart is not drawn')
  await page.mouse.move(box.x + box.width * 0.8, box.y + box.height / 2)
  const times = page.locator('.recharts-tooltip-wrapper').getByText(/^20\d\d-.*UTC/)
  await expect.poll(() => times.count()).toBe(2)
  const [one, other] = await times.allInnerTexts()
  expect(other).toBe(one)
})

test('a gap says why', async () => {
  const page = await open({ series: [LAG] })
  const plot = chart(page, 1).locator('.recharts-surface').first()
  const box = await plot.boundingBox()
  if (box === null) throw new Error('The chart is not drawn')
  await page.mouse.move(box.x + 60 + (box.width - 72) * (35 / 60), box.y + box.height / 2)
  await page.getByText('No data: the poll failed').first().waitFor()
})

test('dragging over a chart zooms every chart', async () => {
  const page = await open({ series: [RATES, LAG] })
  const plot = chart(page, 1).locator('.recharts-surface').first()
  const box = await plot.boundingBox()
  if (box === null) throw new Error('The chart is not drawn')
  await page.mouse.move(box.x + box.width * 0.3, box.y + 60)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 8 })
  await page.mouse.up()
  await page.waitForURL(/range=\d+-\d+/)
  await page.getByRole('button', { name: 'Zoom out' }).waitFor()
})

test('the rail and the palette lead to it', async () => {
  visitor = await visit(browser, server.url)
  const { page } = visitor
  await page.goto(server.url)
  await settled(page)
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Explore' }).click()
  await page.getByRole('heading', { level: 1, name: 'Explore' }).waitFor()
  await page.goto(`${server.url}/clusters`)
  await settled(page)
  await page.keyboard.press('Control+k')
  await page.getByPlaceholder('Page, cluster, topic or group').fill('Expl')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Explore' }).waitFor()
})
