/** Polls that cannot be stored wait, and come in afterwards: none is lost, none is there twice. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { eventTimes, type PolledCluster, pollCluster, storedEventTimes } from './polled-clusters.ts'
import { canMount, fillDisk } from './small-disk.ts'
import { storedPolls } from './stored-polls.ts'
import { KEEP_ALL } from './written-polls.ts'

const NOT_STORED = 'a poll could not be stored; the next one is tried'

async function expectAllOnce(database: Database, id: string, cluster: PolledCluster): Promise<void> {
  const shards = await storedPolls(database, id)
  expect(shards.length).toBeGreaterThan(3)
  for (const { kind, atMs } of shards) expect(atMs, `${id} ${kind}`).toEqual(cluster.atMs)
  expect(await storedEventTimes(database, id)).toEqual(eventTimes(cluster))
}

test('PostgreSQL that crashes under load: polls wait, and all are there when it is back', async () => {
  const server = await startPostgres()
  const database = await openDatabase(await server.createDatabase())
  try {
    const history = createChunkHistory(database, { ...KEEP_ALL, now: Date.now })
    const clusters = ['a', 'b', 'c'].map((id) => [id, pollCluster(id, database, history)] as const)
    let isLoaded = true
    const load = clusters.map(async ([, cluster]) => {
      while (isLoaded) await cluster.poll()
    })
    const polledOn = async (polls: number): Promise<void> => {
      const wanted = clusters.map(([, { atMs }]) => atMs.length + polls)
      while (clusters.some(([, { atMs }], index) => atMs.length < (wanted[index] as number))) {
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }
    for (let crash = 0; crash < 2; crash += 1) {
      await polledOn(15)
      await server.crashDuring(() => polledOn(3))
    }
    await polledOn(3)
    isLoaded = false
    await Promise.all(load)
    for (const [id, cluster] of clusters) {
      await expectAllOnce(database, id, cluster)
      const troubles = cluster.logged.filter((line) => line.startsWith(NOT_STORED))
      expect(troubles).toContain(`${NOT_STORED}: database_unavailable`)
      expect(cluster.logged.at(-1)).toBe('storing works again')
    }
  } finally {
    await database.close()
    await server.stop()
  }
}, 300_000)

test.skipIf(!canMount)(
  'a full disk: what is stored stays readable, each poll is told as not stored, and all come in when there is room (needs root to mount a small disk)',
  async () => {
    const disk = mkdtempSync(join(tmpdir(), 'holdfast-full-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk])
    let database: Database | null = null
    try {
      database = await openDatabase(`file:${join(disk, 'holdfast.db')}`)
      const history = createChunkHistory(database, { ...KEEP_ALL, now: Date.now })
      const cluster = pollCluster('a', database, history)
      for (let poll = 0; poll < 25; poll += 1) await cluster.poll()
      fillDisk(join(disk, 'filler'))
      // What the log has already reserved may take a few more polls.
      for (let poll = 0; cluster.logged.length === 0 && poll < 2_000; poll += 1) await cluster.poll()
      expect(cluster.logged).toEqual([`${NOT_STORED}: database_full`])
      const storedWhenFull = (await storedPolls(database, 'a')).map(({ atMs }) => atMs)
      for (let poll = 0; poll < 25; poll += 1) await cluster.poll()
      for (const [index, atMs] of storedWhenFull.entries()) {
        expect(atMs.length).toBeGreaterThanOrEqual(25)
        expect(atMs).toEqual(cluster.atMs.slice(0, atMs.length))
        expect((await storedPolls(database, 'a'))[index]?.atMs).toEqual(atMs)
      }
      const refused = cluster.troubles.filter((trouble) => trouble !== null)
      expect(refused).toHaveLength(26)
      expect(new Set(refused.map(({ code, droppedPolls }) => `${code} ${droppedPolls}`))).toEqual(
        new Set(['database_full 0']),
      )
      // Each one waits for room, and is counted as waiting.
      const waiting = cluster.atMs.length - Math.min(...storedWhenFull.map((atMs) => atMs.length))
      expect(refused.at(-1)?.waitingPolls).toBe(waiting)
      rmSync(join(disk, 'filler'))
      await cluster.poll()
      expect(cluster.logged.slice(1)).toEqual(['storing works again'])
      expect(cluster.troubles.at(-1)).toBeNull()
      await expectAllOnce(database, 'a', cluster)
      expect(await database.client.$queryRawUnsafe('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    } finally {
      await database?.close()
      // Lazily, so that a failure above is not hidden behind one here.
      execFileSync('umount', ['-l', disk])
      rmSync(disk, { recursive: true, force: true })
    }
  },
)
