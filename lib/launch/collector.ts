/**
 * The collector's process. As a child of the console it has an IPC channel: it stops when it is told to, and when the
 * channel closes, which the kernel does for a parent that died.
 */
import { type Config, loadConfig } from '../config.ts'
import { isHoldfastError } from '../errors.ts'
import { startCollector } from '../runtime.ts'
import { SECOND_MS } from '../units.ts'
import type { CollectorMessage } from './collector-watch.ts'
import { onStopSignals } from './process-end.ts'
import { startFault } from './start-fault.ts'
import { EXIT_HOPELESS } from './supervisor.ts'

/** With the parent gone nobody waits for us, and a new console may want our place soon. */
const ORPHAN_STOP_MS = 3 * SECOND_MS

/** The role `collector`: the whole console is this process. */
export async function runStandaloneCollector(config: Config): Promise<void> {
  try {
    // Without a console above it, its log is where it tells of trouble.
    const collector = await startCollector(config, () => undefined)
    onStopSignals(() => collector.stop())
    await collector.ended
  } catch (error) {
    console.error(startFault(error))
    process.exit(exitCodeOf(error))
  }
}

async function runAsChild(): Promise<void> {
  process.title = 'holdfast-collector'
  // Ctrl-C reaches the whole process group; when to stop is the parent's decision.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  const starting = startCollector(loadConfig(), (storeTrouble) => tell({ storeTrouble }))
  starting.then(
    () => tell({ started: true }),
    () => undefined,
  )
  const stop = (): void => {
    starting
      .then((collector) => collector.stop())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      )
  }
  process.on('message', (message) => {
    if (message === 'stop') stop()
  })
  process.on('disconnect', () => {
    setTimeout(() => process.exit(1), ORPHAN_STOP_MS)
    stop()
  })
  try {
    await (await starting).ended
  } catch (error) {
    console.error(startFault(error))
    process.exit(exitCodeOf(error))
  }
}

/** A parent that is gone hears nothing, and we are about to end then. */
function tell(message: CollectorMessage): void {
  if (process.connected) process.send?.(message, () => undefined)
}

/** Starting again cannot help while another console collects into the same database. */
function exitCodeOf(error: unknown): number {
  return isHoldfastError(error) && error.code === 'second_instance' ? EXIT_HOPELESS : 1
}

if (import.meta.main) await runAsChild()
