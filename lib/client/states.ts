/** The five states that every page shows in the same shapes and colours, and what else is shown as one of them. */
import type { Durability, GroupEvaluation, Severity, VerdictLevel } from '../durability/observation.ts'

export type StateLevel = VerdictLevel

/** Worst first, with `unknown` between what hurts and what is quiet: not knowing is worse than watching. */
const WORST_FIRST: readonly StateLevel[] = ['losing', 'atRisk', 'unknown', 'watch', 'safe']

export function worseFirst(one: StateLevel, other: StateLevel): number {
  return WORST_FIRST.indexOf(one) - WORST_FIRST.indexOf(other)
}

export function worstState(levels: readonly StateLevel[]): StateLevel | null {
  return [...levels].sort(worseFirst)[0] ?? null
}

export const DURABILITY_STATE: Record<Durability, StateLevel> = {
  healthy: 'safe',
  underReplicated: 'watch',
  atMinIsr: 'watch',
  underMinIsr: 'atRisk',
  offline: 'losing',
  unknown: 'unknown',
}

export const EVALUATION_STATE: Record<GroupEvaluation, StateLevel> = {
  ok: 'safe',
  warn: 'watch',
  stalled: 'atRisk',
  stopped: 'atRisk',
  rewound: 'watch',
  abandoned: 'unknown',
  unknown: 'unknown',
}

export const SEVERITY_STATE: Record<Severity, StateLevel> = {
  info: 'safe',
  warning: 'watch',
  high: 'atRisk',
  critical: 'losing',
}

/** Text colours by state. Green is quiet: a safe thing is plain text. */
export const STATE_TEXT: Record<StateLevel, string> = {
  losing: 'text-losing',
  atRisk: 'text-risk',
  watch: 'text-watch',
  safe: 'text-ink2',
  unknown: 'text-ink2',
}

export const STATE_GROUND: Record<StateLevel, string> = {
  losing: 'bg-losebg',
  atRisk: 'bg-riskbg',
  watch: 'bg-watchbg',
  safe: 'bg-panel',
  unknown: 'bg-line2',
}
