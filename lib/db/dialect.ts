import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { PrismaClient } from '../../prisma/generated/sqlite/client.ts'
import type { DatabaseKind } from './migrate.ts'

/** One of the two databases. */
export interface DatabaseDialect {
  kind: DatabaseKind
  placeOf(databaseUrl: string): string
  /** Changes nothing. Fails with a coded error when the database cannot be used. */
  isThere(databaseUrl: string): Promise<boolean>
  /** Makes what is not there. Fails with a coded error when the database cannot be used. */
  prepare(databaseUrl: string): Promise<void>
  adapterOf(databaseUrl: string): SqlMigrationAwareDriverAdapterFactory
  clientOf(databaseUrl: string): PrismaClient
}
