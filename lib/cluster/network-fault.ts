/** From the codes of Node's sockets and of OpenSSL to our faults. Never by an error's words. */
import { type Fault, type FaultCode, fault } from './fault.ts'

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

interface NetworkSetting {
  /** Go into the fault as they are. */
  facts: Fault['facts']
  usesTls: boolean
  /** False once requests were sent. */
  isConnecting: boolean
}

/** For an error of a socket or its TLS; null for any other. */
export function networkFault(error: Error, { facts, usesTls, isConnecting }: NetworkSetting): Fault | null {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  if (code === null) return null
  if (CLIENT_CERTIFICATE_ALERTS.includes(code)) return fault('tlsClientCertificateRefused', facts)
  // A broker that does not speak TLS drops the connection in the middle of the handshake.
  if (code === 'ECONNRESET' && usesTls && isConnecting) return fault('tlsHandshakeFailed', facts)
  const known = FAULT_OF_SYSTEM_CODE[code]
  if (known) return fault(known, facts)
  return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') ? fault('tlsHandshakeFailed', facts) : null
}

/** The error, its causes and the parts of collected errors, outermost first. */
export function errorChain(error: unknown): (Error & Record<string, unknown>)[] {
  if (!(error instanceof Error)) return []
  const parts = error instanceof AggregateError ? error.errors : []
  return [error as Error & Record<string, unknown>, ...parts.flatMap(errorChain), ...errorChain(error.cause)]
}
