/** Alert rules beside the built-in ones: as the configuration file says, and as people wrote them while the console runs. */
import { isDeepStrictEqual } from 'node:util'
import type { OwnAlertRule } from '../../prisma/generated/sqlite/client.ts'
import type { AlertRule } from '../alerts/alert-rule.ts'
import { type AlertSettings, BUILT_IN_RULES, rulesOf } from '../alerts/built-in-rules.ts'
import { definitionOf } from '../config/alert-rule-definition.ts'
import { alertRuleInput } from '../config/alerts.ts'
import { SingleFlight } from '../db/single-flight.ts'
import type { Database } from '../db.ts'
import { HoldfastError } from '../errors.ts'

interface Written {
  /** Null in the configuration file. */
  createdAtMs: number | null
  createdBy: string | null
  /** Null: it is as it was written first. */
  changedAtMs: number | null
  changedBy: string | null
}

export interface OwnRule extends Written {
  rule: AlertRule
  source: 'file' | 'runtime'
}

/**
 * Stored, and never evaluated. `unreadable`: this version of the console can make no rule of it. `inFile`: the
 * configuration file has one of the same code, and that one counts.
 */
export interface UnusableRule extends Written {
  code: string
  /** As it is stored. */
  definition: string
  reason: 'unreadable' | 'inFile'
}

export interface OwnRuleList {
  /** Those of the file first, then by code. */
  rules: readonly OwnRule[]
  unusable: readonly UnusableRule[]
}

export interface OwnRules {
  list(): Promise<OwnRuleList>
  /** All that hold, the built-in ones as they are tuned among them; the same array for as long as no rule changed. */
  holding(): Promise<readonly AlertRule[]>
  /** @throws HoldfastError `alert_rule_exists`, `alert_rule_built_in`, `alert_rule_in_file`, `alert_rules_too_many` */
  add(rule: AlertRule, actor: string): Promise<OwnRule>
  /**
   * In place of the one of the same code, also of one that is unreadable.
   *
   * @param writtenAtMs when what was changed had been written last, so that nobody undoes unseen what another did
   * meanwhile; null: whatever is there is replaced
   * @returns with the definition before
   * @throws HoldfastError `alert_rule_not_found`, `alert_rule_built_in`, `alert_rule_in_file`, `alert_rule_changed`
   */
  replace(rule: AlertRule, actor: string, writtenAtMs?: number | null): Promise<{ rule: OwnRule; before: string }>
  /** @returns its definition. @throws HoldfastError `alert_rule_not_found`, `alert_rule_built_in`, `alert_rule_in_file` */
  remove(code: string): Promise<string>
}

/** Each poll reads all of them. */
const MOST_STORED = 200
const UNIQUE_VIOLATION = 'P2002'
const OF_FILE: Written = { createdAtMs: null, createdBy: null, changedAtMs: null, changedBy: null }

interface Read extends OwnRuleList {
  rows: readonly OwnAlertRule[]
  holding: readonly AlertRule[]
}

export function createOwnRules(database: Database, settings: AlertSettings, now: () => number): OwnRules {
  const table = database.client.ownAlertRule
  const reads = new SingleFlight()
  let newest: Read | null = null
  const read = (): Promise<Read> =>
    reads.run('rows', async () => {
      const rows = await table.findMany({ orderBy: { code: 'asc' } })
      if (!isDeepStrictEqual(rows, newest?.rows)) newest = readRows(rows, settings)
      return newest as Read
    })
  const isInFile = (code: string): boolean => settings.own.some((rule) => rule.code === code)
  const refuseFixed = (code: string): void => {
    if (BUILT_IN_RULES.some((rule) => rule.code === code))
      throw new HoldfastError('alert_rule_built_in', { rule: code })
    if (isInFile(code)) throw new HoldfastError('alert_rule_in_file', { rule: code })
  }
  return {
    list: read,
    holding: async () => (await read()).holding,
    async add(rule, createdBy) {
      const { code } = rule
      refuseFixed(code)
      if ((await table.count()) >= MOST_STORED) throw new HoldfastError('alert_rules_too_many', { most: MOST_STORED })
      try {
        const data = { code, definition: toText(rule), createdAtMs: BigInt(now()), createdBy }
        return toOwn(rule, await table.create({ data }))
      } catch (error) {
        if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error
        throw new HoldfastError('alert_rule_exists', { rule: code }, { cause: error })
      } finally {
        reads.forget()
      }
    },
    async replace(rule, changedBy, writtenAtMs = null) {
      const { code } = rule
      refuseFixed(code)
      const before = await table.findUnique({ where: { code } })
      if (before === null) throw new HoldfastError('alert_rule_not_found', { rule: code })
      const { createdAtMs, changedAtMs } = before
      const actor = before.changedBy ?? before.createdBy
      const changed = new HoldfastError('alert_rule_changed', { rule: code, actor })
      if (writtenAtMs !== null && BigInt(writtenAtMs) !== (changedAtMs ?? createdAtMs)) throw changed
      const data = { definition: toText(rule), changedAtMs: BigInt(now()), changedBy }
      // Between reading and writing, too.
      const { count } = await table.updateMany({ where: { code, createdAtMs, changedAtMs }, data })
      reads.forget()
      if (count === 0) throw changed
      return { rule: toOwn(rule, { ...before, ...data }), before: before.definition }
    },
    async remove(code) {
      const before = await table.findUnique({ where: { code } })
      const { count } = await table.deleteMany({ where: { code } })
      reads.forget()
      if (before !== null && count > 0) return before.definition
      refuseFixed(code)
      throw new HoldfastError('alert_rule_not_found', { rule: code })
    },
  }
}

function readRows(rows: readonly OwnAlertRule[], settings: AlertSettings): Read {
  const isInFile = new Set(settings.own.map(({ code }) => code))
  const rules = settings.own.map((rule): OwnRule => ({ rule, source: 'file', ...OF_FILE }))
  const unusable: UnusableRule[] = []
  for (const row of rows) {
    const rule = isInFile.has(row.code) ? null : readDefinition(row)
    if (rule !== null) rules.push(toOwn(rule, row))
    else unusable.push(toUnusable(row, isInFile.has(row.code) ? 'inFile' : 'unreadable'))
  }
  return { rows, rules, unusable, holding: rulesOf({ ...settings, own: rules.map(({ rule }) => rule) }) }
}

/** Null: it was written by another version, which knew other checks, metrics or fields. */
function readDefinition({ code, definition }: OwnAlertRule): AlertRule | null {
  try {
    const parsed = alertRuleInput.safeParse(JSON.parse(definition))
    return parsed.success && parsed.data.code === code ? parsed.data : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function toText(rule: AlertRule): string {
  const definition = definitionOf(rule)
  if (definition === null) throw new HoldfastError('alert_rule_built_in', { rule: rule.code })
  return JSON.stringify(definition)
}

function toOwn(rule: AlertRule, row: OwnAlertRule): OwnRule {
  return { rule, source: 'runtime', ...writtenOf(row) }
}

function toUnusable(row: OwnAlertRule, reason: UnusableRule['reason']): UnusableRule {
  return { code: row.code, definition: row.definition, reason, ...writtenOf(row) }
}

function writtenOf({ createdAtMs, createdBy, changedAtMs, changedBy }: OwnAlertRule): Written {
  return {
    ...{ createdAtMs: Number(createdAtMs), createdBy, changedBy },
    changedAtMs: changedAtMs === null ? null : Number(changedAtMs),
  }
}
