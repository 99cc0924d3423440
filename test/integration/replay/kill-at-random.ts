/** Kills a worker again and again while it replays, at random moments. */

import type { ReplayLab } from '../../servers/replay-lab.ts'
import { waitUntil } from '../../servers/wait-until.ts'

export interface Deaths {
  records: number
  deaths: number
  random: () => number
  /** What else happens with the n-th death. */
  at?: Record<number, () => Promise<void>>
}

/** Each death comes when the replay has gone on by some random number of records. */
export async function killAtRandom(
  lab: ReplayLab,
  id: string,
  { records, deaths, random, at = {} }: Deaths,
): Promise<void> {
  const others: Promise<void>[] = []
  for (let death = 1; death <= deaths; death += 1) {
    const reached = BigInt(Math.floor((records / (deaths + 1)) * (death - 1 + random())))
    await waitUntil(
      async () => {
        const job = await lab.store.get(id)
        const produced = job?.counts.produced ?? 0n
        if (job?.state !== 'completed' && produced < reached) throw new Error(`waits for ${reached}, is at ${produced}`)
      },
      { timeout: 300_000, interval: 5 },
    )
    await lab.killWorker()
    const other = at[death]
    if (other !== undefined) others.push(other())
    lab.startWorker()
  }
  await Promise.all(others)
}
