/** Looks at one page the way its readers do: two themes, two widths, and with the eyes of axe. */
import type { Page } from 'playwright-core'
import type { Visitor } from './visitor.ts'
import { axeFindings, missingKeys, NARROW, overhang, setTheme, settled, WIDE } from './visitor.ts'

/**
 * What is wrong with the page; empty when nothing is. In Chinese the same elements and colours have other words in them:
 * what depends on words is looked at in both languages, the rest in English and once in Chinese.
 */
export async function faultsOfPage(visitor: Visitor, url: string): Promise<string[]> {
  const { page, locale } = visitor
  const isFirstLanguage = locale === 'en'
  await page.setViewportSize(WIDE)
  await page.goto(url)
  await settled(page)
  const faults = named('missing message', await missingKeys(page))
  faults.push(...(await widthFaults(page, 'wide')))
  if (isFirstLanguage) faults.push(...named('wide, light', await axeFindings(page)))
  await setTheme(page, 'dark')
  if (isFirstLanguage) faults.push(...named('wide, dark', await axeFindings(page, ['color-contrast'])))
  await page.setViewportSize(NARROW)
  await settled(page)
  faults.push(...named('narrow, dark', await axeFindings(page)))
  await setTheme(page, 'light')
  if (isFirstLanguage) faults.push(...named('narrow, light', await axeFindings(page, ['color-contrast'])))
  faults.push(...(await widthFaults(page, 'narrow')))
  faults.push(...named('console', visitor.takeComplaints()))
  return faults.map((fault) => `${new URL(url).pathname}${new URL(url).search} ${fault}`)
}

async function widthFaults(page: Page, name: string): Promise<string[]> {
  const tooWide = await overhang(page)
  return tooWide > 0 ? [`${name}: ${tooWide} px wider than the window`] : []
}

function named(name: string, faults: readonly string[]): string[] {
  return faults.map((fault) => `${name}: ${fault}`)
}
