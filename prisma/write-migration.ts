/**
 * Writes the SQL that leads from the newest migration to the schema, for both databases:
 * `node prisma/write-migration.ts NAME`. With `--check` it only fails when a schema changed without a migration.
 *
 * Each migration keeps the schema it leads to beside its SQL, so that no database is needed to compare.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import type { DiffTarget } from '@prisma/schema-engine-wasm'
import { type DatabaseKind, NO_FILTER, prismaFolder, readSchema } from '../lib/db/migrate.ts'
import { openSchemaEngine } from '../lib/db/schema-engine.ts'
import { offlinePostgresql } from './offline-adapter.ts'

const KINDS: DatabaseKind[] = ['sqlite', 'postgresql']

async function sqlToSchema(kind: DatabaseKind): Promise<string> {
  const schema = await readSchema(kind)
  const adapter = kind === 'sqlite' ? new PrismaLibSql({ url: ':memory:' }) : offlinePostgresql
  const engine = await openSchemaEngine(schema, adapter)
  try {
    const to: DiffTarget = { tag: 'schemaDatamodel', files: [schema] }
    const { stdout } = await engine.diff({
      from: newestMigration(kind),
      to,
      script: true,
      exitCode: null,
      filters: NO_FILTER,
    })
    return (stdout ?? '').trim()
  } finally {
    engine.free()
  }
}

function newestMigration(kind: DatabaseKind): DiffTarget {
  const folder = join(prismaFolder(kind), 'migrations')
  const names = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : []
  const newest = names
    .map((entry) => entry.name)
    .sort()
    .at(-1)
  if (newest === undefined) return { tag: 'empty' }
  const content = readFileSync(join(folder, newest, 'schema.prisma'), 'utf8')
  return { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] }
}

const isEmpty = (sql: string): boolean => sql === '' || sql === '-- This is an empty migration.'

async function check(): Promise<void> {
  for (const kind of KINDS) {
    if (isEmpty(await sqlToSchema(kind))) continue
    console.error(`The ${kind} schema changed without a migration: run \`node prisma/write-migration.ts NAME\``)
    process.exitCode = 1
  }
}

async function write(name: string): Promise<void> {
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)
  for (const kind of KINDS) {
    const sql = await sqlToSchema(kind)
    if (isEmpty(sql)) continue
    const folder = join(prismaFolder(kind), 'migrations', `${stamp}_${name}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'migration.sql'), `${sql}\n`)
    writeFileSync(join(folder, 'schema.prisma'), (await readSchema(kind)).content)
    console.log(`wrote ${folder}`)
  }
}

const argument = process.argv[2]
if (argument === '--check') await check()
else if (argument !== undefined && /^[a-z0-9_]+$/.test(argument)) await write(argument)
else {
  console.error('usage: node prisma/write-migration.ts NAME (a-z, 0-9, _) | --check')
  process.exitCode = 2
}
