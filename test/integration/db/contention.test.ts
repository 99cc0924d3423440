import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import { createSnapshotReader } from '../../../lib/history/snapshot-reader.ts'
import { onBothDatabases } from './databases.ts'
import { readKilledHistory } from './killed-history.ts'
import { hasWritten, seeded, startWriter, writeAndKill } from './killed-writer.ts'
import { FIRST_POLL_MS, WRITTEN_INTERVAL_MS, writtenObservation } from './written-polls.ts'

/** Polls the writer has to get through while the other process reads and writes. */
const POLLS = 60

async function readEnds(database: Database, polls: number): Promise<number[]> {
  const history = createChunkHistory(database, {
    rawHours: 48,
    fiveMinuteDays: 30,
    hourlyDays: 400,
    now: () => FIRST_POLL_MS * 2,
  })
  const [series] = await history.read({
    clusterId: 'c',
    metric: 'endOffset',
    labels: { topic: 't', partition: 7 },
    fromMs: FIRST_POLL_MS,
    toMs: FIRST_POLL_MS + polls * WRITTEN_INTERVAL_MS,
    stepMs: WRITTEN_INTERVAL_MS,
    maxSeries: 1,
  })
  return series?.points.map(({ last }) => last) ?? []
}

onBothDatabases('two processes on one database', ({ createUrl }) => {
  test('reads and short writes of the web beside the collector: nothing fails', async () => {
    const url = await createUrl()
    const database = await openDatabase(url)
    const writer = startWriter(url)
    try {
      await hasWritten(writer, 1)
      const reader = createSnapshotReader(database)
      let rounds = 0
      for (; writer.acknowledged.length < POLLS; rounds += 1) {
        // SQLite answers without leaving the event loop, which would keep the writer's lines from being read.
        await nextTurn()
        const id = `session-${rounds}`
        await database.client.session.create({
          data: { idHash: id, actor: 'a', role: 'admin', createdAtMs: 1n, expiresAtMs: 2n },
        })
        await database.client.auditEntry.create({ data: { atMs: 1n, actor: 'a', action: id, outcome: 'ok' } })
        expect(await reader.topics('c')).toHaveLength(60)
        expect((await reader.summary('c'))?.totals?.topics).toBe(60)
        await database.client.session.update({ where: { idHash: id }, data: { revokedAtMs: 3n } })
      }
      writer.child.stdin?.write('stop\n')
      const [code] = await once(writer.child, 'exit')
      expect([code, writer.complaints]).toEqual([0, []])
      expect(rounds).toBeGreaterThan(0)
      expect(await database.client.session.count({ where: { revokedAtMs: 3n } })).toBe(rounds)
      expect(await database.client.auditEntry.count()).toBe(rounds)
    } finally {
      writer.child.kill('SIGKILL')
      await database.close()
    }
  })

  test('kill -9 in the middle of writing: every acknowledged poll is there, and the next process goes on', async () => {
    const url = await createUrl()
    const database = await openDatabase(url)
    try {
      for (const moreThan of [3, 25, 70]) {
        await database.client.historyFrame.deleteMany({})
        await database.client.historyShard.deleteMany({})
        const writer = startWriter(url)
        await hasWritten(writer, moreThan)
        writer.child.kill('SIGKILL')
        await once(writer.child, 'close')
        const acknowledged = writer.acknowledged.length
        const ends = await readEnds(database, acknowledged + 5)
        expect(ends.slice(0, acknowledged)).toEqual(writer.acknowledged.map((poll) => poll * 1_000 + 7))
        expect(ends.length).toBeLessThanOrEqual(acknowledged + 1)
        const topics = await createSnapshotReader(database).topics('c')
        const messages = topics?.map((topic) => topic.messages)
        const possible = [0, 1, 2].map((more) =>
          writtenObservation(acknowledged - 1 + more).topics.map((t) => t.messages),
        )
        expect(possible).toContainEqual(messages)
      }
      if (database.kind === 'sqlite') {
        expect(await database.client.$queryRawUnsafe('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
      }
    } finally {
      await database.close()
    }
  })

  test('kill -9 at any moment, also while hours are sealed and days rolled up: nothing lost, nothing twice', async () => {
    const url = await createUrl()
    const database = await openDatabase(url)
    try {
      const written = await writeAndKill(url, 10, seeded(1))
      const { polls, inFiveMinutes, inHours, ...found } = await readKilledHistory(database, written)
      expect(written.complaints).toEqual([])
      expect(found).toEqual({ lost: [], unexpected: [], lostEvents: [], unexpectedEvents: [], wrong: [] })
      expect([inFiveMinutes, inHours]).toEqual([polls, polls])
      expect(await database.client.historyFrame.count()).toBe(0)
    } finally {
      await database.close()
    }
  }, 300_000)
})
