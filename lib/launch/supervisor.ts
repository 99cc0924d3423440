/** Keeps one child process alive: starts it again with growing pauses when it dies, and ends it when asked. */
import { type ChildProcess, fork } from 'node:child_process'
import { MINUTE_MS, SECOND_MS } from '../units.ts'

export interface SupervisorOptions {
  /** Module to run. It must end by itself on IPC disconnect, which is how it learns that we died. */
  module: string
  args?: string[]
  /** Flags for Node, beside those that we run with. */
  nodeFlags?: string[]
  /** Beside the variables of this process. */
  env?: Record<string, string>
  firstPauseMs?: number
  longestPauseMs?: number
  /** How long a child may take to stop before it is killed. */
  stopTimeoutMs?: number
  onMessage?: (message: unknown) => void
  onDeath?: (death: Death) => void
}

export interface Death {
  pid: number
  exitCode: number | null
  signal: NodeJS.Signals | null
  restartInMs: number
}

/** Exit code of a child that no restart can help, such as a wrong configuration. */
export const EXIT_HOPELESS = 2
/** A child that ran this long was healthy: the next pause is short again. */
const HEALTHY_MS = MINUTE_MS

export class Supervisor {
  readonly #options: SupervisorOptions
  #child: ChildProcess | null = null
  #pauseMs: number
  #timer: NodeJS.Timeout | null = null
  #stopping = false
  #onHopeless: (() => void) | null = null

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#pauseMs = options.firstPauseMs ?? SECOND_MS
  }

  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  /** Settles only when the child has ended for a reason that a restart cannot mend. */
  start(): Promise<void> {
    this.#spawn()
    return new Promise((resolve) => {
      this.#onHopeless = resolve
    })
  }

  /** Asks the child to finish, waits a bounded time, and kills it after that. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    const child = this.#child
    if (child === null) return
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    if (child.connected) child.send('stop')
    const killer = setTimeout(() => child.kill('SIGKILL'), this.#options.stopTimeoutMs ?? 10 * SECOND_MS)
    await ended
    clearTimeout(killer)
  }

  /** A child that is just starting again hears nothing. */
  send(message: string): void {
    if (this.#child?.connected) this.#child.send(message, () => undefined)
  }

  kill(): void {
    this.#stopping = true
    this.#child?.kill('SIGKILL')
  }

  #spawn(): void {
    const startedAt = performance.now()
    const child = fork(this.#options.module, this.#options.args ?? [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [...process.execArgv, ...(this.#options.nodeFlags ?? [])],
      env: { ...process.env, ...this.#options.env },
    })
    this.#child = child
    child.on('message', (message) => this.#options.onMessage?.(message))
    child.once('exit', (exitCode, signal) => {
      this.#child = null
      if (this.#stopping) return
      if (exitCode === EXIT_HOPELESS) return this.#onHopeless?.()
      if (performance.now() - startedAt >= HEALTHY_MS) this.#pauseMs = this.#options.firstPauseMs ?? SECOND_MS
      this.#restartLater(child.pid ?? 0, exitCode, signal)
    })
  }

  #restartLater(pid: number, exitCode: number | null, signal: NodeJS.Signals | null): void {
    const restartInMs = this.#pauseMs
    this.#pauseMs = Math.min(this.#pauseMs * 2, this.#options.longestPauseMs ?? MINUTE_MS / 2)
    this.#timer = setTimeout(() => this.#spawn(), restartInMs)
    this.#options.onDeath?.({ pid, exitCode, signal, restartInMs })
  }
}
