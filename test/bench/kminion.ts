/** kminion as the peer: a program that a machine may have, named by HOLDFAST_BENCH_KMINION; without it the column stays empty. */

import { freePort } from '../servers/free-port.ts'
import { startGuarded } from '../servers/guard.ts'
import { type Cost, medianCost, treeUse } from './measure.ts'

const START_DEADLINE_MS = 60_000

export interface Peer {
  pid: number
  /** One collection, as a scrape asks for it. */
  poll(): Promise<Cost>
  stop(): Promise<void>
}

export async function startKminion(bootstrapServers: readonly string[], port: number): Promise<Peer | null> {
  const program = process.env.HOLDFAST_BENCH_KMINION
  if (program === undefined) return null
  const child = await startGuarded(program, [], {
    env: {
      ...process.env,
      KAFKA_BROKERS: bootstrapServers.join(','),
      LOGGER_LEVEL: 'error',
      EXPORTER_PORT: String(port),
      MINION_CONSUMERGROUPS_SCRAPEMODE: 'adminApi',
      MINION_CONSUMERGROUPS_GRANULARITY: 'partition',
      MINION_TOPICS_GRANULARITY: 'partition',
      MINION_LOGDIRS_ENABLED: 'true',
    },
  })
  const scrape = async (): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(START_DEADLINE_MS) })
    await answer.text()
  }
  await firstAnswer(scrape)
  return {
    pid: child.pid,
    poll: async () => {
      const before = await treeUse(child.pid)
      const start = performance.now()
      await scrape()
      const wallMs = performance.now() - start
      return { wallMs, cpuMs: (await treeUse(child.pid)).cpuMs - before.cpuMs }
    },
    stop: () => child.stop(),
  }
}

async function firstAnswer(scrape: () => Promise<void>): Promise<void> {
  for (const deadline = Date.now() + START_DEADLINE_MS; ; ) {
    try {
      return await scrape()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

const WARM_UP_POLLS = 3
const POLLS = 20

/** The median of its collections; null when the machine has no kminion. */
export async function benchKminion(bootstrapServers: readonly string[], pauseMs: number): Promise<Cost | null> {
  const peer = await startKminion(bootstrapServers, await freePort())
  if (peer === null) return null
  try {
    const costs: Cost[] = []
    for (let poll = 0; poll < WARM_UP_POLLS + POLLS; poll++) {
      const cost = await peer.poll()
      if (poll >= WARM_UP_POLLS) costs.push(cost)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    return medianCost(costs)
  } finally {
    await peer.stop()
  }
}
