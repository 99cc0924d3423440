/** Brokers of both systems that restart one by one for two hours; see `test/restarts`. */
import { MINUTE_MS } from '../../lib/units.ts'
import { restartsOf } from '../restarts/restarts-of.ts'
import type { Soaked } from './soaked.ts'

export async function soakRestarts(minutes: number, say: (text: string) => void): Promise<Soaked> {
  const systems = ['kafka', 'rocketmq'] as const
  const sums = await Promise.all(systems.map((system) => restartsOf(system, minutes * MINUTE_MS)))
  const faults: string[] = []
  for (const [place, sum] of sums.entries()) {
    const { restarts, polls, pollsWithout, consumed } = sum
    say(
      `${systems[place]}: ${restarts} restarts, ${polls} polls, ${pollsWithout} without a broker, ${consumed} consumed`,
    )
    for (const fault of sum.faults) say(`  ${fault}`)
    faults.push(...sum.faults)
  }
  return { did: `${sums.reduce((all, { restarts }) => all + restarts, 0)} restarts`, faults }
}
