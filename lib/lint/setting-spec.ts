/** What a client calls a setting, how it writes its values, and what it does where the setting is not there. */
import type { VersionedDefault } from './client-version.ts'
import type { LintClient, LintRole, ParsedText, SettingKey, SettingValue, TextSetting } from './lint-types.ts'

export interface SettingSpec {
  key: SettingKey
  role: LintRole
  /** The first one is written where it is added. */
  names: readonly string[]
  /** Undefined: no value of this setting. `name`: the one that stands in the text. */
  read(raw: string, name: string): SettingValue | undefined
  /** Null: by leaving the setting out. */
  write(value: SettingValue): string | null
  /** Oldest first; the first one begins with 0. `value` null: there is none. */
  defaults: readonly VersionedDefault<SettingValue>[]
  /** What the corrected text sets it to; undefined where only a person can know. */
  safe?: SettingValue
  /** A default that decides about losses: where it is not known, nothing is called safe. */
  isVital?: true
  /** How a value is shown that has another name inside; as it is written when left out. */
  show?(value: SettingValue): string
}

export interface ClientTable {
  client: LintClient
  specs: readonly SettingSpec[]
  /** Which of the names a setting of the text has, if any. */
  isNamed(setting: TextSetting, spec: SettingSpec): boolean
  /** Which roles the text is about; all of those that the client has when it does not say. */
  roles(parsed: ParsedText): LintRole[]
  /** True where the same setting may stand once for each call: all of them are judged, not only the last. */
  isPerCall: boolean
  /** Null where the client has no idempotent producer. */
  idempotence: {
    maxInFlight: number
    /** Which of the versions quietly does without it where other settings contradict: all below; null: none. */
    fallsBackInFlightBelow: string | null
    /** Whether `acks` and `retries` that contradict switch it off quietly where it is not asked for by name. */
    fallsBack: boolean
    /** What it needs is set along with it, as far as it is not set by name. */
    adjusts: boolean
  } | null
  /** What gives up on a message: time (`deliveryTimeoutMs`), or the number of retries alone. */
  boundedBy: 'time' | 'retries'
}

const YES_NO = new Map<string, boolean>([
  ['true', true],
  ['false', false],
])

export function readFlag(raw: string): boolean | undefined {
  return YES_NO.get(raw.toLowerCase())
}

/** A flag that stands for one of two ways to go. */
export function readSwitch(on: string, off: string): (raw: string) => string | undefined {
  return (raw) => {
    const flag = readFlag(raw)
    if (flag === undefined) return undefined
    return flag ? on : off
  }
}

/** Whole numbers, also as code writes them (`10_000`, `5000L`). */
export function readNumber(raw: string): number | undefined {
  const digits = raw.replaceAll('_', '').replace(/[lL]$/, '')
  if (!/^[+-]?\d{1,19}$/.test(digits)) return NAMED_NUMBERS.get(raw)
  return Number(digits)
}

const NAMED_NUMBERS = new Map<string, number>([
  ['Integer.MAX_VALUE', 2_147_483_647],
  ['Long.MAX_VALUE', Number.MAX_SAFE_INTEGER],
  ['Number.MAX_SAFE_INTEGER', Number.MAX_SAFE_INTEGER],
  ['math.MaxInt', Number.MAX_SAFE_INTEGER],
  ['math.MaxInt32', 2_147_483_647],
  ['math.MaxInt64', Number.MAX_SAFE_INTEGER],
])

/** As Kafka's clients take it: `all` and `-1` are the same. */
export function readAcks(raw: string): SettingValue | undefined {
  const text = raw.toLowerCase()
  if (text === 'all' || text === '-1') return 'all'
  return text === '0' || text === '1' ? text : undefined
}

export function readWord(...words: string[]): (raw: string) => SettingValue | undefined {
  return (raw) => words.find((word) => word === raw.toLowerCase())
}

export function readText(raw: string): string | undefined {
  return raw === '' ? undefined : raw
}

export const asText = (value: SettingValue): string => String(value)

/** Whatever object or call it stands in. */
export function isNamedWithin({ name }: TextSetting, { names }: SettingSpec): boolean {
  return names.some((known) => name === known || name.endsWith(`.${known}`))
}

/** Of a text that may be about either: both where it speaks of both, or of none. */
export function rolesOf(isProducer: boolean, isConsumer: boolean): LintRole[] {
  if (isProducer === isConsumer) return ['producer', 'consumer']
  return [isProducer ? 'producer' : 'consumer']
}

/** Every version alike. */
export function always(value: SettingValue | null): readonly VersionedDefault<SettingValue>[] {
  return [{ since: '0', value }]
}
