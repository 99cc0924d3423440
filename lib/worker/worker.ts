/**
 * The process that reads dead letters and replays them: each queue has one replay that runs,
 * and all of it happens under a lease, so that two consoles on one database do not do the same twice.
 */
import { HoldfastError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { SECOND_MS } from '../units.ts'

/** A part of the worker's work, done in a loop of its own. */
export interface WorkerTask {
  readonly name: string
  /** Looks for work and does some. @returns whether there may be more at once */
  step(signal: AbortSignal): Promise<boolean>
  /** Waits for what `step` left running, after its signal told to stop. */
  end?(): Promise<void>
  /** How long it rests when there is nothing to do. */
  readonly restMs: number
}

export interface WorkerOptions {
  lease: { acquire(signal: AbortSignal): Promise<void>; renew(): Promise<boolean>; release(): Promise<void> }
  heartbeatMs: number
  tasks: readonly WorkerTask[]
  clock: { sleep(ms: number, signal: AbortSignal): Promise<void> }
  log: Logger
  /** Somebody else took the lease, as after this machine was suspended. Called once; nothing is done any more. */
  onLeaseLost(error: HoldfastError): void
}

/** After a failure a task rests longer, up to this. */
const LONGEST_REST_MS = 30 * SECOND_MS
const LEASE_AGAIN_MS = 2 * SECOND_MS

export class Worker {
  readonly #options: WorkerOptions
  readonly #stopping = new AbortController()
  #wake = new AbortController()
  #loops: Promise<unknown> = Promise.resolve()

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /** Resolves when it has the lease and works: another console's worker is waited for. */
  async start(): Promise<void> {
    const { signal } = this.#stopping
    while (!(await this.#acquire())) {
      await this.#options.clock.sleep(LEASE_AGAIN_MS, signal)
      if (signal.aborted) return
    }
    this.#loops = Promise.all([this.#heartbeat(), ...this.#options.tasks.map((task) => this.#loop(task))])
  }

  /** There is something to do: nobody rests. */
  wake(): void {
    const woken = this.#wake
    this.#wake = new AbortController()
    woken.abort()
  }

  /** Ends what runs at the next place where it can be taken up again. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#loops
    await this.#options.lease.release()
  }

  async #acquire(): Promise<boolean> {
    try {
      await this.#options.lease.acquire(this.#stopping.signal)
      return true
    } catch (error) {
      if (this.#stopping.signal.aborted) return true
      if (error instanceof HoldfastError && error.code === 'second_instance') return false
      throw error
    }
  }

  async #heartbeat(): Promise<void> {
    const { lease, clock, heartbeatMs, log, onLeaseLost } = this.#options
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await clock.sleep(heartbeatMs, signal)
      if (signal.aborted) return
      try {
        if (await lease.renew()) continue
        this.#stopping.abort()
        onLeaseLost(new HoldfastError('second_instance'))
      } catch (error) {
        log.error({ err: error }, 'renewing the lease of the worker failed')
      }
    }
  }

  async #loop(task: WorkerTask): Promise<void> {
    const { clock, log } = this.#options
    const { signal } = this.#stopping
    let failures = 0
    while (!signal.aborted) {
      let isBusy = false
      try {
        isBusy = await task.step(signal)
        failures = 0
      } catch (error) {
        if (signal.aborted) break
        failures += 1
        log.error({ err: error, task: task.name }, 'the worker failed')
      }
      if (isBusy) continue
      const restMs = Math.min(task.restMs * 2 ** failures, LONGEST_REST_MS)
      await clock.sleep(restMs, AbortSignal.any([signal, this.#wake.signal]))
    }
    await task.end?.()
  }
}
