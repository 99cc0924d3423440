/** Looks at one page the way its readers do: two themes, two widths, and with the eyes of axe. */
import type { Visitor } from './visitor.ts'
import { axeFindings, missingKeys, NARROW, overhang, setTheme, settled, WIDE } from './visitor.ts'

/** What is wrong with the page; empty when nothing is. */
export async function faultsOfPage(visitor: Visitor, url: string): Promise<string[]> {
  const { page } = visitor
  await page.setViewportSize(WIDE)
  await page.goto(url)
  await settled(page)
  const faults = [
    ...named('missing message', await missingKeys(page)),
    ...named('wide, light', await axeFindings(page)),
  ]
  await setTheme(page, 'dark')
  faults.push(...named('wide, dark', await axeFindings(page, ['color-contrast'])))
  await page.setViewportSize(NARROW)
  await settled(page)
  faults.push(...named('narrow, dark', await axeFindings(page)))
  await setTheme(page, 'light')
  faults.push(...named('narrow, light', await axeFindings(page, ['color-contrast'])))
  const tooWide = await overhang(page)
  if (tooWide > 0) faults.push(`narrow: ${tooWide} px wider than the window`)
  faults.push(...named('console', visitor.takeComplaints()))
  return faults.map((fault) => `${new URL(url).pathname}${new URL(url).search} ${fault}`)
}

function named(name: string, faults: readonly string[]): string[] {
  return faults.map((fault) => `${name}: ${fault}`)
}
