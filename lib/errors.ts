/** Every code that an answer of the API or a start-up error may carry. */
export const ERROR_CODES = [
  'bad_request',
  'unauthenticated',
  'forbidden',
  'topic_not_allowed',
  'payloads_not_allowed',
  'csrf_failed',
  'host_refused',
  'origin_refused',
  'cluster_read_only',
  'not_found',
  'cluster_not_found',
  'broker_not_found',
  'topic_not_found',
  'group_not_found',
  'message_not_found',
  'dead_letter_gone',
  'purge_not_exported',
  'cluster_fault',
  'message_not_stored',
  'message_uncertain',
  'method_not_allowed',
  'conflict',
  'cluster_configured_in_file',
  'replay_not_found',
  'replay_wrong_state',
  'replay_plan_changed',
  'replay_plan_stale',
  'replay_plan_overtaken',
  'replay_topic_recreated',
  'replay_queue_busy',
  'replay_sends_records',
  'replay_same_person',
  'replay_approval_expired',
  'replay_rate_not_approved',
  'replay_target_refuses',
  'mute_not_found',
  'mute_in_file',
  'mutes_too_many',
  'receiver_not_found',
  'receiver_in_file',
  'receivers_too_many',
  'delivery_not_found',
  'delivery_not_failed',
  'delivery_overtaken',
  'loss_not_found',
  'loss_acknowledged',
  'alert_not_found',
  'alert_not_open',
  'alert_acknowledged',
  'silence_not_found',
  'silence_in_file',
  'silences_too_many',
  'alert_rule_not_found',
  'alert_rule_exists',
  'alert_rule_changed',
  'alert_rule_built_in',
  'alert_rule_in_file',
  'alert_rules_too_many',
  'hold_unsupported',
  'hold_topic_internal',
  'hold_topic_compacted',
  'hold_not_needed',
  'hold_exists',
  'hold_broker_held',
  'hold_not_found',
  'hold_conflict',
  'hold_busy',
  'repair_unknown',
  'repair_not_needed',
  'repair_stops_writes',
  'repair_conflict',
  'report_not_found',
  'range_too_large',
  'selection_too_large',
  'audit_too_long',
  'payload_too_large',
  'too_many_attempts',
  'config_invalid',
  'database_unavailable',
  'database_busy',
  'database_damaged',
  'database_full',
  'database_migration_failed',
  'database_not_ours',
  'database_missing',
  'database_older',
  'database_newer',
  'database_in_use',
  'backup_missing',
  'backup_exists',
  'backup_not_written',
  'backup_no_space',
  'backup_not_ours',
  'backup_damaged',
  'store_failed',
  'second_instance',
  'not_ready',
  'internal',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

export type ErrorFacts = Record<string, string | number>

const BRAND = Symbol.for('holdfast.error')

/** An error a caller can act on: a stable code and facts. Words are chosen where it is shown. */
export class HoldfastError extends Error {
  readonly code: ErrorCode
  readonly facts: ErrorFacts
  readonly retriable: boolean
  readonly [BRAND] = true

  constructor(code: ErrorCode, facts: ErrorFacts = {}, options: { cause?: unknown; retriable?: boolean } = {}) {
    super(`${code} ${JSON.stringify(facts)}`, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HoldfastError'
    this.code = code
    this.facts = facts
    this.retriable = options.retriable ?? false
  }
}

/**
 * `instanceof` across copies of the class: Next bundles one into the routes, while the services they call come from
 * plain Node.
 */
export function isHoldfastError(error: unknown): error is HoldfastError {
  return error instanceof Error && BRAND in error
}
