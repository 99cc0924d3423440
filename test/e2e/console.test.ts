/** The console against a real three-broker cluster, in a real browser. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { ClusterAnswer, ClusterListAnswer } from '../../lib/api/schemas/clusters.ts'
import type { TestConsole } from '../servers/console.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../servers/kafka-cluster.ts'
import { describeDeadLetters } from './dead-letters.ts'
import { CLUSTER_ID, openShop, type Shop, shopConfig } from './shop.ts'
import { Stage } from './stage.ts'
import { axeFindings, NARROW, overhang, settled, type Visitor, type VisitorOptions, visit, WIDE } from './visitor.ts'
import { faultsOfPage } from './walk.ts'

const stage = new Stage()
let kafka: KafkaTestCluster
let shop: Shop
let server: TestConsole
let browser: Browser
let visitor: Visitor

beforeAll(async () => {
  kafka = await startKafkaCluster({ brokers: 3, heapMb: 256 })
  stage.onStop(() => kafka.stop())
  shop = await openShop(kafka)
  stage.onStop(() => shop.close())
  ;[server, browser] = await Promise.all([stage.console(shopConfig(kafka.bootstrapServers)), stage.browser()])
})

afterAll(() => stage.stop())
afterEach(() => visitor?.close())

async function open(path: string, options: VisitorOptions = {}): Promise<Page> {
  visitor = await visit(browser, server.url, options)
  await visitor.page.goto(server.url + path)
  await settled(visitor.page)
  return visitor.page
}

const CLUSTER = `/clusters/${CLUSTER_ID}`

const PAGES = [
  '/',
  '/clusters',
  CLUSTER,
  `${CLUSTER}/brokers`,
  `${CLUSTER}/brokers/1`,
  `${CLUSTER}/topics`,
  `${CLUSTER}/topics/orders`,
  `${CLUSTER}/topics/orders?tab=partitions`,
  `${CLUSTER}/topics/orders?tab=groups`,
  `${CLUSTER}/topics/orders?tab=settings`,
  `${CLUSTER}/topics/orders?tab=history&range=1h`,
  `${CLUSTER}/groups`,
  `${CLUSTER}/groups/billing`,
  `${CLUSTER}/groups/billing?tab=members`,
  `${CLUSTER}/groups/billing?tab=history`,
  `${CLUSTER}/groups/monthly-report`,
  `${CLUSTER}/settings`,
  `${CLUSTER}/findings`,
  `${CLUSTER}/findings/matrix?all=true&info=true`,
  `${CLUSTER}/findings/matrix?of=broker&all=true`,
  '/risk?info=true',
  '/risk/checks',
  `/risk/checks?cluster=${CLUSTER_ID}&all=true`,
  '/risk/mutes?show=all',
  '/risk/holds?show=all',
  '/losses?show=all',
  '/alerts/receivers',
  '/alerts/deliveries',
  '/alerts/routes',
  '/alerts/rules',
  '/alerts/silences',
  '/reports',
  '/dead-letters',
  '/lint',
  '/audit',
  '/audit?actor=nobody',
  `/lint?client=kafkajs&cluster=${CLUSTER_ID}&topic=orders`,
]

/** The glyph of the cluster's verdict on the overview. */
function verdictOn(page: Page): Promise<string | null> {
  return page.locator('main li [data-state-level]').first().getAttribute('data-state-level')
}

describe.each(['en', 'zh'] as const)('every page in %s', (locale) => {
  let walker: Visitor

  beforeAll(async () => {
    const hasGroups = async (): Promise<void> => expect((await listedCluster()).groups).toBeGreaterThan(1)
    await vi.waitFor(hasGroups, { timeout: 30_000, interval: 200 })
    walker = await visit(browser, server.url, { locale })
  })
  afterAll(() => walker?.close())

  test.each(PAGES)('%s is whole, accessible and within the window', async (path) => {
    expect(await faultsOfPage(walker, server.url + path)).toEqual([])
  })

  test('says its language', async () => {
    expect(await walker.page.getAttribute('html', 'lang')).toBe({ en: 'en', zh: 'zh-CN' }[locale])
    expect(await walker.page.title()).toContain('Holdfast')
  })
})

async function listedCluster(): Promise<ClusterAnswer> {
  const answer = (await (await fetch(`${server.url}/api/v1/clusters`)).json()) as ClusterListAnswer
  const [cluster] = answer.items
  if (cluster === undefined) throw new Error('the console watches no cluster')
  return cluster
}

test('a console without receivers says that nobody is told of alerts', async () => {
  const page = await open('/alerts/routes')
  await page.getByText('Nobody is told of alerts').waitFor()
  expect(await page.getByText('every receiver is told').count()).toBe(0)
  await page.getByRole('link', { name: 'To the receivers' }).click()
  await page.waitForURL('**/alerts/receivers')
})

describe('the keyboard', () => {
  test('reaches the table of topics and goes from row to row', async () => {
    const page = await open(`${CLUSTER}/topics`)
    const onLinkOfTable = (): Promise<boolean> =>
      page.evaluate(() => document.activeElement?.closest('tbody a') !== null)
    for (let presses = 0; presses < 60 && !(await onLinkOfTable()); presses += 1) await page.keyboard.press('Tab')
    const first = await page.evaluate(() => document.activeElement?.textContent)
    await page.keyboard.press('ArrowDown')
    const second = await page.evaluate(() => document.activeElement?.textContent)
    expect([first, second]).toEqual(['orders', 'orders-dlt'])
    await page.keyboard.press('Enter')
    await page.waitForURL(`**${CLUSTER}/topics/orders-dlt`)
  })

  test('walks the ladder matrix and opens the topic of a square', async () => {
    const page = await open(`${CLUSTER}/topics`)
    await page.getByRole('application').focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => page.locator('output').textContent()).toMatch(/partition \d+: healthy/)
    await page.keyboard.press('Enter')
    await page.waitForURL(`**${CLUSTER}/topics/*`)
  })

  test('opens the palette and goes to a topic', async () => {
    const page = await open('/')
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('payments')
    await page
      .getByRole('option', { name: /payments/ })
      .first()
      .waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(`**${CLUSTER}/topics/payments`)
  })
})

test('the tab that is open is in sight where not all fit', async () => {
  const page = await open(`${CLUSTER}/topics/orders?tab=history`, { viewport: NARROW })
  const tab = page.locator('nav a[aria-current="page"][data-tab]')
  const hiddenPx = await tab.locator('xpath=..').evaluate((nav) => nav.scrollWidth - nav.clientWidth)
  expect(hiddenPx).toBeGreaterThan(0)
  const box = await tab.boundingBox()
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(NARROW.width)
})

describe('the address', () => {
  test('holds filter, order and internal topics through a reload', async () => {
    const page = await open(`${CLUSTER}/topics`)
    await page.getByRole('searchbox').fill('partitions>0 orders')
    await page.getByRole('columnheader', { name: 'Messages' }).getByRole('button').click()
    await page.getByRole('checkbox', { name: 'Internal topics' }).check()
    await page.waitForURL(/q=.*sort=-messages|sort=-messages.*q=/)
    await page.waitForURL(/internal=true/)
    await page.reload()
    await settled(page)
    expect(await page.getByRole('searchbox').inputValue()).toBe('partitions>0 orders')
    expect(await page.getByRole('checkbox', { name: 'Internal topics' }).isChecked()).toBe(true)
    expect(await page.locator('tbody a').allInnerTexts()).toEqual(['orders', 'orders-dlt'])
    expect(await page.locator('th[aria-sort="descending"]').textContent()).toContain('Messages')
  })

  test('holds the tab and the range, and the range follows to the next tab', async () => {
    const page = await open(`${CLUSTER}/topics/orders?tab=history&range=24h`)
    expect(await page.getByRole('combobox', { name: /range/i }).inputValue()).toBe('24h')
    await page.getByRole('navigation', { name: 'Parts of the topic' }).getByRole('link', { name: 'Durability' }).click()
    await page.waitForURL(`**${CLUSTER}/topics/orders?range=24h`)
  })

  test('takes a range dragged out on a chart', async () => {
    const page = await open(`${CLUSTER}/topics/orders?tab=history&range=1h`)
    const box = await page.locator('.recharts-surface').first().boundingBox()
    if (box === null) throw new Error('no chart is drawn')
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 5 })
    await page.mouse.up()
    await page.waitForURL(/range=\d+-\d+/)
    await page.getByRole('button', { name: 'Zoom out' }).click()
    await page.waitForURL((url) => /range=\d+-\d+/.test(url.search))
  })

  test('of something that is not there says so', async () => {
    const page = await open(`${CLUSTER}/topics/no%2Fsuch%25topic`)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('no/such%topic')
    await page.getByRole('alert').filter({ hasText: /./ }).first().waitFor()
  })
})

describe('live refresh', () => {
  test('shows a new topic without moving the page or the focus', async () => {
    const page = await open(`${CLUSTER}/topics`, { viewport: { width: 1440, height: 420 } })
    await page.getByRole('checkbox', { name: 'Internal topics' }).focus()
    // Over the page itself: in a window this low the list of pages scrolls, too.
    await page.mouse.move(700, 200)
    await page.mouse.wheel(0, 160)
    await expect.poll(() => page.evaluate(() => window.scrollY)).toBeGreaterThan(0)
    const before = await page.evaluate(() => window.scrollY)
    await shop.createTopic('aa-new-topic', [[1, 2, 3]], { 'min.insync.replicas': '2' })
    await page.locator('tbody a', { hasText: 'aa-new-topic' }).waitFor({ timeout: 20_000 })
    expect(await page.evaluate(() => window.scrollY)).toBe(before)
    expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('checkbox')
  })

  test('counts dead letters as they arrive', async () => {
    const page = await open('/dead-letters')
    const row = page.getByRole('table', { name: 'Dead letters' }).getByRole('row', { name: /orders-dlt/ })
    await expect.poll(() => row.textContent()).toContain('12')
    await shop.addDeadLetters(8)
    await expect.poll(() => row.textContent(), { timeout: 20_000 }).toContain('20')
  })
})

describe('checking settings', () => {
  test('tells what a text means on a topic, mends it, and keeps it out of the address', async () => {
    const page = await open(`/lint?cluster=${CLUSTER_ID}&topic=orders&version=3.9`)
    await page.getByRole('textbox', { name: 'Settings' }).fill('# ours\nacks=0\n')
    await page.getByRole('button', { name: 'Check settings' }).click()
    await page.getByRole('heading', { name: 'Messages are lost' }).waitFor()
    expect(await page.getByRole('region', { name: 'Findings' }).textContent()).toContain('acks')
    expect(await page.getByRole('region', { name: 'Corrected text' }).textContent()).toContain('acks=all')
    expect(page.url()).not.toContain('acks')
    expect(await axeFindings(page)).toEqual([])
    await page.setViewportSize(NARROW)
    expect(await overhang(page)).toBeLessThanOrEqual(0)
    expect(await axeFindings(page)).toEqual([])
  })

  test('in Chinese, of a client of the other system', async () => {
    const page = await open('/lint?client=rocketmqProducer', { locale: 'zh' })
    await page.getByRole('textbox', { name: '配置' }).fill('producer.sendOneway(msg);\n')
    await page.getByRole('button', { name: '检查配置' }).click()
    await page.getByRole('heading', { name: '正在丢失消息' }).waitFor()
    expect(await page.getByRole('region', { name: '改正后的文本' }).textContent()).toContain('producer.send(msg);')
  })
})

describeDeadLetters(() => ({ url: server.url, browser, shop }))

describe('a finding', () => {
  test('says why it matters and what to do, with a command for this very topic', async () => {
    const page = await open('/risk?q=code:minIsrEquals')
    await page.getByRole('button', { name: 'Writes need every copy' }).first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('min.insync.replicas equals the number of copies').waitFor()
    expect(await dialog.locator('code').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^kafka-\S+\.sh --bootstrap-server localhost:.* payments/)]),
    )
    expect(await axeFindings(page)).toEqual([])
    expect(new URL(page.url()).searchParams.get('finding')).not.toBeNull()
    await page.reload()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => new URL(page.url()).searchParams.get('finding')).toBeNull()
  })
})

describe('muting', () => {
  test('takes a finding out of the list until it is unmuted, and says why it is muted', async () => {
    const page = await open('/risk?q=code:minIsrEquals')
    const finding = page.getByRole('button', { name: 'Writes need every copy' })
    await finding.first().click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Mute…' }).click()
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Decided with <b>payments</b>.')
    expect(await axeFindings(page)).toEqual([])
    await page.setViewportSize(NARROW)
    expect(await overhang(page)).toBeLessThanOrEqual(0)
    await dialog.getByRole('button', { name: 'Mute', exact: true }).click()
    await expect.poll(() => finding.count()).toBe(0)
    await page
      .getByText(/muted until/i)
      .first()
      .waitFor()

    await page.setViewportSize(WIDE)
    await page.getByRole('checkbox', { name: 'Also what is muted' }).check()
    await finding.first().click()
    await dialog.getByText('Decided with <b>payments</b>.').waitFor()
    expect(await axeFindings(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Unmute' }).click()
    await expect.poll(() => dialog.getByRole('button', { name: 'Mute…' }).count()).toBe(1)
    await page.goto(`${server.url}/risk?q=code:minIsrEquals`)
    await settled(page)
    expect(await finding.count()).toBe(1)
  })
})

describe('a broker that stops', () => {
  test('turns the overview at risk and its return turns it back', async () => {
    const page = await open('/')
    // Some topics of the shop have weak settings: that is to be watched, and the same before and after.
    await expect.poll(() => verdictOn(page), { timeout: 30_000 }).toBe('watch')
    await kafka.brokers[0]?.stop()
    await expect.poll(() => verdictOn(page), { timeout: 40_000 }).toBe('atRisk')
    expect(await page.title()).toContain('1 at risk')
    await page.goto(`${server.url}${CLUSTER}/topics/payments`)
    await settled(page)
    await page.getByText('are below min ISR').waitFor()
    await kafka.brokers[0]?.start()
    await page.goto(server.url)
    await expect.poll(() => verdictOn(page), { timeout: 60_000 }).toBe('watch')
  })
})
