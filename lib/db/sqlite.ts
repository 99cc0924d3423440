/** The embedded database: one file, one connection per process. */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaClient } from '../../prisma/generated/sqlite/client.ts'
import type { DatabaseDialect } from '../db.ts'

/** How long a statement waits for another process's write. */
const BUSY_TIMEOUT_MS = 5_000

const OWNER_ONLY = 0o600

type LibSqlClient = ReturnType<PrismaLibSql['createClient']>
type LibSqlTransaction = Awaited<ReturnType<LibSqlClient['transaction']>>

/**
 * The adapter opens a new connection for each transaction and leaves closing it to the garbage collector, and it
 * begins them `DEFERRED`, where a later write fails at once instead of waiting for its turn. Here transactions
 * share the one connection (the adapter's own mutex keeps other statements out meanwhile) and take the write lock
 * first, with the busy timeout. Cost: a transaction that only reads would lock too; the console has none.
 */
class OneConnectionLibSql extends PrismaLibSql {
  override createClient(config: Parameters<PrismaLibSql['createClient']>[0]): LibSqlClient {
    const client = super.createClient(config)
    client.transaction = () => begin(client)
    return client
  }
}

async function begin(client: LibSqlClient): Promise<LibSqlTransaction> {
  await client.execute('BEGIN IMMEDIATE')
  let isOpen = true
  const end = async (statement: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
    isOpen = false
    await client.execute(statement)
  }
  return {
    execute: (statement: Parameters<LibSqlTransaction['execute']>[0]) => client.execute(statement),
    batch: (statements) => client.batch(statements),
    executeMultiple: (sql) => client.executeMultiple(sql),
    async commit() {
      try {
        await end('COMMIT')
      } catch (error) {
        await rollbackQuietly(client)
        throw error
      }
    },
    rollback: () => rollbackQuietly(client),
    close: () => undefined,
    get closed() {
      return !isOpen
    },
  }
}

/** After a full disk or an I/O error SQLite has rolled back by itself, and then refuses to do it again. */
async function rollbackQuietly(client: LibSqlClient): Promise<void> {
  try {
    await client.execute('ROLLBACK')
  } catch {
    // Nothing is open any more: that is what was wanted.
  }
}

function pathOf(databaseUrl: string): string {
  const path = databaseUrl.slice('file:'.length)
  return path.startsWith('//') ? path.slice(2) : path
}

function adapterOf(databaseUrl: string): PrismaLibSql {
  return new OneConnectionLibSql({ url: `file:${pathOf(databaseUrl)}`, timeout: BUSY_TIMEOUT_MS })
}

/** Creates the file and sets what is remembered in it. Incremental vacuum must be chosen before the first table. */
async function prepare(databaseUrl: string): Promise<void> {
  mkdirSync(dirname(pathOf(databaseUrl)), { recursive: true })
  // Fails with the operating system's code when the file cannot be opened; the driver would only have words for it.
  closeSync(openSync(pathOf(databaseUrl), 'a+', OWNER_ONLY))
  const adapter = await adapterOf(databaseUrl).connect()
  try {
    await adapter.executeScript('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;')
    // Reads the first pages, so that a file that is no database is told here, where the error still has a code.
    await adapter.queryRaw({ sql: 'SELECT count(*) FROM sqlite_schema', args: [], argTypes: [] })
  } finally {
    await adapter.dispose()
  }
}

export const sqlite: DatabaseDialect = {
  kind: 'sqlite',
  placeOf: pathOf,
  prepare,
  adapterOf,
  clientOf: (databaseUrl) => new PrismaClient({ adapter: adapterOf(databaseUrl), errorFormat: 'minimal' }),
}
