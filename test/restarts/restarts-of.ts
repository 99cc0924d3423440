/** The whole of one run: a cluster in use, a database, and brokers that restart for the time given. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../lib/db.ts'
import { startKafkaInUse } from './kafka-in-use.ts'
import { startRocketmqInUse } from './rocketmq-in-use.ts'
import { type RestartSum, restartInTurn } from './rolling-restarts.ts'

const STARTS = { kafka: startKafkaInUse, rocketmq: startRocketmqInUse }

export async function restartsOf(system: keyof typeof STARTS, durationMs: number): Promise<RestartSum> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-restarts-'))
  const database = await openDatabase(`file:${join(folder, 'holdfast.db')}`)
  try {
    const cluster = await STARTS[system]()
    try {
      return await restartInTurn(cluster, database, durationMs)
    } finally {
      await cluster.close()
    }
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
