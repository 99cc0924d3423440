import { describe, expect, test } from 'vitest'
import { LOCALES } from '../../../lib/i18n/locale.ts'
import { messagesOf } from '../../../lib/i18n/messages.ts'
import { translate } from '../../../lib/i18n/translate.ts'
import { FINDING_CODES } from '../../../lib/lint/finding-codes.ts'
import { lint } from './lint.ts'
import { CONSUMER_CASES, PRODUCER_CASES, ROCKETMQ_CASES, TEXT_CASES, TOPIC_CASES } from './rule-cases.ts'

const CASES = { ...PRODUCER_CASES, ...CONSUMER_CASES, ...TOPIC_CASES, ...ROCKETMQ_CASES, ...TEXT_CASES }

describe.each(LOCALES)('words in %s', (locale) => {
  test('there are some for every finding, and for no other', () => {
    expect(Object.keys(messagesOf(locale).lintCodes).sort()).toEqual([...FINDING_CODES].sort())
  })

  test.each(FINDING_CODES)('%s is told without holes', (code) => {
    const [hit] = CASES[code]?.hits ?? []
    const finding = hit && lint(hit).findings.find((one) => one.code === code)
    for (const part of ['why', 'fix']) {
      const words = translate(locale, 'lintCodes', `${code}.${part}`, finding?.facts)
      expect(words).not.toBe(`${code}.${part}`)
      expect(words).not.toMatch(/[{}]|undefined| \(\)|=\)|= /)
      expect(words.length).toBeGreaterThan(3)
    }
  })
})
