/** The console in trouble of its own: a full disk, and a collector that keeps dying. No broker is needed to see it. */
import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { messagesOf } from '../../lib/i18n/messages.ts'
import { canMount, fillDisk } from '../integration/db/small-disk.ts'
import type { TestConsole } from '../servers/console.ts'
import { Stage } from './stage.ts'
import { settled, type Visitor, visit } from './visitor.ts'
import { faultsOfPage } from './walk.ts'

/** Its polls fail, which is stored as well; each failure doubles the pause before the next. */
const CONFIG = `clusters:
  - { id: shop, name: Shop, kind: kafka, bootstrapServers: ["127.0.0.1:9"] }
poll: { intervalSeconds: 1 }
`
/** Up to two pauses between polls that fail. */
const PATIENCE = { timeout: 100_000, interval: 250 }

const stage = new Stage()
let browser: Browser
let visitor: Visitor

beforeAll(async () => {
  browser = await stage.browser()
})
afterAll(() => stage.stop())
afterEach(() => visitor?.close())

async function open(server: TestConsole, locale: 'en' | 'zh'): Promise<Page> {
  visitor = await visit(browser, server.url, { locale })
  await visitor.page.goto(server.url)
  await settled(visitor.page)
  return visitor.page
}

/** The strip that speaks of the console itself, whose first words are the same with every time. */
function strip(page: Page, title: string): Locator {
  return page.getByRole('status').filter({ hasText: title.replace(/ ?\{.*$/, '') })
}

describe.skipIf(!canMount)('a full disk (needs root to mount a small one)', () => {
  let server: TestConsole
  let disk: string

  beforeAll(async () => {
    disk = await stage.folder()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', disk])
    // Lazily, so that a failure before is not hidden behind one here.
    stage.onStop(async () => void execFileSync('umount', ['-l', disk]))
    server = await stage.console(CONFIG, { DATABASE_URL: `file:${join(disk, 'holdfast.db')}` })
  })

  test('every page says so in both languages, and that it is over when there is room', async () => {
    const { title } = messagesOf('en').shell.store
    const page = await open(server, 'en')
    expect(await strip(page, title).count()).toBe(0)
    fillDisk(join(disk, 'filler'))
    await expect.poll(() => strip(page, title).count(), PATIENCE).toBe(1)
    const said = await page.locator('main').textContent()
    expect(said).toContain(messagesOf('en').errors.database_full.fix)
    expect(said).toMatch(/\d+ polls? waits? in memory/)
    for (const path of ['/', '/clusters/shop', '/explore']) {
      expect(await faultsOfPage(visitor, server.url + path)).toEqual([])
      await strip(page, title).waitFor()
    }
    await visitor.close()
    const chinese = await open(server, 'zh')
    await chinese.getByText(messagesOf('zh').errors.database_full.fix).waitFor()
    expect(await faultsOfPage(visitor, `${server.url}/`)).toEqual([])
    await rm(join(disk, 'filler'))
    const fix = chinese.getByText(messagesOf('zh').errors.database_full.fix)
    await expect.poll(() => fix.count(), PATIENCE).toBe(0)
  }, 240_000)
})

test('a collector that keeps dying is told, and that it is back', async () => {
  const server = await stage.console(CONFIG)
  const { title } = messagesOf('en').shell.collector
  const page = await open(server, 'en')
  let last: number | null = null
  // Each death makes the next pause longer: the one after the fifth takes 16 s, enough to be looked at.
  for (let deaths = 0; deaths < 5; deaths += 1) {
    const pid = await vi.waitFor(async () => {
      const running = await server.collectorPid()
      if (running === null || running === last) throw new Error('no collector runs')
      return running
    }, PATIENCE)
    process.kill(pid, 'SIGKILL')
    last = pid
  }
  await expect.poll(() => strip(page, title).count(), PATIENCE).toBe(1)
  expect(await page.locator('main').textContent()).toMatch(/starts again in \d+\ss|being started again/)
  expect(await faultsOfPage(visitor, `${server.url}/clusters`)).toEqual([])
  await expect.poll(() => strip(page, title).count(), PATIENCE).toBe(0)
}, 240_000)
