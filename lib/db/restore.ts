/** Puts a backup in the place of the SQLite file. In two steps, so that the caller can change the copy between them. */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import { HoldfastError } from '../errors.ts'
import { asDatabaseError } from './database-error.ts'
import { storedVersion } from './migrate.ts'
import {
  integrityFaultsIn,
  isSqliteFile,
  rowsOf,
  shmOf,
  syncFolderOf,
  syncToDisk,
  walOf,
  withSqlite,
} from './sqlite-file.ts'

const OWNER_ONLY = 0o600

type Look = (adapter: SqlDriverAdapter) => Promise<void>

/**
 * Makes sure that nobody else has the database open. Nothing is done when there is none, or a file that cannot be read:
 * that is what backups are for.
 *
 * @param look may refuse, before that is tried
 * @throws HoldfastError `database_in_use`, `database_not_ours`, `database_…`
 */
export async function refuseInUse(path: string, look: Look): Promise<void> {
  try {
    // SQLite would throw away the log of a file whose header it does not know.
    if (!existsSync(path) || !isSqliteFile(path)) return
    await withSqlite(path, async (adapter) => {
      if ((await storedVersion('sqlite', adapter)) === null) throw new HoldfastError('database_not_ours', { path })
      await look(adapter)
      await makeOneFile(adapter)
    })
  } catch (error) {
    const known = asDatabaseError(error, path)
    if (!(known instanceof HoldfastError)) throw known
    if (known.code === 'database_busy') throw new HoldfastError('database_in_use', { path }, { cause: error })
    if (known.code !== 'database_damaged') throw known
  }
}

/**
 * Brings what is in the log into the file and removes the log. SQLite does that only for who is alone with the database,
 * so it fails as busy when any other process has it open.
 */
async function makeOneFile(adapter: SqlDriverAdapter): Promise<void> {
  await rowsOf(adapter, 'PRAGMA journal_mode = DELETE')
}

/**
 * Copies a backup beside the database and checks the copy. A plain copy of a database with its `-wal` file will do too.
 *
 * @param path of the database that is to be replaced @param change what is to be different in the copy
 * @returns the path of the copy, which is the caller's to put in place or to discard
 * @throws HoldfastError `backup_missing`, `backup_not_ours`, `backup_damaged`, `database_newer`, `database_…`
 */
export async function copyOfBackup(file: string, path: string, change: Look): Promise<string> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new HoldfastError('backup_missing', { path: file })
  const draft = `${path}.${randomBytes(4).toString('hex')}.part`
  try {
    if (!isSqliteFile(file)) throw new HoldfastError('backup_not_ours', { path: file })
    mkdirSync(dirname(path), { recursive: true })
    copyPrivately(file, draft)
    if (existsSync(walOf(file))) copyPrivately(walOf(file), walOf(draft))
    await withSqlite(draft, async (adapter) => {
      await refuseUnusable(adapter, file)
      await change(adapter)
      await makeOneFile(adapter)
    })
    syncToDisk(draft)
    return draft
  } catch (error) {
    discard(draft)
    throw asDatabaseError(error, path)
  }
}

async function refuseUnusable(adapter: SqlDriverAdapter, file: string): Promise<void> {
  const [fault] = await integrityFaultsIn(adapter)
  if (fault !== undefined) throw new HoldfastError('backup_damaged', { path: file, detail: fault })
  const version = await storedVersion('sqlite', adapter)
  if (version === null) throw new HoldfastError('backup_not_ours', { path: file })
  const [migration] = version.unknown
  if (migration !== undefined) throw new HoldfastError('database_newer', { path: file, migration })
}

/** Shares blocks with the original where the file system can. */
function copyPrivately(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
  chmodSync(to, OWNER_ONLY)
}

export function discard(draft: string): void {
  for (const path of [draft, walOf(draft), shmOf(draft), `${draft}-journal`]) rmSync(path, { force: true })
}

/**
 * Puts the copy in the place of the database, which is kept under another name. At every moment one of both is there.
 *
 * @returns where the former database is kept; null when there was none
 * @throws HoldfastError as `refuseInUse`, which is to be called before the work of copying, too
 */
export async function putInPlace(draft: string, path: string, nowMs: number, look: Look): Promise<string | null> {
  await refuseInUse(path, look)
  try {
    const keptAs = existsSync(path) ? keepAside(path, draft, nowMs) : null
    renameSync(draft, path)
    syncFolderOf(path)
    return keptAs
  } catch (error) {
    throw asDatabaseError(error, path)
  }
}

function keepAside(path: string, draft: string, nowMs: number): string {
  const { uid, gid } = statSync(path)
  // As root for a console that runs as somebody else.
  if (process.getuid?.() === 0) chownSync(draft, uid, gid)
  const keptAs = freeName(`${path}.before-restore-${new Date(nowMs).toISOString().replaceAll(/[:-]|\.\d+/g, '')}`)
  linkOrRename(path, keptAs)
  // Only one that could not be read has a log still.
  if (existsSync(walOf(path))) renameSync(walOf(path), walOf(keptAs))
  rmSync(shmOf(path), { force: true })
  return keptAs
}

function freeName(wanted: string): string {
  let name = wanted
  for (let more = 2; existsSync(name); more += 1) name = `${wanted}-${more}`
  return name
}

/** With a second name for it, the database is never missing under its own; not every file system has such. */
function linkOrRename(path: string, keptAs: string): void {
  try {
    linkSync(path, keptAs)
  } catch {
    renameSync(path, keptAs)
  }
}
