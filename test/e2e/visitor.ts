/** A person at a browser: language, theme and width chosen, and everything the page complained about kept. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { Theme } from '../../lib/client/preferences.ts'
import { LOCALE_COOKIE, THEME_COOKIE, TIME_ZONE_COOKIE } from '../../lib/client/preferences.ts'
import { en } from '../../lib/i18n/en.ts'
import type { Locale } from '../../lib/i18n/locale.ts'

export const WIDE = { width: 1440, height: 900 }
export const NARROW = { width: 390, height: 844 }

const TIME_ZONE = 'Asia/Shanghai'
const ACTION_TIMEOUT_MS = 20_000

export interface Visitor {
  locale: Locale
  context: BrowserContext
  page: Page
  /** Errors that the page wrote to the console or did not catch, since the last call. */
  takeComplaints(): string[]
  close(): Promise<void>
}

export interface VisitorOptions {
  locale?: Locale
  theme?: Theme
  viewport?: { width: number; height: number }
}

export async function visit(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: options.viewport ?? WIDE,
    timezoneId: TIME_ZONE,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  await context.addCookies([
    { name: LOCALE_COOKIE, value: options.locale ?? 'en', url },
    { name: THEME_COOKIE, value: options.theme ?? 'light', url },
    { name: TIME_ZONE_COOKIE, value: TIME_ZONE, url },
  ])
  context.setDefaultTimeout(ACTION_TIMEOUT_MS)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${new URL(page.url()).pathname}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`${new URL(page.url()).pathname}: ${error.message}`))
  return {
    locale: options.locale ?? 'en',
    context,
    page,
    takeComplaints: () => complaints.splice(0),
    close: () => context.close(),
  }
}

/** Nothing is loading any more: React has taken over the page, skeletons are gone and charts are drawn. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const title = document.querySelector('h1')
    // React marks the elements that it has taken over; a click before that is lost.
    const isAlive = title !== null && Object.keys(title).some((key) => key.startsWith('__react'))
    return isAlive && document.querySelector('.skeleton, [aria-busy="true"]') === null
  })
}

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** One line per rule and element that breaks it. */
export async function axeFindings(page: Page, rules?: string[]): Promise<string[]> {
  // In the page itself: no page of ours has frames, and a second page for every look takes longer than the look.
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const { violations } = await (rules === undefined ? builder.withTags(WCAG) : builder.withRules(rules)).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      (node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary?.split('\n').slice(1).join(' ') ?? ''}`,
    ),
  )
}

const MISSING_KEY = new RegExp(`\\b(?:${Object.keys(en).join('|')})\\.[a-z][A-Za-z]+(?:\\.[A-Za-z]+)*\\b`, 'g')

/** Where a message is missing, its key is shown instead. */
export async function missingKeys(page: Page): Promise<string[]> {
  const text = await page.evaluate(() => {
    const titles = [...document.querySelectorAll('[title], [aria-label]')]
    const said = titles.flatMap((element) => [element.getAttribute('title'), element.getAttribute('aria-label')])
    const body = document.body.cloneNode(true) as HTMLElement
    for (const script of body.querySelectorAll('script, style')) script.remove()
    return [document.title, body.textContent, ...said].join('\n')
  })
  return [...text.matchAll(MISSING_KEY)].map(([key]) => key)
}

/** How far the page is wider than the window; a page never scrolls sideways. */
export function overhang(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
}

export async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate((name) => {
    document.documentElement.dataset.theme = name
  }, theme)
}
