import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import { expect, test } from 'vitest'
import { asDatabaseError } from '../../../lib/db/database-error.ts'
import { migrate, NO_FILTER, prismaFolder, readSchema } from '../../../lib/db/migrate.ts'
import { openSchemaEngine } from '../../../lib/db/schema-engine.ts'
import { sqlite } from '../../../lib/db/sqlite.ts'
import { openDatabase } from '../../../lib/db.ts'
import { Prisma } from '../../../prisma/generated/sqlite/client.ts'
import { onBothDatabases } from './databases.ts'

const OPENER = fileURLToPath(new URL('./open-and-print.ts', import.meta.url))
const run = promisify(execFile)
const UNFINISHED_MIGRATION = `
  CREATE TABLE _prisma_migrations (
    id TEXT PRIMARY KEY NOT NULL, checksum TEXT NOT NULL, finished_at DATETIME, migration_name TEXT NOT NULL, logs TEXT,
    rolled_back_at DATETIME, started_at DATETIME NOT NULL DEFAULT current_timestamp,
    applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0);
  INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) VALUES ('a', 'b', '20260101000000_some', 1)`

onBothDatabases('migrations', ({ createUrl, open }) => {
  test('three processes that start at once end with one whole schema', async () => {
    const url = await createUrl()
    const outputs = await Promise.all([1, 2, 3].map(() => run(process.execPath, [OPENER, url])))
    const { kind, close } = await openDatabase(url)
    await close()
    const migrations = readdirSync(`${prismaFolder(kind)}/migrations`).length
    expect(outputs.map(({ stdout }) => Number(stdout))).toEqual([migrations, migrations, migrations])
  })

  test('a process that lost the race for a migration does not stand in the way of the next one', async () => {
    const url = await createUrl()
    const { client, close } = await openDatabase(url)
    await client.$executeRawUnsafe(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name)
       SELECT 'lost', checksum, migration_name FROM _prisma_migrations LIMIT 1`,
    )
    await (await openDatabase(url)).close()
    const open = await client.$queryRawUnsafe(
      'SELECT id FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL',
    )
    expect(open).toEqual([])
    await close()
  })

  test('two openers in one process do not stand in each other’s way', async () => {
    const url = await createUrl()
    const both = await Promise.all([openDatabase(url), openDatabase(url)])
    await expect(Promise.all(both.map(({ client }) => client.session.count()))).resolves.toEqual([0, 0])
    await Promise.all(both.map(({ close }) => close()))
  })

  test('every column of every model is there', async () => {
    const { client } = await open()
    const models = Object.values(Prisma.ModelName).map(
      (name) => `${name[0]?.toLowerCase()}${name.slice(1)}`,
    ) as 'session'[]
    expect(models).toContain('historyFrame')
    for (const model of models) expect(await client[model].findMany({ take: 1 })).toEqual([])
  })

  test('a transaction that fails leaves nothing behind', async () => {
    const { client, transaction } = await open()
    const data = { idHash: 'a', actor: 'x', role: 'admin', createdAtMs: 1n, expiresAtMs: 2n }
    const failing = transaction(async (tx) => {
      await tx.session.create({ data })
      throw new Error('on purpose')
    })
    await expect(failing).rejects.toThrow('on purpose')
    expect(await client.session.count()).toBe(0)
    await transaction((tx) => tx.session.create({ data }))
    expect(await client.session.count()).toBe(1)
  })
})

test('SQLite: what the migrations make is what the schema says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-migrate-'))
  const url = `file:${join(folder, 'holdfast.db')}`
  try {
    await (await openDatabase(url)).close()
    const schema = await readSchema('sqlite')
    const engine = await openSchemaEngine(schema, sqlite.adapterOf(url))
    // Pushing the schema executes as many steps as the database lacks.
    const pushed = await engine.schemaPush({ force: false, schema: { files: [schema] }, filters: NO_FILTER })
    engine.free()
    expect(pushed).toMatchObject({ executedSteps: 0, unexecutable: [], warnings: [] })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test.each([
  ['an earlier migration that did not finish', 'database_migration_failed', UNFINISHED_MIGRATION],
  ['tables of somebody else', 'database_not_ours', 'CREATE TABLE guests (name TEXT)'],
])('SQLite: %s is told by its code, with the place, and nothing is changed', async (_, code, script) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-migrate-'))
  const path = join(folder, 'holdfast.db')
  const adapter = await sqlite.adapterOf(`file:${path}`).connect()
  try {
    await adapter.executeScript(script)
    const before = await tablesOf(adapter)
    const migrating = migrate(
      'sqlite',
      async () => sqlite.adapterOf(`file:${path}`),
      () => false,
      0,
    )
    const error = await migrating.catch((reason: unknown) => asDatabaseError(reason, path))
    expect(error).toMatchObject({ code, facts: { path } })
    expect(await tablesOf(adapter)).toEqual(before)
  } finally {
    await adapter.dispose()
    rmSync(folder, { recursive: true, force: true })
  }
})

async function tablesOf(adapter: SqlDriverAdapter): Promise<unknown> {
  return (await adapter.queryRaw({ sql: 'SELECT name FROM sqlite_schema', args: [], argTypes: [] })).rows
}
