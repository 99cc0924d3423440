/**
 * Brings a hold one step after the other to where it is to be: reads the topic, decides, changes, looks again. Intent is
 * written down before anything is changed, so that this may end at any moment and be begun again by whoever comes next.
 */
import type { AuditRecord } from '../audit/audit-log.ts'
import { type Fault, fault } from '../cluster/fault.ts'
import { MessageAccessError } from '../cluster/messages.ts'
import type { TopicSettingsAccess } from '../cluster/topic-settings.ts'
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import { type HoldStep, nextStep, type PresentTopic, withFound } from './decide-hold.ts'
import { type Hold, isOpen } from './hold.ts'
import type { HoldChange, HoldStore, StoredHold } from './hold-store.ts'

/** One attempt may take this long … */
const ATTEMPT_MS = 15 * SECOND_MS
/** … and whatever it has sent is done or lost when its claim ends. */
export const CLAIM_MS = MINUTE_MS
const FIRST_PAUSE_MS = 5 * SECOND_MS
const LONGEST_PAUSE_MS = 5 * MINUTE_MS
/** A broker that has just started may not know a topic yet: that it is gone is believed when it is seen so often. */
const LOOKS_UNTIL_GONE = 3
/** Change and look again; what was restored of one that somebody changed in part, and once more in case. */
const MOST_STEPS = 4

export interface HoldKeeperOptions {
  store: Pick<HoldStore, 'change'>
  now(): number
  /** What is written down of a change that nobody asked for just now; null: whoever calls does that. */
  auditOf: ((hold: Hold) => AuditRecord) | null
}

export interface HeldTopic {
  settings: Pick<TopicSettingsAccess, 'read' | 'change'>
  /** The console may look, and change nothing. */
  readOnly: boolean
}

/**
 * @param hold claimed by whoever calls; the claim is given up at the end, unless a change may still be under way
 * @returns as it is then; null when somebody else has changed it meanwhile
 * @throws what is not the cluster's fault, as HoldfastError `database_…`
 */
export async function advanceHold(
  hold: StoredHold,
  topic: HeldTopic,
  options: HoldKeeperOptions,
  signal: AbortSignal,
): Promise<StoredHold | null> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)])
  let now: StoredHold | null = hold
  for (let steps = 0; steps < MOST_STEPS && now !== null; steps += 1) {
    const seen = await attempt(() => look(hold, topic, within))
    if (seen.fault !== null) return noteFailure(now, seen.fault, options)
    const { present, unanswered } = seen.value
    if (present === null && now.failures + 1 < LOOKS_UNTIL_GONE) {
      return noteFailure(now, fault('topicDeleted', { topic: hold.topic }), options)
    }
    const step = nextStep(now, present, options.now())
    if (step.do === 'rest' || step.do === 'settle') return settle(now, step, present, options)
    if (step.do === 'wait') return noteFailure(now, unanswered ?? fault('noBrokers'), options)
    if (topic.readOnly) return noteFailure(now, fault('clusterReadOnly', { cluster: hold.clusterId }), options)
    now = await options.store.change(now, intentOf(now, step, options.now()))
    if (now === null) return null
    const done = await attempt(() => topic.settings.change(hold.topic, step.changes, within))
    if (done.fault !== null) return noteDoubt(now, step, done, options)
  }
  return now === null ? null : noteFailure(now, fault('settingsDisagree', { topic: hold.topic }), options)
}

type Attempt<T> = { value: T; fault: null } | { fault: Fault; isRefused: boolean }

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work(), fault: null }
  } catch (error) {
    if (!(error instanceof MessageAccessError)) throw error
    return { fault: error.fault, isRefused: !error.retriable }
  }
}

interface Seen {
  present: PresentTopic
  /** Why a broker did not answer; null when all did. */
  unanswered: Fault | null
}

async function look({ topic, settings }: Hold, of: HeldTopic, signal: AbortSignal): Promise<Seen> {
  const names = settings.map(({ name }) => name)
  try {
    const read = await of.settings.read(topic, names, signal)
    const overrides = new Map(read.settings.map(({ name, override }) => [name, override]))
    const unanswered = new Set(read.unanswered.map(({ name }) => name))
    return {
      present: { topicId: read.topicId, overrides, unanswered },
      unanswered: read.unanswered[0]?.fault ?? null,
    }
  } catch (error) {
    if (error instanceof MessageAccessError && error.fault.code === 'topicDeleted') {
      return { present: null, unanswered: null }
    }
    throw error
  }
}

/** Whoever has lost the claim meanwhile, as after this machine slept, is told so here, before anything is sent. */
function intentOf({ state }: Hold, step: HoldStep, nowMs: number): HoldChange {
  return { state: step.do === 'restore' ? 'releasing' : state, claimedUntilMs: nowMs + CLAIM_MS }
}

type Change = Extract<HoldStep, { do: 'apply' | 'restore' }>
type Settled = Extract<HoldStep, { do: 'rest' | 'settle' }>

function settle(
  hold: StoredHold,
  step: Settled,
  present: PresentTopic,
  options: HoldKeeperOptions,
): Promise<StoredHold | null> {
  const state = step.do === 'settle' ? step.state : hold.state
  const nowMs = options.now()
  const change: HoldChange = {
    ...{ state, failures: 0, fault: null, lookAtMs: isOpen(state) ? hold.untilAtMs : null },
    ...(step.do === 'settle' ? { outcome: step.outcome } : {}),
    ...(state === 'conflict' ? { settings: withFound(hold.settings, present) } : {}),
    ...(state === 'active' && hold.activeAtMs === null ? { activeAtMs: nowMs } : {}),
    ...(!isOpen(state) && hold.endedAtMs === null ? { endedAtMs: nowMs } : {}),
  }
  return write(hold, change, options)
}

/**
 * The cluster would not have it, and nothing was changed: there is nothing to try again, unless something is to be restored,
 * as where some brokers have done it before another one refused.
 */
function noteDoubt(
  hold: StoredHold,
  { do: doing, changes }: Change,
  { fault: reason, isRefused }: { fault: Fault; isRefused: boolean },
  options: HoldKeeperOptions,
): Promise<StoredHold | null> {
  if (isRefused && doing === 'apply') {
    if (changes.length < hold.settings.length) {
      return noteFailure(hold, reason, options, { state: 'releasing' })
    }
    const ended = { state: 'failed', outcome: 'refused', lookAtMs: null } as const
    return write(hold, { ...ended, endedAtMs: options.now(), fault: reason }, options)
  }
  // What was sent may be done yet: nobody looks before that is over.
  const { claimedUntilMs } = hold
  return noteFailure(hold, reason, options, isRefused || claimedUntilMs === null ? {} : { claimedUntilMs })
}

function noteFailure(
  hold: StoredHold,
  reason: Fault,
  { store, now }: HoldKeeperOptions,
  more: Pick<HoldChange, 'claimedUntilMs' | 'state'> = {},
): Promise<StoredHold | null> {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(hold.failures, 10), LONGEST_PAUSE_MS)
  const lookAtMs = Math.max(now() + pauseMs, more.claimedUntilMs ?? 0)
  // One in a conflict is looked at when somebody asks for it.
  return store.change(hold, {
    failures: hold.failures + 1,
    fault: reason,
    ...(isOpen(hold.state) ? { lookAtMs } : {}),
    ...more,
  })
}

function write(
  hold: StoredHold,
  change: HoldChange,
  { store, auditOf }: HoldKeeperOptions,
): Promise<StoredHold | null> {
  const isNew = change.state !== hold.state
  return store.change(hold, change, isNew && auditOf !== null ? auditOf({ ...hold, ...change }) : undefined)
}
