/** A collector and a worker that tell of alerts and are killed again and again, on SQLite and on PostgreSQL by turns. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tellAndKill } from '../integration/telling/killed-telling.ts'
import { startPostgres, type TestPostgres } from '../servers/postgres.ts'
import type { Soaked } from './soaked.ts'

const ROUNDS = 8
const KILLS_PER_ROUND = 25

export async function soakAlerts(random: () => number, say: (text: string) => void): Promise<Soaked> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-soak-'))
  let server: TestPostgres | null = null
  const faults: string[] = []
  let told = 0
  try {
    server = await startPostgres()
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      const isSqlite = turn % 2 === 0
      const url = isSqlite ? `file:${join(folder, `${turn}.db`)}` : await server.createDatabase()
      const found = await tellAndKill(url, KILLS_PER_ROUND, random)
      told += found.messages
      faults.push(...found.faults)
      const place = isSqlite ? 'SQLite' : 'PostgreSQL'
      const { alerts, messages, requests } = found
      say(
        `${turn + 1} of ${ROUNDS}, ${place}: ${alerts} alerts, ${messages} messages in ${requests} requests, ${found.faults.length} faults`,
      )
      for (const fault of found.faults) say(`  ${fault}`)
    }
    return { did: `${ROUNDS * KILLS_PER_ROUND} kills, ${told} messages told`, faults }
  } finally {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
