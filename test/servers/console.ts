/** The console as a process, the way `npm start` runs it, with its own folder and database. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { MINUTE_MS, SECOND_MS } from '../../lib/units.ts'
import { type GuardedProcess, startGuarded } from './guard.ts'

const run = promisify(execFile)

const ROOT = resolve(import.meta.dirname, '..', '..')
/**
 * As in the start script of package.json: a web server rests between reads, and a large young heap, or an old one that
 * was let grow to three times what is in use, would stay resident.
 */
const WEB_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=100']
const START_DEADLINE_MS = 2 * MINUTE_MS
const STOP_DEADLINE_MS = 15 * SECOND_MS
const WAIT_STEP_MS = 100

export interface ConsoleOptions {
  port: number
  /** Takes its configuration, database and log; the caller removes it, or the guard when the caller dies. */
  folder: string
  /** The text of `holdfast.yaml`. */
  config: string
  env?: Record<string, string>
}

export interface TestConsole {
  readonly pid: number
  readonly url: string
  readonly exited: boolean
  log(): Promise<string>
  /** Null at moments when none runs. */
  collectorPid(): Promise<number | null>
  /** Waits until the console says that it is ready. @throws with its log when it ends or takes too long. */
  waitUntilReady(): Promise<void>
  stop(): Promise<void>
}

/** Needs a finished build. The console ends when this process ends. */
export async function startConsole(options: ConsoleOptions): Promise<TestConsole> {
  await mkdir(options.folder, { recursive: true })
  const configFile = join(options.folder, 'holdfast.yaml')
  const logFile = join(options.folder, 'console.log')
  await writeFile(configFile, options.config)
  const server = await startGuarded(process.execPath, [...WEB_FLAGS, join(ROOT, 'lib', 'launch', 'start.ts')], {
    cwd: ROOT,
    logFile,
    removeOnDeath: options.folder,
    env: {
      ...process.env,
      PORT: String(options.port),
      HOST: '127.0.0.1',
      HOLDFAST_CONFIG: configFile,
      DATABASE_URL: `file:${join(options.folder, 'holdfast.db')}`,
      ...options.env,
    },
  })
  return handle(server, `http://localhost:${options.port}`, () => readFile(logFile, 'utf8'))
}

function handle(server: GuardedProcess, url: string, log: () => Promise<string>): TestConsole {
  return {
    pid: server.pid,
    url,
    log,
    collectorPid: () => collectorOf(server.pid),
    get exited() {
      return server.exited
    },
    async waitUntilReady() {
      const deadline = Date.now() + START_DEADLINE_MS
      while (!(await isReady(url))) {
        if (server.exited) throw new Error(`The console ended while it started:\n${(await log()).slice(-4_000)}`)
        if (Date.now() > deadline) throw new Error(`The console was not ready in time:\n${(await log()).slice(-4_000)}`)
        await new Promise((done) => setTimeout(done, WAIT_STEP_MS))
      }
    },
    async stop() {
      const killer = setTimeout(() => void server.stop('SIGKILL'), STOP_DEADLINE_MS)
      await server.stop('SIGTERM')
      clearTimeout(killer)
    },
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/api/health/ready`, { signal: AbortSignal.timeout(5 * SECOND_MS) })
    return answer.ok
  } catch {
    // Nobody listens yet.
    return false
  }
}

async function collectorOf(consolePid: number): Promise<number | null> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,args='])
  for (const line of stdout.split('\n')) {
    const [, pid, parent, program = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
    // The guard of the console is its child, too.
    if (Number(parent) === consolePid && /^holdfast-collector|collector\.ts/.test(program)) return Number(pid)
  }
  return null
}
