/** A writing collector that is killed again and again, on SQLite and on PostgreSQL by turns, held against what was acknowledged. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../lib/db.ts'
import { readKilledHistory } from '../integration/db/killed-history.ts'
import { writeAndKill } from '../integration/db/killed-writer.ts'
import { startPostgres, type TestPostgres } from '../servers/postgres.ts'
import type { Soaked } from './soaked.ts'

const ROUNDS = 8
const KILLS_PER_ROUND = 25

export async function soakHistory(random: () => number, say: (text: string) => void): Promise<Soaked> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-soak-'))
  let server: TestPostgres | null = null
  const faults: string[] = []
  let polls = 0
  try {
    server = await startPostgres()
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      const isSqlite = turn % 2 === 0
      const url = isSqlite ? `file:${join(folder, `${turn}.db`)}` : await server.createDatabase()
      const found = await round(url, random)
      polls += found.acknowledged
      faults.push(...found.faults)
      const place = isSqlite ? 'SQLite' : 'PostgreSQL'
      say(`${turn + 1} of ${ROUNDS}, ${place}: ${found.acknowledged} polls, ${found.faults.length} faults`)
      for (const fault of found.faults) say(`  ${fault}`)
    }
    return { did: `${ROUNDS * KILLS_PER_ROUND} kills, ${polls} polls acknowledged`, faults }
  } finally {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function round(url: string, random: () => number): Promise<{ acknowledged: number; faults: string[] }> {
  const database = await openDatabase(url)
  try {
    const written = await writeAndKill(url, KILLS_PER_ROUND, random)
    const { polls, inFiveMinutes, inHours, ...found } = await readKilledHistory(database, written)
    const faults = Object.entries(found).flatMap(([name, numbers]) =>
      numbers.length === 0 ? [] : [`${name}: ${numbers.join(' ')}`],
    )
    if (inFiveMinutes !== polls || inHours !== polls) {
      faults.push(`of ${polls} polls the rollups hold ${inFiveMinutes} and ${inHours}`)
    }
    return { acknowledged: written.acknowledged.length, faults: [...faults, ...written.complaints] }
  } finally {
    await database.close()
  }
}
