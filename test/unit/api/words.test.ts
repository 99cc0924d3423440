import { describe, expect, test } from 'vitest'
import { STATUS_OF, toProblem } from '../../../lib/api/problem.ts'
import { HOLD_WARNINGS } from '../../../lib/api/schemas/holds.ts'
import { ERROR_CODES, HoldfastError } from '../../../lib/errors.ts'
import { HOLD_OUTCOMES } from '../../../lib/holds/hold.ts'
import { LOCALES } from '../../../lib/i18n/locale.ts'
import { messagesOf } from '../../../lib/i18n/messages.ts'
import { translate } from '../../../lib/i18n/translate.ts'

/** What the code that throws each error gives along. */
const FACTS = {
  ...{ permission: 'p', cluster: 'c', broker: 'b', topic: 't', held: 'h', group: 'g', allow: 'GET', id: 'i' },
  ...{ maxBytes: 65536, retryAfterSeconds: 7, count: 2, requestId: 'r' },
  ...{ loss: 'l-1', replay: 'r-1', state: 'paused', action: 'start', actor: 'admin' },
  ...{ minutes: 60, approvedAt: '2026-01-02T03:04:05.000Z' },
  ...{
    alert: 'a-1',
    silence: 's-1',
    rule: 'my-rule',
    receiver: 'x',
    delivery: 'd-1',
    report: 'r-1',
    mute: 'm-1',
    most: 1_000,
    unit: 'recordsPerSecond',
    ...{ partition: 0, offset: '17', startOffset: '20' },
    code: 'topic.minIsrOne',
    partitions: 2,
    settings: 'retention.ms',
    command: 'kafka-configs.sh',
    ...{ partition: 0, offset: '7', startOffset: '12' },
  },
}

describe.each(LOCALES)('words in %s', (locale) => {
  test.each(ERROR_CODES)('%s has a title, a detail and a fix without holes', (code) => {
    const problem = toProblem(new HoldfastError(code, FACTS), locale)
    expect(problem.status).toBe(STATUS_OF[code])
    for (const text of [problem.title, problem.detail, problem.fix ?? '']) {
      expect(text.length).toBeGreaterThan(3)
      expect(text).not.toContain('errors.')
      expect(text).not.toMatch(/[{}]/)
      expect(text).not.toMatch(new RegExp(`^${code}\\.`))
    }
  })
})

test.each(HOLD_OUTCOMES)('how a hold ended has words: %s', (outcome) => {
  const [en, zh] = LOCALES.map((locale) => translate(locale, 'holds', `outcomes.${outcome}`))
  expect(en).toMatch(/^[A-Z].*\.$/)
  expect(zh).toMatch(/^\p{Script=Han}.*。$/u)
})

test.each(HOLD_WARNINGS)('what a hold of brokers does has words: %s', (warning) => {
  const [en, zh] = LOCALES.map((locale) => translate(locale, 'holds', `warnings.${warning}`))
  expect(en).toMatch(/^[A-Z].*\.$/)
  expect(zh).toMatch(/\p{Script=Han}.*。$/u)
})

test('both languages complain about the same places of input', () => {
  expect(Object.keys(messagesOf('zh').errors.issues)).toEqual(Object.keys(messagesOf('en').errors.issues))
})

test('a fact that is missing does not turn an answer into a failure', () => {
  expect(translate('en', 'errors', 'topic_not_found.detail', {})).not.toBe('')
  expect(translate('zh', 'errors', 'no_such_code.title')).toBe('no_such_code.title')
})
