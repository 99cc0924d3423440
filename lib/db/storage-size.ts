/** What a database takes on the disk, table by table. */
import { statSync } from 'node:fs'
import type { Database } from '../db.ts'
import { walOf } from './sqlite-file.ts'

export interface TableSize {
  table: string
  rows: number
  /** With its indexes. */
  bytes: number
}

export interface StorageSize {
  /** The largest first. */
  tables: TableSize[]
  /** The whole: of SQLite the file without its log. */
  totalBytes: number
  /** Of SQLite only, else null: pages that are free for new content, and the log beside the file. */
  freeBytes: number | null
  walBytes: number | null
}

export async function storageSize(database: Database): Promise<StorageSize> {
  const rest = database.kind === 'sqlite' ? await sqliteRest(database) : await postgresqlRest(database)
  const tables: TableSize[] = []
  for (const { name, bytes } of await tablesOf(database)) {
    const quoted = `"${name.replaceAll('"', '""')}"`
    const rows = await numberOf(database, `SELECT COUNT(*) AS "number" FROM ${quoted}`)
    tables.push({ table: name, rows, bytes: Number(bytes) })
  }
  return { tables: tables.sort((a, b) => b.bytes - a.bytes), ...rest }
}

const SQLITE_TABLES = `
  SELECT t.name AS "name", SUM(d.pgsize) AS "bytes" FROM sqlite_schema AS t
  JOIN sqlite_schema AS part ON part.tbl_name = t.name JOIN dbstat AS d ON d.name = part.name
  WHERE t.type = 'table' AND d.aggregate = TRUE GROUP BY t.name`

const POSTGRESQL_TABLES = `
  SELECT c.relname::text AS "name", pg_total_relation_size(c.oid) AS "bytes" FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname = current_schema()`

function tablesOf({ client, kind }: Database): Promise<{ name: string; bytes: bigint | number }[]> {
  return client.$queryRawUnsafe(kind === 'sqlite' ? SQLITE_TABLES : POSTGRESQL_TABLES)
}

async function sqliteRest(database: Database): Promise<Omit<StorageSize, 'tables'>> {
  const freeBytes = await numberOf(
    database,
    'SELECT freelist_count * page_size AS "number" FROM pragma_freelist_count, pragma_page_size',
  )
  return { totalBytes: sizeOf(database.place), freeBytes, walBytes: sizeOf(walOf(database.place)) }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

async function postgresqlRest(database: Database): Promise<Omit<StorageSize, 'tables'>> {
  const totalBytes = await numberOf(database, 'SELECT pg_database_size(current_database()) AS "number"')
  return { totalBytes, freeBytes: null, walBytes: null }
}

async function numberOf({ client }: Database, sql: string): Promise<number> {
  const [row] = await client.$queryRawUnsafe<{ number: bigint | number }[]>(sql)
  return Number(row?.number ?? 0)
}
