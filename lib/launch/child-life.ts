/**
 * How a child of the console lives: it stops when it is told to, and when the channel to its parent closes, which the
 * kernel does for a parent that died.
 */
import { SECOND_MS } from '../units.ts'
import { startFault } from './start-fault.ts'

/** With the parent gone nobody waits for us, and a new console may want our place soon. */
const ORPHAN_STOP_MS = 3 * SECOND_MS

interface ChildWork {
  /** Ends what it does and waits until all is stored. */
  stop(): Promise<void>
  /** Rejects when it cannot go on. */
  ended: Promise<never>
}

/** Never returns: the process ends with the work. @param exitCodeOf of the error that ended it */
export async function liveAsChild(
  title: string,
  starting: Promise<ChildWork>,
  exitCodeOf: (error: unknown) => number,
): Promise<void> {
  process.title = title
  // Ctrl-C reaches the whole process group; when to stop is the parent's decision.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  const stop = (): void => {
    starting
      .then((work) => work.stop())
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
