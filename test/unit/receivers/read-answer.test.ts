import { describe, expect, test } from 'vitest'
import type { ReceiverType } from '../../../lib/config/receivers.ts'
import { LOCALES } from '../../../lib/i18n/locale.ts'
import { messagesOf } from '../../../lib/i18n/messages.ts'
import { translate } from '../../../lib/i18n/translate.ts'
import { OUTCOME_CODES } from '../../../lib/receivers/outcome.ts'
import { readAnswer, readRetryAfter } from '../../../lib/receivers/read-answer.ts'
import { DAY_MS, HOUR_MS } from '../../../lib/units.ts'

const NOW_MS = Date.UTC(2026, 0, 5)

type Row = [type: ReceiverType, status: number, body: string, state: string, code: string]
const ROWS: Row[] = [
  ['webhook', 200, '', 'delivered', 'delivered'],
  ['webhook', 204, '', 'delivered', 'delivered'],
  ['webhook', 302, '', 'refused', 'redirected'],
  ['webhook', 400, '', 'refused', 'statusRefused'],
  ['webhook', 404, '', 'refused', 'statusRefused'],
  ['webhook', 408, '', 'retry', 'serverFailed'],
  ['webhook', 410, '', 'refused', 'gone'],
  ['webhook', 429, '', 'retry', 'rateLimited'],
  ['webhook', 500, '', 'retry', 'serverFailed'],
  ['webhook', 503, '{"errcode":0}', 'retry', 'serverFailed'],
  ['alertmanager', 200, '', 'delivered', 'delivered'],
  ['pagerduty', 202, '{"status":"success"}', 'delivered', 'delivered'],
  ['pagerduty', 400, '{"status":"invalid event"}', 'refused', 'contentRefused'],
  ['pagerduty', 429, '', 'retry', 'rateLimited'],
  ['slack', 200, 'ok', 'delivered', 'delivered'],
  ['slack', 200, '<html>sign in</html>', 'retry', 'unexpectedAnswer'],
  ['slack', 200, 'invalid_token', 'refused', 'credentialRefused'],
  ['slack', 400, 'invalid_payload', 'refused', 'contentRefused'],
  ['slack', 403, 'action_prohibited', 'refused', 'credentialRefused'],
  ['slack', 404, 'no_service', 'refused', 'gone'],
  ['slack', 410, 'channel_is_archived', 'refused', 'gone'],
  ['slack', 500, 'rollup_error', 'retry', 'serverFailed'],
  ['slack', 404, 'constructor', 'refused', 'statusRefused'],
  ['teams', 202, '', 'delivered', 'delivered'],
  ['teams', 200, '1', 'delivered', 'delivered'],
  ['teams', 200, 'Webhook message delivery failed with error: … returned HTTP error 429 with …', 'retry', 'vendorBusy'],
  ['teams', 200, 'Webhook message delivery failed with error: … returned HTTP error 404', 'refused', 'vendorRefused'],
  ['dingtalk', 200, '{"errcode":0,"errmsg":"ok"}', 'delivered', 'delivered'],
  ['dingtalk', 200, '{"errcode":310000,"errmsg":"sign not match"}', 'refused', 'signatureRefused'],
  ['dingtalk', 200, '{"errcode":130101}', 'retry', 'rateLimited'],
  ['dingtalk', 200, '{"status":1111,"wait":5}', 'retry', 'rateLimited'],
  ['dingtalk', 200, '{"errcode":-1}', 'retry', 'vendorBusy'],
  ['dingtalk', 200, '{"errcode":40035}', 'refused', 'contentRefused'],
  ['dingtalk', 200, '{"errcode":77}', 'refused', 'vendorRefused'],
  ['dingtalk', 200, 'null', 'retry', 'unexpectedAnswer'],
  ['dingtalk', 500, '', 'retry', 'serverFailed'],
  ['feishu', 200, '{"code":0,"msg":"success"}', 'delivered', 'delivered'],
  ['feishu', 200, '{"StatusCode":0,"StatusMessage":"success"}', 'delivered', 'delivered'],
  ['feishu', 200, '{"code":19021}', 'refused', 'signatureRefused'],
  ['feishu', 200, '{"code":19022}', 'refused', 'sourceRefused'],
  ['feishu', 200, '{"code":19024}', 'refused', 'keywordRefused'],
  ['feishu', 400, '{"code":9499}', 'refused', 'contentRefused'],
  ['feishu', 200, '{"code":11232}', 'retry', 'rateLimited'],
  ['feishu', 200, '{"code":19036}', 'refused', 'contentRefused'],
  ['feishu', 200, '', 'retry', 'unexpectedAnswer'],
  // What stands before the vendor's program answers with bodies of its own.
  ['feishu', 500, '{"code":0}', 'retry', 'serverFailed'],
  ['feishu', 429, '{"code":0}', 'retry', 'rateLimited'],
  ['feishu', 302, '{"code":0}', 'refused', 'redirected'],
  ['feishu', 302, '{"code":11232}', 'refused', 'redirected'],
  ['feishu', 400, '{"code":0}', 'refused', 'statusRefused'],
  ['feishu', 503, '{"code":77}', 'retry', 'serverFailed'],
  ['feishu', 503, '{"code":19021}', 'retry', 'serverFailed'],
  ['feishu', 429, '{"code":77}', 'retry', 'rateLimited'],
  ['feishu', 400, '{"code":11232}', 'retry', 'rateLimited'],
  ['dingtalk', 503, '{"errcode":-1}', 'retry', 'vendorBusy'],
  ['slack', 503, 'no_service', 'retry', 'serverFailed'],
  ['wecom', 200, '{"errcode":0,"errmsg":"ok"}', 'delivered', 'delivered'],
  ['wecom', 200, '{"errcode":40058}', 'refused', 'contentRefused'],
  ['wecom', 200, '{"errcode":93000}', 'refused', 'credentialRefused'],
  ['wecom', 200, '{"errcode":45009}', 'retry', 'rateLimited'],
  ['wecom', 200, '{"errcode":"0"}', 'retry', 'unexpectedAnswer'],
]

test.each(ROWS)('%s answers %i %s: %s, %s', (type, status, body, state, code) => {
  expect(readAnswer(type, { status, body, retryAfter: null }, NOW_MS)).toMatchObject({ state, code })
})

test.each([
  ['seconds', '7', 7_000],
  ['a date', new Date(NOW_MS + 90_000).toUTCString(), 90_000],
  ['a date that is over', new Date(NOW_MS - 90_000).toUTCString(), 0],
  ['nothing', null, null],
  ['nonsense', 'soon', null],
])('how long to wait may be %s', (_name, header, waitMs) => {
  expect(readRetryAfter(header, NOW_MS)).toBe(waitMs)
  const answer = { status: 429, body: '', retryAfter: header }
  expect(readAnswer('slack', answer, NOW_MS).retryAfterMs).toBe(waitMs)
})

test.each([
  ['seconds', '604800'],
  ['a date', new Date(NOW_MS + 7 * DAY_MS).toUTCString()],
])('nobody is left alone for longer than an hour, whatever %s it names', (_name, retryAfter) => {
  expect(readAnswer('webhook', { status: 503, body: '', retryAfter }, NOW_MS).retryAfterMs).toBe(HOUR_MS)
  const locked = { status: 200, body: '{"status":1111,"wait":1e999}', retryAfter: null }
  expect(readAnswer('dingtalk', locked, NOW_MS).retryAfterMs).toBe(HOUR_MS)
})

test('a robot that names its pause in the header and a code beside it is left alone for that pause', () => {
  const waitMs = (retryAfter: string | null): number | null =>
    readAnswer('feishu', { status: 429, body: '{"code":11232}', retryAfter }, NOW_MS).retryAfterMs
  expect([waitMs(null), waitMs('600')]).toEqual([60_000, 600_000])
})

test('a robot that was asked too often is left alone for as long as it says', () => {
  const answer = { status: 200, body: '{"status":1111,"wait":5}', retryAfter: null }
  expect(readAnswer('dingtalk', answer, NOW_MS).retryAfterMs).toBe(5_000)
})

test('what it answers beside a code is not told on', () => {
  const answer = { status: 200, body: '{"errcode":77,"errmsg":"internal-host-name"}', retryAfter: null }
  expect(JSON.stringify(readAnswer('wecom', answer, NOW_MS))).not.toContain('internal')
})

describe.each(LOCALES)('words in %s', (locale) => {
  test('there are some for every outcome, and for no other', () => {
    expect(Object.keys(messagesOf(locale).notifications.outcomes).sort()).toEqual([...OUTCOME_CODES].sort())
  })

  test.each(OUTCOME_CODES)('%s is told without holes', (code) => {
    const facts = {
      ...{
        host: 'h',
        port: 1,
        status: 500,
        vendorCode: 7,
        seconds: 5,
        count: 2,
        ports: '443',
        code: 'EPERM',
        receiver: 'x',
      },
    }
    for (const part of ['message', 'fix']) {
      const words = translate(locale, 'notifications', `outcomes.${code}.${part}`, facts)
      expect(words).not.toMatch(/[{}]|outcomes\.|undefined/)
      expect(words).toMatch(/[.。]$/)
    }
  })
})
