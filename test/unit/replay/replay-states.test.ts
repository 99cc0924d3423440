import { describe, expect, test } from 'vitest'
import { nextState, REPLAY_STATES, type ReplayEvent, type ReplayState } from '../../../lib/replay/replay-states.ts'

const EVENTS: Record<string, ReplayEvent> = {
  planned: { type: 'planned', needsApproval: false },
  'planned, four eyes': { type: 'planned', needsApproval: true },
  planRefused: { type: 'planRefused' },
  approve: { type: 'approve' },
  approvalExpired: { type: 'approvalExpired' },
  start: { type: 'start', needsApproval: false, hasCanary: false },
  'start, four eyes': { type: 'start', needsApproval: true, hasCanary: false },
  'start, canary': { type: 'start', needsApproval: false, hasCanary: true },
  pause: { type: 'pause' },
  resume: { type: 'resume', isCanaryOpen: false },
  'resume, canary open': { type: 'resume', isCanaryOpen: true },
  cancel: { type: 'cancel' },
  rateChanged: { type: 'rateChanged', needsApproval: false },
  'rateChanged, four eyes': { type: 'rateChanged', needsApproval: true },
  canaryPassed: { type: 'canaryPassed' },
  canaryStopped: { type: 'canaryStopped' },
  brake: { type: 'brake' },
  release: { type: 'release', isCanaryOpen: false },
  'release, canary open': { type: 'release', isCanaryOpen: true },
  allDone: { type: 'allDone' },
  fail: { type: 'fail' },
}

/** Everything that is possible; whatever is not listed is refused. */
const POSSIBLE: Record<ReplayState, Record<string, ReplayState>> = {
  planning: {
    planned: 'planned',
    'planned, four eyes': 'awaitingApproval',
    planRefused: 'planFailed',
    cancel: 'cancelled',
  },
  planFailed: {},
  planned: {
    ...{ approve: 'approved', start: 'running', 'start, canary': 'canary', cancel: 'cancelled' },
    ...{ rateChanged: 'planned', 'rateChanged, four eyes': 'awaitingApproval' },
  },
  awaitingApproval: {
    ...{ approve: 'approved', cancel: 'cancelled' },
    ...{ rateChanged: 'planned', 'rateChanged, four eyes': 'awaitingApproval' },
  },
  approved: {
    ...{ approve: 'approved', approvalExpired: 'awaitingApproval' },
    ...{ start: 'running', 'start, four eyes': 'running', 'start, canary': 'canary', cancel: 'cancelled' },
    ...{ rateChanged: 'planned', 'rateChanged, four eyes': 'awaitingApproval' },
  },
  canary: {
    ...{ pause: 'paused', cancel: 'cancelled', canaryPassed: 'running', canaryStopped: 'paused', brake: 'braked' },
    ...{ allDone: 'completed', fail: 'failed', rateChanged: 'canary', 'rateChanged, four eyes': 'canary' },
  },
  running: {
    ...{ pause: 'paused', cancel: 'cancelled', brake: 'braked', allDone: 'completed', fail: 'failed' },
    ...{ rateChanged: 'running', 'rateChanged, four eyes': 'running' },
  },
  paused: {
    ...{ resume: 'running', 'resume, canary open': 'canary', cancel: 'cancelled', fail: 'failed' },
    ...{ rateChanged: 'paused', 'rateChanged, four eyes': 'paused' },
  },
  braked: {
    ...{ pause: 'paused', resume: 'running', 'resume, canary open': 'canary', cancel: 'cancelled', fail: 'failed' },
    ...{
      release: 'running',
      'release, canary open': 'canary',
      rateChanged: 'braked',
      'rateChanged, four eyes': 'braked',
    },
  },
  completed: {},
  cancelled: {},
  failed: {},
}

describe.each(REPLAY_STATES)('%s', (state) => {
  test.each(Object.entries(EVENTS))('%s', (name, event) => {
    expect(nextState(state, event)).toBe(POSSIBLE[state][name] ?? null)
  })
})
