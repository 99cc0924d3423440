/** What became of one attempt: a code and facts, whose words stand under `notifications.outcomes`. */
import { HOUR_MS } from '../units.ts'

export const OUTCOME_CODES = [
  'delivered',
  'deliveredPartly',
  'rateLimited',
  'serverFailed',
  'statusRefused',
  'redirected',
  'gone',
  'signatureRefused',
  'sourceRefused',
  'keywordRefused',
  'credentialRefused',
  'contentRefused',
  'vendorRefused',
  'vendorBusy',
  'unexpectedAnswer',
  'hostNotFound',
  'connectionRefused',
  'connectTimeout',
  'answerTimeout',
  'connectionClosed',
  'connectionFailed',
  'tlsUntrusted',
  'tlsHostMismatch',
  'tlsExpired',
  'tlsFailed',
  'metadataBlocked',
  'addressBlocked',
  'plainTextBlocked',
  'portBlocked',
  'mailSignInRefused',
  'mailNoTls',
  'mailRefused',
  'mailBusy',
  'kindNotTaken',
  'beginningNotTaken',
  'receiverGone',
  'receiverUnreadable',
  'internal',
] as const
export type OutcomeCode = (typeof OUTCOME_CODES)[number]

/** Never a secret, and nothing of what the receiver answered but a code that its vendor has documented. */
export type OutcomeFacts = Record<string, string | number>

export interface Outcome {
  /** `retry`: it may be taken later. `refused`: it will not, as long as nobody changes anything. */
  state: 'delivered' | 'retry' | 'refused'
  code: OutcomeCode
  facts: OutcomeFacts
  /** How long the receiver asked to be left alone, an hour at most; null: it did not say. */
  retryAfterMs: number | null
}

/** As often as it would be tried anyway: one answer must not silence a receiver for days. */
const LONGEST_WAIT_MS = HOUR_MS

export const DELIVERED: Outcome = { state: 'delivered', code: 'delivered', facts: {}, retryAfterMs: null }

export function retry(code: OutcomeCode, facts: OutcomeFacts = {}, waitMs: number | null = null): Outcome {
  const retryAfterMs = waitMs === null ? null : Math.min(waitMs, LONGEST_WAIT_MS)
  return { state: 'retry', code, facts, retryAfterMs }
}

export function refused(code: OutcomeCode, facts: OutcomeFacts = {}): Outcome {
  return { state: 'refused', code, facts, retryAfterMs: null }
}
