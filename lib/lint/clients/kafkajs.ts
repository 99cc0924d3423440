/** Source: kafkajs 2.2.4 (`src/index.js`, `src/producer`, `src/consumer`, `src/retry/defaults.js`). */
import type { LintRole, ParsedText, TextSetting } from '../lint-types.ts'
import type { ClientTable, SettingSpec } from '../setting-spec.ts'
import { always, asText, readAcks, readFlag, readNumber, readText } from '../setting-spec.ts'

const flagOf =
  (on: string, off: string) =>
  (raw: string): string | undefined => {
    const flag = readFlag(raw)
    return flag === undefined ? undefined : flag ? on : off
  }

const SPECS: readonly SettingSpec[] = [
  {
    ...{ key: 'acks', role: 'producer', names: ['acks'], read: readAcks, isVital: true, defaults: always('all') },
    ...{ write: (value) => (value === 'all' ? '-1' : String(value)), safe: 'all' },
  },
  {
    ...{ key: 'idempotence', role: 'producer', names: ['idempotent'], read: readFlag, write: asText },
    ...{ safe: true, isVital: true, defaults: always(false) },
  },
  {
    // Of producers that are idempotent it is the highest number; see `impliedRetries`.
    ...{ key: 'retries', role: 'producer', names: ['retry.retries', 'retries'], read: readNumber, write: asText },
    ...{ safe: 20, isVital: true, defaults: always(5) },
  },
  {
    ...{ key: 'inFlight', role: 'producer', names: ['maxInFlightRequests'], read: readNumber, write: asText },
    ...{ safe: 1, defaults: always(null) },
  },
  {
    ...{ key: 'transactionalId', role: 'producer', names: ['transactionalId'], read: readText, write: asText },
    defaults: always(null),
  },
  {
    ...{ key: 'transactionTimeoutMs', role: 'producer', names: ['transactionTimeout'], read: readNumber },
    ...{ write: asText, safe: 60_000, defaults: always(60_000) },
  },
  {
    // Only what a handler is done with is committed, by itself or not.
    ...{ key: 'commit', role: 'consumer', names: ['autoCommit'], read: flagOf('handled', 'manual') },
    ...{ write: (value) => String(value !== 'manual'), isVital: true, defaults: always('handled') },
  },
  {
    ...{ key: 'offsetReset', role: 'consumer', names: ['fromBeginning'], read: flagOf('earliest', 'latest') },
    ...{ write: (value) => String(value === 'earliest'), safe: 'earliest', isVital: true, defaults: always('latest') },
  },
  {
    ...{ key: 'isolation', role: 'consumer', names: ['readUncommitted'] },
    read: flagOf('read_uncommitted', 'read_committed'),
    write: (value) => String(value === 'read_uncommitted'),
    ...{ safe: 'read_committed', isVital: true, defaults: always('read_committed') },
  },
]

const CONSUMER_CALLS = new Set(['consumer', 'run', 'subscribe', 'admin'])

function isNamed({ name, call }: TextSetting, { names, role }: SettingSpec): boolean {
  if (role === 'producer' && call !== null && CONSUMER_CALLS.has(call)) return false
  return names.some((known) => name === known || name.endsWith(`.${known}`))
}

function roles({ calls, settings }: ParsedText): LintRole[] {
  const called = new Set(calls.map(({ name }) => name))
  const has = (role: LintRole): boolean =>
    settings.some((setting) => SPECS.some((spec) => spec.role === role && isNamed(setting, spec)))
  const isProducer = called.has('producer') || called.has('send') || has('producer')
  const isConsumer = called.has('consumer') || called.has('subscribe') || has('consumer')
  if (isProducer === isConsumer) return ['producer', 'consumer']
  return [isProducer ? 'producer' : 'consumer']
}

export const KAFKAJS_TABLE: ClientTable = {
  client: 'kafkajs',
  specs: SPECS,
  isNamed,
  roles,
  isPerCall: true,
  idempotence: { maxInFlight: 5, fallsBackInFlightBelow: null, fallsBack: false, adjusts: false },
  boundedBy: 'retries',
}
