/** Runs a suite on the embedded SQLite and on a real PostgreSQL. */
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { type Database, openDatabase } from '../../../lib/db.ts'
import { startPostgres, type TestPostgres } from '../../servers/postgres.ts'

export interface TestDatabases {
  /** The address of a new, empty database. */
  createUrl(): Promise<string>
  /** With the newest schema, a new one unless an address is given; closed after the suite. */
  open(url?: string): Promise<Database>
}

export function onBothDatabases(name: string, suite: (databases: TestDatabases) => void): void {
  describe(`${name} on SQLite`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-db-'))
    const opened = withOpen(async () => `file:${join(folder, `${randomUUID()}.db`)}`)
    afterAll(async () => {
      await opened.closeAll()
      rmSync(folder, { recursive: true, force: true })
    })
    suite(opened)
  })
  describe(`${name} on PostgreSQL`, () => {
    let server: TestPostgres
    beforeAll(async () => {
      server = await startPostgres()
    })
    const opened = withOpen(() => server.createDatabase())
    afterAll(async () => {
      await opened.closeAll()
      await server.stop()
    })
    suite(opened)
  })
}

function withOpen(createUrl: () => Promise<string>): TestDatabases & { closeAll(): Promise<void> } {
  const open: Database[] = []
  return {
    createUrl,
    async open(url) {
      const database = await openDatabase(url ?? (await createUrl()))
      open.push(database)
      return database
    },
    async closeAll() {
      await Promise.all(open.map((database) => database.close()))
    },
  }
}
