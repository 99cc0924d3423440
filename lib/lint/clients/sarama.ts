/** Source: `config.go` of sarama: `NewConfig` and `Validate`, which refuses what contradicts. */
import type { LintRole, ParsedText, SettingValue } from '../lint-types.ts'
import type { ClientTable, SettingSpec } from '../setting-spec.ts'
import { always, asText, isNamedWithin, readFlag, readNumber, readSwitch, readText, rolesOf } from '../setting-spec.ts'
import { lastPart, readDuration, writeDuration } from './go-values.ts'

const ACKS = new Map<string, SettingValue>([
  ...[['NoResponse', '0'] as const, ['0', '0'] as const],
  ...[['WaitForLocal', '1'] as const, ['1', '1'] as const],
  ...[['WaitForAll', 'all'] as const, ['-1', 'all'] as const],
])
const RESETS = new Map<string, SettingValue>([
  ...[['OffsetNewest', 'latest'] as const, ['-1', 'latest'] as const],
  ...[['OffsetOldest', 'earliest'] as const, ['-2', 'earliest'] as const],
])
const ISOLATION = new Map<string, SettingValue>([
  ['ReadUncommitted', 'read_uncommitted'],
  ['ReadCommitted', 'read_committed'],
])

const write =
  (names: ReadonlyMap<string, SettingValue>) =>
  (value: SettingValue): string =>
    `sarama.${[...names].find(([, known]) => known === value)?.[0] ?? value}`

const SPECS: readonly SettingSpec[] = [
  {
    ...{ key: 'acks', role: 'producer', names: ['Producer.RequiredAcks'], read: (raw) => ACKS.get(lastPart(raw)) },
    ...{ write: write(ACKS), safe: 'all', isVital: true, defaults: always('1') },
  },
  {
    ...{ key: 'idempotence', role: 'producer', names: ['Producer.Idempotent'], read: readFlag, write: asText },
    ...{ safe: true, isVital: true, defaults: always(false) },
  },
  {
    // A tenth of a second apart, unless told otherwise.
    ...{ key: 'retries', role: 'producer', names: ['Producer.Retry.Max'], read: readNumber, write: asText },
    ...{ safe: 120, isVital: true, defaults: always(3) },
  },
  {
    ...{ key: 'inFlight', role: 'producer', names: ['Net.MaxOpenRequests'], read: readNumber, write: asText },
    ...{ safe: 1, defaults: always(5) },
  },
  {
    ...{ key: 'transactionalId', role: 'producer', names: ['Producer.Transaction.ID'], read: readText, write: asText },
    defaults: always(null),
  },
  {
    ...{ key: 'transactionTimeoutMs', role: 'producer', names: ['Producer.Transaction.Timeout'], read: readDuration },
    ...{ write: writeDuration, safe: 60_000, defaults: always(60_000) },
  },
  {
    ...{ key: 'maxRequestBytes', role: 'producer', names: ['Producer.MaxMessageBytes'], read: readNumber },
    ...{ write: asText, defaults: always(null) },
  },
  {
    // Of a consumer group: what was marked is committed, by itself or not.
    ...{ key: 'commit', role: 'consumer', names: ['Consumer.Offsets.AutoCommit.Enable'] },
    read: readSwitch('handled', 'manual'),
    ...{ write: (value) => String(value !== 'manual'), isVital: true, defaults: always('handled') },
  },
  {
    ...{ key: 'offsetReset', role: 'consumer', names: ['Consumer.Offsets.Initial'] },
    ...{ read: (raw) => RESETS.get(lastPart(raw)), write: write(RESETS) },
    ...{ safe: 'earliest', isVital: true, defaults: always('latest') },
  },
  {
    ...{ key: 'isolation', role: 'consumer', names: ['Consumer.IsolationLevel'] },
    ...{ read: (raw) => ISOLATION.get(lastPart(raw)), write: write(ISOLATION) },
    ...{ safe: 'read_committed', isVital: true, defaults: always('read_uncommitted') },
  },
]

function roles({ settings, names }: ParsedText): LintRole[] {
  const isAbout = (part: string): boolean =>
    settings.some(({ name }) => name.includes(`.${part}.`) || name.startsWith(`${part}.`))
  const called = [...names]
  const isProducer = isAbout('Producer') || called.some((name) => /^New(?:Sync|Async)Producer/.test(name))
  const isConsumer = isAbout('Consumer') || called.some((name) => /^NewConsumer/.test(name))
  return rolesOf(isProducer, isConsumer)
}

export const SARAMA_TABLE: ClientTable = {
  client: 'sarama',
  specs: SPECS,
  isNamed: isNamedWithin,
  roles,
  isPerCall: false,
  idempotence: { maxInFlight: 1, fallsBackInFlightBelow: null, fallsBack: false, adjusts: false },
  boundedBy: 'retries',
}
