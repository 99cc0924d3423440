/** What each setting of a text comes to: set, by default, implied by another one, or not known and why. */
import { defaultIn, isAtLeast, type VersionRange } from './client-version.ts'
import type { EffectiveSetting, LintRole, ParsedText, SettingKey, SettingValue, TextSetting } from './lint-types.ts'
import type { ClientTable, SettingSpec } from './setting-spec.ts'

export interface JudgedSetting {
  spec: SettingSpec
  /** The one that holds; null where it is not in the text. */
  set: TextSetting | null
  /** All that are in the text. */
  found: readonly TextSetting[]
  /** Null: there is none. Undefined: not known. */
  value: SettingValue | null | undefined
  source: EffectiveSetting['source']
  /** Why it is not known. `computed`: the text names a variable or calls something. */
  because: 'version' | 'computed' | 'invalid' | null
}

export class JudgedSettings {
  readonly parsed: ParsedText
  readonly table: ClientTable
  readonly version: VersionRange
  readonly roles: readonly LintRole[]
  readonly #byKey = new Map<SettingKey, JudgedSetting>()

  constructor(parsed: ParsedText, table: ClientTable, version: VersionRange) {
    this.parsed = parsed
    this.table = table
    this.version = version
    this.roles = table.roles(parsed)
    for (const spec of table.specs) if (this.roles.includes(spec.role)) this.#byKey.set(spec.key, this.#judge(spec))
    this.#implyRetries()
    this.#implyIdempotence()
    this.#implyWhatIdempotenceNeeds()
  }

  /** Null where the client has no such setting, or the text is about another role. */
  get(key: SettingKey): JudgedSetting | null {
    return this.#byKey.get(key) ?? null
  }

  value(key: SettingKey): SettingValue | null | undefined {
    return this.#byKey.get(key)?.value
  }

  all(): JudgedSetting[] {
    return [...this.#byKey.values()]
  }

  #judge(spec: SettingSpec): JudgedSetting {
    const found = this.parsed.settings.filter((setting) => this.table.isNamed(setting, spec))
    const set = this.#holding(spec, found)
    if (set === null) {
      const value = defaultIn(spec.defaults, this.version)
      const isKnown = value !== undefined
      return {
        spec,
        set,
        found,
        value,
        source: isKnown ? 'default' : 'unknown',
        because: isKnown ? null : 'version',
      }
    }
    const value = spec.read(set.value, set.name)
    const because = value !== undefined ? null : isComputed(set, this.parsed) ? 'computed' : 'invalid'
    return { spec, set, found, value, source: because === null ? 'set' : 'unknown', because }
  }

  /** The last one, or where each holds for a call of its own the worst; what is not known is worse than what is safe. */
  #holding(spec: SettingSpec, found: readonly TextSetting[]): TextSetting | null {
    if (!this.table.isPerCall) return found.at(-1) ?? null
    const rank = (setting: TextSetting): number => safetyOf(spec, spec.read(setting.value, setting.name))
    return found.reduce<TextSetting | null>(
      (worst, one) => (worst === null || rank(one) < rank(worst) ? one : worst),
      null,
    )
  }

  /** kafkajs tries for ever where it is idempotent and not told otherwise. */
  #implyRetries(): void {
    const retries = this.#byKey.get('retries')
    if (this.table.client !== 'kafkajs' || retries?.source !== 'default' || this.value('idempotence') !== true) return
    Object.assign(retries, { value: Number.MAX_SAFE_INTEGER, source: 'implied' })
  }

  /** Asked for by nobody, idempotence gives way to settings that contradict it; a transaction brings it along. */
  #implyIdempotence(): void {
    const judged = this.#byKey.get('idempotence')
    if (judged === undefined || judged.source === 'set' || judged.because === 'computed') return
    if (this.table.client !== 'sarama' && (this.get('transactionalId')?.set ?? null) !== null) {
      Object.assign(judged, { value: true, source: 'implied', because: null })
      return
    }
    if (judged.value === false || !this.givesWay()) return
    Object.assign(judged, { value: false, source: 'implied', because: null })
  }

  #implyWhatIdempotenceNeeds(): void {
    const rule = this.table.idempotence
    const judged = this.#byKey.get('idempotence')
    if (rule === null || !rule.adjusts || judged?.value !== true || judged.source === 'default') return
    const needed: [SettingKey, SettingValue][] = [
      ['acks', 'all'],
      ['retries', this.#byKey.get('retries')?.spec.safe ?? 1],
      ['inFlight', rule.maxInFlight],
    ]
    for (const [key, value] of needed) {
      const other = this.#byKey.get(key)
      if (other === undefined || other.set !== null || other.value === value) continue
      Object.assign(other, { value, source: 'implied', because: null })
    }
  }

  /** Whether something that is set would switch the default idempotence off without a word. */
  givesWay(): boolean {
    const rule = this.table.idempotence
    if (rule === null || !rule.fallsBack) return false
    if (this.#isSetTo('acks', (value) => value !== 'all') || this.#isSetTo('retries', (value) => value === 0))
      return true
    const isOld = rule.fallsBackInFlightBelow !== null && isAtLeast(this.version, rule.fallsBackInFlightBelow) === false
    return isOld && this.#isSetTo('inFlight', (value) => Number(value) > rule.maxInFlight)
  }

  #isSetTo(key: SettingKey, test: (value: SettingValue) => boolean): boolean {
    const judged = this.#byKey.get(key)
    return judged?.source === 'set' && judged.value !== null && judged.value !== undefined && test(judged.value)
  }
}

/** Something that is worked out when the program runs: a placeholder, a variable, a call. */
function isComputed({ value, quote }: TextSetting, { format }: ParsedText): boolean {
  if (/\$\{|\{\{|<%|^@.*@$|^\$\w|^%\w/.test(value)) return true
  return format === 'code' && quote === '' && !/^[+-]?\d/.test(value) && !/^(?:true|false)$/i.test(value)
}

const WORST_FIRST: Partial<Record<SettingKey, readonly SettingValue[]>> = {
  acks: ['0', '1', 'all'],
  commit: ['early', 'nextPoll', 'handled', 'manual'],
  offsetReset: ['latest', 'none', 'earliest'],
  isolation: ['read_uncommitted', 'read_committed'],
  messageModel: ['BROADCASTING', 'CLUSTERING'],
  fromWhere: ['CONSUME_FROM_LAST_OFFSET', 'CONSUME_FROM_TIMESTAMP', 'CONSUME_FROM_FIRST_OFFSET'],
}

const MORE_IS_WORSE = new Set<SettingKey>(['inFlight', 'transactionTimeoutMs', 'maxRequestBytes'])

/** The lower, the worse; only comparable for the same setting. What is not known is worse than safe, and known faults worse. */
export function safetyOf({ key, safe }: SettingSpec, value: SettingValue | undefined): number {
  if (value === undefined) return safe === undefined ? 0.5 : safetyOfKnown(key, safe) - 0.5
  return safetyOfKnown(key, value)
}

function safetyOfKnown(key: SettingKey, value: SettingValue): number {
  if (typeof value === 'boolean') return value ? 1 : 0
  const order = WORST_FIRST[key]
  if (order !== undefined) return order.indexOf(value)
  return MORE_IS_WORSE.has(key) ? -Number(value) : Number(value)
}

/** As it is shown beside the findings. */
export function effectiveSetting({ spec, set, value, source }: JudgedSetting): EffectiveSetting {
  return { setting: shownName(spec, set), value: shownValue(spec, set, value), source, line: set?.line ?? null }
}

export function shownName(spec: SettingSpec, set: TextSetting | null): string {
  return set?.name ?? spec.names[0] ?? spec.key
}

/** In the client's own way of writing; a value that only its name can say is said by the name. */
export function shownValue(
  spec: SettingSpec,
  set: TextSetting | null,
  value: SettingValue | null | undefined,
): string | null {
  if (value === null || value === undefined) return null
  if (spec.show !== undefined) return spec.show(value)
  const written = spec.write(value)
  return written === null || written === '' ? String(set?.name ?? value) : written
}
