/** An alert: one episode of a rule holding at a place. 'ok' is that there is none. */
import { createHash } from 'node:crypto'
import type { Severity } from '../durability/observation.ts'
import { type AlertSubject, BLIND_RULE } from './alert-rule.ts'

/**
 * `pending`: it holds, not for long enough. `recovering`: it is over, not for long enough. `noData`: it fired, and nobody
 * can tell any more; neither fires nor ends. `resolved`: it has ended.
 */
export const STORED_STATES = ['pending', 'firing', 'recovering', 'noData', 'resolved'] as const
export type AlertState = (typeof STORED_STATES)[number]

/** What an alert shows while polls of its cluster fail; what it was before stays stored. */
export const SHOWN_STATES = ['pending', 'firing', 'recovering', 'resolved', 'noData', 'pollError'] as const
export type ShownState = (typeof SHOWN_STATES)[number]

/** @param isBlind whether polls of its cluster fail, so that nobody can tell how it is */
export function shownState(alert: Pick<Alert, 'state' | 'ruleCode'>, isBlind: boolean): ShownState {
  return isBlind && hasFired(alert) && alert.ruleCode !== BLIND_RULE ? 'pollError' : alert.state
}

export const END_REASONS = ['cleared', 'subjectGone', 'ruleChanged', 'ruleRemoved', 'clusterRemoved'] as const
export type EndReason = (typeof END_REASONS)[number]

/**
 * Why an alert changed. `raised`, `heldFor`: it holds, long enough. `cleared`, `relapsed`: it is over, or holds again.
 * `unknown`, `known`: nobody can tell, or somebody can again. `worsened`: graver than before. `flapping`: it came and went
 * so often that it is held. `inhibited`, `released`: a graver alert tells it as well, or no longer does.
 */
export const TRANSITION_REASONS = [
  'raised',
  'heldFor',
  'relapsed',
  'unknown',
  'known',
  'worsened',
  'flapping',
  'inhibited',
  'released',
  ...END_REASONS,
] as const
export type TransitionReason = (typeof TRANSITION_REASONS)[number]

export type AlertFacts = Readonly<Record<string, string | number>>

/** Whose words tell it: those of a finding, of a loss, or of a number beyond its mark. */
export interface AlertBasis {
  kind: 'finding' | 'series' | 'loss'
  /** A finding's code, a series, or a kind of loss. */
  code: string
}

export interface Alert {
  /** Made of cluster, rule, subject and episode. */
  id: string
  ruleCode: string
  ruleRevision: string
  subject: AlertSubject
  /** Grows from one alert of a place to the next. */
  episode: number
  basis: AlertBasis
  state: AlertState
  /** The gravest that it was. */
  severity: Severity
  /** As they were when its state changed last. */
  facts: AlertFacts
  /** Of its rule. */
  labels: Readonly<Record<string, string>>
  /** When it was first seen to hold. */
  startedAtMs: number
  /** Null before it fired. */
  firedAtMs: number | null
  /** Since when it is in its state. */
  stateAtMs: number
  /** Of one that recovers, or is held because it flaps: since when it is over; null while it is not. */
  clearSinceMs: number | null
  isFlapping: boolean
  /** When it lately came and went, over its episodes. */
  changesAtMs: readonly number[]
  /** Id of the open alert that tells it as well. */
  inhibitedBy: string | null
  endedAtMs: number | null
  endReason: EndReason | null
}

/** As it is written down, for the time line, and for whoever tells people. */
export interface AlertTransition {
  alertId: string
  atMs: number
  /** Null: there was no alert. */
  from: AlertState | null
  to: AlertState
  reason: TransitionReason
  severity: Severity
  /** After it. */
  isInhibited: boolean
}

export function isOpen({ state }: Pick<Alert, 'state'>): boolean {
  return state !== 'resolved'
}

/** Open, and people were to be told. */
export function hasFired({ state }: Pick<Alert, 'state'>): boolean {
  return state !== 'pending' && state !== 'resolved'
}

const ID_CHARS = 20

export function alertIdOf(clusterId: string, placeKey: string, episode: number): string {
  return createHash('sha256')
    .update(JSON.stringify([clusterId, placeKey, episode]))
    .digest('base64url')
    .slice(0, ID_CHARS)
}
