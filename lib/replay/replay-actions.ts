/** What people do with a replay, whichever way they ask: each is possible in some states only, and says why it is not. */
import type { Database } from '../db.ts'
import { HoldfastError } from '../errors.ts'
import type { SnapshotReader } from '../history/snapshot-store.ts'
import type { HandledLedger } from '../inbox/handled-ledger.ts'
import { queueWithId } from '../inbox/queues.ts'
import { DAY_MS } from '../units.ts'
import { approvalEndsAtMs } from './approval.ts'
import { isRefusedHold } from './brake.ts'
import { handledSince } from './handled-since.ts'
import { planHash } from './plan-hash.ts'
import type { ReplayRate } from './rate-limit.ts'
import { isBeforeStart, nextState, type ReplayEvent } from './replay-states.ts'
import type { ChangeOutcome, ReplayChange, ReplayStore } from './replay-store.ts'
import type { PlanFacts, ReplayJob } from './replay-types.ts'
import { isCanaryHold } from './run-step.ts'

export interface ActionOptions {
  store: ReplayStore
  snapshots: Pick<SnapshotReader, 'topics' | 'summary'>
  now(): number
}

export interface StartOptions extends ActionOptions {
  database: Database
  ledger: Pick<HandledLedger, 'read' | 'actions'>
  /** How long an approval holds. */
  expiresMinutes: number
}

/** Older than this, a plan's numbers say too little about what would happen. */
const PLAN_LASTS_MS = DAY_MS

/** @throws HoldfastError `replay_plan_changed`, `replay_wrong_state`, `replay_same_person` */
export async function approveReplay(
  job: ReplayJob,
  hash: string,
  actor: string,
  { store, now }: ActionOptions,
): Promise<void> {
  const state = stateAfter(job, { type: 'approve' }, 'approve')
  checkHash(job, hash)
  if (actor === job.createdBy) throw new HoldfastError('replay_same_person', { actor })
  const change = { state, approvedAtMs: now(), approvedBy: actor, approvedRate: job.rate }
  settle(job, await store.change(job.id, job.state, change, hash), 'approve')
}

/**
 * Whether the target may be changed at all is for the caller to know.
 *
 * @throws HoldfastError `replay_plan_changed`, `replay_wrong_state`, `replay_plan_stale`, `replay_topic_recreated`,
 *   `replay_queue_busy`, `replay_plan_overtaken`, `replay_approval_expired`
 */
export async function startReplay(job: ReplayJob, hash: string, options: StartOptions): Promise<void> {
  const { store, now } = options
  const needsApproval = job.plan?.needsApproval ?? true
  const event: ReplayEvent = { type: 'start', needsApproval, hasCanary: job.request.canary !== null }
  const state = stateAfter(job, event, 'start')
  checkHash(job, hash)
  if (needsApproval) await refuseExpired(job, options)
  await checkPlan(job, options)
  const change: ReplayChange = { state, startedAtMs: now(), hasOpenRun: true, waitsFor: null }
  settle(job, await store.change(job.id, job.state, change, hash), 'start')
}

/** @throws HoldfastError `replay_wrong_state` */
export async function pauseReplay(job: ReplayJob, { store }: ActionOptions): Promise<void> {
  const state = stateAfter(job, { type: 'pause' }, 'pause')
  settle(job, await store.change(job.id, job.state, { state, waitsFor: { code: 'person', facts: {} } }), 'pause')
}

/**
 * Whoever resumes a replay that held by itself has seen why: the brake counts anew from here, and a canary that came back
 * or that nobody has read counts as passed. A target that stores nothing now is none of what a person can go on with.
 *
 * @throws HoldfastError `replay_wrong_state`, `replay_target_refuses`
 */
export async function resumeReplay(job: ReplayJob, { store }: ActionOptions): Promise<void> {
  const held = job.waitsFor?.code ?? ''
  const isCanaryOver = job.isCanaryPassed || held === 'canaryReturned' || isCanaryHold(held)
  const isCanaryOpen = job.request.canary !== null && !isCanaryOver
  const state = stateAfter(job, { type: 'resume', isCanaryOpen }, 'resume')
  if (job.state === 'braked' && isRefusedHold(held)) {
    throw new HoldfastError('replay_target_refuses', {
      replay: job.id,
      code: held,
      topic: job.waitsFor?.facts.topic ?? '',
    })
  }
  const change: ReplayChange = { state, waitsFor: null, baseline: null, isCanaryPassed: isCanaryOver }
  settle(job, await store.change(job.id, job.state, change), 'resume')
}

/** What was sent stays sent. @throws HoldfastError `replay_wrong_state` */
export async function cancelReplay(job: ReplayJob, { store, now }: ActionOptions): Promise<void> {
  const state = stateAfter(job, { type: 'cancel' }, 'cancel')
  const isWatched = job.startedAtMs !== null
  const change: ReplayChange = { state, endedAtMs: now(), waitsFor: null, isWatched, recordsPerSecond: null }
  settle(job, await store.change(job.id, job.state, change), 'cancel')
}

/**
 * Before the start it makes another plan of it, which must be approved anew. After that it may go slower, and never faster
 * than what was approved.
 *
 * @throws HoldfastError `replay_wrong_state`, `replay_rate_not_approved`
 */
export async function changeRate(job: ReplayJob, rate: ReplayRate, { store }: ActionOptions): Promise<void> {
  const needsApproval = job.plan?.needsApproval ?? false
  const state = stateAfter(job, { type: 'rateChanged', needsApproval }, 'rate')
  const isBound = isBeforeStart(job.state) && job.planDigest !== null
  if (!isBound && job.approvedRate !== null) refuseFaster(job, rate, job.approvedRate)
  const change: ReplayChange = {
    rate,
    state,
    ...(isBound ? { planHash: planHash(job.planDigest ?? '', rate), ...UNAPPROVED } : {}),
  }
  settle(job, await store.change(job.id, job.state, change, job.planHash), 'rate')
}

const UNAPPROVED = { approvedAtMs: null, approvedBy: null, approvedRate: null }

function refuseFaster({ id }: ReplayJob, wanted: ReplayRate, approved: ReplayRate): void {
  for (const unit of ['recordsPerSecond', 'bytesPerSecond'] as const) {
    const most = approved[unit]
    if (most === null || (wanted[unit] ?? Infinity) <= most) continue
    throw new HoldfastError('replay_rate_not_approved', { replay: id, unit, most })
  }
}

function stateAfter(job: ReplayJob, event: ReplayEvent, action: string) {
  const state = nextState(job.state, event)
  if (state === null) throw wrongState(job, action)
  return state
}

function wrongState({ id, state }: ReplayJob, action: string): HoldfastError {
  return new HoldfastError('replay_wrong_state', { replay: id, state, action })
}

function checkHash({ id, planHash: known }: ReplayJob, hash: string): void {
  if (known !== hash) throw new HoldfastError('replay_plan_changed', { replay: id })
}

async function checkPlan(job: ReplayJob, options: StartOptions): Promise<void> {
  const { snapshots, now } = options
  const { facts, id } = job
  if (facts === null) throw wrongState(job, 'start')
  if (now() - facts.plannedAtMs > PLAN_LASTS_MS) throw new HoldfastError('replay_plan_stale', { replay: id })
  const { clusterId, topic, target } = job.request
  await refuseRecreated(snapshots, clusterId, [{ topic, topicId: facts.sourceTopicId }], facts.plannedAtMs)
  await refuseRecreated(snapshots, target.clusterId, facts.targets, facts.plannedAtMs)
  await refuseRivals(job, facts, options)
}

/** Who agreed knew how things stood then. Somebody has to agree anew, to how they stand now. */
async function refuseExpired(job: ReplayJob, { store, now, expiresMinutes }: StartOptions): Promise<void> {
  const endsAtMs = approvalEndsAtMs(job, expiresMinutes)
  if (endsAtMs === null || now() < endsAtMs) return
  const state = stateAfter(job, { type: 'approvalExpired' }, 'start')
  settle(job, await store.change(job.id, job.state, { state, ...UNAPPROVED }, job.planHash), 'start')
  const approvedAt = new Date(job.approvedAtMs ?? 0).toISOString()
  const facts = { replay: job.id, actor: job.approvedBy ?? '', approvedAt, minutes: expiresMinutes }
  throw new HoldfastError('replay_approval_expired', facts)
}

/** As far as the newest poll knows; the run asks the cluster itself before it sends anything. */
async function refuseRecreated(
  snapshots: Pick<SnapshotReader, 'topics' | 'summary'>,
  clusterId: string,
  planned: readonly { topic: string; topicId: string | null }[],
  plannedAtMs: number,
): Promise<void> {
  const polledAtMs = (await snapshots.summary(clusterId))?.lastPollAtMs ?? 0
  // An older poll may still know the topic that was there before the plan.
  if (polledAtMs <= plannedAtMs) return
  const rows = (await snapshots.topics(clusterId)) ?? []
  for (const { topic, topicId } of planned) {
    const seen = rows.find(({ name }) => name === topic)?.topicId ?? null
    if (seen !== null && topicId !== null && seen !== topicId) {
      throw new HoldfastError('replay_topic_recreated', { topic })
    }
  }
}

/** What another replay sent since the plan pinned its records must not go a second time. */
async function refuseRivals(
  { id, request: { clusterId, topic } }: ReplayJob,
  { sourceTopicId: topicId, plannedAtMs }: PlanFacts,
  { store, database, ledger }: StartOptions,
): Promise<void> {
  const sending = await store.sendingOf(clusterId, topic)
  if (sending !== null) throw new HoldfastError('replay_queue_busy', { replay: sending, topic })
  const queue = await queueWithId(database, { clusterId, topic, topicId })
  if (queue === null) return
  const handled = await handledSince(ledger, queue.id, id, plannedAtMs, await store.parts(id))
  const replay = handled.find(({ replayId }) => replayId !== null)?.replayId
  if (replay != null) throw new HoldfastError('replay_plan_overtaken', { replay })
}

function settle(job: ReplayJob, outcome: ChangeOutcome, action: string): void {
  if (outcome === 'queueBusy') throw new HoldfastError('replay_queue_busy', { topic: job.request.topic, replay: '' })
  if (outcome === 'tooLate') throw new HoldfastError('replay_wrong_state', { replay: job.id, state: job.state, action })
}
