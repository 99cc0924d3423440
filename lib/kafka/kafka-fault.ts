/** From Kafka's error codes and the client's error classes to our faults. Never by an error's words. */
import {
  AuthenticationError,
  NetworkError,
  ProtocolError,
  ResponseError,
  TimeoutError,
  UserError,
} from '@platformatic/kafka'
import { type Fault, type FaultCode, fault } from '../cluster/fault.ts'
import { TokenEndpointError } from './oauth-token.ts'

/** Kafka's own error codes. Those without a line here become `brokerError` with the number. */
const FAULT_OF_ERROR_CODE: Record<number, FaultCode> = {
  3: 'topicDeleted',
  5: 'leaderNotAvailable',
  6: 'leaderNotAvailable',
  7: 'requestTimeout',
  8: 'leaderNotAvailable',
  9: 'leaderNotAvailable',
  14: 'coordinatorNotAvailable',
  15: 'coordinatorNotAvailable',
  16: 'coordinatorNotAvailable',
  29: 'authorizationFailed',
  30: 'authorizationFailed',
  31: 'authorizationFailed',
  33: 'saslMechanismUnsupported',
  34: 'saslNotExpectedByBroker',
  35: 'unsupportedByBroker',
  53: 'authorizationFailed',
  56: 'logDirOffline',
  57: 'logDirOffline',
  58: 'authenticationFailed',
  65: 'authorizationFailed',
  69: 'groupNotFound',
  72: 'leaderNotAvailable',
  74: 'leaderNotAvailable',
  75: 'leaderNotAvailable',
  100: 'topicDeleted',
}

const FAULT_OF_SYSTEM_CODE: Record<string, FaultCode> = {
  ENOTFOUND: 'hostNotFound',
  EAI_AGAIN: 'hostNotFound',
  ECONNREFUSED: 'connectionRefused',
  ETIMEDOUT: 'connectTimeout',
  EHOSTUNREACH: 'connectTimeout',
  ENETUNREACH: 'connectTimeout',
  ECONNRESET: 'connectionClosed',
  EPIPE: 'connectionClosed',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tlsUntrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'tlsUntrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tlsUntrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tlsUntrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tlsUntrusted',
  CERT_UNTRUSTED: 'tlsUntrusted',
  CERT_REJECTED: 'tlsUntrusted',
  CERT_SIGNATURE_FAILURE: 'tlsUntrusted',
  INVALID_CA: 'tlsUntrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tlsHostMismatch',
  HOSTNAME_MISMATCH: 'tlsHostMismatch',
  CERT_HAS_EXPIRED: 'tlsExpired',
  CERT_NOT_YET_VALID: 'tlsExpired',
  EPROTO: 'tlsHandshakeFailed',
}

/** The TLS alerts by which a broker refuses our own certificate, or its absence. */
const CLIENT_CERTIFICATE_ALERTS = [
  'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
  'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN',
]

/** For an error code inside an answer; null for "no error". */
export function faultOfErrorCode(errorCode: number, facts: Fault['facts'] = {}): Fault | null {
  if (errorCode === 0) return null
  const code = FAULT_OF_ERROR_CODE[errorCode]
  return code ? fault(code, facts) : fault('brokerError', { ...facts, errorCode })
}

export interface ErrorSetting {
  /** Whom we talked to, as text for people. */
  address: string
  /** The request's name; null while connecting. */
  api: string | null
  usesTls: boolean
  mechanism: string | null
}

/** For anything that connecting or asking may throw. */
export function faultOfError(error: unknown, setting: ErrorSetting): Fault {
  const { address, api } = setting
  const facts: Record<string, string> = api === null ? { address } : { address, api }
  const chain = causes(error)
  const token = chain.find((cause) => cause instanceof TokenEndpointError)
  if (token) return fault('tokenEndpointFailed', { address, status: token.status ?? 0 })
  const known = chain.find((cause) => cause instanceof ProtocolError)
  if (known)
    return faultOfErrorCode(Number(known.apiCode), withMechanism(facts, setting)) ?? fault('invalidAnswer', facts)
  const system = chain.map((cause) => systemFault(cause, facts, setting)).find((found) => found !== null)
  if (system) return system
  if (chain.some((cause) => cause instanceof UserError)) {
    return fault(setting.usesTls ? 'tlsHandshakeFailed' : 'tlsExpectedByBroker', facts)
  }
  if (chain.some((cause) => cause instanceof TimeoutError))
    return fault(api ? 'requestTimeout' : 'connectTimeout', facts)
  if (chain.some((cause) => cause instanceof NetworkError)) return fault('connectionClosed', facts)
  if (chain.some((cause) => cause instanceof AuthenticationError)) {
    return fault('authenticationFailed', withMechanism(facts, setting))
  }
  // What is left was thrown by a parser: the broker's bytes were not what its version promises.
  return fault('invalidAnswer', facts)
}

function withMechanism(facts: Record<string, string>, { mechanism }: ErrorSetting): Record<string, string> {
  return mechanism === null ? facts : { ...facts, mechanism }
}

function systemFault(error: Error, facts: Record<string, string>, setting: ErrorSetting): Fault | null {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  if (code === null) return null
  if (CLIENT_CERTIFICATE_ALERTS.includes(code)) return fault('tlsClientCertificateRefused', facts)
  // A broker that does not speak TLS drops the connection in the middle of the handshake.
  if (code === 'ECONNRESET' && setting.usesTls && setting.api === null) return fault('tlsHandshakeFailed', facts)
  const known = FAULT_OF_SYSTEM_CODE[code]
  if (known) return fault(known, facts)
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') ? fault('tlsHandshakeFailed', facts) : null
}

/** The error, its causes and the parts of collected errors, outermost first. */
function causes(error: unknown): (Error & Record<string, unknown>)[] {
  if (!(error instanceof Error)) return []
  const parts = error instanceof AggregateError ? error.errors : []
  return [error as Error & Record<string, unknown>, ...parts.flatMap(causes), ...causes(error.cause)]
}

/** The answer that came with errors inside it, for its caller to sort out; null when nothing of it can be used. */
export function partialAnswer(error: unknown): unknown {
  if (!(error instanceof ResponseError)) return null
  const whole = error.errors.some(
    (part: unknown) => part instanceof ProtocolError && (part.path === '/' || part.path === ''),
  )
  return whole ? null : (error.response as unknown)
}
