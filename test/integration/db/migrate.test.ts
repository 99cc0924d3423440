import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { NO_FILTER, prismaFolder, readSchema } from '../../../lib/db/migrate.ts'
import { openSchemaEngine } from '../../../lib/db/schema-engine.ts'
import { sqlite } from '../../../lib/db/sqlite.ts'
import { openDatabase } from '../../../lib/db.ts'
import { Prisma } from '../../../prisma/generated/sqlite/client.ts'
import { onBothDatabases } from './databases.ts'

const OPENER = fileURLToPath(new URL('./open-and-print.ts', import.meta.url))
const run = promisify(execFile)

onBothDatabases('migrations', ({ createUrl, open }) => {
  test('three processes that start at once end with one whole schema', async () => {
    const url = await createUrl()
    const outputs = await Promise.all([1, 2, 3].map(() => run(process.execPath, [OPENER, url])))
    const { kind, close } = await openDatabase(url)
    await close()
    const migrations = readdirSync(`${prismaFolder(kind)}/migrations`).length
    expect(outputs.map(({ stdout }) => Number(stdout))).toEqual([migrations, migrations, migrations])
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
