/** Brings a database to the newest schema. Safe when several processes start at once. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory, SqlQuery } from '@prisma/driver-adapter-utils'
import type { MigrationList } from '@prisma/schema-engine-wasm'
import { SECOND_MS } from '../units.ts'
import { projectRoot } from './project-root.ts'

export type DatabaseKind = 'sqlite' | 'postgresql'

export const NO_FILTER = { externalTables: [], externalEnums: [] }

export function prismaFolder(kind: DatabaseKind): string {
  const folder = join(projectRoot(), 'prisma')
  return kind === 'sqlite' ? folder : join(folder, 'postgresql')
}

export async function readSchema(kind: DatabaseKind): Promise<{ path: string; content: string }> {
  return { path: 'schema.prisma', content: await readFile(join(prismaFolder(kind), 'schema.prisma'), 'utf8') }
}

async function readMigrations(kind: DatabaseKind): Promise<MigrationList> {
  const baseDir = join(prismaFolder(kind), 'migrations')
  const entries = await readdir(baseDir, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  const migrationDirectories = await Promise.all(
    names.sort().map(async (name) => {
      const value = await readFile(join(baseDir, name, 'migration.sql'), 'utf8')
      return { path: name, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } }
    }),
  )
  const lockfile = { path: 'migration_lock.toml', content: `provider = "${kind}"\n` }
  return { baseDir, lockfile, shadowDbInitScript: '', migrationDirectories }
}

/** Long enough for another process to finish migrating, short enough for a person who waits. */
const PATIENCE_MS = 30 * SECOND_MS

/**
 * Applies what is missing. A second process that starts at the same moment waits for its turn: on PostgreSQL the
 * engine gives up on its advisory lock after ten seconds, on SQLite the loser sees a lock or an existing table.
 * All of these pass when tried again, so every failure is tried again until patience ends, unless `isFinal` says
 * that trying again cannot help.
 *
 * @returns the names of the migrations that this call applied
 */
export function migrate(
  kind: DatabaseKind,
  openAdapter: () => Promise<SqlMigrationAwareDriverAdapterFactory>,
  isFinal: (error: unknown) => boolean,
  patienceMs: number = PATIENCE_MS,
): Promise<string[]> {
  const mine = turn.then(() => migrateWithRetry(kind, openAdapter, isFinal, patienceMs))
  turn = mine.catch(() => [])
  return mine
}

/**
 * Within one process migrations take turns: SQLite waits for a lock by blocking the event loop, and the statement
 * that would release the lock would then never run.
 */
let turn: Promise<string[]> = Promise.resolve([])

async function migrateWithRetry(
  kind: DatabaseKind,
  openAdapter: () => Promise<SqlMigrationAwareDriverAdapterFactory>,
  isFinal: (error: unknown) => boolean,
  patienceMs: number,
): Promise<string[]> {
  const deadline = Date.now() + patienceMs
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await applyOnce(kind, await openAdapter())
    } catch (error) {
      if (isFinal(error) || Date.now() > deadline) throw error
      // Not in step with the other process, or both would go on colliding.
      await sleep(Math.min(50 * attempt, SECOND_MS) * (0.5 + Math.random()))
    }
  }
}

async function applyOnce(kind: DatabaseKind, factory: SqlMigrationAwareDriverAdapterFactory): Promise<string[]> {
  if (await isUpToDate(kind, factory)) return []
  // Loaded only when needed: it takes 30 MB that would never be given back.
  const { openSchemaEngine } = await import('./schema-engine.ts')
  const connected: SqlDriverAdapter[] = []
  const engine = await openSchemaEngine(await readSchema(kind), rememberConnections(factory, connected))
  try {
    const input = { migrationsList: await readMigrations(kind), filters: NO_FILTER }
    return (await engine.applyMigrations(input)).appliedMigrationNames
  } finally {
    engine.free()
    // The advisory lock on PostgreSQL lives as long as the connection that took it.
    await Promise.all(connected.map((adapter) => adapter.dispose()))
  }
}

async function isUpToDate(kind: DatabaseKind, factory: SqlMigrationAwareDriverAdapterFactory): Promise<boolean> {
  const adapter = await factory.connect()
  try {
    const version = await storedVersion(kind, adapter)
    if (version === null) return false
    await forgetLostRaces(adapter)
    return version.missing.length === 0
  } finally {
    await adapter.dispose()
  }
}

/** How a database differs from what this version makes of it; migrations by their names. */
export interface StoredVersion {
  missing: string[]
  /** Of a newer version. */
  unknown: string[]
}

/** Null when no console made this database. Changes nothing. */
export async function storedVersion(kind: DatabaseKind, adapter: SqlDriverAdapter): Promise<StoredVersion | null> {
  const tables = kind === 'sqlite' ? 'sqlite_schema' : 'pg_catalog.pg_class'
  const nameColumn = kind === 'sqlite' ? 'name' : 'relname'
  const probe = await adapter.queryRaw(plain(`SELECT 1 FROM ${tables} WHERE ${nameColumn} = '_prisma_migrations'`))
  if (probe.rows.length === 0) return null
  const finished =
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL'
  const applied = (await adapter.queryRaw(plain(finished))).rows.map(([name]) => String(name))
  const known = (await readMigrations(kind)).migrationDirectories.map(({ path }) => path)
  return {
    missing: known.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !known.includes(name)),
  }
}

const LOST_RACES = `finished_at IS NULL AND rolled_back_at IS NULL
  AND migration_name IN (SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL)`

/**
 * Of two processes that begin the same migration on SQLite one fails at its first statement and leaves a record of
 * that, for which the engine would refuse every later migration.
 */
async function forgetLostRaces(adapter: SqlDriverAdapter): Promise<void> {
  const lost = await adapter.queryRaw(plain(`SELECT id FROM _prisma_migrations WHERE ${LOST_RACES}`))
  if (lost.rows.length === 0) return
  await adapter.executeRaw(
    plain(`UPDATE _prisma_migrations SET rolled_back_at = CURRENT_TIMESTAMP WHERE ${LOST_RACES}`),
  )
}

function plain(sql: string): SqlQuery {
  return { sql, args: [], argTypes: [] }
}

function rememberConnections(
  factory: SqlMigrationAwareDriverAdapterFactory,
  connected: SqlDriverAdapter[],
): SqlMigrationAwareDriverAdapterFactory {
  const remember = async (adapter: Promise<SqlDriverAdapter>): Promise<SqlDriverAdapter> => {
    connected.push(await adapter)
    return adapter
  }
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: () => remember(factory.connect()),
    connectToShadowDb: () => remember(factory.connectToShadowDb()),
  }
}
