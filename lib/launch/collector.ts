/** The collector's process: a child of the console, or in the role `collector` the whole of it. */
import { type Config, loadConfig } from '../config.ts'
import { isHoldfastError } from '../errors.ts'
import { startCollector } from '../runtime.ts'
import { liveAsChild } from './child-life.ts'
import type { CollectorMessage } from './collector-watch.ts'
import { onStopSignals } from './process-end.ts'
import { startFault } from './start-fault.ts'
import { EXIT_HOPELESS } from './supervisor.ts'
import { WorkerKeeper } from './worker-keeper.ts'

/** The role `collector`: the whole console is this process, and the worker that it starts when there is work. */
export async function runStandaloneCollector(config: Config): Promise<void> {
  try {
    // Without a console above it, its log is where it tells of trouble.
    const collector = await startCollector(config, () => undefined)
    const worker = new WorkerKeeper({ isNeeded: () => collector.needsWorker() })
    onStopSignals(async () => {
      await worker.stop()
      await collector.stop()
    })
    worker.start()
    await collector.ended
  } catch (error) {
    console.error(startFault(error))
    process.exit(exitCodeOf(error))
  }
}

async function runAsChild(): Promise<void> {
  const starting = startCollector(loadConfig(), (storeTrouble) => tell({ storeTrouble }))
  starting.then(
    () => tell({ started: true }),
    () => undefined,
  )
  await liveAsChild('holdfast-collector', starting, exitCodeOf)
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
