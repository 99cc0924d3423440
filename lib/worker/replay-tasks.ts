/** The worker's share in replays: planning, running, and watching what became of them. */
import type { MessageAccess, StoredMessage } from '../cluster/messages.ts'
import { MessageAccessError } from '../cluster/messages.ts'
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { DecodedDeadLetter } from '../dlq/dead-letter.ts'
import type { DlqProfile } from '../dlq/profile.ts'
import { isHoldfastError } from '../errors.ts'
import type { SnapshotReader } from '../history/snapshot-store.ts'
import { originTopicsOf } from '../inbox/decode-message.ts'
import type { HandledLedger } from '../inbox/handled-ledger.ts'
import type { Logger } from '../log.ts'
import type { PayloadDecoder } from '../payload/payload-decoder.ts'
import type { ApprovalPolicy } from '../replay/approval.ts'
import type { PreparedEdit } from '../replay/edits.ts'
import { openRun } from '../replay/open-run.ts'
import { watchOutcomes } from '../replay/outcome-watch.ts'
import { planReplay } from '../replay/planner.ts'
import { type PlannerOptions, PlanRefused } from '../replay/planner-options.ts'
import type { ProgressStore } from '../replay/progress-store.ts'
import { ownAudit } from '../replay/replay-audit.ts'
import type { SendingPlace } from '../replay/replay-run.ts'
import { ACTIVE_STATES, isActive, type ReplayState } from '../replay/replay-states.ts'
import type { ReplayStore } from '../replay/replay-store.ts'
import type { CodedFact, ReplayJob } from '../replay/replay-types.ts'
import { SECOND_MS } from '../units.ts'
import type { WorkerTask } from './worker.ts'

export interface ClusterAccess {
  kind: ClusterKind
  /** Opens its connections when first used; whoever asked closes it. */
  open(): MessageAccess
  /** What masking hides is not indexed, and is not found by a selection either. */
  decoder: PayloadDecoder
}

export interface ReplayTasksOptions {
  store: ReplayStore
  progress: ProgressStore
  snapshots: SnapshotReader
  ledger: HandledLedger
  /** Null: the console does not know this cluster any more. */
  clusterOf(id: string): Promise<ClusterAccess | null>
  pin: PlannerOptions['pin']
  /** The inbox's row of the queue whose records a replay sends. */
  queueIdOf(job: ReplayJob): Promise<number>
  profiles: readonly DlqProfile[]
  policy: ApprovalPolicy
  log: Logger
  now(): number
  monotonicMs(): number
}

const LOOK_MS = SECOND_MS
const WATCH_MS = 5 * SECOND_MS
/** A cluster that does not answer is asked again this often before planning is given up. */
const PLAN_ATTEMPTS = 4
/** A plan over millions takes minutes, and no other one shall wait for it. */
const MOST_PLANS = 2
/** So many send at once. */
const MOST_RUNS = 4
/** With those that are braked: they only look whether they may go on. Ended ones that are to be settled come on top. */
const MOST_OPEN = 12

export function replayTasks(options: ReplayTasksOptions): WorkerTask[] {
  const runs = new Runs(options)
  const plans: Plans = { attempts: new Map(), underWay: new Set() }
  const planning = Array.from({ length: MOST_PLANS }, (_, lane) => ({
    ...{ name: `planning ${lane + 1}`, restMs: LOOK_MS },
    step: (signal: AbortSignal) => planNext(options, plans, signal),
  }))
  return [
    ...planning,
    {
      ...{ name: 'replaying', restMs: LOOK_MS, end: () => runs.end() },
      async step(signal) {
        await tellWaitingPlans(options, plans)
        return runs.step(signal)
      },
    },
    { name: 'watching', restMs: WATCH_MS, step: () => watch(options) },
  ]
}

interface Plans {
  attempts: Map<string, number>
  underWay: Set<string>
}

/** Nobody looks for them while all plans that may be made at once are under way. */
async function tellWaitingPlans({ store }: ReplayTasksOptions, { underWay }: Plans): Promise<void> {
  if (underWay.size < MOST_PLANS) return
  const waiting = (await store.inStates(['planning'])).filter(({ id }) => !underWay.has(id))
  await tellWaiting(store, waiting, 'otherPlans', underWay)
}

async function tellWaiting(
  store: ReplayStore,
  jobs: readonly ReplayJob[],
  code: 'otherPlans' | 'place',
  others: Iterable<string>,
): Promise<void> {
  const waitsFor = { code, facts: { replays: [...others].sort().join(', ') } }
  for (const { id, state, waitsFor: told } of jobs) {
    if (told?.code !== code || told.facts.replays !== waitsFor.facts.replays)
      await store.change(id, state, { waitsFor })
  }
}

/** Those that name their records are small. */
function sizeOf({ request }: ReplayJob): number {
  return request.selection.offsets?.length ?? Number.MAX_SAFE_INTEGER
}

async function planNext(options: ReplayTasksOptions, plans: Plans, signal: AbortSignal): Promise<boolean> {
  const { attempts, underWay } = plans
  const tries = ({ id }: ReplayJob): number => attempts.get(id) ?? 0
  const waiting = (await options.store.inStates(['planning'])).filter(({ id }) => !underWay.has(id))
  const [job] = waiting.sort((one, other) => tries(one) - tries(other) || sizeOf(one) - sizeOf(other))
  if (job === undefined) return false
  underWay.add(job.id)
  try {
    if (job.waitsFor !== null) await options.store.change(job.id, 'planning', { waitsFor: null })
    await planWithin(job, options, attempts, signal)
  } finally {
    underWay.delete(job.id)
  }
  return waiting.length > 1
}

async function planWithin(
  job: ReplayJob,
  options: ReplayTasksOptions,
  attempts: Map<string, number>,
  signal: AbortSignal,
): Promise<void> {
  const attempt = (attempts.get(job.id) ?? 0) + 1
  attempts.set(job.id, attempt)
  try {
    await planOne(job, options, signal)
    attempts.delete(job.id)
  } catch (error) {
    if (signal.aborted) return
    const reason = planFault(error)
    const mayHelp = error instanceof MessageAccessError && error.retriable && attempt < PLAN_ATTEMPTS
    if (mayHelp) throw error
    attempts.delete(job.id)
    if (reason.code === 'internal') options.log.error({ err: error, replay: job.id }, 'planning a replay failed')
    const nowMs = options.now()
    const change = { state: 'planFailed', error: reason, waitsFor: null, endedAtMs: nowMs } as const
    await options.store.change(job.id, 'planning', { ...change, audit: ownAudit(job, 'planFail', reason, nowMs) })
  }
}

async function planOne(job: ReplayJob, options: ReplayTasksOptions, signal: AbortSignal): Promise<void> {
  const { clusterId, target } = job.request
  const [source, destination] = await Promise.all([options.clusterOf(clusterId), options.clusterOf(target.clusterId)])
  if (source === null) throw new PlanRefused('clusterGone', { cluster: clusterId })
  if (destination === null) throw new PlanRefused('clusterGone', { cluster: target.clusterId })
  const access = source.open()
  const targetAccess = clusterId === target.clusterId ? access : destination.open()
  try {
    const { snapshots, profiles, policy, store, now, pin } = options
    const result = await planReplay(
      job,
      {
        ...{ snapshots, profiles, policy, now, pin },
        source: { kind: source.kind, reader: access.reader() },
        target: { kind: destination.kind, reader: targetAccess.reader() },
        isWanted: async () => !signal.aborted && (await store.glance(job.id))?.state === 'planning',
        hidesEdited: (record, decoded, edit) => hidesEdited(source.decoder, job.request.topic, record, decoded, edit),
        doneBefore: () => store.unlimitedTo(target.clusterId, MOST_MEASURED),
        otherReplays: (asking, places) => otherReplays(store, asking, places),
      },
      signal,
    )
    if (result !== null)
      await store.savePlan(job.id, result.plan.needsApproval ? 'awaitingApproval' : 'planned', result)
  } finally {
    await access.close()
    if (targetAccess !== access) await targetAccess.close()
  }
}

async function hidesEdited(
  decoder: PayloadDecoder,
  topic: string,
  { value, headers }: StoredMessage,
  decoded: DecodedDeadLetter,
  edit: PreparedEdit,
): Promise<boolean> {
  const context = { topic, originTopic: originTopicsOf(decoded), part: 'value', headers } as const
  if (edit.headers !== undefined && headers.some(({ key }) => decoder.hidesHeader(key, context))) return true
  if (edit.value === undefined || value === null) return false
  return (await decoder.decode(value, context)).masking !== 'none'
}

/** Words for each code stand under `replays.errors`. */
function planFault(error: unknown): CodedFact {
  if (error instanceof PlanRefused) return error.reason
  if (error instanceof MessageAccessError) {
    return { code: 'clusterFault', facts: { ...error.fault.facts, fault: error.fault.code } }
  }
  if (isHoldfastError(error)) return { code: 'refused', facts: { ...error.facts, error: error.code } }
  return { code: 'internal', facts: {} }
}

/** The newest say how fast the cluster is now. */
const MOST_MEASURED = 10
/** More than these nobody reads. */
const MOST_OTHERS = 20

async function otherReplays(
  store: ReplayStore,
  job: ReplayJob,
  places: Parameters<PlannerOptions['otherReplays']>[1],
): Promise<{ id: string; shared: bigint }[]> {
  const { clusterId, topic } = job.request
  const open = await store.inStates(['planned', 'awaitingApproval', 'approved', ...ACTIVE_STATES])
  const rivals = open.filter(
    ({ id, request }) => id !== job.id && request.clusterId === clusterId && request.topic === topic,
  )
  const found: { id: string; shared: bigint }[] = []
  for (const { id } of rivals.slice(-MOST_OTHERS)) {
    let shared = 0n
    for (const part of await store.parts(id)) {
      const mine = places.find(({ partition, broker }) => partition === part.partition && broker === part.broker)
      if (mine !== undefined) shared += mine.runs.intersect(part.selected).offsetCount
    }
    if (shared > 0n) found.push({ id, shared })
  }
  return found
}

const sends = (state: ReplayState): boolean => state === 'canary' || state === 'running'

/** Replays that run, each in its own time. */
class Runs {
  readonly #options: ReplayTasksOptions
  readonly #running = new Map<string, Promise<void>>()
  /** Those of them that have a place: they send, or are about to. */
  readonly #sending = new Set<string>()
  /** Paused, with everything written down. */
  readonly #atRest = new Set<string>()

  constructor(options: ReplayTasksOptions) {
    this.#options = options
  }

  async step(signal: AbortSignal): Promise<boolean> {
    const { store } = this.#options
    const jobs = [...(await store.inStates(ACTIVE_STATES)), ...(await store.unsettled())]
    const open = new Set(jobs.filter(({ state }) => isActive(state)).map(({ id }) => id))
    const isFull = (): boolean => [...this.#running.keys()].filter((id) => open.has(id)).length >= MOST_OPEN
    const waiting: ReplayJob[] = []
    for (const job of jobs) {
      if (job.state !== 'paused') this.#atRest.delete(job.id)
      if (this.#running.has(job.id) || this.#atRest.has(job.id)) continue
      // An ended one may wait for its cluster for ever, and nothing else must wait for that.
      const mayOpen = !isActive(job.state) || !isFull()
      if (mayOpen && (!sends(job.state) || this.#placeOf(job).take() === null)) this.#begin(job, signal)
      else if (sends(job.state)) waiting.push(job)
    }
    await tellWaiting(store, waiting, 'place', this.#sending)
    return false
  }

  /** When told to stop: until all stand where they can be taken up again. */
  async end(): Promise<void> {
    await Promise.all(this.#running.values())
  }

  #begin(job: ReplayJob, signal: AbortSignal): void {
    const running = this.#run(job, signal)
      // A paused one holds nothing, and is not looked at again before somebody resumes it.
      .then(() => void this.#atRest.add(job.id))
      .catch((error: unknown) => this.#failed(job, error, signal))
      .finally(() => {
        this.#running.delete(job.id)
        this.#sending.delete(job.id)
      })
    this.#running.set(job.id, running)
  }

  #placeOf({ id }: Pick<ReplayJob, 'id'>): SendingPlace {
    return {
      take: () => {
        if (this.#sending.size >= MOST_RUNS && !this.#sending.has(id)) return [...this.#sending]
        this.#sending.add(id)
        return null
      },
      leave: () => void this.#sending.delete(id),
    }
  }

  async #run(job: ReplayJob, signal: AbortSignal): Promise<void> {
    const { store, progress, snapshots, ledger, profiles, log, now, monotonicMs, queueIdOf } = this.#options
    const { clusterId, target } = job.request
    const [source, destination] = await Promise.all([
      this.#options.clusterOf(clusterId),
      this.#options.clusterOf(target.clusterId),
    ])
    if (source === null || destination === null) {
      return this.#giveUp(job, {
        code: 'clusterGone',
        facts: { cluster: source === null ? clusterId : target.clusterId },
      })
    }
    const parts = await store.parts(job.id)
    const access = source.open()
    const targetAccess = clusterId === target.clusterId ? access : destination.open()
    const opened = openRun({
      ...{ job, parts, source: access, target: targetAccess, store, progress, snapshots, ledger },
      ...{ queueId: await queueIdOf(job), profiles, log, now, monotonicMs, place: this.#placeOf(job) },
    })
    try {
      await opened.run.run(signal)
    } finally {
      await opened.close()
      await access.close()
      if (targetAccess !== access) await targetAccess.close()
    }
  }

  async #failed(job: ReplayJob, error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    // It stays as it is, and is taken up again with the next look: nothing is lost by that, and nothing done twice.
    this.#options.log.error({ err: error, replay: job.id }, 'running a replay failed')
    await new Promise((resolve) => setTimeout(resolve, WATCH_MS))
  }

  async #giveUp(job: ReplayJob, reason: CodedFact): Promise<void> {
    const nowMs = this.#options.now()
    const change = { hasOpenRun: false, endedAtMs: nowMs }
    if (isActive(job.state)) {
      const audit = ownAudit(job, 'fail', reason, nowMs)
      await this.#options.store.change(job.id, job.state, { ...change, state: 'failed', error: reason, audit })
    } else await this.#options.store.change(job.id, job.state, change)
  }
}

async function watch(options: ReplayTasksOptions): Promise<boolean> {
  const { store } = options
  const active = (await store.inStates(ACTIVE_STATES)).filter(({ counts }) => counts.produced > 0n)
  const known = new Set(active.map(({ id }) => id))
  const ended = (await store.watched()).filter(({ id }) => !known.has(id))
  await watchOutcomes([...active, ...ended], options)
  return false
}
