/**
 * Replays in the database. A state is changed only from the state that was seen: of two that change the same one, one is
 * told that it came too late.
 */
import { DbNull } from '@prisma/client/runtime/client'
import type { ReplayPart as PartRow, Prisma, Replay as ReplayRow } from '../../prisma/generated/sqlite/client.ts'
import { type AuditRecord, recordAudit } from '../audit/audit-log.ts'
import { decodeStored, encodeStored } from '../db/stored-json.ts'
import type { Database, TransactionClient } from '../db.ts'
import { OffsetRuns } from '../inbox/offset-runs.ts'
import { decodeDelivered } from './fate-store.ts'
import type { ReplayRate } from './rate-limit.ts'
import { ACTIVE_STATES, isActive, type ReplayState } from './replay-states.ts'
import type {
  CodedFact,
  PlanFacts,
  ReplayBaseline,
  ReplayJob,
  ReplayPart,
  ReplayPlan,
  ReplayRequest,
  SkipCode,
} from './replay-types.ts'

/** What a change of state may change with it. Left out: stays. */
export interface ReplayChange {
  state?: ReplayState
  rate?: ReplayRate
  planHash?: string
  approvedAtMs?: number | null
  approvedBy?: string | null
  approvedRate?: ReplayRate | null
  startedAtMs?: number
  endedAtMs?: number
  canarySentAtMs?: number
  isCanaryPassed?: boolean
  baseline?: ReplayBaseline | null
  waitsFor?: CodedFact | null
  recordsPerSecond?: number | null
  error?: CodedFact
  hasOpenRun?: boolean
  isWatched?: boolean
  /** Written with it: both or neither. */
  audit?: AuditRecord
}

export interface PlanResult {
  plan: ReplayPlan
  facts: PlanFacts
  digest: string
  hash: string
  parts: ReplayPart[]
  selected: bigint
  skipped: bigint
}

const UNIQUE_VIOLATION = 'P2002'

export type ChangeOutcome = 'changed' | 'tooLate' | 'queueBusy'

export type ReplayGlance = Pick<
  ReplayJob,
  'state' | 'rate' | 'counts' | 'startedAtMs' | 'canarySentAtMs' | 'isCanaryPassed' | 'baseline' | 'waitsFor'
>

export interface ReplayListQuery {
  limit: number
  before: { createdAtMs: number; id: string } | null
  clusterId?: string | undefined
  topic?: string | undefined
  states?: readonly ReplayState[] | undefined
  /** Part of the id, the queue, a cluster's id or who asked. */
  text?: string | undefined
}

export interface ReplayStore {
  create(job: Pick<ReplayJob, 'id' | 'request' | 'rate' | 'createdAtMs' | 'createdBy'>): Promise<void>
  get(id: string): Promise<ReplayJob | null>
  /** What may change while it runs; cheap. */
  glance(id: string): Promise<ReplayGlance | null>
  list(query: ReplayListQuery): Promise<{ jobs: ReplayJob[]; total: number }>
  /** Those in these states, the oldest first. */
  inStates(states: readonly ReplayState[]): Promise<ReplayJob[]>
  /** Ended, and what they sent is not all written down yet. */
  unsettled(): Promise<ReplayJob[]>
  watched(): Promise<ReplayJob[]>
  /** The replay that sends a queue's records, or has ended and not yet written down all that it sent. */
  sendingOf(clusterId: string, topic: string, tx?: TransactionClient): Promise<string | null>
  /** Those from or to these clusters that began in the range, both ends included; the newest first, at most `limit`. */
  startedBetween(clusterIds: readonly string[], fromMs: number, toMs: number, limit: number): Promise<ReplayJob[]>
  /** The newest that sent all that they had to a cluster, without a limit; at most `limit`. */
  unlimitedTo(targetClusterId: string, limit: number): Promise<ReplayJob[]>
  /** Those that were under way at some time of a stretch, the newest first. */
  runningBetween(fromMs: number, toMs: number, limit: number): Promise<ReplayJob[]>
  /** Whether a worker has anything to do. */
  hasWork(): Promise<boolean>
  /** Changes it if it is still in the state (and has the hash) that was seen. */
  change(id: string, from: ReplayState, change: ReplayChange, planHash?: string | null): Promise<ChangeOutcome>
  /** With `planned`, `awaitingApproval`; false when it was cancelled meanwhile. */
  savePlan(id: string, state: ReplayState, result: PlanResult): Promise<boolean>
  parts(id: string, tx?: TransactionClient): Promise<ReplayPart[]>
}

export function createReplayStore(database: Database, now: () => number = Date.now): ReplayStore {
  const { client } = database
  const jobsWhere = async (where: Prisma.ReplayWhereInput): Promise<ReplayJob[]> =>
    (await client.replay.findMany({ where, orderBy: [{ createdAtMs: 'asc' }, { id: 'asc' }] })).map(toJob)
  return {
    async create({ id, request, rate, createdAtMs, createdBy }) {
      await client.replay.create({
        data: {
          id,
          clusterId: request.clusterId,
          topic: request.topic,
          targetClusterId: request.target.clusterId,
          state: 'planning',
          request: encodeStored(request),
          ...rate,
          createdAtMs: BigInt(createdAtMs),
          createdBy,
        },
      })
    },
    async get(id) {
      const row = await client.replay.findUnique({ where: { id } })
      return row === null ? null : toJob(row)
    },
    async glance(id) {
      const row = await client.replay.findUnique({
        where: { id },
        omit: { request: true, plan: true, lookFrom: true, deliveredTo: true },
      })
      return row === null ? null : toGlance(row)
    },
    async list({ limit, before, clusterId, topic, states, text }) {
      const matching: Prisma.ReplayWhereInput = {
        ...(clusterId === undefined ? {} : { clusterId }),
        ...(topic === undefined ? {} : { topic }),
        ...(states === undefined ? {} : { state: { in: [...states] } }),
        ...(text ? { OR: TEXT_COLUMNS.map((column) => ({ [column]: { contains: text } })) } : {}),
      }
      const where = before === null ? matching : { AND: [matching, olderThan(before)] }
      const [rows, total] = await Promise.all([
        client.replay.findMany({ where, orderBy: [{ createdAtMs: 'desc' }, { id: 'desc' }], take: limit }),
        client.replay.count({ where: matching }),
      ])
      return { jobs: rows.map(toJob), total }
    },
    inStates: (states) => jobsWhere({ state: { in: [...states] } }),
    unsettled: () => jobsWhere({ hasOpenRun: true, state: { notIn: [...ACTIVE_STATES] } }),
    watched: () => jobsWhere({ isWatched: true }),
    async sendingOf(clusterId, topic, tx = client) {
      const where = { activeQueue: queueKey(clusterId, topic) }
      return (await tx.replay.findUnique({ where, select: { id: true } }))?.id ?? null
    },
    async startedBetween(clusterIds, fromMs, toMs, limit) {
      const within = { in: [...clusterIds] }
      const rows = await client.replay.findMany({
        where: {
          startedAtMs: { gte: BigInt(fromMs), lte: BigInt(toMs) },
          OR: [{ clusterId: within }, { targetClusterId: within }],
        },
        orderBy: [{ startedAtMs: 'desc' }, { id: 'desc' }],
        take: limit,
      })
      return rows.map(toJob)
    },
    async unlimitedTo(targetClusterId, limit) {
      const rows = await client.replay.findMany({
        where: { targetClusterId, state: 'completed', recordsPerSecond: null, bytesPerSecond: null },
        orderBy: [{ createdAtMs: 'desc' }, { id: 'desc' }],
        take: limit,
      })
      return rows.map(toJob)
    },
    async runningBetween(fromMs, toMs, limit) {
      const rows = await client.replay.findMany({
        where: { startedAtMs: { lt: BigInt(toMs) }, OR: [{ endedAtMs: null }, { endedAtMs: { gte: BigInt(fromMs) } }] },
        orderBy: [{ startedAtMs: 'desc' }, { id: 'desc' }],
        take: limit,
      })
      return rows.map(toJob)
    },
    async hasWork() {
      const wanted: Prisma.ReplayWhereInput = {
        OR: [{ state: { in: ['planning', ...ACTIVE_STATES] } }, { hasOpenRun: true }, { isWatched: true }],
      }
      return (await client.replay.findFirst({ where: wanted, select: { id: true } })) !== null
    },
    async change(id, from, { audit, ...change }, planHash) {
      const where = { id, state: from, ...(planHash === undefined ? {} : { planHash }) }
      const write = async (tx: TransactionClient): Promise<ChangeOutcome> => {
        const { count } = await tx.replay.updateMany({ where, data: await columnsOf(tx, id, change, now()) })
        if (count === 0) return 'tooLate'
        if (audit !== undefined) await recordAudit(tx, audit)
        return 'changed'
      }
      try {
        return await (audit === undefined ? write(client) : database.transaction(write))
      } catch (error) {
        if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return 'queueBusy'
        throw error
      }
    },
    savePlan: (id, state, result) => database.transaction((tx) => savePlan(tx, id, state, result)),
    async parts(id, tx = client) {
      const rows = await tx.replayPart.findMany({ where: { replayId: id }, orderBy: { ordinal: 'asc' } })
      return rows.map(toPart)
    },
  }
}

const TEXT_COLUMNS = ['id', 'topic', 'clusterId', 'targetClusterId', 'createdBy'] as const

function olderThan({ createdAtMs, id }: { createdAtMs: number; id: string }): Prisma.ReplayWhereInput {
  const at = BigInt(createdAtMs)
  return { OR: [{ createdAtMs: { lt: at } }, { createdAtMs: at, id: { lt: id } }] }
}

async function savePlan(tx: TransactionClient, id: string, state: ReplayState, result: PlanResult): Promise<boolean> {
  const { plan, facts, digest, hash, parts, selected, skipped } = result
  const { count } = await tx.replay.updateMany({
    where: { id, state: 'planning' },
    data: {
      state,
      plan: encodeStored({ plan, facts }),
      planDigest: digest,
      planHash: hash,
      plannedAtMs: BigInt(facts.plannedAtMs),
      selectedCount: selected,
      skippedCount: skipped,
      // It may have been told that it waits just when its turn came.
      waitsFor: DbNull,
    },
  })
  if (count === 0) return false
  await tx.replayPart.deleteMany({ where: { replayId: id } })
  await tx.replayPart.createMany({
    data: parts.map((part, ordinal) => ({
      replayId: id,
      ordinal,
      partition: part.partition,
      broker: part.broker ?? '',
      selected: part.selected.encode(),
      skips: part.skips.length === 0 ? null : encodeRuns(part.skips.map(({ code, offsets }) => [code, offsets])),
      handled:
        part.handled === null ? null : encodeRuns(part.handled.map(({ actionId, offsets }) => [actionId, offsets])),
      nextOffset: part.nextOffset,
    })),
  })
  return true
}

async function columnsOf(
  client: TransactionClient,
  id: string,
  change: Omit<ReplayChange, 'audit'>,
  nowMs: number,
): Promise<Prisma.ReplayUpdateManyMutationInput> {
  const { rate, state, approvedRate, baseline, waitsFor, error, recordsPerSecond, ...rest } = change
  const times = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, typeof value === 'number' ? BigInt(value) : value]),
  )
  return {
    ...times,
    ...(rate ?? {}),
    ...(state === undefined ? {} : { state }),
    ...(await activityOf(client, id, change)),
    ...(state !== undefined && !isActive(state) ? { speed: null } : {}),
    ...(state === 'cancelled' && change.endedAtMs === undefined ? { endedAtMs: BigInt(nowMs) } : {}),
    ...(recordsPerSecond === undefined ? {} : { speed: recordsPerSecond }),
    ...(approvedRate === undefined ? {} : { approvedRate: toJson(approvedRate) }),
    ...(baseline === undefined ? {} : { baseline: toJson(baseline) }),
    ...(waitsFor === undefined ? {} : { waitsFor: toJson(waitsFor) }),
    ...(error === undefined ? {} : { error: toJson(error) }),
  }
}

/**
 * One queue has one replay that sends; the database's unique index holds two consoles to it, too. An ended one makes room
 * when all that it sent is written down: before, nobody can tell which records are still to be sent.
 */
async function activityOf(client: TransactionClient, id: string, { state, hasOpenRun }: Omit<ReplayChange, 'audit'>) {
  if (hasOpenRun === false) return { activeQueue: null }
  if (state === undefined || !isActive(state)) return {}
  const row = await client.replay.findUnique({ where: { id }, select: { clusterId: true, topic: true } })
  return row === null ? {} : { activeQueue: queueKey(row.clusterId, row.topic) }
}

const queueKey = (clusterId: string, topic: string): string => JSON.stringify([clusterId, topic])

function toJson(value: unknown): Prisma.InputJsonValue | typeof DbNull {
  return value === null ? DbNull : (value as Prisma.InputJsonValue)
}

type LightRow = Omit<ReplayRow, 'request' | 'plan' | 'lookFrom' | 'deliveredTo'>

const number = (value: bigint | null): number | null => (value === null ? null : Number(value))

function toGlance(row: LightRow): ReplayGlance {
  return {
    state: row.state as ReplayState,
    rate: { recordsPerSecond: row.recordsPerSecond, bytesPerSecond: row.bytesPerSecond },
    counts: {
      selected: row.selectedCount,
      produced: row.producedCount,
      unconfirmed: row.unconfirmedCount,
      skipped: row.skippedCount,
      failed: row.failedCount,
      delivered: row.deliveredCount,
      returned: row.returnedCount,
    },
    startedAtMs: number(row.startedAtMs),
    canarySentAtMs: number(row.canarySentAtMs),
    isCanaryPassed: row.isCanaryPassed,
    baseline: row.baseline as ReplayBaseline | null,
    waitsFor: row.waitsFor as CodedFact | null,
  }
}

/** What plans of before these fields lack. */
const NEW_IN_PLAN = { failedGroups: [], estimateBasis: null } satisfies Partial<ReplayPlan>
const NEW_FACTS = { edited: [], guessed: null, pins: [], transform: null } satisfies Partial<PlanFacts>

function toJob(row: ReplayRow): ReplayJob {
  const delivered = decodeDelivered(row.deliveredTo)
  const planned = row.plan === null ? null : decodeStored<{ plan: ReplayPlan; facts: PlanFacts }>(row.plan)
  return {
    ...toGlance(row),
    id: row.id,
    // Requests and plans of before these fields have none.
    request: { transform: [], ...decodeStored<Omit<ReplayRequest, 'transform'>>(row.request) },
    plan: planned === null ? null : { ...NEW_IN_PLAN, ...(planned.plan as Omit<ReplayPlan, keyof typeof NEW_IN_PLAN>) },
    facts: planned === null ? null : { ...NEW_FACTS, ...(planned.facts as Omit<PlanFacts, keyof typeof NEW_FACTS>) },
    planDigest: row.planDigest,
    planHash: row.planHash,
    deliveredBy: delivered.by,
    lost: delivered.lost,
    hasOpenRun: row.hasOpenRun,
    isWatched: row.isWatched,
    recordsPerSecond: row.speed,
    createdAtMs: Number(row.createdAtMs),
    createdBy: row.createdBy,
    approvedAtMs: number(row.approvedAtMs),
    approvedBy: row.approvedBy,
    approvedRate: row.approvedRate as ReplayRate | null,
    endedAtMs: number(row.endedAtMs),
    error: row.error as CodedFact | null,
  }
}

function toPart(row: PartRow): ReplayPart {
  return {
    partition: row.partition,
    broker: row.broker === '' ? null : row.broker,
    selected: OffsetRuns.decode(row.selected),
    skips: row.skips === null ? [] : decodeRuns<SkipCode>(row.skips).map(([code, offsets]) => ({ code, offsets })),
    // Plans of before this column have none, which is not the same as nothing handled.
    handled:
      row.handled === null
        ? null
        : decodeRuns<number>(row.handled).map(([actionId, offsets]) => ({ actionId, offsets })),
    nextOffset: row.nextOffset,
    inFlightTo: row.inFlightTo,
    stoppedKeys: row.stopped === null ? [] : decodeStored<string[]>(row.stopped),
  }
}

function encodeRuns(runs: [SkipCode | number, OffsetRuns][]): Uint8Array<ArrayBuffer> {
  return encodeStored(runs.map(([name, offsets]) => [name, Buffer.from(offsets.encode()).toString('base64')]))
}

function decodeRuns<T>(stored: Uint8Array): [T, OffsetRuns][] {
  return decodeStored<[T, string][]>(stored).map(([name, runs]) => [
    name,
    OffsetRuns.decode(Buffer.from(runs, 'base64')),
  ])
}
