/**
 * The collector's process. As a child of the console it has an IPC channel: it stops when it is told to, and when the
 * channel closes, which the kernel does for a parent that died.
 */
import { type Config, loadConfig } from '../config.ts'
import { startCollector } from '../runtime.ts'
import { SECOND_MS } from '../units.ts'
import { onStopSignals } from './process-end.ts'

/** With the parent gone nobody waits for us, and a new console may want our place soon. */
const ORPHAN_STOP_MS = 3 * SECOND_MS

export async function runStandaloneCollector(config: Config): Promise<void> {
  const collector = await startCollector(config)
  onStopSignals(() => collector.stop())
}

async function runAsChild(): Promise<void> {
  process.title = 'holdfast-collector'
  // Ctrl-C reaches the whole process group; when to stop is the parent's decision.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  const starting = startCollector(loadConfig())
  const stop = (): void => {
    starting.then((collector) => collector.stop()).finally(() => process.exit(0))
  }
  process.on('message', (message) => {
    if (message === 'stop') stop()
  })
  process.on('disconnect', () => {
    setTimeout(() => process.exit(1), ORPHAN_STOP_MS)
    stop()
  })
  await starting
}

if (import.meta.main) await runAsChild()
