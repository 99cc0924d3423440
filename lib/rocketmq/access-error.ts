/** Which faults of reading and sending may go away by themselves. */
import type { Fault, FaultCode } from '../cluster/fault.ts'
import { MessageAccessError } from '../cluster/messages.ts'

/** Somebody has to change something first. */
const FINAL: ReadonlySet<FaultCode> = new Set<FaultCode>([
  'tlsUntrusted',
  'tlsHostMismatch',
  'tlsExpired',
  'tlsExpectedByBroker',
  'tlsClientCertificateRefused',
  'authenticationFailed',
  'authorizationFailed',
  'unsupportedByBroker',
  'topicDeleted',
  'groupNotFound',
  'partitionNotFound',
  'notReadable',
  'notWritable',
  'messageRefused',
  'messageUnreadable',
  'propertyNotSendable',
  'configurationInvalid',
])

export function accessError(fault: Fault): MessageAccessError {
  return new MessageAccessError(fault, !FINAL.has(fault.code))
}
