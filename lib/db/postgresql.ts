import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '../../prisma/generated/postgresql/client.ts'
import { SECOND_MS } from '../units.ts'

const MAX_CONNECTIONS = 8
const CONNECT_TIMEOUT_MS = 5 * SECOND_MS
const STATEMENT_TIMEOUT_MS = 60 * SECOND_MS

export function postgresqlAdapter(databaseUrl: string): PrismaPg {
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

/** Asks for something trivial: the schema engine's own errors carry no code. */
export async function probePostgresql(databaseUrl: string): Promise<void> {
  const adapter = await postgresqlAdapter(databaseUrl).connect()
  try {
    await adapter.queryRaw({ sql: 'SELECT 1', args: [], argTypes: [] })
  } finally {
    await adapter.dispose()
  }
}

/** Host, port and database, without the user and password. */
export function postgresqlPlace(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl)
  return `${host}${pathname}`
}

export function postgresqlClient(databaseUrl: string): PrismaClient {
  return new PrismaClient({ adapter: postgresqlAdapter(databaseUrl), errorFormat: 'minimal' })
}
