/** Whether an answer says that the message was taken. HTTP 200 alone does not: some vendors put their errors under it. Pure. */
import type { ReceiverType } from '../config/receivers.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import { DELIVERED, type Outcome, type OutcomeCode, refused, retry } from './outcome.ts'

export interface Answer {
  status: number
  /** As it stood in the header. */
  retryAfter: string | null
  /** Its beginning. */
  body: string
}

export function readAnswer(type: ReceiverType, answer: Answer, nowMs: number): Outcome {
  const ofStatus = byStatus(answer, nowMs)
  const ofVendor = OF_VENDOR[type]?.(answer) ?? null
  if (ofVendor === null || isOverruled(ofVendor, answer, ofStatus)) return ofStatus
  return ofVendor
}

/** With another status than 2xx somebody before the vendor's program may have answered: what was not taken may be tried again. */
function isOverruled({ state }: Outcome, { status }: Answer, ofStatus: Outcome): boolean {
  if (ofStatus.state === 'delivered') return false
  if (state === 'delivered' || status < 400) return true
  return ofStatus.state === 'retry' && (state === 'refused' || ofStatus.retryAfterMs !== null)
}

/** Null: the status decides. */
type VendorRule = (answer: Answer) => Outcome | null

const OF_VENDOR: Partial<Record<ReceiverType, VendorRule>> = {
  slack: readSlack,
  teams: readTeams,
  pagerduty: ({ status }) => (status === 400 ? refused('contentRefused', { vendorCode: status }) : null),
  dingtalk: readDingtalk,
  feishu: (answer) => readCoded(answer, 'code', FEISHU) ?? readCoded(answer, 'StatusCode', FEISHU) ?? notCoded(answer),
  wecom: (answer) => readCoded(answer, 'errcode', WECOM) ?? notCoded(answer),
}

const RETRIED_STATUS = [408, 425]

function byStatus({ status, retryAfter }: Answer, nowMs: number): Outcome {
  if (status >= 200 && status < 300) return DELIVERED
  if (status >= 300 && status < 400) return refused('redirected', { status })
  if (status === 410) return refused('gone')
  const waitMs = readRetryAfter(retryAfter, nowMs)
  if (status === 429) return retry('rateLimited', {}, waitMs)
  if (status >= 500 || RETRIED_STATUS.includes(status)) return retry('serverFailed', { status }, waitMs)
  return refused('statusRefused', { status })
}

/** Seconds, or a date. */
export function readRetryAfter(text: string | null, nowMs: number): number | null {
  if (text === null) return null
  const waitMs = /^\s*\d+\s*$/.test(text) ? Number(text) * SECOND_MS : Date.parse(text) - nowMs
  return Number.isFinite(waitMs) ? Math.max(0, waitMs) : null
}

/** Their errors are words, which are documented. */
const SLACK: Record<string, OutcomeCode> = {
  ...{ invalid_payload: 'contentRefused', invalid_blocks: 'contentRefused', no_text: 'contentRefused' },
  ...{ user_not_found: 'gone', channel_not_found: 'gone', channel_is_archived: 'gone', no_service: 'gone' },
  ...{ no_active_hooks: 'gone', no_team: 'gone', team_disabled: 'gone' },
  ...{ invalid_token: 'credentialRefused', action_prohibited: 'credentialRefused' },
  posting_to_general_channel_denied: 'credentialRefused',
}

function readSlack({ status, body }: Answer): Outcome | null {
  const word = body.trim()
  const code = Object.hasOwn(SLACK, word) ? SLACK[word] : undefined
  if (code !== undefined) return refused(code, { vendorCode: word })
  return status === 200 && word !== 'ok' ? retry('unexpectedAnswer') : null
}

/** The retired connectors answered 200 with a sentence that holds the status of what really happened. */
function readTeams({ status, body }: Answer): Outcome | null {
  if (status !== 200 || !/delivery failed|returned HTTP error/i.test(body)) return null
  const real = Number(/HTTP error (\d{3})/i.exec(body)?.[1] ?? 0)
  return real === 429 || real >= 500
    ? retry('vendorBusy', { vendorCode: real })
    : refused('vendorRefused', { vendorCode: real })
}

type Verdicts = Readonly<Record<number, OutcomeCode>>

const FEISHU: Verdicts = {
  ...{ 9499: 'contentRefused', 19021: 'signatureRefused', 19022: 'sourceRefused', 19024: 'keywordRefused' },
  ...{ 11232: 'rateLimited', 19036: 'contentRefused', 19001: 'credentialRefused' },
}
const WECOM: Verdicts = {
  ...{ 40058: 'contentRefused', 93000: 'credentialRefused', 45009: 'rateLimited', [-1]: 'vendorBusy' },
}
const DINGTALK: Verdicts = {
  ...{ 310000: 'signatureRefused', 130101: 'rateLimited', 300001: 'credentialRefused', 40035: 'contentRefused' },
  ...{ 410100: 'rateLimited', [-1]: 'vendorBusy' },
}
/** Of robots that lock out for a while whoever was too fast. */
const LOCKED_MS = MINUTE_MS
/** Another form of theirs, which stands for that they are overloaded. */
const DINGTALK_THROTTLED = 1111

function readDingtalk(answer: Answer): Outcome | null {
  const { status, wait } = (parsed(answer.body) ?? {}) as { status?: unknown; wait?: unknown }
  if (status === DINGTALK_THROTTLED) {
    return retry('rateLimited', {}, typeof wait === 'number' ? wait * SECOND_MS : LOCKED_MS)
  }
  return readCoded(answer, 'errcode', DINGTALK) ?? notCoded(answer)
}

/** Null: it has no such code. */
function readCoded({ body }: Answer, field: string, verdicts: Verdicts): Outcome | null {
  const vendorCode = parsed(body)?.[field]
  if (typeof vendorCode !== 'number') return null
  if (vendorCode === 0) return DELIVERED
  const code = verdicts[vendorCode] ?? 'vendorRefused'
  if (code === 'rateLimited') return retry(code, { vendorCode }, LOCKED_MS)
  return code === 'vendorBusy' ? retry(code, { vendorCode }) : refused(code, { vendorCode })
}

function notCoded({ status }: Answer): Outcome | null {
  return status >= 200 && status < 300 ? retry('unexpectedAnswer') : null
}

function parsed(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    // Not JSON: an answer without a code.
    return null
  }
}
