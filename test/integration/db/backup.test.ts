import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { backUp } from '../../../lib/db/backup.ts'
import { copyOfBackup, discard, putInPlace } from '../../../lib/db/restore.ts'
import { rowsOf, withSqlite } from '../../../lib/db/sqlite-file.ts'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { checkHistory } from '../../../lib/history/check-history.ts'
import { createChunkHistory } from '../../../lib/history/chunk-history.ts'
import { hasWritten, startWriter } from './killed-writer.ts'
import { runDb } from './run-db.ts'
import { canMount, fillDisk } from './small-disk.ts'
import { storedPolls } from './stored-polls.ts'
import { FIRST_POLL_MS, KEEP_ALL, WRITTEN_INTERVAL_MS, writtenSamples } from './written-polls.ts'

let folder: string
let path: string
let url: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-backup-'))
  // A name that would mean something else in an address.
  path = join(folder, 'hold 50%?#.db')
  url = `file:${path}`
  file = join(folder, 'copy.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function withDatabase<T>(databaseUrl: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(databaseUrl)
  try {
    return await work(database)
  } finally {
    await database.close()
    letGo()
  }
}

/** The binding closes a file when its garbage is collected, and until then another process finds it in use. */
function letGo(): void {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  collectGarbage()
}

async function writePolls(from: number, to: number): Promise<void> {
  await withDatabase(url, async (database) => {
    const history = createChunkHistory(database, { ...KEEP_ALL, now: Date.now })
    for (let poll = from; poll < to; poll += 1) await history.append(writtenSamples(poll))
  })
}

/** The numbers of the polls that a database holds. */
function pollsIn(databaseUrl: string): Promise<number[]> {
  return withDatabase(databaseUrl, async (database) => {
    const [shard] = await storedPolls(database, 'c')
    return (shard?.atMs ?? []).map((atMs) => (atMs - FIRST_POLL_MS) / WRITTEN_INTERVAL_MS)
  })
}

const noChange = async (): Promise<void> => undefined

const upTo = (count: number): number[] => Array.from({ length: count }, (_, poll) => poll)

/** Written at once, and not by a process of its own. */
async function aBackup(polls = 5): Promise<void> {
  await writePolls(0, polls)
  await backUp(url, file)
}

describe('a backup', () => {
  test('while a collector writes: every poll acknowledged before it began, and none in part', async () => {
    const writer = startWriter(url)
    try {
      await hasWritten(writer, 20)
      const before = writer.acknowledged.length
      const { code, output } = await runDb(url, 'backup', file)
      await hasWritten(writer, writer.acknowledged.length + 5)
      writer.child.stdin?.write('stop\n')
      expect([code, await once(writer.child, 'exit'), writer.complaints]).toEqual([0, [0, null], []])
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect(readdirSync(folder).filter((name) => !name.startsWith('hold 50%?#.db'))).toEqual(['copy.db'])
      const polls = await pollsIn(`file:${file}`)
      expect(polls).toEqual(upTo(polls.length))
      expect(polls.length).toBeGreaterThanOrEqual(before)
      expect(polls.length).toBeLessThan(writer.acknowledged.length)
      const { damages } = await withDatabase(`file:${file}`, (database) => checkHistory(database, () => undefined))
      expect(damages).toBe(0)
      expect(output).toMatch(
        /^Backup written and checked: .*copy\.db \([\d.,]+ [KM]iB\)\nNewest poll in it:\n {2}c +2026-/,
      )
      expect(output).toContain(`Keep ${join(folder, 'secret.key')}`)
    } finally {
      writer.child.kill('SIGKILL')
    }
  })

  test.each([
    ['there is no database yet', async () => undefined, 'database_missing'],
    ['the file is there already', async () => writeFileSync(file, 'mine'), 'backup_exists'],
    ['the folder is missing', async () => (file = join(folder, 'not-there', 'copy.db')), 'backup_not_written'],
    ['the folder is a file', async () => (file = join(folder, 'holdfast.yaml', 'copy.db')), 'backup_not_written'],
  ])('is refused when %s, and leaves nothing behind', async (_, prepare, code) => {
    writeFileSync(join(folder, 'holdfast.yaml'), '')
    if (code !== 'database_missing') await writePolls(0, 1)
    await prepare()
    const names = readdirSync(folder)
    if (code === 'database_missing') {
      expect(await runDb(url, 'backup', file)).toMatchObject({
        code: 1,
        output: expect.stringMatching(/^There is no database of this console \(path: /),
      })
    } else await expect(backUp(url, file)).rejects.toMatchObject({ code, facts: { path: file } })
    expect(readdirSync(folder)).toEqual(names)
    if (code === 'backup_exists') expect(readFileSync(file, 'utf8')).toBe('mine')
  })

  test.skipIf(!canMount)('on a disk that is full is refused (needs root to mount a small disk)', async () => {
    const disk = join(folder, 'disk')
    await writePolls(0, 50)
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk])
    try {
      fillDisk(join(disk, 'filler'))
      truncateSync(join(disk, 'filler'), statSync(join(disk, 'filler')).size - 16_384)
      await expect(backUp(url, join(disk, 'copy.db'))).rejects.toMatchObject({ code: 'backup_no_space' })
      expect(readdirSync(disk)).toEqual(['filler'])
    } finally {
      execFileSync('umount', ['-l', disk])
    }
  })
})

describe('restoring', () => {
  test('is refused while a collector lives, or any process has the database open', async () => {
    await aBackup()
    const database = await openDatabase(url)
    const heartbeatAtMs = BigInt(Date.now())
    const lease = { name: 'collector', holderId: 'h', takenAtMs: heartbeatAtMs, heartbeatAtMs }
    await database.client.collectorLease.create({ data: { ...lease, host: hostname(), pid: process.pid } })
    const refused = await runDb(url, 'restore', file)
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining(`host: ${hostname()}, pid: ${process.pid}`),
    })
    // Its process is gone: as after a kill. But somebody else reads.
    await database.client.collectorLease.updateMany({ data: { pid: 2 ** 22 + 1 } })
    const open = await runDb(url, 'restore', file)
    expect(open).toMatchObject({ code: 1, output: expect.stringMatching(/^The database is in use \(path: [^,]*\)\. /) })
    expect(await database.client.collectorLease.count()).toBe(1)
    expect(readdirSync(folder).filter((name) => /\.part|before-restore/.test(name))).toEqual([])
    await database.close()
  })

  test('brings the backup back, keeps what was there, and leaves no lease for the next start to wait for', async () => {
    const heartbeatAtMs = BigInt(Date.now()) * 2n
    const lease = { name: 'collector', holderId: 'h', host: 'elsewhere', pid: 1, takenAtMs: 1n, heartbeatAtMs }
    await withDatabase(url, ({ client }) => client.collectorLease.create({ data: lease }))
    await aBackup(5)
    await withDatabase(url, ({ client }) => client.collectorLease.deleteMany({}))
    await writePolls(5, 9)
    const { code, output } = await runDb(url, 'restore', file)
    expect([code, output]).toEqual([0, expect.stringMatching(/^Restored: /)])
    const kept = readdirSync(folder).filter((name) => name.includes('.before-restore-'))
    expect(readdirSync(folder).sort()).toEqual(['copy.db', 'hold 50%?#.db', ...kept])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(await withDatabase(url, ({ client }) => client.collectorLease.count())).toBe(0)
    await writePolls(5, 7)
    expect(await pollsIn(url)).toEqual(upTo(7))
    expect(output).toContain(join(folder, kept[0] as string))
    expect(await pollsIn(`file:${join(folder, kept[0] as string)}`)).toEqual(upTo(9))
    // The backup itself is as it was.
    expect(await pollsIn(`file:${file}`)).toEqual(upTo(5))
  })

  test('a backup of an older version is migrated at the next start', async () => {
    await aBackup()
    await withSqlite(file, async (adapter) => {
      await rowsOf(adapter, 'DROP TABLE "HistoryEvent"')
      await rowsOf(adapter, `DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_history_events'`)
    })
    rmSync(path)
    await putInPlace(await copyOfBackup(file, path, noChange), path, 0, noChange)
    expect(await withDatabase(url, ({ client }) => client.historyEvent.count())).toBe(0)
    expect(await pollsIn(url)).toEqual(upTo(5))
  })

  test('a plain copy is taken with its log; a damaged database is kept with its own', async () => {
    const database = await openDatabase(url)
    await createChunkHistory(database, { ...KEEP_ALL, now: Date.now }).append(writtenSamples(0))
    for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${file}${end}`)
    await database.close()
    writeFileSync(path, 'This is a letter, not a database. '.repeat(200))
    writeFileSync(`${path}-wal`, 'a log')
    writeFileSync(`${path}-shm`, 'an index')
    const keptAs = await putInPlace(await copyOfBackup(file, path, noChange), path, 1_000, noChange)
    expect(keptAs).toBe(`${path}.before-restore-19700101T000001Z`)
    expect(readFileSync(keptAs ?? '', 'utf8')).toMatch(/^This is a letter/)
    expect(readFileSync(`${keptAs}-wal`, 'utf8')).toBe('a log')
    expect([existsSync(`${path}-wal`), existsSync(`${path}-shm`)]).toEqual([false, false])
    expect(await pollsIn(url)).toEqual([0])
  })

  test.each([
    ['is not there', async () => rmSync(file), 'backup_missing'],
    ['is no database', async () => writeFileSync(file, 'a letter'), 'backup_not_ours'],
    ['belongs to another program', anotherProgramsFile, 'backup_not_ours'],
    ['was cut off', async () => truncateSync(file, statSync(file).size / 2), 'backup_damaged'],
    ['has pages of garbage', async () => overwritePages(), 'backup_damaged'],
    ['is of a newer version', newerVersion, 'database_newer'],
  ])('is refused when the file %s, and changes nothing', async (_, spoil, code) => {
    await aBackup()
    await spoil()
    const names = readdirSync(folder)
    const draft = copyOfBackup(file, path, noChange)
    await expect(draft).rejects.toMatchObject({ code, facts: { path: file } })
    expect(readdirSync(folder)).toEqual(names)
    expect(await pollsIn(url)).toEqual(upTo(5))
  })

  async function anotherProgramsFile(): Promise<void> {
    rmSync(file)
    await withSqlite(file, (adapter) => rowsOf(adapter, 'CREATE TABLE guests (name TEXT)'))
  }

  async function newerVersion(): Promise<void> {
    await withSqlite(file, (adapter) =>
      rowsOf(
        adapter,
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('n', 'c', '29990101000000_new', 1)`,
      ),
    )
  }

  function overwritePages(): void {
    const opened = openSync(file, 'r+')
    const garbage = Buffer.alloc(4_096, 0xa5)
    for (let at = 4_096 * 4; at < statSync(file).size; at += garbage.length) writeSync(opened, garbage, 0, 4_096, at)
    closeSync(opened)
  }

  test('a copy that is discarded leaves nothing', async () => {
    await aBackup()
    const names = readdirSync(folder)
    discard(await copyOfBackup(file, path, noChange))
    expect(readdirSync(folder)).toEqual(names)
  })
})

test.each([
  ['backup', 'pg_dump --format=custom --host=db.example --port=5433 --dbname=console --file='],
  ['restore', 'pg_restore --clean --if-exists --host=db.example --port=5433 --dbname=console '],
])('on PostgreSQL %s names the tool to use, without the password', async (command, call) => {
  const { code, output } = await runDb('postgresql://me:geheim@db.example:5433/console', command, file)
  expect(code).toBe(1)
  expect(output).toMatch(/^The database is PostgreSQL, .*\n$/)
  expect(output).toContain(`${call}${file}`)
  expect(output).not.toContain('geheim')
})

test.each([
  ['a wrong command', () => url, ['vacuum'], /^npm run db -- COMMAND\n/],
  ['a wrong DATABASE_URL', () => 'mysql://localhost/console', ['check'], /^environment DATABASE_URL: /],
])('%s ends with exit status 2', async (_, databaseUrl, args, message) => {
  expect(await runDb(databaseUrl(), ...args)).toEqual({ code: 2, output: expect.stringMatching(message) })
})
