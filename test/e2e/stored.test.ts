/**
 * Pages over stored polls. No broker runs here: what a poll would have stored is written with the collector's own
 * writer, because 10,000 topics on real brokers would take minutes, and a collector that stopped an hour ago an hour.
 */
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../lib/db.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import { observe } from '../../lib/durability/observe.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { createSnapshotWriter } from '../../lib/history/snapshot-writer.ts'
import { composeReport } from '../../lib/reports/compose-report.ts'
import { createReportStore } from '../../lib/reports/report-store.ts'
import { HOUR_MS } from '../../lib/units.ts'
import { aClusterOf, aFinding, aFindingEvent, aPeriod, FROM_MS, TO_MS } from '../builders/reports.ts'
import { aPartition, aSnapshot, aTopic } from '../builders/snapshots.ts'
import type { TestConsole } from '../servers/console.ts'
import { Stage } from './stage.ts'
import { NARROW, settled, type Visitor, visit, WIDE } from './visitor.ts'
import { faultsOfPage } from './walk.ts'

const TOPICS = 10_000
const LAST_TOPIC = 'topic-09999'
/** Far more than a window shows, far fewer than there are. */
const MOST_ROWS_IN_PAGE = 150

const HOSTILE = '<img src=x onerror=alert(1)>'

const stage = new Stage()
let reportId = ''
let browser: Browser
let server: TestConsole
let visitor: Visitor

const CONFIG = `clusters:
  - { id: big, name: Big, kind: kafka, bootstrapServers: ["127.0.0.1:9"] }
  - { id: quiet, name: Quiet, kind: kafka, bootstrapServers: ["127.0.0.1:9"] }
`

beforeAll(async () => {
  const folder = await stage.folder()
  server = await stage.console(CONFIG, { HOLDFAST_ROLE: 'web' }, folder)
  await storePolls(`file:${folder}/holdfast.db`)
  browser = await stage.browser()
})

afterAll(() => stage.stop())
afterEach(() => visitor?.close())

async function storePolls(databaseUrl: string): Promise<void> {
  const database = await openDatabase(databaseUrl)
  try {
    const writer = createSnapshotWriter(database)
    // Polled once an hour, so that the poll of a moment ago is fresh for the whole test.
    await writer.saveObservation('big', bigObservation(Date.now()), HOUR_MS)
    await writer.saveObservation('quiet', oddObservation(Date.now() - HOUR_MS), 1_000)
    const store = createReportStore(database, 60)
    const period = { key: 'daily', schedule: 'daily' } as const
    const head = { period, fromMs: FROM_MS, toMs: TO_MS, madeAtMs: TO_MS + HOUR_MS, madeBy: 'holdfast' }
    reportId = (await store.add({ ...head, ...aTroubledReport() }))?.id ?? ''
  } finally {
    await database.close()
  }
}

function observed(atMs: number, topics: ReturnType<typeof aTopic>[]): ReturnType<typeof observe> {
  const snapshot = aSnapshot({ startedAtMs: atMs - 100, finishedAtMs: atMs, topics, groups: [] })
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  return observe({ snapshot, previous: null, expectedBrokers: [], kindOf, memory: new ObserveMemory() })
}

function bigObservation(atMs: number): ReturnType<typeof observe> {
  const topics = Array.from({ length: TOPICS }, (_, index) => {
    const name = `topic-${String(index).padStart(5, '0')}`
    return aTopic({ name, topicId: name, partitions: [aPartition({ leader: String((index % 3) + 1) })] })
  })
  const wide = Array.from({ length: 1_000 }, (_, partition) => aPartition({ partition }))
  return observed(atMs, [...topics, aTopic({ name: 'wide', topicId: 'wide', partitions: wide })])
}

/** Something in every section that names of clusters reach. */
function aTroubledReport(): ReturnType<typeof composeReport> {
  const findings = [
    aFinding({ atMs: FROM_MS + HOUR_MS }),
    aFinding({ code: 'group.stalled', subject: { type: 'group', name: HOSTILE }, facts: { group: HOSTILE } }),
  ]
  const event = aFindingEvent('findingEnded', FROM_MS + HOUR_MS, { because: 'unknown', sinceMs: FROM_MS })
  const unseen = [{ fromMs: FROM_MS, toMs: FROM_MS + HOUR_MS, reason: 'consoleDown' } as const]
  const big = aClusterOf({ id: 'big', name: 'Big', findings, findingEvents: [event], unseen })
  const forecast = { what: 'unread', subject: { type: 'group', name: HOSTILE }, because: 'retention' } as const
  big.forecasts = [{ ...forecast, earliestAtMs: TO_MS + HOUR_MS, latestAtMs: null }, null]
  const clusters = [big, aClusterOf({ id: 'quiet', name: 'Quiet' })]
  const entry = { id: 1, atMs: FROM_MS, actor: 'ana', action: 'loss.acknowledge', target: 'x', detail: null } as const
  const audit = { items: [{ ...entry, outcome: 'ok', httpStatus: 200, remoteAddress: '::1' } as const], total: 1 }
  const labelsOf = (_: string, { type }: { type: string }) => (type === 'topic' ? { team: 'shop' } : {})
  return composeReport(aPeriod({ clusters, audit, labelsOf, madeAtMs: TO_MS + HOUR_MS }))
}

/** Names that only percent-encoding brings through an address. */
function oddObservation(atMs: number): ReturnType<typeof observe> {
  return observed(atMs, [aTopic({ name: '%DLQ%billing', topicId: 'a' }), aTopic({ name: 'a/b c', topicId: 'b' })])
}

describe('a table of 10,000 topics', () => {
  test('keeps few rows in the page and scrolls to the last name', async () => {
    visitor = await visit(browser, server.url)
    const { page } = visitor
    await page.goto(`${server.url}/clusters/big/topics?sort=name&q=topic-`)
    await settled(page)
    let mostRows = 0
    const lastIsShown = async (): Promise<boolean> => {
      mostRows = Math.max(mostRows, await page.locator('tbody tr').count())
      await page.mouse.wheel(0, 60_000)
      return (await page.locator('tbody a', { hasText: LAST_TOPIC }).count()) > 0
    }
    await expect.poll(lastIsShown, { timeout: 60_000, interval: 50 }).toBe(true)
    expect(mostRows).toBeGreaterThan(10)
    expect(mostRows).toBeLessThan(MOST_ROWS_IN_PAGE)
    expect(visitor.takeComplaints()).toEqual([])
  })

  test('shows every check against every topic, scrolls to the last one, and leads to what was found', async () => {
    visitor = await visit(browser, server.url)
    const { page } = visitor
    await page.goto(`${server.url}/clusters/big/findings/matrix?all=true&info=true&sort=name&q=topic-`)
    await settled(page)
    let mostRows = 0
    const lastIsShown = async (): Promise<boolean> => {
      mostRows = Math.max(mostRows, await page.locator('tbody tr').count())
      await page.mouse.wheel(0, 60_000)
      return (await page.locator('tbody a', { hasText: LAST_TOPIC }).count()) > 0
    }
    await expect.poll(lastIsShown, { timeout: 60_000, interval: 50 }).toBe(true)
    expect(mostRows).toBeLessThan(MOST_ROWS_IN_PAGE)
    const row = page.locator('tbody tr', { hasText: LAST_TOPIC })
    expect(await row.getByRole('cell').filter({ hasText: 'Passed' }).count()).toBeGreaterThan(3)
    expect(await row.getByRole('cell').filter({ hasText: 'Not applicable' }).count()).toBeGreaterThan(0)
    const address = `${server.url}/clusters/big/findings/matrix?info=true&q=wide`
    await page.goto(address)
    await settled(page)
    expect(visitor.takeComplaints()).toEqual([])
  })

  test('says on a small screen in words what was found, and shows all of it', async () => {
    visitor = await visit(browser, server.url, { viewport: NARROW })
    const { page } = visitor
    await page.goto(`${server.url}/clusters/big/findings/matrix?all=true&q=topic-0000`)
    await settled(page)
    const marks = page.locator('tbody td:not(:first-child) [title]').filter({ visible: true })
    expect(await marks.count()).toBeGreaterThan(0)
    const cut = await marks.evaluateAll((all) =>
      all.filter((mark) => {
        const [inner, cell] = [mark.getBoundingClientRect(), mark.closest('td')?.getBoundingClientRect()]
        return cell === undefined || inner.right > cell.right || inner.bottom > cell.bottom || inner.height > 40
      }),
    )
    expect(cut).toEqual([])
  })

  test('draws all partitions as squares in a handful of elements', async () => {
    visitor = await visit(browser, server.url)
    const { page } = visitor
    await page.goto(`${server.url}/clusters/big/topics`)
    await settled(page)
    const matrix = page.getByRole('application')
    expect(await matrix.getAttribute('aria-label')).toContain('11,000')
    expect(await matrix.locator('svg *').count()).toBeLessThan(10)
  })

  test('finds a name at once, and a topic of 1,000 partitions stays quick', async () => {
    visitor = await visit(browser, server.url)
    const { page } = visitor
    await page.goto(`${server.url}/clusters/big/topics`)
    await settled(page)
    await page.getByRole('searchbox').fill('wide')
    await expect.poll(() => page.locator('tbody a').allInnerTexts()).toEqual(['wide'])
    await page.locator('tbody a').click()
    await page.getByRole('heading', { level: 1, name: 'wide' }).waitFor()
    await settled(page)
    expect(await page.locator('tbody tr').count()).toBeLessThan(MOST_ROWS_IN_PAGE)
  })
})

describe('a collector that stopped', () => {
  test('leaves old numbers that say how old they are, and an unknown verdict', async () => {
    visitor = await visit(browser, server.url)
    const { page } = visitor
    await page.goto(server.url)
    await settled(page)
    const row = page.locator('main li', { has: page.getByRole('link', { name: 'Quiet' }) })
    expect(await row.locator('[data-state-level]').first().getAttribute('data-state-level')).toBe('unknown')
    expect(await row.textContent()).toContain('last seen')
    await page.goto(`${server.url}/clusters/quiet/topics`)
    await settled(page)
    await page
      .getByText(/\b1\sh(\s\d+\smin)?\sago/)
      .first()
      .waitFor()
  })

  test.each([
    ['%DLQ%billing', '%25DLQ%25billing'],
    ['a/b c', 'a%2Fb%20c'],
  ])('shows the topic %s at its encoded address', async (name, encoded) => {
    visitor = await visit(browser, server.url)
    const { page } = visitor
    await page.goto(`${server.url}/clusters/quiet/topics`)
    await settled(page)
    await page.getByRole('link', { name, exact: true }).click()
    await page.waitForURL(`${server.url}/clusters/quiet/topics/${encoded}`)
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor()
    await settled(page)
    expect(await faultsOfPage(visitor, page.url())).toEqual([])
  })
})

describe('reports', () => {
  test.each(['en', 'zh'] as const)('the list and one of them are whole and accessible in %s', async (locale) => {
    visitor = await visit(browser, server.url, { locale })
    const faults: string[] = []
    for (const path of ['/reports', `/reports/${reportId}`])
      faults.push(...(await faultsOfPage(visitor, server.url + path)))
    expect(faults).toEqual([])
  })

  test('a table wider than a small window scrolls by keyboard, and is no stop where it fits', async () => {
    visitor = await visit(browser, server.url, { viewport: { width: 320, height: 640 } })
    const { page } = visitor
    await page.goto(`${server.url}/reports/${reportId}`)
    await settled(page)
    const panel = page.getByRole('region', { name: 'What is at risk' }).locator('.panel')
    await expect.poll(() => panel.getAttribute('tabindex')).toBe('0')
    await panel.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => panel.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(0)
    await page.setViewportSize(WIDE)
    await expect.poll(() => panel.getAttribute('tabindex')).toBeNull()
  })

  test('one says what was not seen and whose each finding is, and leads to it', async () => {
    visitor = await visit(browser, server.url)
    const { page } = visitor
    await page.goto(`${server.url}/reports`)
    await page.locator('tbody a').first().click()
    await page.waitForURL(`**/reports/${reportId}`)
    await page.getByRole('heading', { level: 1, name: 'Daily report' }).waitFor()
    await page.getByText('A part of the period was not seen of 1 cluster (of 2), 1 h where it was most').waitFor()
    const risk = page.getByRole('table', { name: 'What is at risk' })
    expect(await risk.locator('tbody tr', { hasText: 'orders' }).textContent()).toContain('shop')
    expect(await risk.locator('tbody tr', { hasText: HOSTILE }).textContent()).toContain('nobody’s')
    expect(await risk.getByRole('link', { name: 'orders' }).getAttribute('href')).toBe('/clusters/big/topics/orders')
    expect(visitor.takeComplaints()).toEqual([])
  })

  test('the HTML file shows the same by itself, and no name in it runs', async () => {
    visitor = await visit(browser, server.url)
    const { page } = visitor
    await page.goto(`${server.url}/reports/${reportId}`)
    await settled(page)
    const href = await page.getByRole('link', { name: 'HTML' }).getAttribute('href')
    const text = await (await fetch(server.url + href)).text()
    await page.goto('about:blank')
    await page.setContent(text)
    expect(await page.locator('img, script').count()).toBe(0)
    expect(await page.getByText(HOSTILE).count()).toBeGreaterThan(0)
    expect(await page.getByRole('heading', { level: 2 }).count()).toBe(13)
  })

  test('on paper there is neither rail nor button', async () => {
    visitor = await visit(browser, server.url, { theme: 'dark' })
    const { page } = visitor
    await page.goto(`${server.url}/reports/${reportId}`)
    await settled(page)
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByRole('navigation').filter({ visible: true }).count()).toBe(0)
    expect(await page.getByRole('button').filter({ visible: true }).count()).toBe(0)
    expect(await page.locator('body').evaluate((body) => getComputedStyle(body).color)).toBe('rgb(0, 0, 0)')
  })
})

describe('sign-in', () => {
  const token = 'a-token-for-the-browser-test'
  let guarded: TestConsole

  beforeAll(async () => {
    guarded = await stage.console('clusters: []\n', {
      HOLDFAST_ROLE: 'web',
      HOLDFAST_AUTH: 'on',
      HOLDFAST_ADMIN_TOKEN: token,
    })
  })

  test('refuses a wrong token in words, and a right one leads to the page that was asked for', async () => {
    visitor = await visit(browser, guarded.url)
    const { page } = visitor
    await page.goto(`${guarded.url}/dead-letters`)
    await page.waitForURL('**/sign-in**')
    await page.getByLabel('Token').fill('not-the-token')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.getByRole('alert').first().textContent()).not.toBe('')
    await page.getByLabel('Token').fill(token)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
    await page.getByRole('heading', { level: 1 }).waitFor()
  })

  test.each(['en', 'zh'] as const)(
    'is whole and accessible in %s, and so is a console without clusters',
    async (locale) => {
      visitor = await visit(browser, guarded.url, { locale })
      expect(await faultsOfPage(visitor, `${guarded.url}/sign-in`)).toEqual([])
      await visitor.page.locator('input[type="password"]').fill(token)
      await visitor.page.keyboard.press('Enter')
      await visitor.page.waitForURL((url) => !url.pathname.startsWith('/sign-in'))
      const faults: string[] = []
      for (const path of ['/', '/clusters', '/dead-letters'])
        faults.push(...(await faultsOfPage(visitor, guarded.url + path)))
      expect(faults).toEqual([])
    },
  )
})
