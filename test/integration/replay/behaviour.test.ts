/** What a running replay does when people and clusters do something: with clusters in memory and the real database. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAuditLog } from '../../../lib/audit/audit-log.ts'
import { fault } from '../../../lib/cluster/fault.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { createHandledLedger } from '../../../lib/inbox/handled-ledger.ts'
import { decodeOutcomes } from '../../../lib/replay/outcome-codec.ts'
import { cancelReplay, changeRate, pauseReplay, resumeReplay } from '../../../lib/replay/replay-actions.ts'
import type { ReplayState } from '../../../lib/replay/replay-states.ts'
import { createReplayStore, type ReplayStore } from '../../../lib/replay/replay-store.ts'
import type { ReplayJob, ReplayPart } from '../../../lib/replay/replay-types.ts'
import { DAY_MS } from '../../../lib/units.ts'
import { springOrigin, toHeaders } from '../../builders/dead-letters.ts'
import { replayPart, runsOf } from '../../builders/replays.ts'
import { live, numbersIn, prepare, RECORDS, type World, watchOnce } from './memory-replay.ts'

let folder: string
let database: Database
let store: ReplayStore

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-behaviour-'))
  database = await openDatabase(`file:${join(folder, 'holdfast.db')}`)
  store = createReplayStore(database)
})
afterAll(async () => {
  await database?.close()
  rmSync(folder, { recursive: true, force: true })
})

const jobOf = async ({ id }: World): Promise<ReplayJob> => (await store.get(id)) as ReplayJob
const noPolls = { topics: async () => null, summary: async () => null }
const withStore = () => ({ store, snapshots: noPolls, now: Date.now })

const reach = (world: World, ...states: ReplayState[]): Promise<ReplayJob> =>
  vi.waitFor(async () => {
    const job = await jobOf(world)
    if (!states.includes(job.state)) throw new Error(`is ${job.state} ${JSON.stringify(job.waitsFor)}`)
    return job
  }, 10_000)

async function failures({ id }: World): Promise<[number, bigint, string][]> {
  const rows = await database.client.replayOutcome.findMany({ where: { replayId: id }, orderBy: { ordinal: 'asc' } })
  return rows.flatMap(({ ordinal, content }) =>
    decodeOutcomes(content).flatMap(({ from, to, failure }) =>
      failure === null
        ? []
        : Array.from({ length: Number(to - from) }, (_, i): [number, bigint, string] => [
            ordinal,
            from + BigInt(i),
            failure,
          ]),
    ),
  )
}

async function dieBehindCommit(world: World): Promise<void> {
  for (let operations = 3; world.source.commits === 0; operations += 1) {
    world.source.diesIn = operations
    await live(world)
  }
}

/** What the console did by itself, oldest first. */
async function ownActs({ id }: World): Promise<[string, string, unknown][]> {
  const { entries } = await createAuditLog(database).list({ limit: 50, beforeId: null, filter: { text: id } })
  expect(entries.every(({ actor }) => actor === 'holdfast')).toBe(true)
  return entries
    .reverse()
    .map(({ action, outcome, detail }) => [action.replace('replay.', ''), outcome, detail?.because ?? null])
}

const sentCount = ({ target }: World): number => numbersIn(target, 0).length + numbersIn(target, 1).length

/** As the inbox finds it: these many of the first records of partition 0. */
async function cameBack({ id, queueId }: World, records: number): Promise<void> {
  const action = { kind: 'return', actor: 'inbox', atMs: 20, note: null, replayId: id } as const
  const runs = runsOf([0, records])
  await createHandledLedger(database).mark(queueId, action, [{ partition: 0, broker: null, runs }])
}

describe('people', () => {
  it('pause it, and it goes on from there when it is resumed', async () => {
    const world = await prepare(database, true)
    await changeRate(await jobOf(world), { recordsPerSecond: 10, bytesPerSecond: null }, withStore())
    const running = live(world)
    await vi.waitFor(async () => expect((await jobOf(world)).counts.produced).toBeGreaterThan(0n), 10_000)
    await pauseReplay(await jobOf(world), withStore())
    await running
    const paused = await jobOf(world)
    expect(paused.state).toBe('paused')
    expect(sentCount(world)).toBe(Number(paused.counts.produced))
    expect(sentCount(world)).toBeLessThan(RECORDS)
    await resumeReplay(paused, withStore())
    await changeRate(await jobOf(world), { recordsPerSecond: null, bytesPerSecond: null }, withStore())
    await live(world)
    expect([(await jobOf(world)).state, sentCount(world)]).toEqual(['completed', RECORDS])
  })

  it('cancel it: what was sent is written down, and nothing of it stays in the cluster', async () => {
    const world = await prepare(database, true)
    await changeRate(await jobOf(world), { recordsPerSecond: 10, bytesPerSecond: null }, withStore())
    const running = live(world)
    await vi.waitFor(async () => expect((await jobOf(world)).counts.produced).toBeGreaterThan(0n), 10_000)
    await cancelReplay(await jobOf(world), withStore())
    await running
    const job = await jobOf(world)
    expect(job).toMatchObject({ state: 'cancelled', hasOpenRun: false })
    expect(Number(job.counts.produced)).toBe(sentCount(world))
    expect(world.source.progress.has(world.id)).toBe(false)
  })

  it('cancel it while nobody works, right behind a transaction that is not written down', async () => {
    const world = await prepare(database, true)
    // Opens, describes, reads, commits, and dies before it hears of it.
    await dieBehindCommit(world)
    await cancelReplay(await jobOf(world), withStore())
    await live(world)
    const job = await jobOf(world)
    expect(job).toMatchObject({ state: 'cancelled', hasOpenRun: false })
    expect(Number(job.counts.produced)).toBe(sentCount(world))
  })

  it('archive some of its records between plan and start: those stay where they are', async () => {
    const world = await prepare(database, true)
    const ledger = createHandledLedger(database)
    // While it was being planned: its records were pinned before, and its plan is dated later.
    const action = { kind: 'archive', actor: 'other', atMs: 0, note: 'no', replayId: null } as const
    await ledger.mark(world.queueId, action, [{ partition: 1, broker: null, runs: runsOf([5, 8]) }])
    await live(world)
    expect(await failures(world)).toEqual([5n, 6n, 7n].map((offset) => [1, offset, 'handledMeanwhile']))
    expect((await jobOf(world)).counts).toMatchObject({ produced: BigInt(RECORDS - 3), failed: 3n })
  })

  it('replay some of its records in a replay that began before the plan: nothing of them goes again', async () => {
    const world = await prepare(database, true)
    // Begun before the plan was made, and by a clock that is far behind; its marks were written after it.
    const action = { kind: 'replay', actor: 'other', atMs: -1_000_000, note: 'first', replayId: 'r-first' } as const
    const ledger = createHandledLedger(database)
    await ledger.begin(world.queueId, action)
    await ledger.mark(world.queueId, action, [{ partition: 0, broker: null, runs: runsOf([0, 28]) }])
    await live(world)
    expect(await failures(world)).toEqual(
      Array.from({ length: 28 }, (_, offset) => [0, BigInt(offset), 'handledMeanwhile']),
    )
    expect(sentCount(world)).toBe(RECORDS - 28)
  })

  it('agree to send handled ones again: those go, unless somebody else handles them once more', async () => {
    const parts = [0, 1].map((partition) => replayPart({ partition, selected: runsOf([0, RECORDS / 2]) }))
    const handled: ReplayPart['handled'] = []
    const world = await prepare(database, true, {}, async (queueId) => {
      const ledger = createHandledLedger(database)
      const first = { kind: 'replay', actor: 'other', atMs: 10, note: null, replayId: 'r-before' } as const
      const { actionId } = await ledger.mark(queueId, first, [{ partition: 0, broker: null, runs: runsOf([0, 10]) }])
      handled.push({ actionId: actionId as number, offsets: runsOf([0, 10]) })
      return parts.map((part) => (part.partition === 0 ? { ...part, handled } : part))
    })
    const second = { kind: 'replay', actor: 'other', atMs: 0, note: null, replayId: 'r-meanwhile' } as const
    await createHandledLedger(database).mark(world.queueId, second, [
      { partition: 0, broker: null, runs: runsOf([0, 4]) },
    ])
    await live(world)
    expect(await failures(world)).toEqual([0n, 1n, 2n, 3n].map((offset) => [0, offset, 'handledMeanwhile']))
    expect(sentCount(world)).toBe(RECORDS - 4)
  })

  it('replay some of its records by an earlier action, or by another clock, after it was planned: no second time', async () => {
    const world = await prepare(database, true)
    const action = { kind: 'replay', actor: 'other', atMs: 0, note: 'no', replayId: 'r-other' } as const
    await createHandledLedger(database).mark(world.queueId, action, [
      { partition: 1, broker: null, runs: runsOf([5, 8]) },
    ])
    await live(world)
    expect(await failures(world)).toEqual([5n, 6n, 7n].map((offset) => [1, offset, 'handledMeanwhile']))
  })

  it('agree to send again what another replay had sent, and it comes back first: it goes all the same', async () => {
    const first = { kind: 'replay', actor: 'other', atMs: 10, note: null, replayId: 'r-before' } as const
    const sent = [{ partition: 0, broker: null, runs: runsOf([0, 10]) }]
    const ledger = createHandledLedger(database)
    const world = await prepare(database, true, {}, async (queueId) => {
      const { actionId } = await ledger.mark(queueId, first, sent)
      const handled = [{ actionId: actionId as number, offsets: runsOf([0, 10]) }]
      return [0, 1].map((partition) =>
        replayPart({ partition, selected: runsOf([0, 30]), ...(partition === 0 ? { handled } : {}) }),
      )
    })
    await ledger.mark(world.queueId, { ...first, kind: 'return' }, sent)
    await live(world)
    expect((await jobOf(world)).counts).toMatchObject({ produced: BigInt(RECORDS), failed: 0n })
  })

  it('planned it before marks were pinned: what was handled before goes, what was handled later does not', async () => {
    const world = await prepare(database, true, { selection: { all: true, includeHandled: true } })
    await database.client.replayPart.updateMany({ where: { replayId: world.id }, data: { handled: null } })
    for (const [atMs, from, to] of [
      [1, 5, 8],
      [2, 20, 22],
    ] as const) {
      const action = { kind: 'replay', actor: 'other', atMs, note: null, replayId: `r-at-${atMs}` } as const
      await createHandledLedger(database).mark(world.queueId, action, [
        { partition: 1, broker: null, runs: runsOf([from, to]) },
      ])
    }
    await live(world)
    expect(await failures(world)).toEqual([20n, 21n].map((offset) => [1, offset, 'handledMeanwhile']))
  })
})

describe.each([
  ['within one cluster', true],
  ['to another cluster', false],
])('%s', (_where, isSame) => {
  it('a record that is refused fails alone, and holds back only its key', async () => {
    const world = await prepare(database, isSame)
    world.target.refuses = ({ value }) => (String(value) === '8' ? fault('recordRefused') : null)
    await live(world)
    // Number 8 lies at offset 4 of partition 0 and has the key k1; so do 22, 36 and 50 there.
    expect(await failures(world)).toEqual([
      ...[
        [0, 4n, 'refused'],
        [0, 11n, 'behindFailed'],
        [0, 18n, 'behindFailed'],
        [0, 25n, 'behindFailed'],
      ],
    ])
    expect((await jobOf(world)).state).toBe('completed')
    expect(sentCount(world)).toBe(RECORDS - 4)
  })

  it('a record that would not go as planned holds back its key, and no other', async () => {
    const world = await prepare(database, isSame)
    // Number 8 names another topic now; numbers 22, 36 and 50 lie behind it with its key.
    const [record] = world.source.records('orders-dlt', 0).filter(({ value }) => String(value) === '8')
    record?.headers.splice(0, Infinity, ...toHeaders(springOrigin({ topic: 'elsewhere', partition: 0, offset: 8n })))
    // Dies again and again on the way, so that it has to be remembered.
    let operations = 10
    do world.target.diesIn = operations += 7
    while (!(await live(world)))
    expect(await failures(world)).toEqual([
      ...[
        [0, 4n, 'notAsPlanned'],
        [0, 11n, 'behindFailed'],
        [0, 18n, 'behindFailed'],
        [0, 25n, 'behindFailed'],
      ],
    ])
    expect(sentCount(world)).toBe(RECORDS - 4)
  })

  it('what retention took before it was sent is expired, and the rest goes', async () => {
    const world = await prepare(database, isSame)
    world.source.expire('orders-dlt', 0, 10n)
    await live(world)
    const expired = await failures(world)
    expect(expired).toEqual(Array.from({ length: 10 }, (_, offset) => [0, BigInt(offset), 'expired']))
    expect((await jobOf(world)).counts).toMatchObject({ produced: BigInt(RECORDS - 10), failed: 10n })
  })

  it('a queue created anew between plan and run sends nothing', async () => {
    const world = await prepare(database, isSame)
    world.source.createTopic('orders-dlt', 2)
    await live(world)
    expect(await jobOf(world)).toMatchObject({ state: 'failed', error: { code: 'topicRecreated' } })
    expect(sentCount(world)).toBe(0)
    expect(await ownActs(world)).toEqual([['fail', 'failed', 'topicRecreated']])
  })

  it('a queue without an id whose offsets began anew between plan and run sends nothing', async () => {
    const pins = [{ partition: 0, broker: null, offset: 0n, identity: 'another/1' }]
    const world = await prepare(database, isSame, {}, undefined, { pins })
    await live(world)
    expect(await jobOf(world)).toMatchObject({ state: 'failed', error: { code: 'topicRecreated' } })
    expect(sentCount(world)).toBe(0)
  })

  it.each([
    ['deleted', 'targetGone', (world: World) => void world.target.topics.delete('orders')],
    ['created anew', 'topicRecreated', (world: World) => world.target.createTopic('orders', 2)],
  ])('a target that is %s sends nothing', async (_case, code, change) => {
    const world = await prepare(database, isSame)
    change(world)
    await live(world)
    expect(await jobOf(world)).toMatchObject({ state: 'failed', error: { code } })
  })

  it('a cluster in trouble is waited for, and the reason is told meanwhile', async () => {
    const world = await prepare(database, isSame)
    let isIll = true
    world.target.refuses = () => (isIll ? fault('notEnoughReplicas') : null)
    if (isSame) world.target.isRefusalPassing = true
    const running = live(world)
    const braked = await reach(world, 'braked')
    expect(braked.waitsFor).toMatchObject({ code: 'clusterFault', facts: { fault: 'notEnoughReplicas' } })
    // Long enough for several tries, which are one trouble.
    await setTimeout(2_500)
    isIll = false
    await running
    expect([(await jobOf(world)).state, sentCount(world)]).toEqual(['completed', RECORDS])
    expect(await ownActs(world)).toEqual([
      ['brake', 'ok', 'clusterFault'],
      ['release', 'ok', null],
      ['complete', 'ok', null],
    ])
  })

  // A transaction whose answer is lost is another story: its channel tells.
  const itElsewhere = isSame ? () => undefined : it
  itElsewhere('an answer that is lost is looked for, and nothing is sent twice', async () => {
    const world = await prepare(database, isSame)
    const stored = new Set<string>()
    let sends = 0
    // Every fifth message is stored, and nobody hears of it.
    world.target.losesAnswer = ({ value }) => {
      sends += 1
      stored.add(String(value))
      return sends % 5 === 0
    }
    await live(world)
    expect([(await jobOf(world)).state, sends, stored.size, sentCount(world)]).toEqual([
      'completed',
      ...[RECORDS, RECORDS, RECORDS],
    ])
    expect(await failures(world)).toEqual([])
  })

  itElsewhere(
    'what is stored without being confirmed is counted apart, and holds the rest until it is again',
    async () => {
      const world = await prepare(database, isSame)
      let isAlone = true
      world.target.leavesOpen = () => isAlone
      const running = live(world)
      const braked = await reach(world, 'braked')
      expect(braked.waitsFor).toEqual({ code: 'targetUnconfirmed', facts: { topic: 'orders', broker: '' } })
      expect(braked.counts).toMatchObject({ produced: 7n, unconfirmed: 7n })
      isAlone = false
      await running
      const job = await jobOf(world)
      expect([job.state, sentCount(world), job.counts.unconfirmed]).toEqual(['completed', RECORDS, 7n])
    },
  )

  itElsewhere(
    'what is stored without being confirmed goes on when a person wants it, and not held when nobody asked for that',
    async () => {
      const world = await prepare(database, isSame)
      world.target.leavesOpen = () => true
      const running = live(world)
      await resumeReplay(await reach(world, 'braked'), withStore())
      await running
      expect((await jobOf(world)).counts).toMatchObject({ produced: BigInt(RECORDS), unconfirmed: BigInt(RECORDS) })
      const brake = { maxAddedLag: null, maxReturnRatio: null, isr: false }
      const unheld = await prepare(database, isSame, { brake })
      unheld.target.leavesOpen = () => true
      await live(unheld)
      expect((await jobOf(unheld)).counts).toMatchObject({ produced: BigInt(RECORDS), unconfirmed: BigInt(RECORDS) })
    },
  )

  itElsewhere('what is stored without being confirmed holds a next run, too, after one record', async () => {
    const world = await prepare(database, isSame)
    world.target.leavesOpen = () => true
    const reachesSent = (sent: bigint) =>
      vi.waitFor(async () => {
        expect(await jobOf(world)).toMatchObject({ state: 'braked', counts: { produced: sent, unconfirmed: sent } })
      }, 10_000)
    const liveUntil = async (sent: bigint): Promise<void> => {
      const stopping = new AbortController()
      const running = live(world, stopping.signal)
      await reachesSent(sent)
      stopping.abort()
      await running
    }
    await liveUntil(7n)
    await liveUntil(8n)
    expect(await ownActs(world)).toEqual([['brake', 'ok', 'targetUnconfirmed']])
    await pauseReplay(await jobOf(world), withStore())
    await resumeReplay(await jobOf(world), withStore())
    await liveUntil(9n)
  })

  itElsewhere('one record now and then finds out whether what is stored is confirmed again', async () => {
    const world = await prepare(database, isSame)
    world.target.leavesOpen = () => true
    const running = live(world)
    await vi.waitFor(async () => {
      expect(await jobOf(world)).toMatchObject({ state: 'braked', counts: { produced: 8n } })
    }, 5_000)
    await setTimeout(500)
    expect(await jobOf(world)).toMatchObject({ state: 'braked', counts: { produced: 8n } })
    await cancelReplay(await jobOf(world), withStore())
    await running
  })

  itElsewhere('a batch that sends nothing confirms nothing: who resumed it is not asked again', async () => {
    const world = await prepare(database, isSame)
    // Number 20 names another topic now: it comes alone, and is not sent.
    const [record] = world.source.records('orders-dlt', 0).filter(({ value }) => String(value) === '20')
    record?.headers.splice(0, Infinity, ...toHeaders(springOrigin({ topic: 'elsewhere', partition: 0, offset: 20n })))
    world.target.leavesOpen = () => true
    const running = live(world, AbortSignal.timeout(10_000))
    await resumeReplay(await reach(world, 'braked'), withStore())
    await running
    expect(await jobOf(world)).toMatchObject({ state: 'completed' })
    expect((await ownActs(world)).map(([act]) => act)).toEqual(['brake', 'complete'])
  })

  it('what somebody must mend first pauses it', async () => {
    const world = await prepare(database, isSame)
    let isForbidden = true
    world.target.refuses = () => (isForbidden ? fault('authorizationFailed') : null)
    await live(world)
    const paused = await jobOf(world)
    expect(paused).toMatchObject({ state: 'paused', waitsFor: { code: 'clusterFault' } })
    expect(await ownActs(world)).toEqual([['pause', 'failed', 'clusterFault']])
    isForbidden = false
    await resumeReplay(paused, withStore())
    await live(world)
    expect([(await jobOf(world)).state, sentCount(world)]).toEqual(['completed', RECORDS])
  })
})

it('what was sent, and is gone from the target before it is written down, is not sent again by another plan', async () => {
  const world = await prepare(database, true)
  await dieBehindCommit(world)
  const lost = [0, 1].flatMap((partition) => numbersIn(world.target, partition))
  for (const partition of [0, 1]) world.target.expire('orders', partition, 1_000n)
  await live(world)
  const found = await failures(world)
  expect(found.map(([ordinal, offset, failure]) => [2 * Number(offset) + ordinal, failure])).toEqual(
    lost.sort((one, other) => (one % 2) - (other % 2) || one - other).map((number) => [number, 'uncertain']),
  )
  expect((await jobOf(world)).counts).toMatchObject({
    produced: BigInt(RECORDS - lost.length),
    failed: BigInt(lost.length),
  })
  let handled = 0n
  for (const partition of [0, 1]) {
    const ranges = createHandledLedger(database).read(world.queueId, { partition, broker: null }, 0n, 1_000n)
    for await (const { from, to } of ranges) handled += to - from
  }
  expect(handled).toBe(BigInt(RECORDS))
})

it('a replay that was cancelled ends although its target was deleted before it could be looked through', async () => {
  const world = await prepare(database, false)
  for (let operations = 3; sentCount(world) === 0; operations += 1) {
    world.target.diesIn = operations
    await live(world)
  }
  await cancelReplay(await jobOf(world), withStore())
  world.target.topics.delete('orders')
  await live(world)
  expect(await jobOf(world)).toMatchObject({ state: 'cancelled', hasOpenRun: false })
})

it('what a replay that failed had sent is watched, also when that is found only behind its end', async () => {
  const world = await prepare(database, true)
  await dieBehindCommit(world)
  world.source.createTopic('orders-dlt', 2)
  await live(world)
  expect(await jobOf(world)).toMatchObject({ state: 'failed', hasOpenRun: true, isWatched: false })
  await live(world)
  expect(await jobOf(world)).toMatchObject({ state: 'failed', hasOpenRun: false, isWatched: true })
  expect((await jobOf(world)).counts.produced).toBe(BigInt(sentCount(world)))
})

/** Every batch of it is damaged. */
function damage({ target }: World): void {
  const whole = target.reader()
  target.reader = () => ({
    ...whole,
    async read(request, signal) {
      const batch = await whole.read(request, signal)
      const range = { fromOffset: request.fromOffset, toOffset: batch.nextOffset }
      return { ...batch, messages: [], unreadable: [{ ...range, fault: fault('batchDamaged') }] }
    },
  })
}

it.each([
  ['is damaged', damage],
  ['may not be read any more', ({ target }: World) => void target.hidden.add('orders')],
])('a replay that was cancelled ends although its target %s: what may lie there is uncertain', async (_how, spoil) => {
  const world = await prepare(database, false)
  for (let operations = 3; sentCount(world) === 0; operations += 1) {
    world.target.diesIn = operations
    await live(world)
  }
  const sent = sentCount(world)
  await cancelReplay(await jobOf(world), withStore())
  spoil(world)
  await live(world, AbortSignal.timeout(5_000))
  expect(await jobOf(world)).toMatchObject({ state: 'cancelled', hasOpenRun: false, isWatched: true })
  const told = await failures(world)
  expect(told.length).toBeGreaterThanOrEqual(sent)
  expect(new Set(told.map(([, , failure]) => failure))).toEqual(new Set(['uncertain']))
})

describe('a replay within one cluster that ended right behind a transaction that is not written down', () => {
  const end = async (): Promise<{ world: World; sent: number }> => {
    const world = await prepare(database, true)
    await dieBehindCommit(world)
    await cancelReplay(await jobOf(world), withStore())
    return { world, sent: sentCount(world) }
  }
  const expectFree = async (world: World): Promise<void> => {
    expect(await jobOf(world)).toMatchObject({ state: 'cancelled', hasOpenRun: false, isWatched: true })
    const { clusterId, topic } = (await jobOf(world)).request
    expect(await store.sendingOf(clusterId, topic)).toBeNull()
  }
  /** What the ledger holds, so that no other plan sends it by itself. */
  async function handledOf({ queueId }: World): Promise<number> {
    let handled = 0n
    for (const partition of [0, 1]) {
      const ranges = createHandledLedger(database).read(queueId, { partition, broker: null }, 0n, 1_000n)
      for await (const { from, to } of ranges) handled += to - from
    }
    return Number(handled)
  }

  it('without the right to open its channel: what it had committed is seen all the same', async () => {
    const { world, sent } = await end()
    world.source.forbidden.add('open')
    await live(world, AbortSignal.timeout(5_000), 60_000)
    await expectFree(world)
    expect((await jobOf(world)).counts).toMatchObject({ produced: BigInt(sent), failed: 0n })
    expect(await handledOf(world)).toBe(sent)
  })

  it.each([
    ['some of it', 8n],
    ['nothing of it', 1_000n],
  ])(
    'without any right to its channel: %s lies in the target and was sent, the rest is uncertain',
    async (_lies, expired) => {
      const { world, sent } = await end()
      world.source.forbidden.add('open').add('peek')
      // Behind what others wrote there.
      for (const partition of [0, 1]) world.target.expire('orders', partition, expired)
      const found = sentCount(world)
      expect(found).toBeLessThan(sent)
      await live(world, AbortSignal.timeout(5_000))
      await expectFree(world)
      expect((await jobOf(world)).counts).toMatchObject({ produced: BigInt(found), failed: BigInt(sent - found) })
      expect(new Set((await failures(world)).map(([, , failure]) => failure))).toEqual(new Set(['uncertain']))
      expect(await handledOf(world)).toBe(sent)
    },
  )

  it.each([
    ['the target', 'orders'],
    ['its queue', 'orders-dlt'],
  ])('without the right to see %s: nothing of what it may have sent stays open', async (_what, topic) => {
    const { world, sent } = await end()
    world.source.hidden.add(topic)
    await live(world, AbortSignal.timeout(5_000))
    await expectFree(world)
    const { produced, failed } = (await jobOf(world)).counts
    expect([Number(produced + failed), await handledOf(world)]).toEqual([sent, sent])
  })

  it('and was rolled back with an older database: also what is told of later transactions is uncertain', async () => {
    const { world } = await end()
    world.source.hidden.add('orders')
    await database.client.replayPart.updateMany({ where: { replayId: world.id }, data: { inFlightTo: null } })
    await live(world, AbortSignal.timeout(5_000))
    await expectFree(world)
    expect((await jobOf(world)).counts.failed).toBeGreaterThan(0n)
  })

  it('waits first, so that somebody can give the rights back: then nothing is uncertain', async () => {
    const { world, sent } = await end()
    world.source.forbidden.add('open').add('peek')
    const running = live(world, AbortSignal.timeout(20_000), 60_000)
    await setTimeout(1_500)
    expect(await jobOf(world)).toMatchObject({ state: 'cancelled', hasOpenRun: true })
    world.source.forbidden.clear()
    await running
    await expectFree(world)
    expect((await jobOf(world)).counts).toMatchObject({ produced: BigInt(sent), failed: 0n })
  })
})

describe('what was sent', () => {
  const weekLater = (): number => Date.now() + 8 * DAY_MS
  /** 30 in each partition of the target, from offset 6 on. */
  async function sent(): Promise<World> {
    const world = await prepare(database, true)
    await live(world)
    expect((await jobOf(world)).counts.produced).toBe(BigInt(RECORDS))
    return world
  }
  const look = async (world: World, committed: bigint, start: bigint): Promise<void> => {
    world.polls.committed = { billing: committed }
    world.polls.start = start
    await watchOnce(world)
  }
  const told = async (world: World) => {
    const { counts, lost, isWatched } = await jobOf(world)
    return { delivered: Number(counts.delivered), ...lost, isWatched }
  }

  it('and is gone from the target before its group came there, does not count as delivered when that goes on', async () => {
    const world = await sent()
    await look(world, 10n, 0n)
    await look(world, 10n, 20n)
    expect(await told(world)).toEqual({ delivered: 8, expiredInTarget: 20, unknown: 0, isWatched: true })
    await look(world, 36n, 20n)
    expect(await told(world)).toEqual({ delivered: 40, expiredInTarget: 20, unknown: 0, isWatched: true })
    await watchOnce(world, weekLater)
    expect(await told(world)).toEqual({ delivered: 40, expiredInTarget: 20, unknown: 0, isWatched: false })
  })

  it('and is gone between two looks, is unknown', async () => {
    const world = await sent()
    await look(world, 10n, 0n)
    await look(world, 36n, 12n)
    expect(await told(world)).toEqual({ delivered: 56, expiredInTarget: 0, unknown: 4, isWatched: true })
  })

  it('and was not seen within a week, is unknown, but for what came back', async () => {
    const world = await sent()
    await look(world, 10n, 12n)
    await cameBack(world, RECORDS / 2)
    await watchOnce(world, weekLater)
    // Of each partition of the target the first six are told; odd numbers come from partition 1 of the queue.
    const rest = [0, 1].flatMap((partition) => numbersIn(world.target, partition).slice(6))
    const unknown = rest.filter((number) => number % 2 === 1).length
    expect(await told(world)).toEqual({ delivered: 8, expiredInTarget: 4, unknown, isWatched: false })
  })

  it('and is read by nobody whom we see, is unknown after a week', async () => {
    const world = await sent()
    await watchOnce(world)
    expect((await jobOf(world)).lost).toBeNull()
    await watchOnce(world, weekLater)
    const { counts, lost, deliveredBy } = await jobOf(world)
    expect([counts.delivered, lost, deliveredBy]).toEqual([null, { expiredInTarget: 0, unknown: RECORDS }, null])
  })

  it('is watched on from what a version before this one has written down', async () => {
    const world = await sent()
    const before = ['orders//0', 'orders//1'].map((key) => [key, '10'])
    await database.client.replay.update({ where: { id: world.id }, data: { deliveredTo: before } })
    await look(world, 36n, 12n)
    expect(await told(world)).toEqual({ delivered: 56, expiredInTarget: 0, unknown: 4, isWatched: true })
  })
})

describe('a canary', () => {
  const canary = { count: 5, waitSeconds: 0 }
  const begin = async (change: Parameters<typeof prepare>[2]): Promise<World> => {
    const world = await prepare(database, true, change)
    await store.change(world.id, 'running', { state: 'canary' })
    return world
  }

  it('goes alone, and the rest behind it when it was read', async () => {
    const world = await begin({ canary })
    world.polls.committed = { billing: 0n }
    const running = live(world)
    const held = await reach(world, 'braked')
    expect([held.waitsFor?.code, sentCount(world)]).toEqual(['canaryUnread', 5])
    world.polls.committed = { billing: 99n }
    await watchOnce(world)
    await running
    expect([(await jobOf(world)).state, sentCount(world)]).toEqual(['completed', RECORDS])
  })

  it.each([
    ['', false],
    [', also when nobody could see it for a while', true],
  ])('that is read late has all its time from then on, in which it may come back%s', async (_also, isUnseen) => {
    const world = await begin({ canary: { count: 5, waitSeconds: 1 } })
    world.polls.committed = { billing: 0n }
    const running = live(world)
    await reach(world, 'braked')
    if (isUnseen) {
      world.polls.atMs = () => Date.now() - 10_000
      await vi.waitFor(async () => expect((await jobOf(world)).waitsFor?.code).toBe('targetUnseen'), 10_000)
    }
    world.polls.committed = { billing: 99n }
    await watchOnce(world)
    world.polls.atMs = Date.now
    await reach(world, 'canary')
    await cameBack(world, 3)
    await running
    expect(await jobOf(world)).toMatchObject({ state: 'paused', waitsFor: { code: 'canaryReturned' } })
    expect(sentCount(world)).toBe(5)
  })

  it.each([
    ['no more goes', 5],
    ['it is judged although nothing is left', RECORDS],
  ])('that was sent and not noted as such when the worker died: %s', async (_what, count) => {
    const world = await begin({ canary: { count, waitSeconds: 30 } })
    const running = live(world)
    await vi.waitFor(async () => expect((await jobOf(world)).canarySentAtMs).not.toBeNull(), 10_000)
    await pauseReplay(await jobOf(world), withStore())
    await running
    await database.client.replay.update({ where: { id: world.id }, data: { canarySentAtMs: null } })
    await resumeReplay(await jobOf(world), withStore())
    const again = live(world)
    await vi.waitFor(async () => expect((await jobOf(world)).canarySentAtMs).not.toBeNull(), 5_000)
    expect([(await jobOf(world)).state, sentCount(world)]).toEqual(['canary', count])
    await cancelReplay(await jobOf(world), withStore())
    await again
  })

  it('to another cluster sends no more than its records, wherever the worker dies', async () => {
    for (let operations = 5; ; operations += 1) {
      const world = await prepare(database, false, { canary: { count: 10, waitSeconds: 0 } })
      await store.change(world.id, 'running', { state: 'canary' })
      world.target.diesIn = operations
      const stopping = new AbortController()
      const first = live(world, stopping.signal)
      const died = await Promise.race([first.then((ended) => !ended), reach(world, 'braked').then(() => false)])
      const second = died ? live(world, stopping.signal) : first
      expect((await reach(world, 'braked')).waitsFor?.code).toBe('canaryNoReader')
      expect([operations, sentCount(world)]).toEqual([operations, 10])
      stopping.abort()
      await second
      if (!died) break
    }
  })

  it('that no group can read holds until a person goes on', async () => {
    const world = await begin({ canary })
    const running = live(world)
    const held = await reach(world, 'braked')
    expect([held.waitsFor?.code, sentCount(world)]).toEqual(['canaryNoReader', 5])
    await resumeReplay(held, withStore())
    await running
    expect([(await jobOf(world)).state, sentCount(world)]).toEqual(['completed', RECORDS])
  })

  it('is as many as were really sent: what the target refused proves nothing', async () => {
    const world = await begin({ canary })
    world.target.refuses = ({ value }) => (Number(String(value)) < 8 ? fault('recordRefused') : null)
    const running = live(world)
    await reach(world, 'braked')
    expect(sentCount(world)).toBe(5)
    await cancelReplay(await jobOf(world), withStore())
    await running
  })

  it('that comes back stops the rest, until a person goes on', async () => {
    const world = await begin({ canary: { count: 5, waitSeconds: 1 } })
    const running = live(world)
    await vi.waitFor(async () => expect((await jobOf(world)).counts.produced).toBe(5n), 10_000)
    await cameBack(world, 3)
    await running
    const stopped = await jobOf(world)
    expect(stopped).toMatchObject({ state: 'paused', waitsFor: { code: 'canaryReturned', facts: { returned: 3 } } })
    expect(sentCount(world)).toBe(5)
    await resumeReplay(stopped, withStore())
    await live(world)
    expect([(await jobOf(world)).state, sentCount(world)]).toEqual(['completed', RECORDS])
    expect(await ownActs(world)).toEqual([
      ['canaryStop', 'refused', 'canaryReturned'],
      ['complete', 'ok', null],
    ])
  })
})

it.each([
  ['underMinIsr', 'targetUnderMinIsr'],
  ['offline', 'targetOffline'],
] as const)(
  'a target that is %s holds it: nobody can go on before that is mended, and then it does so by itself',
  async (ill, code) => {
    const world = await prepare(database, true)
    world.polls.durability = ill
    const running = live(world)
    const held = await reach(world, 'braked')
    expect([held.waitsFor, sentCount(world)]).toEqual([{ code, facts: { topic: 'orders' } }, 0])
    const refused = await resumeReplay(held, withStore()).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'replay_target_refuses', facts: { code, topic: 'orders' } })
    expect(await jobOf(world)).toMatchObject({ state: 'braked', waitsFor: held.waitsFor })
    world.polls.durability = 'healthy'
    await running
    expect([(await jobOf(world)).state, sentCount(world)]).toEqual(['completed', RECORDS])
  },
)

it('a target that nobody polls any more holds it, until somebody does', async () => {
  const world = await prepare(database, true)
  world.polls.atMs = () => Date.now() - 10_000
  const running = live(world)
  const held = await reach(world, 'braked')
  expect([held.waitsFor?.code, held.baseline, sentCount(world)]).toEqual(['targetUnseen', null, 0])
  world.polls.atMs = Date.now
  await running
  expect([(await jobOf(world)).state, sentCount(world)]).toEqual(['completed', RECORDS])
  expect(await ownActs(world)).toEqual([
    ['brake', 'ok', 'targetUnseen'],
    ['release', 'ok', 'targetUnseen'],
    ['complete', 'ok', null],
  ])
})

it('a target that nobody polls any more: a person goes on all the same, until it was seen and lost again', async () => {
  const world = await prepare(database, true)
  await changeRate(await jobOf(world), { recordsPerSecond: 10, bytesPerSecond: null }, withStore())
  world.polls.atMs = () => Date.now() - 10_000
  const running = live(world)
  await resumeReplay(await reach(world, 'braked'), withStore())
  await vi.waitFor(async () => expect((await jobOf(world)).counts.produced).toBeGreaterThanOrEqual(15n), 10_000)
  expect((await ownActs(world)).map(([act]) => act)).toEqual(['brake'])
  world.polls.atMs = Date.now
  await vi.waitFor(async () => expect((await jobOf(world)).baseline).not.toBeNull(), 10_000)
  world.polls.atMs = () => Date.now() - 10_000
  await reach(world, 'braked')
  await cancelReplay(await jobOf(world), withStore())
  await running
})

it('the newest that are over and that nothing limited say how fast a cluster is', async () => {
  const clusterId = (await jobOf(await prepare(database, false))).request.target.clusterId
  const ids = async (limit: number): Promise<string[]> =>
    (await store.unlimitedTo(clusterId, limit)).map(({ id }) => id)
  const before = (await ids(1_000)).length
  const [first, second, limited] = [
    await prepare(database, false),
    await prepare(database, false),
    await prepare(database, false),
  ]
  await changeRate(await jobOf(limited), { recordsPerSecond: 1_000, bytesPerSecond: null }, withStore())
  for (const world of [first, second, limited]) await live(world)
  await live(await prepare(database, true))
  expect((await ids(1_000)).length).toBe(before + 2)
  expect(await ids(1)).toHaveLength(1)
  expect(await ids(1_000)).toEqual(expect.arrayContaining([first.id, second.id]))
})

it('what the plan leaves out is never read as something to send', async () => {
  const skips = [{ code: 'quarantined' as const, offsets: runsOf([0, 29]) }]
  const parts = [
    replayPart({ partition: 0, selected: runsOf([0, 30]), skips }),
    replayPart({ partition: 1, selected: runsOf([29, 30]) }),
  ]
  const world = await prepare(database, true, {}, () => parts)
  await live(world)
  expect(numbersIn(world.target, 0).concat(numbersIn(world.target, 1)).sort()).toEqual([58, 59])
  expect(await jobOf(world)).toMatchObject({ state: 'completed' })
  expect((await store.parts(world.id)).map(({ nextOffset }) => nextOffset)).toEqual([30n, 30n])
})
