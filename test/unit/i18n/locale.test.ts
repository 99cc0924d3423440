import { describe, expect, it } from 'vitest'
import { chooseLocale } from '../../../lib/i18n/locale.ts'

describe('chooseLocale', () => {
  it.each([
    ['a choice wins over the browser', 'zh', 'en-US,en;q=0.9', 'zh'],
    ['an unknown choice is ignored', 'fr', 'zh-CN', 'zh'],
    ['the heaviest known wish', null, 'fr;q=1, en;q=0.5, zh-TW;q=0.8', 'zh'],
    ['order breaks a tie', null, 'en-GB, zh', 'en'],
    ['a refused language is not chosen', null, 'zh;q=0, en;q=0.1', 'en'],
    ['nothing known', null, 'fr, de', 'en'],
    ['no header', null, null, 'en'],
    ['nonsense', null, ';;q=x,,', 'en'],
  ] as const)('%s', (_name, chosen, header, locale) => {
    expect(chooseLocale(chosen, header)).toBe(locale)
  })
})
