/**
 * `npm run soak`: kills a writing collector 200 times, on SQLite and on PostgreSQL by turns, and holds what is stored
 * against what was acknowledged; then kills a replaying worker 200 times and reads what arrived. `npm run soak -- SEED`
 * repeats a run. Prints one sum as its last line.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../lib/db.ts'
import { readKilledHistory } from '../integration/db/killed-history.ts'
import { seeded, writeAndKill } from '../integration/db/killed-writer.ts'
import { startPostgres, type TestPostgres } from '../servers/postgres.ts'
import { soakReplays } from './replay-soak.ts'

const ROUNDS = 8
const KILLS_PER_ROUND = 25

interface RoundSum {
  acknowledged: number
  faults: string[]
}

async function round(url: string, random: () => number): Promise<RoundSum> {
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

async function main(seed: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-soak-'))
  let server: TestPostgres | null = null
  const sum: RoundSum = { acknowledged: 0, faults: [] }
  const random = seeded(seed)
  try {
    server = await startPostgres()
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      const isSqlite = turn % 2 === 0
      const url = isSqlite ? `file:${join(folder, `${turn}.db`)}` : await server.createDatabase()
      const { acknowledged, faults } = await round(url, random)
      sum.acknowledged += acknowledged
      sum.faults.push(...faults)
      const place = isSqlite ? 'SQLite' : 'PostgreSQL'
      console.log(`${turn + 1} of ${ROUNDS}, ${place}: ${acknowledged} polls, ${faults.length} faults`)
      for (const fault of faults) console.log(`  ${fault}`)
    }
  } finally {
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const replays = await soakReplays(random, (text) => console.log(text))
  const kills = ROUNDS * KILLS_PER_ROUND + replays.kills
  const faults = sum.faults.length + replays.faults.length
  const done = `${sum.acknowledged} polls acknowledged, ${replays.records} records replayed`
  console.log(`seed ${seed}: ${kills} kills, ${done}, ${faults} faults`)
  process.exitCode = faults === 0 ? 0 : 1
}

const seed = Number(process.argv[2] ?? 1)
if (Number.isSafeInteger(seed)) await main(seed)
else {
  console.error('usage: npm run soak [-- SEED], a whole number')
  process.exitCode = 2
}
