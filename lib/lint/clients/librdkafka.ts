/**
 * librdkafka and what stands on it (confluent-kafka of Python, Go, .NET and JavaScript, rdkafka of Rust and PHP).
 * Source: CONFIGURATION.md of librdkafka; release notes of 1.0.0 (acks), 1.2.0 (isolation) and 1.5.2
 * (retries, request timeout).
 */
import type { LintRole, ParsedText, TextSetting } from '../lint-types.ts'
import type { ClientTable, SettingSpec } from '../setting-spec.ts'
import { always, asText, readAcks, readFlag, readNumber, readSwitch, readText, rolesOf } from '../setting-spec.ts'
import { lastPart } from './go-values.ts'
import { MAX_INT, readIsolation, withoutPrefix } from './kafka-names.ts'

const RESETS = new Map([
  ...['smallest', 'earliest', 'beginning'].map((word) => [word, 'earliest'] as const),
  ...['largest', 'latest', 'end'].map((word) => [word, 'latest'] as const),
  ['error', 'none'],
])

/** How .NET writes values that are words. */
const MEMBERS = new Map([
  ['Acks.None', '0'],
  ['Acks.Leader', '1'],
  ['Acks.All', 'all'],
  ['IsolationLevel.ReadUncommitted', 'read_uncommitted'],
  ['IsolationLevel.ReadCommitted', 'read_committed'],
])

const PRODUCER: readonly SettingSpec[] = [
  {
    ...{ key: 'acks', role: 'producer', names: ['acks', 'request.required.acks'], write: asText },
    read: (raw) => readAcks(MEMBERS.get(raw) ?? raw),
    ...{ safe: 'all', isVital: true },
    defaults: [
      { since: '0', value: '1' },
      { since: '1.0', value: 'all' },
    ],
  },
  {
    ...{ key: 'idempotence', role: 'producer', names: ['enable.idempotence'], read: readFlag, write: asText },
    ...{ safe: true, isVital: true, defaults: always(false) },
  },
  {
    ...{ key: 'retries', role: 'producer', names: ['retries', 'message.send.max.retries'] },
    ...{ read: readNumber, write: asText, safe: MAX_INT, isVital: true },
    defaults: [
      { since: '0', value: 2 },
      { since: '1.5.2', value: MAX_INT },
    ],
  },
  {
    ...{ key: 'deliveryTimeoutMs', role: 'producer', names: ['delivery.timeout.ms', 'message.timeout.ms'] },
    ...{ read: readNumber, write: asText, safe: 120_000, defaults: always(300_000) },
  },
  {
    ...{ key: 'requestTimeoutMs', role: 'producer', names: ['request.timeout.ms'], read: readNumber, write: asText },
    defaults: [
      { since: '0', value: 5_000 },
      { since: '1.5.2', value: 30_000 },
    ],
  },
  {
    ...{ key: 'inFlight', role: 'producer', names: ['max.in.flight.requests.per.connection', 'max.in.flight'] },
    ...{ read: readNumber, write: asText, safe: 5, defaults: always(1_000_000) },
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
    ...{ key: 'maxRequestBytes', role: 'producer', names: ['message.max.bytes'], read: readNumber, write: asText },
    defaults: always(1_000_000),
  },
]

const CONSUMER: readonly SettingSpec[] = [
  {
    ...{ key: 'commit', role: 'consumer', names: ['enable.auto.commit'] },
    read: readSwitch('early', 'manual'),
    write: (value) => String(value !== 'manual'),
    ...{ isVital: true, defaults: always('early') },
  },
  {
    // What is stored is what is committed: by default a message counts as soon as it is handed to the application.
    ...{ key: 'offsetStore', role: 'consumer', names: ['enable.auto.offset.store'], read: readFlag, write: asText },
    ...{ safe: false, defaults: always(true) },
  },
  {
    ...{ key: 'offsetReset', role: 'consumer', names: ['auto.offset.reset'], write: asText },
    read: (raw) => RESETS.get(lastPart(raw).toLowerCase()),
    ...{ safe: 'earliest', isVital: true, defaults: always('latest') },
  },
  {
    ...{ key: 'isolation', role: 'consumer', names: ['isolation.level'], write: asText },
    read: (raw) => readIsolation(MEMBERS.get(raw) ?? raw),
    ...{ safe: 'read_committed', isVital: true },
    defaults: [
      { since: '0', value: 'read_uncommitted' },
      { since: '1.2', value: 'read_committed' },
    ],
  },
]

const SPECS = [...PRODUCER, ...CONSUMER]

/** `BootstrapServers`, as .NET's properties are called, names `bootstrap.servers`. */
function plainName(name: string): string {
  const last = /^[A-Z]\w+$/.test(name) ? name.replace(/(?!^)([A-Z])/g, '.$1').toLowerCase() : name
  return withoutPrefix(last)
}

function isNamed({ name }: TextSetting, { names }: SettingSpec): boolean {
  return names.includes(plainName(name))
}

const PRODUCER_HINT = /^(?:linger|batch|queue\.buffering|partitioner|compression|delivery|message\.timeout)/
const CONSUMER_HINT = /^(?:group|session\.timeout|fetch|max\.poll|partition\.assignment|auto\.commit)/

function roles({ settings, names }: ParsedText): LintRole[] {
  const has = (role: LintRole, hint: RegExp): boolean =>
    settings.some((setting) => hint.test(plainName(setting.name)) || isOfRole(setting, role))
  const isProducer = has('producer', PRODUCER_HINT) || names.has('Producer')
  const isConsumer = has('consumer', CONSUMER_HINT) || names.has('Consumer')
  return rolesOf(isProducer, isConsumer)
}

function isOfRole(setting: TextSetting, role: LintRole): boolean {
  return SPECS.some((spec) => spec.role === role && isNamed(setting, spec))
}

export const LIBRDKAFKA_TABLE: ClientTable = {
  client: 'librdkafka',
  specs: SPECS,
  isNamed,
  roles,
  isPerCall: false,
  idempotence: { maxInFlight: 5, fallsBackInFlightBelow: null, fallsBack: false, adjusts: true },
  boundedBy: 'time',
}
