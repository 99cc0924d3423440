import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import { createSnapshotReader } from '../../../lib/history/snapshot-reader.ts'
import { createSnapshotWriter } from '../../../lib/history/snapshot-writer.ts'
import { startPostgres } from '../../servers/postgres.ts'
import { canMount, fillDisk } from './small-disk.ts'
import { writtenObservation, writtenSamples } from './written-polls.ts'

const LOCKER = fileURLToPath(new URL('./hold-lock.ts', import.meta.url))

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-faults-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('an unusable place', () => {
  test.each([
    ['a folder below a file', () => 'file:/dev/null/x/holdfast.db', 'database_unavailable'],
    ['a folder instead of a file', () => `file:${folder}`, 'database_unavailable'],
    ['a file that is no database', () => notADatabase(), 'database_damaged'],
    ['a server that is not there', () => 'postgresql://user:geheim@127.0.0.1:1/holdfast', 'database_unavailable'],
  ])('%s is told by its code, with the place and no password', async (_, url, code) => {
    const error = await openDatabase(url()).catch((reason: unknown) => reason)
    expect(error).toMatchObject({
      code,
      facts: { path: expect.stringMatching(/\S/), detail: expect.stringMatching(/\S/) },
    })
    expect(JSON.stringify(error) + String(error)).not.toContain('geheim')
  })

  function notADatabase(): string {
    const path = join(folder, 'text.db')
    writeFileSync(path, 'This is a letter, not a database. '.repeat(100))
    return `file:${path}`
  }
})

test('PostgreSQL: a wrong password, and a database that does not exist', async () => {
  const server = await startPostgres()
  try {
    const url = new URL(await server.createDatabase())
    url.password = 'geheim'
    const wrong = await openDatabase(url.href).catch((reason: unknown) => reason)
    expect(wrong).toMatchObject({ code: 'database_unavailable' })
    expect(String(wrong)).not.toContain('geheim')
    const missing = new URL(await server.createDatabase())
    missing.pathname = '/not_there'
    await expect(openDatabase(missing.href)).rejects.toMatchObject({ code: 'database_unavailable' })
  } finally {
    await server.stop()
  }
})

test('PostgreSQL: a server that goes away and comes not back', async () => {
  const server = await startPostgres()
  const database = await openDatabase(await server.createDatabase())
  await database.client.session.count()
  await server.stop()
  await expect(database.client.session.count()).rejects.toMatchObject({ code: 'database_unavailable' })
  await expect(database.transaction((tx) => tx.session.count())).rejects.toMatchObject({ code: 'database_unavailable' })
  await database.close()
})

test('pages overwritten in the middle of the file are damage, and reading says so', async () => {
  const path = join(folder, 'damaged.db')
  const database = await openDatabase(`file:${path}`)
  await fillDatabase(database, 5)
  await database.client.$queryRawUnsafe('PRAGMA wal_checkpoint(TRUNCATE)')
  await database.close()
  const file = openSync(path, 'r+')
  const garbage = Buffer.alloc(4_096, 0xa5)
  for (let at = 4_096 * 2; at + garbage.length < statSync(path).size; at += garbage.length)
    writeSync(file, garbage, 0, garbage.length, at)
  closeSync(file)
  const reading = async (): Promise<unknown> => {
    const damaged = await openDatabase(`file:${path}`)
    try {
      return await createSnapshotReader(damaged).topics('c')
    } finally {
      await damaged.close()
    }
  }
  await expect(reading()).rejects.toMatchObject({ code: 'database_damaged', facts: { path } })
})

test('a file that another program keeps locked is busy, and works again when it lets go', async () => {
  const path = join(folder, 'locked.db')
  const database = await openDatabase(`file:${path}`)
  const locker = spawn(process.execPath, [LOCKER, path], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    await once(locker.stdout, 'data')
    const writing = createSnapshotWriter(database).saveObservation('c', writtenObservation(0), 1_000)
    await expect(writing).rejects.toMatchObject({ code: 'database_busy', retriable: true, facts: { path } })
    locker.stdin.end()
    await once(locker, 'exit')
    await fillDatabase(database, 1)
    expect(await createSnapshotReader(database).topics('c')).toHaveLength(60)
  } finally {
    locker.kill('SIGKILL')
    await database.close()
  }
})

test.skipIf(!canMount)(
  'a full disk is told, loses nothing that was stored, and is over when there is space (needs root to mount a small disk)',
  async () => {
    const disk = join(folder, 'disk')
    let database: Database | null = null
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk])
    try {
      database = await openDatabase(`file:${join(disk, 'holdfast.db')}`)
      const history = createChunkHistory(database, { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400, now: Date.now })
      const writer = createSnapshotWriter(database)
      await writer.saveObservation('c', writtenObservation(0), 1_000)
      await history.append(writtenSamples(0))
      fillDisk(join(disk, 'filler'))
      const full = { code: 'database_full', facts: { path: join(disk, 'holdfast.db') } }
      await expect(
        untilRefused((poll) => writer.saveObservation('c', writtenObservation(poll), 1_000)),
      ).rejects.toMatchObject(full)
      await expect(untilRefused((poll) => history.append(writtenSamples(poll)))).rejects.toMatchObject(full)
      expect(await createSnapshotReader(database).topics('c')).toHaveLength(60)
      rmSync(join(disk, 'filler'))
      await writer.saveObservation('c', writtenObservation(5_000), 1_000)
      await history.append(writtenSamples(5_000))
      expect((await createSnapshotReader(database).topics('c'))?.map((topic) => topic.messages)).toEqual(
        writtenObservation(5_000).topics.map((topic) => topic.messages),
      )
      expect(await database.client.$queryRawUnsafe('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }])
    } finally {
      await database?.close()
      // Lazily, so that a failure above is not hidden behind one here.
      execFileSync('umount', ['-l', disk])
    }
  },
)

/** What the log has already reserved may take a few more polls. */
async function untilRefused(write: (poll: number) => Promise<void>): Promise<void> {
  for (let poll = 1; poll < 2_000; poll += 1) await write(poll)
}

async function fillDatabase(database: Database, polls: number): Promise<void> {
  const history = createChunkHistory(database, { rawHours: 48, fiveMinuteDays: 30, hourlyDays: 400, now: Date.now })
  const writer = createSnapshotWriter(database)
  for (let poll = 0; poll < polls; poll += 1) {
    await writer.saveObservation('c', writtenObservation(poll), 1_000)
    await history.append(writtenSamples(poll))
  }
}
