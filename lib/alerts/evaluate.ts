/** What a poll changes in the alerts of a cluster. Pure: nothing counts before it is stored, then `apply` takes it over. */
import type { ObservedTopic } from '../durability/observation.ts'
import { type Alert, type AlertTransition, alertIdOf, hasFired, isOpen, type TransitionReason } from './alert.ts'
import { type AlertRule, BLIND_RULE, placeKey, revisionOf } from './alert-rule.ts'
import { inhibitorFinder } from './inhibit.ts'
import type { Readings } from './readings.ts'
import { factsOf, isRaised } from './series-readings.ts'
import {
  begin,
  FLAP_WINDOW_MS,
  type Holding,
  type Reading,
  retire,
  type Step,
  step,
  unwatched,
} from './state-machine.ts'

/** All rules, by code, with what tells whether one is still the same. */
export class RuleBook {
  readonly #rules: ReadonlyMap<string, { rule: AlertRule; revision: string }>

  constructor(rules: readonly AlertRule[]) {
    this.#rules = new Map(rules.map((rule) => [rule.code, { rule, revision: revisionOf(rule) }]))
  }

  ruleOf(code: string): { rule: AlertRule; revision: string } | null {
    return this.#rules.get(code) ?? null
  }
}

/** The alerts of one cluster as they are stored: all that are open, and those that ended lately. By `placeKey`. */
export interface AlertBook {
  open: Map<string, Alert>
  ended: Map<string, Alert>
}

/** @param alerts in any order; of several at one place the open one counts, and of the ended ones the newest */
export function bookOf(alerts: Iterable<Alert>): AlertBook {
  const book: AlertBook = { open: new Map(), ended: new Map() }
  for (const alert of alerts) {
    const key = placeKey(alert.ruleCode, alert.subject)
    if (isOpen(alert)) book.open.set(key, alert)
    else if ((book.ended.get(key)?.episode ?? 0) < alert.episode) book.ended.set(key, alert)
  }
  return book
}

export interface AlertChanges {
  /** New ones among them. */
  changed: readonly Alert[]
  /** Of which nobody was told. */
  dropped: readonly Alert[]
  transitions: readonly AlertTransition[]
}

export interface Evaluation {
  clusterId: string
  rules: RuleBook
  nowMs: number
}

/** Of a good poll. */
export interface Polled {
  readings: Readings
  /** Nobody looked for longer than polls are apart. */
  wasUnwatched: boolean
  isMuted(alert: Alert): boolean
  topicOf(name: string): ObservedTopic | undefined
}

export function evaluatePoll(
  book: AlertBook,
  { readings, wasUnwatched, isMuted, topicOf }: Polled,
  evaluation: Evaluation,
): AlertChanges {
  const draft = new Draft(evaluation, book)
  for (const [key, alert] of book.open) {
    const known = wasUnwatched ? unwatched(alert, evaluation.nowMs) : alert
    draft.note(
      key,
      alert,
      readingStep(known, (rule) => readings.holding.get(key) ?? readings.standingOf(rule, alert.subject), evaluation),
    )
  }
  for (const [key, held] of readings.holding) if (!book.open.has(key)) draft.begin(key, held)
  draft.inhibit(isMuted, topicOf)
  return draft.changes()
}

/**
 * Of a poll that failed: no alert fires or ends by it but the one that says that the console is blind, and those whose rule
 * the configuration no longer has.
 */
export function evaluateFailedPoll(book: AlertBook, failedInARow: number, evaluation: Evaluation): AlertChanges {
  const draft = new Draft(evaluation, book)
  const blind = blindReading(failedInARow, evaluation)
  for (const [key, alert] of book.open) {
    if (alert.ruleCode === BLIND_RULE || evaluation.rules.ruleOf(alert.ruleCode)?.revision !== alert.ruleRevision)
      draft.note(
        key,
        alert,
        readingStep(alert, () => blind ?? 'between', evaluation),
      )
  }
  if (blind === null) return draft.changes()
  const key = placeKey(BLIND_RULE, blind.subject)
  if (!book.open.has(key)) draft.begin(key, blind)
  return draft.changes()
}

/** Of a cluster that nobody watches any more. */
export function evaluateRemoval(book: AlertBook, nowMs: number): AlertChanges {
  const draft = new Draft({ clusterId: '', rules: new RuleBook([]), nowMs }, book)
  for (const [key, alert] of book.open) draft.note(key, alert, retire(alert, 'clusterRemoved', nowMs))
  return draft.changes()
}

/** Null: not often enough. What failed before this process began is not counted. */
function blindReading(failedInARow: number, { rules }: Evaluation): Holding | null {
  const rule = rules.ruleOf(BLIND_RULE)?.rule
  if (rule?.when.kind !== 'series' || !isRaised(rule.when, failedInARow)) return null
  const subject = { type: 'cluster', name: '', part: null } as const
  return { rule, subject, severity: rule.severity ?? 'critical', facts: factsOf(rule.when, {}, failedInARow) }
}

function readingStep(alert: Alert, readingOf: (rule: AlertRule) => Reading, { rules, nowMs }: Evaluation): Step {
  const known = rules.ruleOf(alert.ruleCode)
  if (known === null) return retire(alert, 'ruleRemoved', nowMs)
  if (known.revision !== alert.ruleRevision) return retire(alert, 'ruleChanged', nowMs)
  return step(alert, readingOf(known.rule), known.rule, nowMs)
}

/** What changes, until it is known whom it inhibits. */
class Draft {
  readonly #evaluation: Evaluation
  readonly #book: AlertBook
  /** Alerts after this poll that are not what they were; null: dropped. */
  readonly #after = new Map<string, Alert | null>()
  readonly #reasons = new Map<string, TransitionReason>()

  constructor(evaluation: Evaluation, book: AlertBook) {
    this.#evaluation = evaluation
    this.#book = book
  }

  begin(key: string, held: Holding): void {
    const { clusterId, rules, nowMs } = this.#evaluation
    const revision = rules.ruleOf(held.rule.code)?.revision
    if (revision === undefined) return
    const last = this.#book.ended.get(key)
    const episode = Math.max(nowMs, (last?.episode ?? 0) + 1)
    const beginning = { id: alertIdOf(clusterId, key, episode), episode, changesAtMs: last?.changesAtMs ?? [] }
    this.note(key, null, begin(held, revision, beginning, nowMs))
  }

  note(key: string, before: Alert | null, { after, reason }: Step): void {
    if (after === before) return
    this.#after.set(key, after)
    if (reason !== null) this.#reasons.set(key, reason)
  }

  inhibit(isMuted: Polled['isMuted'], topicOf: Polled['topicOf']): void {
    const inhibitorOf = inhibitorFinder(this.#openAfter(), isMuted, topicOf)
    for (const [key, alert] of this.#entriesAfter()) {
      const inhibitedBy = hasFired(alert) ? (inhibitorOf(alert)?.id ?? null) : null
      if (inhibitedBy === alert.inhibitedBy) continue
      this.#after.set(key, { ...alert, inhibitedBy })
      // One that is told by another graver one than before was told before, too.
      const isTold = (inhibitedBy === null) === (alert.inhibitedBy === null)
      if (!isTold && !this.#reasons.has(key)) this.#reasons.set(key, inhibitedBy === null ? 'released' : 'inhibited')
    }
  }

  *#entriesAfter(): Iterable<[string, Alert]> {
    for (const [key, alert] of this.#book.open) if (!this.#after.has(key)) yield [key, alert]
    for (const [key, alert] of [...this.#after]) if (alert !== null && isOpen(alert)) yield [key, alert]
  }

  *#openAfter(): Iterable<Alert> {
    for (const [, alert] of this.#entriesAfter()) yield alert
  }

  changes(): AlertChanges {
    const changed: Alert[] = []
    const dropped: Alert[] = []
    const transitions: AlertTransition[] = []
    for (const [key, alert] of this.#after) {
      const before = this.#book.open.get(key)
      if (alert === null) {
        if (before !== undefined) dropped.push(before)
        continue
      }
      changed.push(alert)
      const reason = this.#reasons.get(key)
      if (reason !== undefined) transitions.push(transitionOf(before ?? null, alert, reason, this.#evaluation.nowMs))
    }
    return { changed, dropped, transitions }
  }
}

function transitionOf(before: Alert | null, alert: Alert, reason: TransitionReason, nowMs: number): AlertTransition {
  const { id: alertId, state: to, severity, inhibitedBy } = alert
  return { alertId, atMs: nowMs, from: before?.state ?? null, to, reason, severity, isInhibited: inhibitedBy !== null }
}

/** Takes over what is stored now. */
export function apply(book: AlertBook, { changed, dropped }: AlertChanges, nowMs: number): void {
  for (const alert of dropped) book.open.delete(placeKey(alert.ruleCode, alert.subject))
  for (const alert of changed) {
    const key = placeKey(alert.ruleCode, alert.subject)
    if (isOpen(alert)) book.open.set(key, alert)
    else {
      book.open.delete(key)
      book.ended.set(key, alert)
    }
  }
  for (const [key, { endedAtMs }] of book.ended) {
    if (endedAtMs !== null && nowMs - endedAtMs > FLAP_WINDOW_MS) book.ended.delete(key)
  }
}
