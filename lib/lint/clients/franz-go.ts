/** Options of franz-go are functions. Source: `defaultCfg` and the options' documentation in `pkg/kgo/config.go`. */
import type { LintRole, ParsedText, SettingValue, TextSetting } from '../lint-types.ts'
import type { ClientTable, SettingSpec } from '../setting-spec.ts'
import { always, asText, readNumber, rolesOf } from '../setting-spec.ts'
import { lastPart, readDuration, writeDuration } from './go-values.ts'

/** A value that is a call without arguments, such as `kgo.AllISRAcks()`. */
const readCall = (values: Readonly<Record<string, SettingValue>>) => (raw: string) => {
  const name = /^(.{1,60})\(\)$/.exec(raw)?.[1]
  return name === undefined ? undefined : values[lastPart(name)]
}

const writeCall = (values: Readonly<Record<string, SettingValue>>) => (value: SettingValue) =>
  `kgo.${Object.keys(values).find((name) => values[name] === value) ?? value}()`

const ACKS = { NoAck: '0', LeaderAck: '1', AllISRAcks: 'all' }
const ISOLATION = { ReadUncommitted: 'read_uncommitted', ReadCommitted: 'read_committed' }

const COMMIT: Readonly<Record<string, SettingValue>> = {
  ...{ AutoCommitMarks: 'handled', DisableAutoCommit: 'manual', GreedyAutoCommit: 'early' },
}

/** `kgo.NewOffset().AtStart()`, however it goes on. */
function readOffset(raw: string): SettingValue | undefined {
  if (raw.includes('.AtStart()')) return 'earliest'
  return raw.includes('.AtEnd()') ? 'latest' : undefined
}

const PRODUCER: readonly SettingSpec[] = [
  {
    ...{ key: 'acks', role: 'producer', names: ['RequiredAcks'], read: readCall(ACKS), write: writeCall(ACKS) },
    ...{ safe: 'all', isVital: true, defaults: always('all') },
  },
  {
    ...{ key: 'idempotence', role: 'producer', names: ['DisableIdempotentWrite'] },
    read: () => false,
    write: () => null,
    show: (value) => String(value === false),
    ...{ safe: true, isVital: true, defaults: always(true) },
  },
  {
    ...{ key: 'retries', role: 'producer', names: ['RecordRetries'], read: readNumber, write: asText },
    ...{ safe: 2_147_483_647, isVital: true, defaults: always(2_147_483_647) },
  },
  {
    ...{ key: 'deliveryTimeoutMs', role: 'producer', names: ['RecordDeliveryTimeout'], read: readDuration },
    ...{ write: writeDuration, safe: 120_000, defaults: always(null) },
  },
  {
    // Without effect as long as it is idempotent.
    ...{ key: 'inFlight', role: 'producer', names: ['MaxProduceRequestsInflightPerBroker'], read: readNumber },
    ...{ write: asText, safe: 1, defaults: always(1) },
  },
  {
    ...{ key: 'transactionalId', role: 'producer', names: ['TransactionalID'] },
    ...{ read: (raw) => (raw === '' ? undefined : raw), write: asText, defaults: always(null) },
  },
  {
    ...{ key: 'transactionTimeoutMs', role: 'producer', names: ['TransactionTimeout'], read: readDuration },
    ...{ write: writeDuration, safe: 40_000, defaults: always(40_000) },
  },
  {
    ...{ key: 'maxRequestBytes', role: 'producer', names: ['ProducerBatchMaxBytes'], read: readNumber, write: asText },
    defaults: always(1_000_012),
  },
]

const CONSUMER: readonly SettingSpec[] = [
  {
    ...{ key: 'commit', role: 'consumer' },
    // Which of the options it is stands in its name.
    names: ['AutoCommitMarks', 'DisableAutoCommit', 'GreedyAutoCommit'],
    read: (_raw, name) => COMMIT[name],
    show: (value) => (value === 'nextPoll' ? 'off' : 'on'),
    ...{ write: () => '', safe: 'handled', isVital: true, defaults: always('nextPoll') },
  },
  {
    ...{ key: 'offsetReset', role: 'consumer', names: ['ConsumeResetOffset'], read: readOffset, isVital: true },
    write: (value) => `kgo.NewOffset().${value === 'latest' ? 'AtEnd' : 'AtStart'}()`,
    ...{ safe: 'earliest', defaults: always('earliest') },
  },
  {
    ...{ key: 'isolation', role: 'consumer', names: ['FetchIsolationLevel'], read: readCall(ISOLATION) },
    ...{ write: writeCall(ISOLATION), safe: 'read_committed', isVital: true, defaults: always('read_uncommitted') },
  },
]

function roles({ settings, names }: ParsedText): LintRole[] {
  const isOf = (role: LintRole, hint: RegExp): boolean =>
    [...names].some((name) => hint.test(name)) ||
    settings.some(({ name }) => (role === 'producer' ? PRODUCER : CONSUMER).some((spec) => spec.names.includes(name)))
  const isProducer = isOf('producer', /^(?:Produce|ProduceSync|DefaultProduceTopic|ProducerLinger)$/)
  const isConsumer = isOf('consumer', /^(?:ConsumerGroup|ConsumeTopics|PollFetches|PollRecords)$/)
  return rolesOf(isProducer, isConsumer)
}

export const FRANZ_GO_TABLE: ClientTable = {
  client: 'franzGo',
  specs: [...PRODUCER, ...CONSUMER],
  isNamed: ({ name }: TextSetting, { names }) => names.includes(name),
  roles,
  isPerCall: false,
  idempotence: {
    maxInFlight: Number.POSITIVE_INFINITY,
    fallsBackInFlightBelow: null,
    fallsBack: false,
    adjusts: false,
  },
  boundedBy: 'time',
}
