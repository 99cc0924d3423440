/** Writes that end in the middle: a commit whose outcome nobody heard of, and a crash between two steps of the upkeep. */
import { expect, test } from 'vitest'
import type { Database } from '../../../lib/db.ts'
import { HoldfastError } from '../../../lib/errors.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import type { History } from '../../../lib/history/history.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../lib/units.ts'
import { onBothDatabases } from '../db/databases.ts'
import { storedPolls } from '../db/stored-polls.ts'
import { FIRST_POLL_MS, KEEP_ALL, UPKEEP_INTERVAL_MS, writtenSamples } from '../db/written-polls.ts'

const POLLS_A_DAY = DAY_MS / UPKEEP_INTERVAL_MS

const poll = (number: number) => writtenSamples(number, UPKEEP_INTERVAL_MS, 20)
const timeOf = (number: number): number => FIRST_POLL_MS + number * UPKEEP_INTERVAL_MS
const open = (database: Database): History => createChunkHistory(database, { ...KEEP_ALL, now: Date.now })

async function timesIn(database: Database): Promise<number[]> {
  const [shard] = await storedPolls(database, 'c')
  return (shard?.atMs ?? []).map((atMs) => (atMs - FIRST_POLL_MS) / UPKEEP_INTERVAL_MS)
}

/** The connection breaks over the next commit: it happens, and the writer hears of a failure. */
function withLostAnswer(database: Database): Database & { loseNext(): void } {
  let isLost = false
  return {
    ...database,
    loseNext: () => {
      isLost = true
    },
    async transaction(work) {
      const result = await database.transaction(work)
      if (!isLost) return result
      isLost = false
      throw new HoldfastError('database_unavailable')
    },
  }
}

/** The process is killed as it begins its next transaction after so many. */
function killedAfter(database: Database, transactions: number): Database {
  let left = transactions
  return {
    ...database,
    transaction(work) {
      left -= 1
      return left < 0 ? Promise.reject(new Error('killed')) : database.transaction(work)
    },
  }
}

async function isThrough(work: Promise<void>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if ((error as Error).message === 'killed') return false
    throw error
  }
}

onBothDatabases('writes that end in the middle', ({ open: openDatabase }) => {
  test.each([
    ['at once', async () => undefined],
    ['after its hour was sealed', (database: Database) => open(database).maintain(timeOf(2) + 2 * HOUR_MS)],
    ['after its day was rolled up', (database: Database) => open(database).maintain(timeOf(2) + 2 * DAY_MS)],
  ])('a poll whose commit was not heard of, given again %s, is stored once', async (_, meanwhile) => {
    const plain = await openDatabase()
    const database = withLostAnswer(plain)
    const history = open(database)
    for (const number of [0, 1]) await history.append(poll(number))
    database.loseNext()
    await expect(history.append(poll(2))).rejects.toMatchObject({ code: 'database_unavailable' })
    await meanwhile(plain)
    for (const writer of [history, open(plain)]) await writer.append(poll(2))
    await history.append(poll(3))
    expect(await timesIn(plain)).toEqual([0, 1, 2, 3])
  })

  test('the same when the clock had been set back before it', async () => {
    const plain = await openDatabase()
    const database = withLostAnswer(plain)
    const history = open(database)
    for (const number of [0, 1, 8]) await history.append(poll(number))
    const back = { ...poll(4), atMs: timeOf(4) + MINUTE_MS }
    database.loseNext()
    await expect(history.append(back)).rejects.toMatchObject({ code: 'database_unavailable' })
    await open(plain).maintain(timeOf(20))
    await history.append(back)
    await history.append(poll(5))
    expect(await timesIn(plain)).toEqual([0, 1, 4 + MINUTE_MS / UPKEEP_INTERVAL_MS, 5, 8])
  })

  test('killed at any step of sealing late polls and rolling them up: the next upkeep has them in every level', async () => {
    // Day 0 but for its last hours, then days 1 to 13: two weeks are rolled up before the late ones come.
    const late = [42, 43, 44, 45]
    const early = Array.from({ length: 14 * POLLS_A_DAY }, (_, number) => number).filter((one) => !late.includes(one))
    const database = await openDatabase()
    const first = open(database)
    for (const number of early) await first.append(poll(number))
    const nowMs = timeOf(15 * POLLS_A_DAY)
    await first.maintain(nowMs)
    const rolledUp = async (): Promise<number[]> => Object.values((await storedPolls(database, 'c'))[0]?.rolled ?? {})
    const before = await rolledUp()
    expect(before.length).toBe(2)

    let kills = 0
    for (const number of late) {
      await open(database).append(poll(number))
      // What waits for the next kill is one poll more each time; a step without a kill ends the walk for it.
      await isThrough(open(killedAfter(database, kills)).maintain(nowMs + kills * HOUR_MS)).then(async (isDone) => {
        if (!isDone) await open(database).maintain(nowMs + kills * HOUR_MS)
      })
      kills += 1
      expect(await rolledUp(), `killed before transaction ${kills}`).toEqual(before.map((polls) => polls + kills))
    }
    expect((await timesIn(database)).length).toBe(early.length + late.length)
    expect(await database.client.historyChunk.count({ where: { stepSeconds: { lt: 0 } } })).toBe(0)
  })

  test('a poll that comes too late for polls that were deleted leaves the rollup as it is', async () => {
    const database = await openDatabase()
    const forgetful = createChunkHistory(database, { ...KEEP_ALL, rawHours: 24, now: Date.now })
    for (let number = 0; number < 4 * POLLS_A_DAY; number += 1) if (number !== 20) await forgetful.append(poll(number))
    const nowMs = timeOf(4 * POLLS_A_DAY) + HOUR_MS
    await forgetful.maintain(nowMs)
    const rolledUp = async () => (await storedPolls(database, 'c'))[0]?.rolled
    const before = await rolledUp()
    await forgetful.append(poll(20))
    await forgetful.maintain(nowMs + HOUR_MS)
    expect(await rolledUp()).toEqual(before)
    expect(await database.client.historyChunk.count({ where: { stepSeconds: { lt: 0 } } })).toBe(0)
  })
})
