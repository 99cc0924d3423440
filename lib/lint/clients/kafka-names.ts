/**
 * The settings that Java's client and librdkafka call alike, and the defaults of Java's.
 * Defaults: Kafka's documentation of producer and consumer configs, its upgrade notes for 2.1, 3.0, 3.1, 3.2 and 4.0.
 */
import type { SettingSpec } from '../setting-spec.ts'
import { always, asText, readAcks, readFlag, readNumber, readSwitch, readText, readWord } from '../setting-spec.ts'

export const MAX_INT = 2_147_483_647

/** 3.0.0 and 3.1.0 have idempotence on by default, but a bug leaves it off unless it is set (KAFKA-13598). */
const IDEMPOTENCE_BY_VERSION = [
  { since: '0', value: false },
  { since: '3.0.1', value: true },
  { since: '3.1.0', value: false },
  { since: '3.1.1', value: true },
]

export const JAVA_PRODUCER: readonly SettingSpec[] = [
  {
    ...{ key: 'acks', role: 'producer', names: ['acks'], read: readAcks, write: asText, safe: 'all', isVital: true },
    defaults: [
      { since: '0', value: '1' },
      { since: '3.0', value: 'all' },
    ],
  },
  {
    ...{ key: 'idempotence', role: 'producer', names: ['enable.idempotence'], read: readFlag, write: asText },
    ...{ safe: true, isVital: true, defaults: IDEMPOTENCE_BY_VERSION },
  },
  {
    ...{ key: 'retries', role: 'producer', names: ['retries'], read: readNumber, write: asText },
    ...{ safe: MAX_INT, isVital: true },
    defaults: [
      { since: '0', value: 0 },
      { since: '2.1', value: MAX_INT },
    ],
  },
  {
    ...{ key: 'deliveryTimeoutMs', role: 'producer', names: ['delivery.timeout.ms'], read: readNumber, write: asText },
    safe: 120_000,
    // It came with 2.1; before, retries alone decided when to give up.
    defaults: [
      { since: '0', value: null },
      { since: '2.1', value: 120_000 },
    ],
  },
  {
    ...{ key: 'requestTimeoutMs', role: 'producer', names: ['request.timeout.ms'], read: readNumber, write: asText },
    defaults: always(30_000),
  },
  {
    ...{ key: 'lingerMs', role: 'producer', names: ['linger.ms'], read: readNumber, write: asText },
    defaults: [
      { since: '0', value: 0 },
      { since: '4.0', value: 5 },
    ],
  },
  {
    ...{ key: 'inFlight', role: 'producer', names: ['max.in.flight.requests.per.connection'] },
    ...{ read: readNumber, write: asText, safe: 5, defaults: always(5) },
  },
  {
    ...{ key: 'transactionalId', role: 'producer', names: ['transactional.id'], read: readText, write: asText },
    defaults: always(null),
  },
  {
    ...{ key: 'transactionTimeoutMs', role: 'producer', names: ['transaction.timeout.ms'] },
    ...{ read: readNumber, write: asText, safe: 60_000, defaults: always(60_000) },
  },
  {
    ...{ key: 'maxRequestBytes', role: 'producer', names: ['max.request.size'], read: readNumber, write: asText },
    defaults: always(1_048_576),
  },
]

/** What was handed out by the poll before is committed with the next one, or on close. */
const readAutoCommit = readSwitch('nextPoll', 'manual')

const writeAutoCommit = (value: unknown): string => String(value !== 'manual')

const readReset = (raw: string): string | undefined => {
  const word = raw.toLowerCase()
  if (['earliest', 'latest', 'none'].includes(word)) return word
  // From 4.0 (KIP-1106).
  return /^by_duration:p[\dthms.]{1,40}d?[\dthms.]{0,40}$/.test(word) ? word : undefined
}

export const readIsolation = readWord('read_committed', 'read_uncommitted')

export const JAVA_CONSUMER: readonly SettingSpec[] = [
  {
    ...{ key: 'commit', role: 'consumer', names: ['enable.auto.commit'], read: readAutoCommit, write: writeAutoCommit },
    ...{ safe: 'manual', isVital: true, defaults: always('nextPoll') },
  },
  {
    ...{ key: 'offsetReset', role: 'consumer', names: ['auto.offset.reset'], read: readReset, write: asText },
    ...{ safe: 'earliest', isVital: true, defaults: always('latest') },
  },
  {
    ...{ key: 'isolation', role: 'consumer', names: ['isolation.level'], read: readIsolation, write: asText },
    ...{ safe: 'read_committed', isVital: true, defaults: always('read_uncommitted') },
  },
]

/** Names as files of Connect, Streams and others prefix them. */
const JAVA_PREFIXES = /^(?:(?:spring\.)?kafka\.)?(?:(?:producer|consumer)\.(?:override\.)?)?(?:properties\.)?/

export function withoutPrefix(name: string): string {
  return name.replace(JAVA_PREFIXES, '')
}
