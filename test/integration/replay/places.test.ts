/** Several replays at once: how many run and are planned, and what the others are told; on the real database. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fault } from '../../../lib/cluster/fault.ts'
import { MessageAccessError } from '../../../lib/cluster/messages.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { BUILT_IN_PROFILES } from '../../../lib/dlq/built-in-profiles.ts'
import { createHandledLedger } from '../../../lib/inbox/handled-ledger.ts'
import { createLogger } from '../../../lib/log.ts'
import { createProgressStore } from '../../../lib/replay/progress-store.ts'
import { cancelReplay, resumeReplay } from '../../../lib/replay/replay-actions.ts'
import { newJobId } from '../../../lib/replay/replay-id.ts'
import { createReplayStore, type ReplayStore } from '../../../lib/replay/replay-store.ts'
import type { ReplayJob, ReplayRequest } from '../../../lib/replay/replay-types.ts'
import { replayTasks } from '../../../lib/worker/replay-tasks.ts'
import { planResult, replayRequest } from '../../builders/replays.ts'
import { prepare, snapshotsOf, type World } from './memory-replay.ts'

const log = createLogger({ logLevel: 'silent' }, [], { write: () => undefined })
let folder: string
let database: Database
let store: ReplayStore
let stopping: AbortController
let worlds: World[]
let loops: Promise<void>[]
/** Ids whose plan takes for ever, and those that were begun. */
let endless: Set<string>
let pinned: string[]
/** When their target was seen last. */
let polledAtMs: () => number

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-places-'))
  database = await openDatabase(`file:${join(folder, 'holdfast.db')}`)
  store = createReplayStore(database)
  stopping = new AbortController()
  polledAtMs = Date.now
  ;[worlds, loops, endless, pinned] = [[], [], new Set(), []]
})
afterEach(async () => {
  stopping.abort()
  await Promise.all(loops)
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

/** As the worker's process does, without its rests. */
function work(): void {
  const worldOf = (id: string): World | undefined => worlds.find((world) => id === `cluster of ${world.id}`)
  const decoder = {} as never
  const tasks = replayTasks({
    ...{
      store,
      progress: createProgressStore(database),
      snapshots: snapshotsOf({ atMs: () => polledAtMs(), committed: {}, start: 0n, durability: 'healthy' }),
    },
    ...{ ledger: createHandledLedger(database), profiles: BUILT_IN_PROFILES, log, now: Date.now },
    clusterOf: async (id) => {
      const open = () => ({ ...accessOf(worldOf(id)), close: async () => undefined })
      return { kind: 'kafka', decoder, open: open as never }
    },
    async pin(job, _reader, signal) {
      pinned.push(job.id)
      if (endless.has(job.id)) await new Promise((_, reject) => signal.addEventListener('abort', reject))
      return { topicId: null, places: [], isComplete: true, handled: [] }
    },
    queueIdOf: async (job) => worldOf(job.request.clusterId)?.queueId ?? 0,
    policy: { minMessages: null, clusters: [] },
    monotonicMs: () => performance.now(),
  })
  const { signal } = stopping
  loops = tasks.map(async (task) => {
    while (!signal.aborted) {
      await task.step(signal)
      await setTimeout(50)
    }
    await task.end?.()
  })
}

function accessOf(world: World | undefined) {
  const source = world?.source
  return { reader: () => source?.reader(), exactlyOnce: (job: never) => source?.exactlyOnce(job) }
}

const SLOW = { recordsPerSecond: 1, bytesPerSecond: null }

async function running(): Promise<void> {
  const world = await prepare(database, true)
  await store.change(world.id, 'running', { rate: SLOW })
  worlds.push(world)
  // All are of the same age: they begin in the order of their ids.
  worlds.sort((one, other) => (one.id < other.id ? -1 : 1))
}

const jobOf = async (id: string): Promise<ReplayJob> => (await store.get(id)) as ReplayJob
const waits = (id: string, code: string | null): Promise<ReplayJob> =>
  vi.waitFor(async () => {
    const job = await jobOf(id)
    expect(job.waitsFor?.code ?? null).toBe(code)
    return job
  }, 10_000)
const hasSent = (id: string) =>
  vi.waitFor(async () => expect((await jobOf(id)).counts.produced).toBeGreaterThan(0n), 10_000)

it('a fifth replay says that it waits, and for which ones, and begins when one of them ends', async () => {
  for (let count = 0; count < 5; count += 1) await running()
  work()
  const fifth = worlds[4]?.id as string
  const held = await waits(fifth, 'place')
  const others = worlds.slice(0, 4).map(({ id }) => id)
  expect(String(held.waitsFor?.facts.replays).split(', ').sort()).toEqual(others.sort())
  expect(held.counts.produced).toBe(0n)
  const first = await jobOf(worlds[0]?.id as string)
  await cancelReplay(first, { store, snapshots: {} as never, now: Date.now })
  await hasSent(fifth)
  await waits(fifth, null)
})

it('one that is braked leaves its place to others', async () => {
  for (let count = 0; count < 5; count += 1) await running()
  // Its target is forbidden for a while.
  const first = worlds[0] as World
  first.source.refuses = () => ({ code: 'notEnoughReplicas', facts: {} }) as never
  first.source.isRefusalPassing = true
  await store.change(first.id, 'running', { state: 'braked', waitsFor: { code: 'clusterFault', facts: {} } })
  work()
  await hasSent(worlds[4]?.id as string)
})

/** Nothing of its cluster answers any more. */
function falls({ source }: World): void {
  const unavailable = async () => {
    throw new MessageAccessError(fault('leaderNotAvailable'), true)
  }
  const nothing = new Proxy({} as Record<string, unknown>, {
    get: (_, name) => (name === 'close' ? async () => undefined : unavailable),
  })
  source.reader = () => nothing as never
  source.exactlyOnce = () => nothing as never
}

it('those that ended on a cluster that is down, and wait for it, leave their places to others', async () => {
  for (let count = 0; count < 4; count += 1) await running()
  for (const world of worlds) {
    falls(world)
    await store.change(world.id, 'running', { state: 'braked', waitsFor: { code: 'clusterFault', facts: {} } })
  }
  work()
  const fallen = worlds.map(({ id }) => id)
  // All of them are looked after by now.
  await setTimeout(300)
  for (const id of fallen) await cancelReplay(await jobOf(id), { store, snapshots: {} as never, now: Date.now })
  await running()
  await hasSent(worlds.find(({ id }) => !fallen.includes(id))?.id as string)
  for (const id of fallen) expect(await jobOf(id)).toMatchObject({ state: 'cancelled', hasOpenRun: true })
})

it('those that were held together go on four at once', async () => {
  polledAtMs = () => Date.now() - 10_000
  for (let count = 0; count < 6; count += 1) await running()
  work()
  for (const { id } of worlds) await waits(id, 'targetUnseen')
  polledAtMs = Date.now
  const states = async (): Promise<string[]> => (await store.inStates(['running', 'braked'])).map(({ state }) => state)
  await vi.waitFor(async () => expect((await states()).filter((state) => state === 'running')).toHaveLength(4), 10_000)
  await setTimeout(2_000)
  expect((await states()).filter((state) => state === 'running')).toHaveLength(4)
  const [held, ...more] = await store.inStates(['braked'])
  const [first] = await store.inStates(['running'])
  expect([held?.waitsFor?.code, more.length]).toEqual(['place', 1])
  // A person who resumes it does not make a fifth of it.
  await resumeReplay(held as ReplayJob, { store, snapshots: {} as never, now: Date.now })
  await waits(held?.id as string, 'place')
  await cancelReplay(first as ReplayJob, { store, snapshots: {} as never, now: Date.now })
  await vi.waitFor(async () => {
    const left = await store.inStates(['running', 'braked'])
    expect(left.filter(({ counts }) => counts.produced > 0n)).toHaveLength(4)
  }, 10_000)
})

it('a plan that is made waits for nothing, whatever it was told when its turn came', async () => {
  const id = await plan({})
  await store.change(id, 'planning', { waitsFor: { code: 'otherPlans', facts: { replays: 'r-other' } } })
  await store.savePlan(id, 'planned', planResult())
  expect(await jobOf(id)).toMatchObject({ state: 'planned', waitsFor: null })
})

const plan = async (change: Partial<ReplayRequest>): Promise<string> => {
  const id = newJobId()
  const request = replayRequest({ topic: `${id}-dlt`, ...change })
  await store.create({ id, request, rate: SLOW, createdAtMs: Date.now() + pinned.length, createdBy: 'tester' })
  return id
}

it('a small plan does not wait behind a large one, and a third says that it waits', async () => {
  const large = await plan({})
  endless.add(large)
  work()
  await vi.waitFor(() => expect(pinned).toContain(large), 10_000)
  const small = await plan({ selection: { offsets: [{ partition: 0, offset: 1 }] } })
  await vi.waitFor(async () => expect((await jobOf(small)).state).toBe('planFailed'), 10_000)
  const another = await plan({})
  endless.add(another)
  await vi.waitFor(() => expect(pinned).toContain(another), 10_000)
  const third = await plan({})
  expect((await waits(third, 'otherPlans')).waitsFor?.facts.replays).toBe([large, another].sort().join(', '))
})
