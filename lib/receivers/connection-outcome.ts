/** What an error of a connection means. By codes, never by an error's words: those may hold the address, which is a secret. */
import type { FaultCode } from '../cluster/fault.ts'
import { errorChain, networkFault } from '../cluster/network-fault.ts'
import { type Outcome, type OutcomeCode, retry } from './outcome.ts'

const OUTCOME_OF_FAULT: Partial<Record<FaultCode, OutcomeCode>> = {
  ...{ hostNotFound: 'hostNotFound', connectionRefused: 'connectionRefused', connectTimeout: 'connectTimeout' },
  ...{ connectionClosed: 'connectionClosed', tlsUntrusted: 'tlsUntrusted', tlsHostMismatch: 'tlsHostMismatch' },
  ...{ tlsExpired: 'tlsExpired', tlsHandshakeFailed: 'tlsFailed', tlsClientCertificateRefused: 'tlsFailed' },
}

/** What is dialled. */
export interface Place {
  /** Without brackets. */
  host: string
  port: number
  usesTls: boolean
}

export const CONNECT_SECONDS = 5

/** A certificate may be renewed and a network mended: nothing of this is final. */
export function connectionOutcome(error: unknown, { host, port, usesTls }: Place, isConnecting: boolean): Outcome {
  const codes = errorChain(error).flatMap((one) => codesOf(one))
  for (const code of codes) {
    const fault = networkFault(Object.assign(new Error(code), { code }), { facts: {}, usesTls, isConnecting })
    const known = fault === null ? undefined : OUTCOME_OF_FAULT[fault.code]
    if (known !== undefined) return retry(known, { host, port, seconds: CONNECT_SECONDS })
  }
  return retry('connectionFailed', { host, port, code: codes[0] ?? 'unknown' })
}

/** The library for mail keeps the code of the socket apart from its own. */
function codesOf({ code, originalCode }: Error & Record<string, unknown>): string[] {
  return [originalCode, code].filter((one) => typeof one === 'string' && /^[\w/-]{1,80}$/.test(one)) as string[]
}
