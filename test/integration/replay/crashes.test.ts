/**
 * A replay that dies at any moment: between any two calls to a cluster in memory, whose transactions are all or nothing,
 * with the real database. Hundreds of places, where the tests with real brokers try some.
 */
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import type { Database } from '../../../lib/db.ts'
import { createHandledLedger } from '../../../lib/inbox/handled-ledger.ts'
import { decodeOutcomes } from '../../../lib/replay/outcome-codec.ts'
import { cancelReplay } from '../../../lib/replay/replay-actions.ts'
import { createReplayStore } from '../../../lib/replay/replay-store.ts'
import type { ReplayJob } from '../../../lib/replay/replay-types.ts'
import { onBothDatabases } from '../db/databases.ts'
import { live, liveAndDie, numbersIn, prepare, RECORDS, type World } from './memory-replay.ts'

async function expectOnceAndInOrder(world: World): Promise<void> {
  const sent = [0, 1].map((partition) => numbersIn(world.target, partition))
  expect(sent.flat().sort((one, other) => one - other)).toEqual(Array.from({ length: RECORDS }, (_, index) => index))
  for (const numbers of sent) {
    for (const parity of [0, 1]) {
      const ofPartition = numbers.filter((number) => number % 2 === parity)
      expect(ofPartition).toEqual([...ofPartition].sort((one, other) => one - other))
    }
  }
  const job = await createReplayStore(world.database).get(world.id)
  expect(job).toMatchObject({ state: 'completed', hasOpenRun: false })
  expect(job?.counts).toMatchObject({ produced: BigInt(RECORDS), failed: 0n })
  await expectTrueOutcomes(world, RECORDS)
}

/** Of what the target holds, nothing is missing in what is written down, and nothing else stands there as sent. */
async function expectSentTold(world: World): Promise<void> {
  const sent = numbersIn(world.target, 0).length + numbersIn(world.target, 1).length
  const job = await createReplayStore(world.database).get(world.id)
  expect([job?.hasOpenRun, job?.counts.produced]).toEqual([false, BigInt(sent)])
  await expectTrueOutcomes(world, sent)
}

/** What is written down says of each record where it really lies; the ledger marks the same ones. */
async function expectTrueOutcomes({ database, target, id, queueId }: World, expected: number): Promise<void> {
  const rows = await database.client.replayOutcome.findMany({ where: { replayId: id } })
  let told = 0
  for (const { ordinal, content } of rows) {
    for (const run of decodeOutcomes(content)) {
      if (run.failure !== null) continue
      for (let index = 0n; index < run.to - run.from; index += 1n) {
        const number = 2 * Number(run.from + index) + ordinal
        const at = (run.targetOffset ?? -1n) + index
        const to = target.records('orders', run.target.partition).find(({ offset }) => offset === at)
        expect(String(to?.value)).toBe(String(number))
        told += 1
      }
    }
  }
  expect(told).toBe(expected)
  const ledger = createHandledLedger(database)
  let handled = 0n
  for (const partition of [0, 1]) {
    for await (const range of ledger.read(queueId, { partition, broker: null }, 0n, 1_000n))
      handled += range.to - range.from
  }
  expect(handled).toBe(BigInt(expected))
}

async function cancel({ database, id }: World): Promise<void> {
  const store = createReplayStore(database)
  const noPolls = { topics: async () => null, summary: async () => null }
  await cancelReplay((await store.get(id)) as ReplayJob, { store, snapshots: noPolls, now: Date.now })
}

const deaths = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 })
/** PostgreSQL's transactions are what differs: fewer lives show it. */
const RUNS = { sqlite: 25, postgresql: 6 }

onBothDatabases('a worker that dies', (databases) => {
  let database: Database
  beforeAll(async () => {
    database = await databases.open()
  })

  it('within one cluster: each record arrives once, in order, and is told truly', async () => {
    await fc.assert(
      fc.asyncProperty(deaths, async (at) => {
        const world = await prepare(database, true)
        await liveAndDie(world, at, 'source')
        await expectOnceAndInOrder(world)
      }),
      { numRuns: RUNS[database.kind] },
    )
  }, 120_000)

  it('to another cluster: the same, since the target is searched before anything is sent again', async () => {
    await fc.assert(
      fc.asyncProperty(deaths, fc.constantFrom('source', 'target'), async (at, on) => {
        const world = await prepare(database, false)
        await liveAndDie(world, at, on as 'source' | 'target')
        await expectOnceAndInOrder(world)
      }),
      { numRuns: RUNS[database.kind] },
    )
  }, 120_000)

  it.each([
    ['cancelled', cancel],
    ['ended by a topic that was created anew', async ({ source }: World) => source.createTopic('orders-dlt', 2)],
  ])(
    'and is %s before it lives again: what was sent is told all the same',
    async (_how, end) => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 40 }), fc.boolean(), async (at, isSame) => {
          const world = await prepare(database, isSame)
          world.target.diesIn = at
          if (await live(world)) return
          await end(world)
          // A run that ends by itself has its last words written down by the next one.
          await live(world)
          await live(world)
          await expectSentTold(world)
        }),
        { numRuns: RUNS[database.kind] },
      )
    },
    120_000,
  )

  it('to another cluster, while retention takes what was sent and not written down', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: 40 }), fc.integer({ min: 1, max: 30 }), async (at, before) => {
        const world = await prepare(database, false)
        world.target.diesIn = at
        if (await live(world)) return
        for (const partition of [0, 1]) world.source.expire('orders-dlt', partition, BigInt(before))
        await live(world)
        await expectSentTold(world)
        const job = await createReplayStore(world.database).get(world.id)
        expect((job?.counts.produced ?? 0n) + (job?.counts.failed ?? 0n)).toBe(BigInt(RECORDS))
      }),
      { numRuns: RUNS[database.kind] },
    )
  }, 120_000)

  it('to another cluster whose new leader does not know yet what was sent last', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: 40 }), async (at) => {
        const world = await prepare(database, false)
        world.target.diesIn = at
        await live(world)
        world.target.unsureReads = 4
        await live(world)
        await expectOnceAndInOrder(world)
      }),
      { numRuns: RUNS[database.kind] },
    )
  }, 120_000)
})
