/** How the console's processes end: on signals, and with the process that started them. */
import { SECOND_MS } from '../units.ts'

/** npm passes Ctrl-C on to a child that got it from the terminal already: two of one moment are one. */
const SAME_KEYSTROKE_MS = SECOND_MS / 2
const PARENT_CHECK_MS = 2 * SECOND_MS
const SIGNAL_EXIT = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Runs `stop` once and exits; a second Ctrl-C does not wait for it. */
export function onStopSignals(stop: () => Promise<void>): void {
  let firstAtMs: number | null = null
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (firstAtMs !== null) {
        if (performance.now() - firstAtMs > SAME_KEYSTROKE_MS) process.exit(SIGNAL_EXIT[signal])
        return
      }
      firstAtMs = performance.now()
      // Asked to stop and stopped: for npm and for service managers that is success.
      stop().then(
        () => process.exit(0),
        (error) => {
          console.error(error)
          process.exit(1)
        },
      )
    })
  }
}

/** For a process without IPC to its parent: a killed parent shows only in that we get another one. */
export function endWithParent(): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, PARENT_CHECK_MS)
  timer.unref()
}
