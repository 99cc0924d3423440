/** What a request may throw, and how it becomes a fault. By class and code, never by an error's words. */
import { type Fault, fault } from '../cluster/fault.ts'
import { errorChain, networkFault } from '../cluster/network-fault.ts'
import { RemotingFormatError } from './remoting-format-error.ts'

/** A request that got no reply. */
export class RemotingFault extends Error {
  readonly fault: Fault

  constructor(fault: Fault, cause?: unknown) {
    super(`${fault.code} ${JSON.stringify(fault.facts)}`, cause === undefined ? undefined : { cause })
    this.name = 'RemotingFault'
    this.fault = fault
  }
}

/** Nothing came in time. */
export class DeadlineError extends Error {}

/** The peer dropped a plain connection, and would have taken one with TLS. */
export class TlsExpectedError extends Error {}

export interface FaultSetting {
  address: string
  /** The request's name; null while connecting. */
  api: string | null
  usesTls: boolean
}

/** For what connecting or asking may throw; null when the error is our own. */
export function faultOfError(error: unknown, { address, api, usesTls }: FaultSetting): Fault | null {
  const facts: Fault['facts'] = api === null ? { address } : { address, api }
  const chain = errorChain(error)
  if (chain.some((cause) => cause instanceof DeadlineError)) {
    return fault(api === null ? 'connectTimeout' : 'requestTimeout', facts)
  }
  if (chain.some((cause) => cause instanceof TlsExpectedError)) return fault('tlsExpectedByBroker', { address })
  if (chain.some((cause) => cause instanceof RemotingFormatError)) return fault('invalidAnswer', facts)
  const setting = { facts, usesTls, isConnecting: api === null }
  const network = chain.map((cause) => networkFault(cause, setting)).find((found) => found !== null)
  if (network) return network
  // Node gives a code to whatever ends a socket, also to what the table does not know.
  return chain.some((cause) => 'code' in cause) ? fault('connectionClosed', facts) : null
}
