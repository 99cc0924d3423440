/** Walks through the pages of dead letters. Shares cluster, console and browser with the tests of the other pages. */
import type { Browser, Locator, Page } from 'playwright-core'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { CauseListAnswer, DeadLetterListAnswer } from '../../lib/api/schemas/dead-letters.ts'
import type { DlqListAnswer } from '../../lib/api/schemas/dlqs.ts'
import { springException, springOrigin } from '../builders/dead-letters.ts'
import { CLUSTER_ID, type Shop } from './shop.ts'
import { NARROW, settled, type Visitor, type VisitorOptions, visit } from './visitor.ts'
import { faultsOfPage } from './walk.ts'

const TOPIC = 'payments-dlt'
const RECORDS = 36
const QUEUE = `/dead-letters/${CLUSTER_ID}/${TOPIC}`
const API = `/api/v1/dlqs/${CLUSTER_ID}/${TOPIC}`
const TOMBSTONE = 35
const LONG_ID = '9007199254740993'

interface Place {
  url: string
  browser: Browser
  shop: Shop
}

const FAILURES = [
  { cause: 'java.net.SocketTimeoutException', message: 'Read timed out after {n} ms' },
  { cause: 'com.acme.shop.UnknownArticleException', message: 'article {n} is not in the catalogue' },
  { cause: 'com.fasterxml.jackson.databind.exc.InvalidFormatException', message: 'cannot read "{n} pieces"' },
] as const

function headersOf(number: number): Record<string, Buffer | string> {
  const { cause, message } = FAILURES[number % FAILURES.length] ?? FAILURES[0]
  const failure = springException({ cause, message: message.replace('{n}', String(number)) })
  const origin = springOrigin({ topic: 'payments', partition: 0, offset: BigInt(number) })
  const marks = [...failure, ...origin].map(([name, value]) => [name, value === null ? '' : Buffer.from(value)])
  return { traceparent: `00-${number}`, ...Object.fromEntries(marks) }
}

/** Twelve records of each of three causes; one of them is a tombstone, and one holds what should never run. */
async function addFailures({ shop }: Place): Promise<void> {
  await shop.createTopic(TOPIC, [[1, 2, 3]], { 'min.insync.replicas': '2' })
  await shop.produce(
    TOPIC,
    Array.from({ length: RECORDS }, (_, number) => {
      const body = JSON.stringify({ order: number, note: '<img src=x onerror="document.title=1">' })
      return {
        key: `customer-${number}`,
        value: number === TOMBSTONE ? null : body.replace('{', `{"id":${LONG_ID},`),
        headers: headersOf(number),
      }
    }),
  )
}

async function read<T>({ url }: Place, path: string): Promise<T> {
  const answer = await fetch(url + path, { signal: AbortSignal.timeout(30_000) })
  expect(answer.status, await answer.clone().text()).toBe(200)
  return (await answer.json()) as T
}

/** The collector has seen the queue, and all of it is counted. */
async function untilCounted(place: Place): Promise<CauseListAnswer> {
  await vi.waitFor(
    async () => {
      const { items } = await read<DlqListAnswer>(place, `/api/v1/dlqs?q=topic=${TOPIC}`)
      expect(items[0]?.stored).toBe(RECORDS)
      await read<DeadLetterListAnswer>(place, `${API}/messages?limit=1`)
    },
    { timeout: 60_000, interval: 300 },
  )
  const causes = await read<CauseListAnswer>(place, `${API}/causes`)
  expect(causes.complete).toBe(true)
  return causes
}

export function describeDeadLetters(place: () => Place): void {
  describe('dead letters', () => {
    let visitor: Visitor
    let causes: CauseListAnswer

    async function open(path: string, options: VisitorOptions = {}): Promise<Page> {
      visitor = await visit(place().browser, place().url, options)
      await visitor.page.goto(place().url + path)
      await settled(visitor.page)
      return visitor.page
    }

    beforeAll(async () => {
      await addFailures(place())
      causes = await untilCounted(place())
    })
    afterEach(() => visitor?.close())

    test.each([
      ['en', ['', `/records/0/${TOMBSTONE}`]],
      ['zh', ['?tab=messages&status=all', '/causes/FIRST']],
    ] as const)('have whole and accessible pages in %s', async (locale, paths) => {
      visitor = await visit(place().browser, place().url, { locale })
      for (const path of paths) {
        const named = path.replace('FIRST', causes.items[0]?.fingerprint ?? '')
        expect(await faultsOfPage(visitor, place().url + QUEUE + named)).toEqual([])
      }
    })

    test('are followed from the inbox to the queue, a cause and a record', async () => {
      const page = await open('/dead-letters')
      await page.getByRole('table', { name: 'Dead letters' }).getByRole('link', { name: TOPIC }).click()
      await page.waitForURL(`**${QUEUE}`)
      await page.getByRole('link', { name: 'SocketTimeoutException' }).click()
      await page.waitForURL(`**${QUEUE}/causes/*`)
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('java.net.SocketTimeoutException')
      await messageRows(page).first().getByRole('link').first().click()
      await page.waitForURL(`**${QUEUE}/records/0/*`)
      await settled(page)
      const way = page.getByRole('list').filter({ hasText: 'billing gave up' })
      expect(await way.getByRole('link', { name: 'payments', exact: true }).count()).toBe(1)
      const header = page.getByRole('row', { name: /kafka_dlt-original-topic/ })
      expect(await header.textContent()).toContain('removed')
      expect(await page.getByRole('row', { name: /traceparent/ }).textContent()).toContain('kept')
    })

    test('show every digit of a payload, and nothing of it runs', async () => {
      const page = await open(`${QUEUE}/records/0/3`)
      const decoded = await page.getByRole('region', { name: 'Value, decoded' }).textContent()
      expect(decoded).toContain(LONG_ID)
      expect(decoded).toContain('<img src=x')
      expect(await page.locator('main img').count()).toBe(0)
      expect(await page.title()).toContain('Holdfast')
    })

    test('say that a tombstone is one', async () => {
      const page = await open(`${QUEUE}/records/0/${TOMBSTONE}`)
      await page.getByText('a tombstone').waitFor()
    })

    test('are searched from the address, and the search says how far it looked', async () => {
      const page = await open(`${QUEUE}?tab=messages`)
      await page.getByRole('searchbox', { name: /Text in key/ }).fill('customer-17')
      await page.keyboard.press('Enter')
      await page.waitForURL(/q=customer-17/)
      await expect.poll(() => messageRows(page).count()).toBe(1)
      await page.getByText('1 found').waitFor()
      await page.getByText('Everything was looked at.').waitFor()
      await page.reload()
      await settled(page)
      expect(await messageRows(page).count()).toBe(1)
    })

    test('are archived with a note and restored', async () => {
      const page = await open(`${QUEUE}?tab=messages&q=customer-20`)
      await page.getByRole('checkbox', { name: /Select record/ }).check()
      await page.getByRole('region', { name: 'What to do with the selection' }).getByText('Archive 1 record…').click()
      await page.getByLabel('Why').fill('a test of the shop')
      await page.getByRole('button', { name: 'Archive 1 record', exact: true }).click()
      await page.getByText('1 record archived.').waitFor()
      await expect.poll(() => messageRows(page).count()).toBe(0)
      await page.getByRole('combobox', { name: 'Status' }).selectOption('archived')
      await messageRows(page).first().getByRole('link').first().click()
      await page.getByText('Note: a test of the shop').waitFor()
      await page.getByRole('button', { name: 'Restore' }).click()
      await page.getByText('1 record is open again.').waitFor()
      await page.getByText('Nobody has handled it.').waitFor()
    })

    test('are handed to a replay by cause', async () => {
      const page = await open(QUEUE)
      await page.getByRole('checkbox', { name: /SocketTimeoutException/ }).check()
      const bar = page.getByRole('region', { name: 'What to do with the selection' })
      const href = await bar.getByRole('link', { name: 'Replay 12 records…' }).getAttribute('href')
      expect(href).toMatch(new RegExp(`^/replays/new\\?cluster=${CLUSTER_ID}&topic=${TOPIC}&causes=[0-9a-f]+$`))
    })

    test('are not deleted on a read-only cluster, and it says why', async () => {
      const page = await open(QUEUE, { viewport: NARROW })
      await page.getByRole('button', { name: 'More actions' }).click()
      await page.getByText('The cluster is read-only.').waitFor()
      expect(await page.getByRole('menuitem', { name: /Delete/ }).count()).toBe(0)
    })

    test('that are gone, or never were, say so', async () => {
      const page = await open(`${QUEUE}/records/0/999999`)
      await page.getByText('This record is not in the queue').waitFor()
      await page.goto(`${place().url}/dead-letters/${CLUSTER_ID}/no-such-dlt`)
      await page.getByText('No such dead-letter queue').waitFor()
      visitor.takeComplaints()
    })
  })
}

function messageRows(page: Page): Locator {
  return page.getByRole('table', { name: 'Messages of the queue' }).locator('tbody tr')
}
