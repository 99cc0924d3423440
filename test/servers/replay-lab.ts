/** A worker process on a real database, whose replays a test plans, starts and kills. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { loadConfig } from '../../lib/config.ts'
import { type Database, openDatabase } from '../../lib/db.ts'
import { createHandledLedger } from '../../lib/inbox/handled-ledger.ts'
import { WORKER_ENV, WORKER_FLAGS } from '../../lib/launch/worker-keeper.ts'
import { createProgressStore, type ProgressStore } from '../../lib/replay/progress-store.ts'
import { type StartOptions, startReplay } from '../../lib/replay/replay-actions.ts'
import { newJobId } from '../../lib/replay/replay-id.ts'
import type { ReplayState } from '../../lib/replay/replay-states.ts'
import { createReplayStore, type ReplayStore } from '../../lib/replay/replay-store.ts'
import type { ReplayJob, ReplayRequest } from '../../lib/replay/replay-types.ts'
import { startCollector } from '../../lib/runtime.ts'
import { waitUntil } from './wait-until.ts'

const WORKER = resolve(import.meta.dirname, '../../lib/launch/worker.ts')
const PLAN_DEADLINE_MS = 60_000

export interface LabCluster {
  id: string
  kind: 'kafka' | 'rocketmq'
  servers: readonly string[]
  sasl?: { mechanism: 'plain'; username: string; password: string }
}

export interface ReplayLab {
  readonly database: Database
  readonly store: ReplayStore
  readonly progress: ProgressStore
  readonly actions: StartOptions
  /** The process that works; null while none does. */
  readonly worker: ChildProcess | null
  /** @param skewMs so much its clock is ahead */
  startWorker(skewMs?: number): ChildProcess
  /** As if the machine had lost it. */
  killWorker(): Promise<void>
  stopWorker(): Promise<void>
  create(request: Partial<ReplayRequest> & Pick<ReplayRequest, 'clusterId' | 'topic'>): Promise<string>
  /** Until it is planned, and then begun. */
  begin(id: string): Promise<ReplayJob>
  waitFor(id: string, states: readonly ReplayState[], timeoutMs?: number): Promise<ReplayJob>
  close(): Promise<void>
}

/** @param polls a collector polls the clusters each second, in this process */
export async function openReplayLab(clusters: readonly LabCluster[], { polls = false } = {}): Promise<ReplayLab> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-replay-'))
  const configFile = join(folder, 'holdfast.yaml')
  writeFileSync(configFile, JSON.stringify({ clusters: clusters.map(toConfig), poll: { intervalSeconds: 1 } }))
  const databaseUrl = `file:${join(folder, 'holdfast.db')}`
  const database = await openDatabase(databaseUrl)
  const store = createReplayStore(database)
  const noPolls = { topics: async () => null, summary: async () => null }
  const ledger = createHandledLedger(database)
  const actions: StartOptions = { store, snapshots: noPolls, database, ledger, now: Date.now, expiresMinutes: 60 }
  const environment = { DATABASE_URL: databaseUrl, HOLDFAST_CONFIG: configFile, HOLDFAST_LOG_LEVEL: 'warn' }
  const collector = polls ? await startCollector(loadConfig(environment, folder), () => undefined) : null
  let worker: ChildProcess | null = null
  const ended = async (signal: 'SIGKILL' | 'stop'): Promise<void> => {
    const child = worker
    worker = null
    if (child === null || child.exitCode !== null) return
    const exit = once(child, 'exit')
    if (signal === 'stop') child.send('stop')
    else child.kill('SIGKILL')
    await exit
  }
  const lab: ReplayLab = {
    ...{ database, store, actions, progress: createProgressStore(database) },
    get worker() {
      return worker
    },
    startWorker(skewMs = 0) {
      worker = fork(WORKER, [], {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        execArgv: [
          ...process.execArgv,
          ...WORKER_FLAGS,
          ...(process.env.LAB_FLAGS?.split(' ') ?? []),
          ...skewFlags(skewMs),
        ],
        env: { ...process.env, ...WORKER_ENV, ...environment },
      })
      return worker
    },
    killWorker: () => ended('SIGKILL'),
    stopWorker: () => ended('stop'),
    async create(request) {
      const id = newJobId()
      const rate = { recordsPerSecond: null, bytesPerSecond: null }
      await store.create({ id, rate, request: toRequest(request), createdAtMs: Date.now(), createdBy: 'tester' })
      worker?.send('wake')
      return id
    },
    async begin(id) {
      const planned = await lab.waitFor(id, ['planned'], PLAN_DEADLINE_MS)
      await startReplay(planned, planned.planHash ?? '', actions)
      worker?.send('wake')
      return planned
    },
    waitFor: (id, states, timeoutMs = 60_000) =>
      waitUntil(
        async () => {
          const job = await store.get(id)
          if (job !== null && states.includes(job.state)) return job
          const { state, counts, waitsFor, error } = job ?? {}
          const seen = { state, produced: String(counts?.produced), waitsFor, error }
          throw new Error(`waits for ${states.join()}: ${JSON.stringify(seen)}`)
        },
        { timeout: timeoutMs, interval: 100 },
      ),
    async close() {
      await ended('SIGKILL')
      await collector?.stop()
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return lab
}

function skewFlags(skewMs: number): string[] {
  if (skewMs === 0) return []
  const code = `const now = Date.now; Date.now = () => now() + ${skewMs}`
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`]
}

function toConfig({ id, kind, servers, sasl }: LabCluster) {
  const places = kind === 'kafka' ? { bootstrapServers: servers, sasl } : { nameServers: servers }
  return { id, name: id, kind, readOnly: false, ...places }
}

/** All of the queue, back to where each record came from. */
function toRequest(request: Partial<ReplayRequest> & Pick<ReplayRequest, 'clusterId' | 'topic'>): ReplayRequest {
  return {
    selection: { all: true },
    target: { mode: 'origin', topic: null, clusterId: request.clusterId },
    edits: [],
    transform: [],
    canary: null,
    // Nobody polls here: a brake that goes by polls would hold for ever.
    brake: { maxAddedLag: null, maxReturnRatio: null, isr: false },
    maxAttempts: 3,
    keepHeaders: false,
    accept: { guessedOrigins: false, queueTargets: false, staleKeys: false },
    graceSeconds: 0,
    reason: 'the cause is mended',
    ...request,
  }
}
