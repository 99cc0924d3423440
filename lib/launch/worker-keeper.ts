/** Starts the worker when there is work for it, and ends it when there was none for a while. */
import { MINUTE_MS, SECOND_MS } from '../units.ts'
import { Supervisor } from './supervisor.ts'

/** What the worker hears when somebody gave it something to do. */
export const WAKE = 'wake'

export interface WorkerKeeperOptions {
  /** Some queue holds dead letters, or a replay has not ended. Null: nobody knows just now. */
  isNeeded(): Promise<boolean | null>
  createSupervisor?: () => Pick<Supervisor, 'start' | 'stop' | 'send'>
  nowMs?(): number
}

/** Who asks for a replay wakes it at once; a fleet without dead letters pays for each look. */
const LOOK_EVERY_MS = 15 * SECOND_MS
const IDLE_BEFORE_END_MS = 10 * MINUTE_MS

/**
 * The worker rests most of the time and reads and sends megabytes in between: small generations and one thread to collect
 * them keep it far below what a heap may take that grows as V8 likes it. Nobody waits for it: marked in one go instead of
 * step by step, the megabytes that come meanwhile are not kept (a replay of 1 KB records: 360 MB instead of 470, and a
 * seventh less CPU).
 */
export const WORKER_FLAGS = [
  '--max-semi-space-size=16',
  '--max-old-space-size=320',
  '--single-threaded-gc',
  '--no-incremental-marking',
]
/** As for the collector: freed buffers go back to the system. */
export const WORKER_ENV = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' }

export class WorkerKeeper {
  readonly #options: WorkerKeeperOptions
  #supervisor: Pick<Supervisor, 'start' | 'stop' | 'send'> | null = null
  #timer: NodeJS.Timeout | null = null
  #neededAtMs = 0
  #isStopping = false
  #looking: Promise<void> = Promise.resolve()

  constructor(options: WorkerKeeperOptions) {
    this.#options = options
  }

  get isRunning(): boolean {
    return this.#supervisor !== null
  }

  start(): void {
    this.#lookSoon(0)
  }

  /** Whoever calls knows that there is something to do. */
  wake(): void {
    if (this.#supervisor !== null) this.#supervisor.send(WAKE)
    else if (!this.#isStopping) this.#lookSoon(0)
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    await this.#looking
    await this.#supervisor?.stop()
  }

  #lookSoon(afterMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => {
        if (!this.#isStopping) this.#lookSoon(LOOK_EVERY_MS)
      })
    }, afterMs)
  }

  async #look(): Promise<void> {
    const nowMs = (this.#options.nowMs ?? Date.now)()
    const isNeeded = await this.#options.isNeeded()
    if (isNeeded === null || this.#isStopping) return
    if (isNeeded) {
      this.#neededAtMs = nowMs
      this.#begin()
    } else if (this.#supervisor !== null && nowMs - this.#neededAtMs >= IDLE_BEFORE_END_MS) {
      const ended = this.#supervisor
      this.#supervisor = null
      await ended.stop()
    }
  }

  #begin(): void {
    if (this.#supervisor !== null) return
    this.#supervisor = (this.#options.createSupervisor ?? superviseWorker)()
    // It settles only for a child that no restart can help; this one never ends so.
    void this.#supervisor.start()
  }
}

function superviseWorker(): Supervisor {
  return new Supervisor({
    module: new URL('./worker.ts', import.meta.url).pathname,
    nodeFlags: WORKER_FLAGS,
    env: WORKER_ENV,
    onDeath: ({ exitCode, signal, restartInMs }) =>
      console.error(`The worker ended (${signal ?? `exit ${exitCode}`}); it starts again in ${restartInMs / 1_000} s.`),
  })
}
