/** Source: kafkajs 2.2.4 (`src/index.js`, `src/producer`, `src/consumer`, `src/retry/defaults.js`). */
import type { LintRole, ParsedText, TextSetting } from '../lint-types.ts'
import type { ClientTable, SettingSpec } from '../setting-spec.ts'
import {
  always,
  asText,
  isNamedWithin,
  readAcks,
  readFlag,
  readNumber,
  readSwitch,
  readText,
  rolesOf,
} from '../setting-spec.ts'

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
    ...{ key: 'commit', role: 'consumer', names: ['autoCommit'], read: readSwitch('handled', 'manual') },
    ...{ write: (value) => String(value !== 'manual'), isVital: true, defaults: always('handled') },
  },
  {
    ...{ key: 'offsetReset', role: 'consumer', names: ['fromBeginning'], read: readSwitch('earliest', 'latest') },
    ...{ write: (value) => String(value === 'earliest'), safe: 'earliest', isVital: true, defaults: always('latest') },
  },
  {
    ...{ key: 'isolation', role: 'consumer', names: ['readUncommitted'] },
    read: readSwitch('read_uncommitted', 'read_committed'),
    write: (value) => String(value === 'read_uncommitted'),
    ...{ safe: 'read_committed', isVital: true, defaults: always('read_committed') },
  },
]

const CONSUMER_CALLS = new Set(['consumer', 'run', 'subscribe', 'admin'])

function isNamed(setting: TextSetting, spec: SettingSpec): boolean {
  if (spec.role === 'producer' && setting.call !== null && CONSUMER_CALLS.has(setting.call)) return false
  return isNamedWithin(setting, spec)
}

function roles({ calls, settings }: ParsedText): LintRole[] {
  const called = new Set(calls.map(({ name }) => name))
  const has = (role: LintRole): boolean =>
    settings.some((setting) => SPECS.some((spec) => spec.role === role && isNamed(setting, spec)))
  const isProducer = called.has('producer') || called.has('send') || has('producer')
  const isConsumer = called.has('consumer') || called.has('subscribe') || has('consumer')
  return rolesOf(isProducer, isConsumer)
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
