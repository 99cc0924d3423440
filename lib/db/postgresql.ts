import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../../prisma/generated/postgresql/client.ts'
import type { PrismaClient as CommonClient } from '../../prisma/generated/sqlite/client.ts'
import { SECOND_MS } from '../units.ts'
import type { DatabaseDialect } from './dialect.ts'

const MAX_CONNECTIONS = 8
const CONNECT_TIMEOUT_MS = 5 * SECOND_MS
const STATEMENT_TIMEOUT_MS = 60 * SECOND_MS

function adapterOf(databaseUrl: string): PrismaPg {
  const schema = new URL(databaseUrl).searchParams.get('schema') ?? undefined
  const pool = {
    connectionString: databaseUrl,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'holdfast',
  }
  return new PrismaPg(pool, { schema })
}

/** Host, port and database, without the user and password. */
function placeOf(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl)
  return `${host}${pathname}`
}

/** Asks for something trivial: the schema engine's own errors carry no code. */
async function prepare(databaseUrl: string): Promise<void> {
  const adapter = await adapterOf(databaseUrl).connect()
  try {
    await adapter.queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] })
  } finally {
    await adapter.dispose()
  }
}

function clientOf(databaseUrl: string): CommonClient {
  // Generated from the same models: only the type's name differs.
  return new PrismaClient({ adapter: adapterOf(databaseUrl), errorFormat: 'minimal' }) as unknown as CommonClient
}

/** A missing database is an error of the server's. */
async function isThere(databaseUrl: string): Promise<boolean> {
  await prepare(databaseUrl)
  return true
}

export const postgresql: DatabaseDialect = { kind: 'postgresql', placeOf, isThere, prepare, adapterOf, clientOf }
