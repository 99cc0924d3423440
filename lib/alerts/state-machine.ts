/** What becomes of one alert with one poll. Pure: the same answers for the same alert, reading and time. */
import type { Severity } from '../durability/observation.ts'
import { SEVERITIES } from '../durability/observation.ts'
import { MINUTE_MS } from '../units.ts'
import type { Alert, AlertState, EndReason, TransitionReason } from './alert.ts'
import type { AlertRule, AlertSubject } from './alert-rule.ts'

/** The rule holds there, in this poll. */
export interface Holding {
  rule: AlertRule
  subject: AlertSubject
  severity: Severity
  facts: Alert['facts']
}

/**
 * What a poll says of a place where the rule does not hold. `between`: neither beyond the mark that raises, nor the one
 * that clears. `gone`: there is no such subject any more.
 */
export type Standing = 'between' | 'clear' | 'unknown' | 'gone'
export type Reading = Holding | Standing

/** Came and went so often within the window, it is held until it was over for as long as `FLAP_HOLD_MS`. */
export const FLAP_CHANGES = 5
export const FLAP_WINDOW_MS = 15 * MINUTE_MS
export const FLAP_HOLD_MS = 10 * MINUTE_MS

export interface Step {
  /** The very alert of before when nothing changed; null: there is none any more, and nobody was told of it. */
  after: Alert | null
  /** Null: nothing that anybody is told. */
  reason: TransitionReason | null
}

/** What a place with no alert brings along from its last one. */
export interface Beginning {
  id: string
  episode: number
  changesAtMs: readonly number[]
}

/** @returns a new alert where a rule began to hold */
export function begin(held: Holding, ruleRevision: string, beginning: Beginning, nowMs: number): Step {
  const { rule, subject, severity, facts } = held
  const { id, episode, changesAtMs } = beginning
  const alert: Alert = {
    ...{ id, episode, ruleCode: rule.code, ruleRevision, subject, basis: basisOf(rule), labels: rule.labels },
    ...{ state: 'pending', severity, facts, startedAtMs: nowMs, firedAtMs: null, stateAtMs: nowMs },
    ...{ clearSinceMs: null, isFlapping: false, changesAtMs: lately(changesAtMs, nowMs) },
    ...{ inhibitedBy: null, endedAtMs: null, endReason: null },
  }
  return rule.forMs > 0 ? { after: alert, reason: 'raised' } : fire(alert, 'raised', nowMs)
}

export function basisOf({ when }: Pick<AlertRule, 'when'>): Alert['basis'] {
  switch (when.kind) {
    case 'finding':
      return { kind: 'finding', code: when.finding }
    case 'loss':
      return { kind: 'loss', code: when.loss }
    default:
      return { kind: 'series', code: when.series }
  }
}

/** @param alert open */
export function step(
  alert: Alert,
  reading: Reading,
  rule: Pick<AlertRule, 'forMs' | 'keepFiringForMs'>,
  nowMs: number,
): Step {
  const known = settled(alert, nowMs)
  if (reading === 'gone') return known.state === 'pending' ? DROPPED : end(known, 'subjectGone', nowMs)
  if (known.state === 'pending') return stepPending(known, reading, rule.forMs, nowMs)
  if (reading === 'unknown') return toNoData(known, nowMs)
  return known.isFlapping ? stepFlapping(known, reading, nowMs) : stepFired(known, reading, rule.keepFiringForMs, nowMs)
}

/** Its rule says something else now, or is none any more, or nobody watches its cluster. */
export function retire(alert: Alert, reason: 'ruleChanged' | 'ruleRemoved' | 'clusterRemoved', nowMs: number): Step {
  return alert.state === 'pending' ? DROPPED : end(settled(alert, nowMs), reason, nowMs)
}

const DROPPED: Step = { after: null, reason: null }

/** Times that lie ahead since somebody set the clock back begin anew: what waits for them must not wait for hours. */
function settled(alert: Alert, nowMs: number): Alert {
  const isAhead = alert.stateAtMs > nowMs || (alert.clearSinceMs ?? 0) > nowMs
  if (!isAhead) return alert
  return {
    ...alert,
    stateAtMs: Math.min(alert.stateAtMs, nowMs),
    clearSinceMs: alert.clearSinceMs === null ? null : Math.min(alert.clearSinceMs, nowMs),
  }
}

/** Nobody looked for a while: what was so before and is so again counts from now on. */
export function unwatched(alert: Alert, nowMs: number): Alert {
  if (alert.state === 'pending') return { ...alert, stateAtMs: nowMs }
  return alert.clearSinceMs === null ? alert : { ...alert, clearSinceMs: nowMs }
}

function stepPending(alert: Alert, reading: Exclude<Reading, 'gone'>, forMs: number, nowMs: number): Step {
  // What was not seen is no reason to forget it, nor to fire.
  if (reading === 'unknown') return { after: alert, reason: null }
  if (typeof reading === 'string') return DROPPED
  const seen = withReading(alert, reading)
  if (nowMs - alert.stateAtMs < forMs) return { after: alert, reason: null }
  return fire(seen, 'heldFor', nowMs)
}

function fire(alert: Alert, reason: 'raised' | 'heldFor' | 'relapsed', nowMs: number): Step {
  const changed = changedAt(alert, nowMs)
  const isFlapping = changed.changesAtMs.length >= FLAP_CHANGES
  const firedAtMs = alert.firedAtMs ?? nowMs
  const after: Alert = { ...changed, state: 'firing', firedAtMs, stateAtMs: nowMs, isFlapping }
  return { after, reason: isFlapping ? 'flapping' : reason }
}

function stepFired(alert: Alert, reading: Exclude<Reading, 'gone' | 'unknown'>, keepMs: number, nowMs: number): Step {
  if (reading === 'clear') return stepClear(alert, keepMs, nowMs)
  const calm = notOver(alert)
  // It has not come back, but what is over has to be so without a break.
  if (alert.state === 'recovering' && reading === 'between') return { after: calm, reason: null }
  const seen = reading === 'between' ? calm : withReading(calm, reading)
  if (alert.state === 'recovering') return fire(seen, 'relapsed', nowMs)
  if (alert.state === 'noData') return toState(seen, 'firing', 'known', nowMs)
  return seen.severity === alert.severity ? { after: alert, reason: null } : { after: seen, reason: 'worsened' }
}

function stepClear(alert: Alert, keepMs: number, nowMs: number): Step {
  if (alert.state === 'recovering') return stepOver(alert, keepMs, nowMs)
  const changed = { ...changedAt(alert, nowMs), clearSinceMs: nowMs }
  return keepMs <= 0 ? end(changed, 'cleared', nowMs) : toState(changed, 'recovering', 'cleared', nowMs)
}

/** It ends once it was over for so long. */
function stepOver(alert: Alert, forMs: number, nowMs: number): Step {
  if (alert.clearSinceMs === null) return { after: { ...alert, clearSinceMs: nowMs }, reason: null }
  return nowMs - alert.clearSinceMs >= forMs ? end(alert, 'cleared', nowMs) : { after: alert, reason: null }
}

function notOver(alert: Alert): Alert {
  return alert.clearSinceMs === null ? alert : { ...alert, clearSinceMs: null }
}

/** One state held: that it comes and goes was told, and is not told each time. */
function stepFlapping(alert: Alert, reading: Exclude<Reading, 'gone' | 'unknown'>, nowMs: number): Step {
  if (alert.state === 'noData') return toState(notOver(alert), 'firing', 'known', nowMs)
  if (reading !== 'clear') {
    const calm = notOver(alert)
    const seen = reading === 'between' ? calm : withReading(calm, reading)
    return seen.severity === alert.severity ? { after: calm, reason: null } : { after: seen, reason: 'worsened' }
  }
  return stepOver(alert, FLAP_HOLD_MS, nowMs)
}

function toNoData(alert: Alert, nowMs: number): Step {
  if (alert.state === 'noData') return { after: alert, reason: null }
  return toState(notOver(alert), 'noData', 'unknown', nowMs)
}

function toState(alert: Alert, state: AlertState, reason: TransitionReason, nowMs: number): Step {
  return { after: { ...alert, state, stateAtMs: nowMs }, reason }
}

function end(alert: Alert, endReason: EndReason, nowMs: number): Step {
  // A clock that was set back must not let it end before it began.
  const endedAtMs = Math.max(nowMs, alert.firedAtMs ?? alert.startedAtMs)
  const over = { state: 'resolved', stateAtMs: endedAtMs, endedAtMs, endReason, inhibitedBy: null } as const
  return { after: { ...alert, ...over }, reason: endReason }
}

/** An alert is as grave as it ever was: who was told so must not read less without a word. */
function withReading(alert: Alert, { severity, facts }: Holding): Alert {
  const isGraver = SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(alert.severity)
  return { ...alert, facts, severity: isGraver ? severity : alert.severity }
}

function changedAt(alert: Alert, nowMs: number): Alert {
  return { ...alert, changesAtMs: [...lately(alert.changesAtMs, nowMs), nowMs] }
}

/** Those ahead of a clock that was set back are as old as it says. */
function lately(changesAtMs: readonly number[], nowMs: number): readonly number[] {
  const recent = changesAtMs.map((atMs) => Math.min(atMs, nowMs)).filter((atMs) => nowMs - atMs <= FLAP_WINDOW_MS)
  return recent.slice(1 - FLAP_CHANGES)
}
