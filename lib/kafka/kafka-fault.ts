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
import { errorChain, networkFault } from '../cluster/network-fault.ts'
import { TokenEndpointError } from './oauth-token.ts'

/** Kafka's own error codes. Those without a line here become `brokerError` with the number. */
const FAULT_OF_ERROR_CODE: Record<number, FaultCode> = {
  3: 'topicDeleted',
  5: 'leaderNotAvailable',
  6: 'leaderNotAvailable',
  7: 'requestTimeout',
  8: 'leaderNotAvailable',
  9: 'leaderNotAvailable',
  10: 'messageTooLarge',
  14: 'coordinatorNotAvailable',
  15: 'coordinatorNotAvailable',
  16: 'coordinatorNotAvailable',
  // A name that no topic can have: there is none.
  17: 'topicDeleted',
  18: 'messageTooLarge',
  19: 'notEnoughReplicas',
  20: 'notEnoughReplicas',
  29: 'authorizationFailed',
  30: 'authorizationFailed',
  31: 'authorizationFailed',
  32: 'timestampRefused',
  33: 'saslMechanismUnsupported',
  34: 'saslNotExpectedByBroker',
  35: 'unsupportedByBroker',
  44: 'recordRefused',
  47: 'producerFenced',
  53: 'authorizationFailed',
  56: 'logDirOffline',
  57: 'logDirOffline',
  58: 'authenticationFailed',
  65: 'authorizationFailed',
  69: 'groupNotFound',
  72: 'leaderNotAvailable',
  74: 'leaderNotAvailable',
  75: 'leaderNotAvailable',
  78: 'leaderNotAvailable',
  87: 'recordRefused',
  89: 'quotaExceeded',
  90: 'producerFenced',
  100: 'topicDeleted',
}

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
  const chain = errorChain(error)
  const token = chain.find((cause) => cause instanceof TokenEndpointError)
  if (token) return fault('tokenEndpointFailed', { address, status: token.status ?? 0 })
  const known = chain.find((cause) => cause instanceof ProtocolError)
  if (known)
    return faultOfErrorCode(Number(known.apiCode), withMechanism(facts, setting)) ?? fault('invalidAnswer', facts)
  const network = { facts, usesTls: setting.usesTls, isConnecting: api === null }
  const system = chain.map((cause) => networkFault(cause, network)).find((found) => found !== null)
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

/** The answer that came with errors inside it, for its caller to sort out; null when nothing of it can be used. */
export function partialAnswer(error: unknown): unknown {
  if (!(error instanceof ResponseError)) return null
  const whole = error.errors.some(
    (part: unknown) => part instanceof ProtocolError && (part.path === '/' || part.path === ''),
  )
  return whole ? null : (error.response as unknown)
}
