import { HoldfastError } from '../../errors.ts'
import { isEmptySelection } from '../../inbox/selection.ts'
import { editKey } from '../../replay/edits.ts'
import {
  approveReplay,
  cancelReplay,
  changeRate,
  pauseReplay,
  resumeReplay,
  type StartOptions,
  startReplay,
} from '../../replay/replay-actions.ts'
import { newJobId } from '../../replay/replay-id.ts'
import type { ReplayJob, ReplayRequest } from '../../replay/replay-types.ts'
import { markOf, type TransformStep } from '../../replay/transform.ts'
import { getClusterOrThrow } from '../get-cluster-or-throw.ts'
import type { RequestContext } from '../route-declaration.ts'
import type { CreateReplayInput, ReplayAnswer, ReplayListAnswer } from '../schemas/replays.ts'
import { toIso } from '../serialize.ts'
import type { ApiServices } from '../services.ts'
import type { ReplayQuery } from './replay-query.ts'
import { toReplayAnswer } from './replay-serializers.ts'
import { refuseUnusable } from './transform-input.ts'

/** By which a replay holds when nobody says otherwise. */
const DEFAULT_BRAKE = { maxAddedLag: 100_000, maxReturnRatio: 0.2, isr: true }
const DEFAULT_MAX_ATTEMPTS = 3

/** Answers at once: the plan is made in the background. @throws HoldfastError `cluster_not_found`, `bad_request` */
export async function createReplay(body: CreateReplayInput, context: RequestContext): Promise<ReplayAnswer> {
  const { services, audit } = context
  await getClusterOrThrow(services, body.clusterId)
  const request = toRequest(body)
  if (request.target.clusterId !== body.clusterId) await getClusterOrThrow(services, request.target.clusterId)
  const { store, wake } = services.replays
  const id = newJobId()
  const rate = {
    recordsPerSecond: body.rate?.recordsPerSecond ?? null,
    bytesPerSecond: body.rate?.bytesPerSecond ?? null,
  }
  await store.create({ id, request, rate, createdAtMs: services.now(), createdBy: audit.actor })
  audit.target = id
  audit.detail = { queue: `${body.clusterId}/${body.topic}`, target: body.target.mode, ...changesOf(request) }
  wake()
  return getReplay(id, context)
}

/** @throws HoldfastError `bad_request` for what contradicts itself */
function toRequest(body: CreateReplayInput): ReplayRequest {
  refuseContradictions(body)
  const { brake, accept, target } = body
  return {
    clusterId: body.clusterId,
    topic: body.topic,
    selection: body.selection,
    target: { mode: target.mode, topic: target.topic ?? null, clusterId: target.clusterId ?? body.clusterId },
    edits: (body.edits ?? []).map(({ partition, broker, offset, value, headers }) => ({
      partition,
      broker: broker ?? null,
      offset: BigInt(offset),
      ...(value === undefined ? {} : { value }),
      ...(headers == null ? {} : { headers }),
    })),
    transform: body.transform ?? [],
    canary: body.canary ?? null,
    brake: {
      maxAddedLag: brake?.maxAddedLag === undefined ? DEFAULT_BRAKE.maxAddedLag : brake.maxAddedLag,
      maxReturnRatio: brake?.maxReturnRatio === undefined ? DEFAULT_BRAKE.maxReturnRatio : brake.maxReturnRatio,
      isr: brake?.isr === undefined ? DEFAULT_BRAKE.isr : brake.isr === true,
    },
    maxAttempts: body.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    keepHeaders: body.keepHeaders ?? false,
    accept: {
      guessedOrigins: accept?.guessedOrigins ?? false,
      queueTargets: accept?.queueTargets ?? false,
      staleKeys: accept?.staleKeys ?? false,
    },
    graceSeconds: body.graceSeconds ?? 0,
    reason: body.reason,
  }
}

function refuseContradictions({ target, selection, edits, transform, topic, clusterId }: CreateReplayInput): void {
  const refuse = (path: string, issue: string): never => {
    throw new HoldfastError('bad_request', { path, issue })
  }
  if (isEmptySelection(selection)) refuse('body.selection', 'emptySelection')
  if (target.mode === 'topic' && !target.topic) refuse('body.target.topic', 'topicRequired')
  if (target.mode !== 'topic' && target.topic) refuse('body.target.topic', 'onlyWithModeTopic')
  const isSameCluster = (target.clusterId ?? clusterId) === clusterId
  if (isSameCluster && target.topic === topic) refuse('body.target.topic', 'targetIsQueue')
  if (!isSameCluster && target.mode === 'retry') refuse('body.target.clusterId', 'retryElsewhere')
  const places = (edits ?? []).map(({ partition, broker = null, offset }) =>
    editKey({ partition, broker }, BigInt(offset)),
  )
  if (new Set(places).size < places.length) refuse('body.edits', 'editTwice')
  refuseUnusable(transform ?? [])
}

export async function listReplays(query: ReplayQuery, context: RequestContext): Promise<ReplayListAnswer> {
  const { services } = context
  const before = query.cursor === undefined ? null : parseCursor(query.cursor)
  const { jobs, total } = await services.replays.store.list({
    limit: query.limit + 1,
    before,
    clusterId: query.cluster,
    topic: query.topic,
    states: query.state,
    text: query.q,
  })
  const page = jobs.slice(0, query.limit)
  const last = page.at(-1)
  return {
    items: page.map((job) => toReplayAnswer(job, context)),
    nextCursor: jobs.length > query.limit && last !== undefined ? `${last.createdAtMs}.${last.id}` : null,
    asOf: toIso(services.now()),
    total,
  }
}

function parseCursor(text: string): { createdAtMs: number; id: string } {
  const parsed = /^(\d{1,15})\.([\w-]{1,64})$/.exec(text)
  if (parsed === null) throw new HoldfastError('bad_request', { path: 'query.cursor', issue: 'cursor' })
  return { createdAtMs: Number(parsed[1]), id: parsed[2] ?? '' }
}

/** @throws HoldfastError `replay_not_found` */
export async function getReplayOrThrow({ replays }: ApiServices, id: string): Promise<ReplayJob> {
  const job = await replays.store.get(id)
  if (job === null) throw new HoldfastError('replay_not_found', { replay: id })
  return job
}

export async function getReplay(id: string, context: RequestContext): Promise<ReplayAnswer> {
  return toReplayAnswer(await getReplayOrThrow(context.services, id), context)
}

const ACTIONS = {
  approve: (job: ReplayJob, hash: string, options: StartOptions, actor: string) =>
    approveReplay(job, hash, actor, options),
  start: (job: ReplayJob, hash: string, options: StartOptions) => startReplay(job, hash, options),
  pause: (job: ReplayJob, _hash: string, options: StartOptions) => pauseReplay(job, options),
  resume: (job: ReplayJob, _hash: string, options: StartOptions) => resumeReplay(job, options),
  cancel: (job: ReplayJob, _hash: string, options: StartOptions) => cancelReplay(job, options),
}

/**
 * @param hash '' for actions that need none
 * @throws HoldfastError `replay_not_found`, `cluster_read_only`, and what the action throws
 */
export async function actOnReplay(
  id: string,
  action: keyof typeof ACTIONS,
  hash: string,
  context: RequestContext,
): Promise<ReplayAnswer> {
  const { services, audit } = context
  audit.target = id
  const job = await getReplayOrThrow(services, id)
  audit.detail = detailOf(job)
  if (action === 'start') await refuseReadOnly(services, job)
  const { replays, snapshots, inbox, now } = services
  const { expiresMinutes } = services.config.replayApproval
  const { database, ledger } = inbox
  const options = { store: replays.store, snapshots, database, ledger, now, expiresMinutes }
  await ACTIONS[action](job, hash, options, audit.actor)
  replays.wake()
  return getReplay(id, context)
}

/** What a replay writes, it writes into the target's cluster: records, and within one cluster its progress. */
async function refuseReadOnly(services: ApiServices, { request }: ReplayJob): Promise<void> {
  const { config } = await getClusterOrThrow(services, request.target.clusterId)
  if (config.readOnly) throw new HoldfastError('cluster_read_only', { cluster: config.id })
}

export async function setReplayRate(
  id: string,
  rate: { recordsPerSecond?: number | null | undefined; bytesPerSecond?: number | null | undefined },
  context: RequestContext,
): Promise<ReplayAnswer> {
  const { services, audit } = context
  audit.target = id
  const job = await getReplayOrThrow(services, id)
  const next = { recordsPerSecond: rate.recordsPerSecond ?? null, bytesPerSecond: rate.bytesPerSecond ?? null }
  audit.detail = {
    ...detailOf(job),
    recordsPerSecond: next.recordsPerSecond ?? 'unlimited',
    bytesPerSecond: next.bytesPerSecond ?? 'unlimited',
  }
  await changeRate(job, next, { store: services.replays.store, snapshots: services.snapshots, now: services.now })
  services.replays.wake()
  return getReplay(id, context)
}

/** What each edit makes of a record is told by digests, in the report of the replay. */
function changesOf({ reason, edits, transform }: ReplayRequest): Record<string, string | number> {
  const mark = markOf(transform)
  return {
    reason,
    ...(edits.length === 0 ? {} : { edits: edits.length }),
    ...(mark === null ? {} : { changes: transform.map(toText).join('; ').slice(0, 1_000) }),
    ...(mark === null ? {} : { changesVersion: mark.version, changesDigest: mark.digest }),
  }
}

/** The place only: what is written there may be what nobody but the target should see. */
function toText(step: TransformStep): string {
  return `${step.kind} ${'path' in step ? step.path : step.name}`
}

/** For the audit log: what it was about, so that it can be read without the replay. */
function detailOf({ request, plan, planHash }: ReplayJob): Record<string, string | number> {
  return {
    queue: `${request.clusterId}/${request.topic}`,
    ...changesOf(request),
    ...(plan === null ? {} : { messages: Number(plan.messages) }),
    ...(planHash === null ? {} : { planHash }),
  }
}
