/**
 * `npm run soak`: runs that take hours. `history` kills a writing collector 200 times, on SQLite and on PostgreSQL by
 * turns, and holds what is stored against what was acknowledged; `alerts` kills a collector and a worker that tell of alerts
 * 200 times and holds what arrived against what was stored; `replays` kills a replaying worker 200 times and reads
 * what arrived; `restarts` restarts brokers one by one for two hours. `npm run soak -- PART…` runs some of them,
 * `-- SEED` repeats a run, `-- restarts 5m` ends after five minutes. Prints one sum as its last line.
 */
import { seeded } from '../integration/db/killed-writer.ts'
import { soakAlerts } from './alerts-soak.ts'
import { soakHistory } from './history-soak.ts'
import { soakReplays } from './replay-soak.ts'
import { soakRestarts } from './restarts-soak.ts'
import type { Soaked } from './soaked.ts'

interface Wanted {
  seed: number
  restartMinutes: number
  parts: Part[]
}

const PARTS = ['history', 'alerts', 'replays', 'restarts'] as const
type Part = (typeof PARTS)[number]
const RESTART_MINUTES = 120
const USAGE = `usage: npm run soak [-- PART… SEED MINUTESm]: ${PARTS.join(', ')}; a whole number; how long brokers restart`

/** Null when a word is none of these. */
function wantedOf(words: readonly string[]): Wanted | null {
  const wanted: Wanted = { seed: 1, restartMinutes: RESTART_MINUTES, parts: [] }
  for (const word of words) {
    const part = PARTS.find((name) => name === word)
    const [, number, unit] = /^(\d+)(m?)$/.exec(word) ?? []
    if (part !== undefined) wanted.parts.push(part)
    else if (number === undefined) return null
    else if (unit === 'm') wanted.restartMinutes = Number(number)
    else wanted.seed = Number(number)
  }
  return wanted.parts.length === 0 ? { ...wanted, parts: [...PARTS] } : wanted
}

async function main({ seed, restartMinutes, parts }: Wanted): Promise<void> {
  const say = (text: string): void => console.log(text)
  const random = seeded(seed)
  const soaks: Record<Part, () => Promise<Soaked>> = {
    history: () => soakHistory(random, say),
    alerts: () => soakAlerts(random, say),
    replays: () => soakReplays(random, say),
    restarts: () => soakRestarts(restartMinutes, say),
  }
  const done: string[] = []
  let faultCount = 0
  for (const part of parts) {
    const { did, faults } = await soaks[part]()
    done.push(`${part}: ${did}`)
    faultCount += faults.length
  }
  console.log(`seed ${seed}: ${done.join(', ')}, ${faultCount} faults`)
  process.exitCode = faultCount === 0 ? 0 : 1
}

const wanted = wantedOf(process.argv.slice(2))
if (wanted !== null) await main(wanted)
else {
  console.error(USAGE)
  process.exitCode = 2
}
