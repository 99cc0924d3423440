/** The states of a replay and what may happen in each. Pure: who asks for what, and what becomes of it. */
export const REPLAY_STATES = [
  'planning',
  'planFailed',
  'planned',
  'awaitingApproval',
  'approved',
  'canary',
  'running',
  'paused',
  'braked',
  'completed',
  'cancelled',
  'failed',
] as const
export type ReplayState = (typeof REPLAY_STATES)[number]

/** What people ask for, and what the worker finds. */
export type ReplayEvent =
  | { type: 'planned'; needsApproval: boolean }
  | { type: 'planRefused' }
  | { type: 'approve' }
  /** Nobody started it while the approval held. */
  | { type: 'approvalExpired' }
  /** `hasCanary`: the first records go alone. */
  | { type: 'start'; needsApproval: boolean; hasCanary: boolean }
  | { type: 'pause' }
  /** `isCanaryOpen`: its records are not all sent, or not yet judged. */
  | { type: 'resume'; isCanaryOpen: boolean }
  | { type: 'cancel' }
  /** The rate changed before the start: what was approved is no more what would run. */
  | { type: 'rateChanged'; needsApproval: boolean }
  | { type: 'canaryPassed' }
  | { type: 'canaryStopped' }
  | { type: 'brake' }
  | { type: 'release'; isCanaryOpen: boolean }
  | { type: 'allDone' }
  | { type: 'fail' }

/** Sends, or would if nothing held it. */
export const ACTIVE_STATES = ['canary', 'running', 'paused', 'braked'] as const satisfies readonly ReplayState[]
const FINAL_STATES = ['planFailed', 'completed', 'cancelled', 'failed'] as const satisfies readonly ReplayState[]
const BEFORE_START: readonly ReplayState[] = ['planned', 'awaitingApproval', 'approved']

export function isActive(state: ReplayState): boolean {
  return (ACTIVE_STATES as readonly ReplayState[]).includes(state)
}

export function isFinal(state: ReplayState): boolean {
  return (FINAL_STATES as readonly ReplayState[]).includes(state)
}

export function isBeforeStart(state: ReplayState): boolean {
  return BEFORE_START.includes(state)
}

/** The state after the event; null when it cannot happen in this state. */
export function nextState(state: ReplayState, event: ReplayEvent): ReplayState | null {
  switch (event.type) {
    case 'planned':
      return state === 'planning' ? readyState(event.needsApproval) : null
    case 'planRefused':
      return state === 'planning' ? 'planFailed' : null
    case 'approve':
      // Again, to let it hold for longer.
      return isBeforeStart(state) ? 'approved' : null
    case 'approvalExpired':
      return state === 'approved' ? 'awaitingApproval' : null
    case 'start':
      return afterStart(state, event)
    case 'rateChanged':
      return afterRateChange(state, event.needsApproval)
    case 'cancel':
      return isFinal(state) ? null : 'cancelled'
    default:
      return whileActive(state, event)
  }
}

function readyState(needsApproval: boolean): ReplayState {
  return needsApproval ? 'awaitingApproval' : 'planned'
}

function afterStart(state: ReplayState, { needsApproval, hasCanary }: { needsApproval: boolean; hasCanary: boolean }) {
  const mayStart = state === 'approved' || (state === 'planned' && !needsApproval)
  return mayStart ? sending(hasCanary) : null
}

function afterRateChange(state: ReplayState, needsApproval: boolean): ReplayState | null {
  if (isActive(state)) return state
  return isBeforeStart(state) ? readyState(needsApproval) : null
}

type RunEvent = Exclude<
  ReplayEvent,
  { type: 'planned' | 'planRefused' | 'approve' | 'approvalExpired' | 'start' | 'rateChanged' | 'cancel' }
>

function whileActive(state: ReplayState, event: RunEvent): ReplayState | null {
  const isSending = state === 'canary' || state === 'running'
  switch (event.type) {
    case 'pause':
      return isSending || state === 'braked' ? 'paused' : null
    case 'resume':
      return state === 'paused' || state === 'braked' ? sending(event.isCanaryOpen) : null
    case 'canaryPassed':
      return state === 'canary' ? 'running' : null
    case 'canaryStopped':
      return state === 'canary' ? 'paused' : null
    case 'brake':
      return isSending ? 'braked' : null
    case 'release':
      return state === 'braked' ? sending(event.isCanaryOpen) : null
    case 'allDone':
      return isSending ? 'completed' : null
    case 'fail':
      return isActive(state) ? 'failed' : null
  }
}

function sending(isCanary: boolean): ReplayState {
  return isCanary ? 'canary' : 'running'
}
