/** A Java server on loopback that can be stopped, killed and started again at its ports. */
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { MINUTE_MS, SECOND_MS } from '../../lib/units.ts'
import { allListening } from './free-port.ts'
import { type GuardedProcess, startGuarded } from './guard.ts'

/** Whatever the exception is called: it came from binding. */
const PORT_TAKEN = /BindException|Address already in use|ServerSocketAdaptor\.bind/
const START_DEADLINE_MS = 2 * MINUTE_MS
const STOP_DEADLINE_MS = 30 * SECOND_MS
const WAIT_STEP_MS = 100

export interface JavaServerOptions {
  /** How an error names it. */
  name: string
  /** Everything after `java`. */
  command: readonly string[]
  /** It runs when all of them accept connections. */
  ports: readonly number[]
  logFile: string
  env?: NodeJS.ProcessEnv
}

/** Between choosing a free port and listening at it, somebody else took it. */
export class PortTakenError extends Error {}

export class JavaServer {
  readonly #options: JavaServerOptions
  #startedAtLogByte = 0
  #process: GuardedProcess | null = null

  constructor(options: JavaServerOptions) {
    this.#options = options
  }

  get running(): boolean {
    return this.#process !== null && !this.#process.exited
  }

  /** Process id while it runs. */
  get pid(): number | null {
    return this.running ? (this.#process?.pid ?? null) : null
  }

  /** What it wrote to its log so far. */
  log(): Promise<string> {
    return readFile(this.#options.logFile, 'utf8')
  }

  /** Starts it with its old data, and waits until it listens. @throws with the last lines of its log. */
  async start(): Promise<void> {
    if (this.running) return
    const { command, ports, logFile, env } = this.#options
    this.#startedAtLogByte = await this.logBytes()
    // In its own folder: a Java that crashes leaves a report where it runs, as one does that is asked for its classes while it ends.
    this.#process = await startGuarded('java', command, { logFile, env, cwd: dirname(logFile) })
    await this.#until(`listens at ${ports}`, () => allListening(ports))
  }

  /** How much it has written to its log, over all its starts. */
  async logBytes(): Promise<number> {
    return (await stat(this.#options.logFile).catch(() => null))?.size ?? 0
  }

  /** Waits until its log holds this text, written after that byte; by default since its last start. */
  async waitForLog(text: string, fromByte: number = this.#startedAtLogByte): Promise<void> {
    const written = async (): Promise<Buffer> => (await readFile(this.#options.logFile)).subarray(fromByte)
    await this.#until(`logs ${JSON.stringify(text)}`, async () => (await written()).includes(text))
  }

  async #until(state: string, isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + START_DEADLINE_MS
    while (!(await isSo())) {
      if (!this.running) throw await this.#startError()
      if (Date.now() > deadline) throw new Error(`${this.#options.name}: not reached in time that it ${state}`)
      await new Promise((resolve) => setTimeout(resolve, WAIT_STEP_MS))
    }
  }

  async #startError(): Promise<Error> {
    const lines = (await this.log()).trim().split('\n')
    const text = `${this.#options.name} ended while it started:\n${lines.slice(-30).join('\n')}`
    return lines.some((line) => PORT_TAKEN.test(line)) ? new PortTakenError(text) : new Error(text)
  }

  /** Ends it the orderly way. */
  async stop(): Promise<void> {
    const orderly = this.#process?.stop('SIGTERM')
    const kill = setTimeout(() => void this.kill(), STOP_DEADLINE_MS)
    await orderly
    clearTimeout(kill)
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL')
  }
}
