/** The embedded database: one file, one connection per process. */
import { accessSync, closeSync, constants, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaClient } from '../../prisma/generated/sqlite/client.ts'
import type { DatabaseDialect } from './dialect.ts'

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
    return new OneConnection(super.createClient(config)).client
  }
}

/**
 * A statement that failed stays "in progress" in the binding until the garbage collector finds it, and no COMMIT
 * of its connection succeeds meanwhile. So a connection is replaced after each failure: one is opened in 0.2 ms.
 */
class OneConnection {
  readonly client: LibSqlClient
  readonly #execute: LibSqlClient['execute']
  #isInTransaction = false
  #isSpoilt = false

  constructor(client: LibSqlClient) {
    this.client = client
    this.#execute = client.execute.bind(client)
    const executeMultiple = client.executeMultiple.bind(client)
    client.execute = (statement: Parameters<LibSqlTransaction['execute']>[0]) =>
      this.#run(() => this.#execute(statement))
    client.executeMultiple = (sql) => this.#run(() => executeMultiple(sql))
    client.transaction = () => this.#begin()
  }

  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      this.#isSpoilt = true
      if (!this.#isInTransaction) await this.#replace()
      throw error
    }
  }

  async #replace(): Promise<void> {
    if (!this.#isSpoilt || this.client.closed) return
    try {
      // Declared to answer nothing, but it answers a promise that may reject.
      await Promise.resolve<unknown>(this.client.reconnect())
      this.#isSpoilt = false
    } catch {
      // The place cannot be opened just now: the next statement fails, says why, and comes here again.
    }
  }

  async #begin(): Promise<LibSqlTransaction> {
    await this.client.execute('BEGIN IMMEDIATE')
    this.#isInTransaction = true
    const isOpen = (): boolean => this.#isInTransaction
    return {
      execute: (statement: Parameters<LibSqlTransaction['execute']>[0]) => this.client.execute(statement),
      batch: (statements) => this.client.batch(statements),
      executeMultiple: (sql) => this.client.executeMultiple(sql),
      commit: () => this.#commit(),
      rollback: () => this.#rollback(),
      close: () => undefined,
      get closed() {
        return !isOpen()
      },
    }
  }

  async #commit(): Promise<void> {
    try {
      await this.client.execute('COMMIT')
      this.#isInTransaction = false
    } catch (error) {
      await this.#rollback()
      throw error
    }
  }

  async #rollback(): Promise<void> {
    try {
      await this.#execute('ROLLBACK')
    } catch {
      // After a full disk or an I/O error SQLite has rolled back by itself: that is what was wanted.
    }
    this.#isInTransaction = false
    await this.#replace()
  }
}

function pathOf(databaseUrl: string): string {
  const path = databaseUrl.slice('file:'.length)
  return path.startsWith('//') ? path.slice(2) : path
}

function adapterOf(databaseUrl: string): PrismaLibSql {
  // The driver reads an address, in which these characters mean something else than in the name of a file.
  const path = encodeURI(pathOf(databaseUrl)).replaceAll('?', '%3F').replaceAll('#', '%23')
  return new OneConnectionLibSql({ url: `file:${path}`, timeout: BUSY_TIMEOUT_MS })
}

/**
 * Fails with the operating system's code when it is there and cannot be used. Without opening it: whoever closes a file
 * drops all locks that its process holds on it, and other processes would then take the log away that a connection of
 * ours goes on writing.
 */
async function isThere(databaseUrl: string): Promise<boolean> {
  const path = pathOf(databaseUrl)
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false
  accessSync(path, constants.R_OK | constants.W_OK)
  return true
}

/** Creates the file and sets what is remembered in it. Incremental vacuum must be chosen before the first table. */
async function prepare(databaseUrl: string): Promise<void> {
  mkdirSync(dirname(pathOf(databaseUrl)), { recursive: true })
  // Fails with the operating system's code when the file cannot be opened; the driver would only have words for it.
  if (!(await isThere(databaseUrl))) closeSync(openSync(pathOf(databaseUrl), 'a+', OWNER_ONLY))
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
  isThere,
  prepare,
  adapterOf,
  clientOf: (databaseUrl) => new PrismaClient({ adapter: adapterOf(databaseUrl), errorFormat: 'minimal' }),
}
