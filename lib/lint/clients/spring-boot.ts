/**
 * Spring Boot's own names for settings of Kafka's Java client, beside `properties` that it hands on. Bound leniently:
 * `enableAutoCommit` and `enable-auto-commit` are the same.
 * Source: Spring Boot's KafkaProperties and its managed dependencies; Spring Kafka's reference on committing offsets.
 */
import { parseVersion, type VersionRange } from '../client-version.ts'
import type { LintRole, ParsedText, SettingKey, TextSetting } from '../lint-types.ts'
import type { ClientTable, SettingSpec } from '../setting-spec.ts'
import { always, asText, readSwitch, readWord, rolesOf } from '../setting-spec.ts'
import { JAVA_IDEMPOTENCE } from './java.ts'
import { JAVA_CONSUMER, JAVA_PRODUCER, readIsolation } from './kafka-names.ts'

const KAFKA = 'spring.kafka'

/** Where Boot has a name of its own. `isolation-level` is written with dashes there. */
const OWN_NAMES: Partial<Record<SettingKey, string>> = {
  acks: 'producer.acks',
  retries: 'producer.retries',
  transactionalId: 'producer.transaction-id-prefix',
  commit: 'consumer.enable-auto-commit',
  offsetReset: 'consumer.auto-offset-reset',
  isolation: 'consumer.isolation-level',
}

function springSpec(spec: SettingSpec): SettingSpec {
  const own = OWN_NAMES[spec.key]
  const handedOn = spec.names.flatMap((name) => [
    `${KAFKA}.${spec.role}.properties.${name}`,
    `${KAFKA}.properties.${name}`,
  ])
  const names = own === undefined ? handedOn : [`${KAFKA}.${own}`, ...handedOn]
  return { ...spec, names, ...OVERRIDES[spec.key] }
}

/** The container commits by itself when a listener is done, unless the client is told to (Spring Kafka 2.3, Boot 2.2). */
const COMMIT: Partial<SettingSpec> = {
  read: readSwitch('nextPoll', 'handled'),
  write: (value) => String(value === 'nextPoll'),
  safe: 'handled',
  defaults: [
    { since: '0', value: 'nextPoll' },
    { since: '2.3', value: 'handled' },
  ],
}

const OVERRIDES: Partial<Record<SettingKey, Partial<SettingSpec>>> = {
  commit: COMMIT,
  isolation: { read: (raw) => readIsolation(raw.replaceAll('-', '_')) },
}

const ACK_MODES = ['record', 'batch', 'time', 'count', 'count_time', 'manual', 'manual_immediate']

const ACK_MODE: SettingSpec = {
  ...{ key: 'ackMode', role: 'consumer', names: [`${KAFKA}.listener.ack-mode`] },
  read: (raw) => readWord(...ACK_MODES)(raw.replaceAll('-', '_')),
  ...{ write: asText, defaults: always('batch') },
}

const SPECS: readonly SettingSpec[] = [...[...JAVA_PRODUCER, ...JAVA_CONSUMER].map(springSpec), ACK_MODE]

/** Names of Boot lose dashes, underscores and capitals; what stands below `properties` is Kafka's and stays. */
function relaxed(name: string): string {
  const plain = name.replace(/\.?\[([^[\]]*)\]/g, '.$1')
  const at = plain.indexOf('.properties.')
  const own = at === -1 ? plain : plain.slice(0, at)
  const handedOn = at === -1 ? '' : plain.slice(at)
  return `${own.replaceAll(/[-_]/g, '').toLowerCase()}${handedOn}`
}

const RELAXED_NAMES = new Map(SPECS.map((spec) => [spec, new Set(spec.names.map(relaxed))]))

function roles({ settings }: ParsedText): LintRole[] {
  const isAbout = (pattern: RegExp): boolean => settings.some(({ name }) => pattern.test(relaxed(name)))
  const isProducer = isAbout(/^spring\.kafka\.producer\./)
  const isConsumer = isAbout(/^spring\.kafka\.(consumer|listener)\./)
  return rolesOf(isProducer, isConsumer)
}

export const SPRING_BOOT_TABLE: ClientTable = {
  client: 'springBoot',
  specs: SPECS,
  isNamed: ({ name }: TextSetting, spec) => RELAXED_NAMES.get(spec)?.has(relaxed(name)) === true,
  roles,
  // Documents of several profiles each hold for some machine.
  isPerCall: true,
  idempotence: JAVA_IDEMPOTENCE,
  boundedBy: 'time',
}

/** Which client each minor version brings along; a project may choose another, which the answer says. */
const BROUGHT_ALONG: readonly (readonly [boot: string, kafka: string])[] = [
  ['2.0', '1.0'],
  ['2.1', '2.0'],
  ['2.2', '2.3'],
  ['2.3', '2.5'],
  ['2.4', '2.6'],
  ['2.5', '2.7'],
  ['2.6', '3.0'],
  ['2.7', '3.1'],
  ['3.0', '3.3'],
  ['3.1', '3.4'],
  ['3.2', '3.6'],
  ['3.3', '3.7'],
  ['3.4', '3.8'],
  ['3.5', '3.9'],
  ['4.0', '4.1'],
]

/** Of Kafka's client in a range of Spring Boot's versions; null where none is known. */
export function kafkaOfSpringBoot(boot: VersionRange): VersionRange | null {
  const isIn = (version: string): boolean => {
    const range = parseVersion(version)
    return range !== null && !isBefore(range.to, boot.from) && !isBefore(boot.to, range.from)
  }
  const kafka = BROUGHT_ALONG.filter(([version]) => isIn(version)).flatMap(([, client]) => parseVersion(client) ?? [])
  const [first, last] = [kafka[0], kafka.at(-1)]
  return first === undefined || last === undefined ? null : { from: first.from, to: last.to }
}

function isBefore(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((part, index) => part !== other[index])
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0)
}
