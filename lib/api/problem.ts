/** Errors as answers: RFC 9457 with our stable code. */
import { randomUUID } from 'node:crypto'
import { FAULT_CODES } from '../cluster/fault.ts'
import { type ErrorCode, type ErrorFacts, HoldfastError, isHoldfastError } from '../errors.ts'
import type { Locale } from '../i18n/locale.ts'
import { translate } from '../i18n/translate.ts'
import type { Logger } from '../log.ts'
import type { Problem } from './schemas/common.ts'

export const STATUS_OF: Record<ErrorCode, number> = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  topic_not_allowed: 403,
  payloads_not_allowed: 403,
  csrf_failed: 403,
  host_refused: 403,
  origin_refused: 403,
  cluster_read_only: 403,
  not_found: 404,
  cluster_not_found: 404,
  broker_not_found: 404,
  topic_not_found: 404,
  group_not_found: 404,
  message_not_found: 404,
  dead_letter_gone: 410,
  purge_not_exported: 409,
  // A cluster that cannot do it is nothing the console did wrong: its facts are told.
  cluster_fault: 424,
  message_not_stored: 424,
  message_uncertain: 424,
  method_not_allowed: 405,
  conflict: 409,
  cluster_configured_in_file: 409,
  replay_not_found: 404,
  replay_wrong_state: 409,
  replay_plan_changed: 409,
  replay_plan_stale: 409,
  replay_plan_overtaken: 409,
  replay_topic_recreated: 409,
  replay_queue_busy: 409,
  replay_sends_records: 409,
  replay_same_person: 403,
  replay_approval_expired: 409,
  replay_rate_not_approved: 409,
  replay_target_refuses: 409,
  mute_not_found: 404,
  mute_in_file: 409,
  mutes_too_many: 409,
  receiver_not_found: 404,
  receiver_in_file: 409,
  receivers_too_many: 409,
  delivery_not_found: 404,
  delivery_not_failed: 409,
  delivery_overtaken: 409,
  loss_not_found: 404,
  loss_acknowledged: 409,
  alert_not_found: 404,
  alert_not_open: 409,
  alert_acknowledged: 409,
  silence_not_found: 404,
  silence_in_file: 409,
  silences_too_many: 409,
  alert_rule_not_found: 404,
  alert_rule_exists: 409,
  alert_rule_changed: 409,
  alert_rule_built_in: 409,
  alert_rule_in_file: 409,
  alert_rules_too_many: 409,
  hold_unsupported: 422,
  hold_topic_internal: 422,
  hold_topic_compacted: 422,
  hold_not_needed: 409,
  hold_exists: 409,
  hold_broker_held: 409,
  hold_not_found: 404,
  hold_conflict: 409,
  hold_busy: 409,
  repair_unknown: 404,
  repair_not_needed: 409,
  repair_stops_writes: 409,
  repair_conflict: 409,
  report_not_found: 404,
  range_too_large: 422,
  selection_too_large: 422,
  audit_too_long: 422,
  payload_too_large: 413,
  too_many_attempts: 429,
  config_invalid: 500,
  database_unavailable: 503,
  database_busy: 503,
  database_damaged: 503,
  database_full: 503,
  database_migration_failed: 503,
  database_not_ours: 503,
  database_missing: 503,
  database_older: 503,
  database_newer: 503,
  database_in_use: 503,
  backup_missing: 503,
  backup_exists: 503,
  backup_not_written: 503,
  backup_no_space: 503,
  backup_not_ours: 503,
  backup_damaged: 503,
  store_failed: 503,
  second_instance: 503,
  not_ready: 503,
  internal: 500,
}

export interface InputFault {
  path: string
  message: string
}

/** A request whose parts do not fit their schemas, each place named. */
export class InputError extends HoldfastError {
  readonly inputFaults: InputFault[]

  constructor(inputFaults: InputFault[]) {
    super('bad_request', { count: inputFaults.length })
    this.name = 'InputError'
    this.inputFaults = inputFaults
  }
}

/** Anything thrown, as an error we know: what is unknown is logged whole under an id, and answered bare. */
export function asKnownError(error: unknown, log: Logger | null): HoldfastError {
  if (isHoldfastError(error) && STATUS_OF[error.code] < 500) return error
  if (isHoldfastError(error) && error.code !== 'internal') {
    log?.error({ err: error }, 'request failed')
    // Its facts are for the log: they name files and hosts of the machine.
    return new HoldfastError(error.code, {}, { retriable: error.retriable, cause: error })
  }
  const requestId = randomUUID()
  log?.error({ err: error, requestId }, 'request failed')
  return new HoldfastError('internal', { requestId }, { cause: error })
}

export function toProblem(error: HoldfastError, locale: Locale): Problem {
  const words = (part: string): string => translate(locale, 'errors', `${error.code}.${part}`, error.facts)
  const ofFault = faultWords(error, locale)
  const problem: Problem = {
    type: `urn:holdfast:problem:${error.code}`,
    title: words('title'),
    status: STATUS_OF[error.code],
    code: error.code,
    detail: ofFault === null ? words('detail') : `${words('detail')} ${ofFault.message}`,
    fix: ofFault?.fix ?? words('fix'),
    facts: error.facts,
  }
  const errors = inputFaultsOf(error, locale)
  return errors === null ? problem : { ...problem, errors }
}

/** The words of the fault that a cluster's refusal is about. */
function faultWords({ facts }: HoldfastError, locale: Locale): { message: string; fix: string } | null {
  const code = FAULT_CODES.find((known) => known === facts.fault)
  if (code === undefined) return null
  const system = facts.system === 'rocketmq' ? 'rocketmq' : 'kafka'
  const words = (part: string): string => translate(locale, 'faults', `${code}.${part}`, facts, system)
  return { message: words('message'), fix: words('fix') }
}

/** A part of the code that refuses one named place of the input says so in `path`. */
function inputFaultsOf(error: HoldfastError, locale: Locale): InputFault[] | null {
  if (error instanceof InputError) return error.inputFaults
  const { path, issue } = error.facts
  if (error.code !== 'bad_request' || typeof path !== 'string') return null
  return [{ path, message: translate(locale, 'errors', `issues.${issue ?? 'notAccepted'}`, error.facts) }]
}

export function problemResponse(error: HoldfastError, locale: Locale, headers: Headers): Response {
  headers.set('content-type', 'application/problem+json')
  headers.set('content-language', locale)
  if (error.code === 'unauthenticated') headers.set('www-authenticate', 'Bearer')
  for (const [fact, header] of HEADER_OF_FACT) {
    const value: ErrorFacts[string] | undefined = error.facts[fact]
    if (value !== undefined) headers.set(header, String(value))
  }
  return new Response(JSON.stringify(toProblem(error, locale)), { status: STATUS_OF[error.code], headers })
}

const HEADER_OF_FACT = [
  ['retryAfterSeconds', 'retry-after'],
  ['allow', 'allow'],
] as const
