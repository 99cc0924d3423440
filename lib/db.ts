/** The database behind the console: an embedded SQLite file, or PostgreSQL when `DATABASE_URL` says so. */
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { PrismaClient } from '../prisma/generated/sqlite/client.ts'
import { asDatabaseError } from './db/database-error.ts'
import type { DatabaseDialect } from './db/dialect.ts'
import { type DatabaseKind, migrate, type StoredVersion, storedVersion } from './db/migrate.ts'
import { type ErrorCode, HoldfastError } from './errors.ts'

/** Both generated clients come from the same models, so one type serves for both. */
export type DatabaseClient = PrismaClient
export type TransactionClient = Parameters<Parameters<PrismaClient['$transaction']>[0]>[0]

export interface Database {
  readonly kind: DatabaseKind
  /** The file, or host, port and database; for messages. */
  readonly place: string
  /** Rejects with HoldfastError `database_…` when the database's state is the cause. */
  readonly client: DatabaseClient
  /** All of it or nothing. On SQLite it locks out every other writer from its start: keep it short. */
  transaction<T>(work: (tx: TransactionClient) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** How long a transaction may wait for its turn, and how long it may take. */
const TRANSACTION_LIMITS = { maxWait: 10_000, timeout: 60_000 }

/** @throws HoldfastError `database_…` */
export async function openDatabase(databaseUrl: string): Promise<Database> {
  const dialect = await loadDialect(databaseUrl)
  const place = dialect.placeOf(databaseUrl)
  const openAdapter = async (): Promise<SqlMigrationAwareDriverAdapterFactory> => {
    await dialect.prepare(databaseUrl)
    return dialect.adapterOf(databaseUrl)
  }
  try {
    await migrate(dialect.kind, openAdapter, (error) => isFinal(error, place))
  } catch (error) {
    throw asDatabaseError(error, place)
  }
  return databaseOf(dialect.kind, place, dialect.clientOf(databaseUrl))
}

/**
 * Opens a database that a console made, to look at it, also while that console runs: nothing is made or migrated.
 *
 * @param versions `this`: one that this version would not change; `any`: whatever its version
 * @throws HoldfastError `database_missing`, `database_older`, `database_newer`, and what `openDatabase` throws
 */
export async function openStoredDatabase(databaseUrl: string, versions: 'this' | 'any'): Promise<Database> {
  const dialect = await loadDialect(databaseUrl)
  const place = dialect.placeOf(databaseUrl)
  try {
    const version = (await dialect.isThere(databaseUrl)) ? await readVersion(dialect, databaseUrl) : null
    if (version === null) throw new HoldfastError('database_missing', { path: place })
    if (versions === 'this') refuseOtherVersions(version, place)
  } catch (error) {
    throw asDatabaseError(error, place)
  }
  return databaseOf(dialect.kind, place, dialect.clientOf(databaseUrl))
}

async function readVersion(dialect: DatabaseDialect, databaseUrl: string): Promise<StoredVersion | null> {
  const adapter = await dialect.adapterOf(databaseUrl).connect()
  try {
    return await storedVersion(dialect.kind, adapter)
  } finally {
    await adapter.dispose()
  }
}

function refuseOtherVersions({ missing, unknown }: StoredVersion, path: string): void {
  const [newer, older] = [unknown[0], missing[0]]
  if (newer !== undefined) throw new HoldfastError('database_newer', { path, migration: newer })
  if (older !== undefined) throw new HoldfastError('database_older', { path, migration: older })
}

/** Only the client that is needed: each takes some 20 MB. */
async function loadDialect(databaseUrl: string): Promise<DatabaseDialect> {
  if (databaseUrl.startsWith('file:')) return (await import('./db/sqlite.ts')).sqlite
  return (await import('./db/postgresql.ts')).postgresql
}

/** What another process's lock, or its migration that has only just begun, looks like. */
const MAY_PASS: readonly ErrorCode[] = ['database_busy', 'database_migration_failed', 'database_not_ours']

/** Waiting helps against these, not against a damaged file or a server that is not there. */
function isFinal(error: unknown, place: string): boolean {
  const known = asDatabaseError(error, place)
  return known instanceof HoldfastError && !MAY_PASS.includes(known.code)
}

function databaseOf(kind: DatabaseKind, place: string, plain: PrismaClient): Database {
  const guarded = plain.$extends({
    query: {
      async $allOperations({ args, query }) {
        try {
          return await query(args)
        } catch (error) {
          throw asDatabaseError(error, place)
        }
      },
    },
  })
  return {
    kind,
    place,
    // The extension changes no method's type.
    client: guarded as unknown as PrismaClient,
    async transaction(work) {
      try {
        return await plain.$transaction(work, TRANSACTION_LIMITS)
      } catch (error) {
        throw asDatabaseError(error, place)
      }
    },
    close: () => plain.$disconnect(),
  }
}
