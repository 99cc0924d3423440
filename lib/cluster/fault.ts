/**
 * Why a part of a cluster could not be read: a stable code and facts, no words.
 * The words, with the fix, stand under `faults` in the message files.
 */
export const FAULT_CODES = [
  'hostNotFound',
  'connectionRefused',
  'connectTimeout',
  'connectionClosed',
  'requestTimeout',
  'tlsUntrusted',
  'tlsHostMismatch',
  'tlsExpired',
  'tlsHandshakeFailed',
  'tlsExpectedByBroker',
  'tlsClientCertificateRefused',
  'authenticationFailed',
  'saslMechanismUnsupported',
  'saslExpectedByBroker',
  'saslNotExpectedByBroker',
  'tokenEndpointFailed',
  'authorizationFailed',
  'advertisedAddressUnreachable',
  'unsupportedByBroker',
  'quorumNoLeader',
  'noBrokers',
  'brokerNotListed',
  'leaderNotAvailable',
  'coordinatorNotAvailable',
  'topicDeleted',
  'groupNotFound',
  'logDirOffline',
  'partitionNotFound',
  'offsetOutOfRange',
  'batchDamaged',
  'batchFormatUnknown',
  'batchTooLarge',
  'messageTooLarge',
  'recordRefused',
  'timestampRefused',
  'precedingMessageFailed',
  'notEnoughReplicas',
  'quotaExceeded',
  'producerFenced',
  'transactionNotOpen',
  'transactionTimedOut',
  'transactionOutcomeUnknown',
  'clusterReadOnly',
  'settingRefused',
  'settingsDisagree',
  'notReadable',
  'notWritable',
  'messageRefused',
  'messageUnreadable',
  'propertyNotSendable',
  'invalidAnswer',
  'brokerError',
  'configurationInvalid',
  'connectWorkerUnreachable',
  'connectWorkerRefused',
  'connectWorkerFailed',
  'schemaRegistryMissing',
  'schemaRegistryUnreachable',
  'schemaRegistryRefused',
  'schemaRegistryFailed',
  'schemaNotFound',
  'schemaUnusable',
  'payloadMismatch',
  'payloadTooLarge',
  'payloadTooComplex',
  'payloadHidden',
  'collectorStopped',
  'internalError',
] as const

export type FaultCode = (typeof FAULT_CODES)[number]

export interface Fault {
  code: FaultCode
  /** What the words need: address, broker, api, mechanism, detail. Never a secret. */
  facts: Record<string, string | number>
}

export function fault(code: FaultCode, facts: Fault['facts'] = {}): Fault {
  return { code, facts }
}

/** Not even a cluster's metadata could be read. */
export class ClusterUnavailableError extends Error {
  readonly fault: Fault

  constructor(fault: Fault, cause?: unknown) {
    super(`${fault.code} ${JSON.stringify(fault.facts)}`, cause === undefined ? undefined : { cause })
    this.name = 'ClusterUnavailableError'
    this.fault = fault
  }
}
