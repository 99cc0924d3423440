import type { ClientTable } from '../setting-spec.ts'
import { JAVA_CONSUMER, JAVA_PRODUCER, withoutPrefix } from './kafka-names.ts'

/** `fallsBackInFlightBelow`: from 4.0 a producer with more requests in flight does not start (upgrade notes of 4.0). */
export const JAVA_IDEMPOTENCE = {
  maxInFlight: 5,
  fallsBackInFlightBelow: '4.0',
  fallsBack: true,
  adjusts: true,
} as const

export const JAVA_PRODUCER_TABLE: ClientTable = {
  client: 'javaProducer',
  specs: JAVA_PRODUCER,
  isNamed: ({ name }, { names }) => names.includes(withoutPrefix(name)),
  roles: () => ['producer'],
  isPerCall: false,
  idempotence: JAVA_IDEMPOTENCE,
  boundedBy: 'time',
}

export const JAVA_CONSUMER_TABLE: ClientTable = {
  ...JAVA_PRODUCER_TABLE,
  client: 'javaConsumer',
  specs: JAVA_CONSUMER,
  roles: () => ['consumer'],
  idempotence: null,
}
