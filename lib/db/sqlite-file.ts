/** What is done with a whole SQLite file: looking for damage in it, and bringing it to the disk. */
import { closeSync, fsyncSync, openSync, readSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import { HoldfastError } from '../errors.ts'
import { asDatabaseError } from './database-error.ts'
import { sqlite } from './sqlite.ts'

/** The log of what is not in the file yet, and the index of that log, which is rebuilt when it is missing. */
export const walOf = (path: string): string => `${path}-wal`
export const shmOf = (path: string): string => `${path}-shm`

const HEADER = 'SQLite format 3\0'

/** By its first bytes: false also for an empty file. */
export function isSqliteFile(path: string): boolean {
  const header = Buffer.alloc(HEADER.length)
  const file = openSync(path, 'r')
  try {
    readSync(file, header)
  } finally {
    closeSync(file)
  }
  return header.toString('latin1') === HEADER
}

/**
 * Makes the file when it is not there. The binding lets go of a file when its garbage is collected, not when it is told
 * to: what needs a file for itself alone has to be done within one call.
 */
export async function withSqlite<T>(path: string, work: (adapter: SqlDriverAdapter) => Promise<T>): Promise<T> {
  const adapter = await sqlite.adapterOf(`file:${path}`).connect()
  try {
    return await work(adapter)
  } finally {
    await adapter.dispose()
  }
}

/** @param args texts */
export async function rowsOf(adapter: SqlDriverAdapter, sql: string, ...args: string[]): Promise<unknown[][]> {
  const argTypes = args.map(() => ({ scalarType: 'string' as const, arity: 'scalar' as const }))
  return (await adapter.queryRaw({ sql, args, argTypes })).rows
}

/**
 * What SQLite itself finds wrong in a file, at most a hundred lines; none when it is sound. Every page is read. A value
 * that another sound value was written over is not found: that is what the checksums of the history are for.
 */
export async function integrityFaultsIn(adapter: SqlDriverAdapter): Promise<string[]> {
  try {
    const rows = await rowsOf(adapter, 'PRAGMA integrity_check')
    return rows.map(([line]) => String(line)).filter((line) => line !== 'ok')
  } catch (error) {
    const known = asDatabaseError(error, '')
    if (!(known instanceof HoldfastError) || known.code !== 'database_damaged') throw error
    return [String(known.facts.detail)]
  }
}

/** @throws HoldfastError `database_…` when it cannot be looked at */
export async function integrityFaults(path: string): Promise<string[]> {
  try {
    return await withSqlite(path, integrityFaultsIn)
  } catch (error) {
    throw asDatabaseError(error, path)
  }
}

/** Waits until it is on the disk; of a folder, until the names in it are. */
export function syncToDisk(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

export function syncFolderOf(path: string): void {
  syncToDisk(dirname(path))
}
