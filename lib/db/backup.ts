/** A copy of the SQLite file while others write into it. */
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, openSync, renameSync, rmSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { HoldfastError } from '../errors.ts'
import { asDatabaseError } from './database-error.ts'
import { sqlite } from './sqlite.ts'
import { integrityFaults, rowsOf, syncFolderOf, syncToDisk, withSqlite } from './sqlite-file.ts'

const OWNER_ONLY = 0o600

/**
 * Writes what was committed when it began into `file`, as one file without a log. Nobody who writes meanwhile has to
 * wait. The file is there whole and checked, or not at all; a process that is killed may leave a `.part` file behind.
 *
 * @throws HoldfastError `backup_exists`, `backup_not_written`, `backup_no_space`, `backup_damaged`, `database_…`
 */
export async function backUp(databaseUrl: string, file: string): Promise<void> {
  if (existsSync(file)) throw new HoldfastError('backup_exists', { path: file })
  const draft = `${file}.${randomBytes(4).toString('hex')}.part`
  try {
    reserve(draft)
  } catch (error) {
    throw asBackupError(error, file)
  }
  try {
    await copyInto(sqlite.placeOf(databaseUrl), draft)
    const [fault] = await integrityFaults(draft)
    if (fault !== undefined) throw new HoldfastError('backup_damaged', { path: file, detail: fault })
    syncToDisk(draft)
    if (existsSync(file)) throw new HoldfastError('backup_exists', { path: file })
    renameSync(draft, file)
    syncFolderOf(file)
  } catch (error) {
    throw asBackupError(error, file)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** SQLite fills an empty file, and would let others read one that it makes. */
function reserve(draft: string): void {
  closeSync(openSync(draft, 'wx', OWNER_ONLY))
}

async function copyInto(database: string, draft: string): Promise<void> {
  await withSqlite(database, async (adapter) => {
    const usedPages = 'SELECT page_count - freelist_count FROM pragma_page_count, pragma_freelist_count'
    const [[pages] = []] = await rowsOf(adapter, usedPages)
    const [[pageBytes] = []] = await rowsOf(adapter, 'PRAGMA page_size')
    refuseLackOfSpace(draft, Number(pages) * Number(pageBytes))
    await rowsOf(adapter, 'VACUUM INTO ?', draft)
  })
}

/** Asked first: on the database's own volume a copy that fills it would keep the console from storing its polls. */
function refuseLackOfSpace(draft: string, neededBytes: number): void {
  const { bavail, bsize } = statfsSync(dirname(draft))
  const freeBytes = bavail * bsize
  if (freeBytes < neededBytes) throw new HoldfastError('backup_no_space', { neededBytes, freeBytes })
}

/** Which of both files an error of SQLite is about follows from its kind: the database was just read without one. */
function asBackupError(error: unknown, file: string): unknown {
  const known = asDatabaseError(error, file)
  if (!(known instanceof HoldfastError)) return known
  const facts = { ...known.facts, path: file }
  if (known.code === 'database_full') return new HoldfastError('backup_no_space', facts, { cause: error })
  if (known.code === 'database_unavailable') return new HoldfastError('backup_not_written', facts, { cause: error })
  return known
}
