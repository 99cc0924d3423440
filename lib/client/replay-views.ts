/** What pages conclude from a replay for showing it. Pure. */
import type { REPLAY_OUTCOMES, REPLAY_STATES, ReplayAnswer, ReplayPlanAnswer } from '../api/schemas/replays.ts'
import { SECOND_MS } from '../units.ts'

export type ReplayState = (typeof REPLAY_STATES)[number]
export type ReplayOutcome = (typeof REPLAY_OUTCOMES)[number]

/** Where in its life a replay is: before anything is sent, sending, held, or over. */
export type ReplayPhase = 'preparing' | 'sending' | 'held' | 'over'

export const PHASE: Record<ReplayState, ReplayPhase> = {
  planning: 'preparing',
  planFailed: 'over',
  planned: 'preparing',
  awaitingApproval: 'preparing',
  approved: 'preparing',
  canary: 'sending',
  running: 'sending',
  paused: 'held',
  braked: 'held',
  completed: 'over',
  cancelled: 'over',
  failed: 'over',
}

export type ReplayAction = 'approve' | 'start' | 'pause' | 'resume' | 'cancel' | 'rate'

const ACTIONS: Record<ReplayState, readonly ReplayAction[]> = {
  planning: ['cancel'],
  planFailed: [],
  planned: ['start', 'cancel'],
  awaitingApproval: ['approve', 'cancel'],
  approved: ['approve', 'start', 'cancel'],
  canary: ['pause', 'rate', 'cancel'],
  running: ['pause', 'rate', 'cancel'],
  paused: ['resume', 'rate', 'cancel'],
  braked: ['pause', 'resume', 'rate', 'cancel'],
  completed: [],
  cancelled: [],
  failed: [],
}

export function may({ state, waitsFor }: Pick<ReplayAnswer, 'state' | 'waitsFor'>, action: ReplayAction): boolean {
  if (action === 'resume' && waitsFor?.canResume === false) return false
  return ACTIONS[state].includes(action)
}

const FAST_MS = SECOND_MS
/** Deliveries and returns go on being counted after the end. */
const SLOW_MS = 5 * SECOND_MS

export function refreshMsOf(state: ReplayState | undefined): number {
  const phase = state === undefined ? 'preparing' : PHASE[state]
  return phase === 'over' ? SLOW_MS : FAST_MS
}

export interface Progress {
  /** Produced, skipped and failed: what will not be looked at again. */
  done: number
  waiting: number
  /** 0 to 1; null while nobody knows how many there are. */
  ratio: number | null
}

export function progressOf({ counts }: Pick<ReplayAnswer, 'counts'>): Progress {
  const done = counts.produced + counts.skipped + counts.failed
  const waiting = Math.max(0, counts.selected - done)
  return { done, waiting, ratio: counts.selected === 0 ? null : Math.min(1, done / counts.selected) }
}

/** How long the rest takes at the present rate; null when it does not move. */
export function remainingMs(replay: Pick<ReplayAnswer, 'counts' | 'recordsPerSecond'>): number | null {
  const rate = replay.recordsPerSecond
  if (rate === null || rate <= 0) return null
  return Math.ceil(progressOf(replay).waiting / rate) * SECOND_MS
}

/** For so many records at a rate, and what is waited beside it; null when one is not known or the rate has no limit. */
export function estimateMs(
  records: number | null,
  recordsPerSecond: number | null,
  waitSeconds: number | null,
): number | null {
  if (records === null || recordsPerSecond === null || recordsPerSecond <= 0 || waitSeconds === null) return null
  return (Math.ceil(records / recordsPerSecond) + waitSeconds) * SECOND_MS
}

type AffectedGroup = ReplayPlanAnswer['affectedGroups'][number]

/** Those that did not fail come last: the first one is why the replay is made. */
export function byConcern(groups: readonly AffectedGroup[]): AffectedGroup[] {
  const order = { failed: 0, unknown: 1, other: 2 }
  return [...groups].sort((one, other) => order[one.note] - order[other.note] || one.group.localeCompare(other.group))
}

export function bystanders(plan: ReplayPlanAnswer): AffectedGroup[] {
  return plan.affectedGroups.filter(({ note }) => note !== 'failed')
}

/** The topic of a plan that has one target; null when there are several or none. */
export function onlyTarget(plan: ReplayPlanAnswer): string | null {
  return plan.targets.length === 1 ? (plan.targets[0]?.topic ?? null) : null
}

export function skippedOf(plan: ReplayPlanAnswer): number {
  return plan.skipped.reduce((sum, { count }) => sum + count, 0)
}

/** What the list of replays shows: all of them, or those in one part of their life. */
export const REPLAY_FILTERS = ['all', 'waiting', 'running', 'done'] as const
export type ReplayFilter = (typeof REPLAY_FILTERS)[number]

export function parseReplayFilter(text: string): ReplayFilter {
  return REPLAY_FILTERS.find((filter) => filter === text) ?? 'all'
}

export const FILTER_STATES: Record<ReplayFilter, readonly ReplayState[]> = {
  all: [],
  waiting: ['planning', 'planned', 'awaitingApproval', 'approved'],
  running: ['canary', 'running', 'paused', 'braked'],
  done: ['completed', 'cancelled', 'failed', 'planFailed'],
}
