/**
 * Starts the console: this process serves the web, a child collects. Both stay in the caller's process group, and the
 * child ends with this process, however it ends.
 */

import { provideServices } from '../api/services.ts'
import { ConfigError, formatConfigFaults } from '../config/config-fault.ts'
import { type Config, loadConfig } from '../config.ts'
import { startWeb, type WebRuntime } from '../runtime.ts'
import { runStandaloneCollector } from './collector.ts'
import { CollectorWatch } from './collector-watch.ts'
import { prepareDatabase } from './prepare.ts'
import { endWithParent, onStopSignals } from './process-end.ts'
import { EXIT_HOPELESS, Supervisor } from './supervisor.ts'
import { openWebServer } from './web-server.ts'

/**
 * A collector works for a tenth of a second and then rests, and V8 is tuned for programs that do not rest. Side by
 * side on the same brokers: 2,015 partitions take 95 ms of CPU per interval with all flags, 160 ms with the first two
 * alone; with 40,000 partitions it occupies 475 MB instead of 740.
 */
const COLLECTOR_FLAGS = [
  // The rest is taken for idleness: compiled code thrown away, the heap shrunk.
  '--no-flush-bytecode',
  '--no-memory-reducer',
  // As hardly anything is allocated per second, the heap would be let grow by a tenth only: a full collection per poll.
  '--heap-growing-percent=60',
  // Nobody waits for this process: better one long pause than a heap that outgrows its limit while it is marked.
  '--no-incremental-marking',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
  // Helper threads cost more to wake and wait for than they save in a heap this small.
  '--single-threaded-gc',
  // Code that runs once in 15 s is compiled by two optimizing compilers in turn; one is enough.
  '--no-maglev',
]

/** Freed buffers go back to the system instead of staying in the gaps of glibc's arenas; other systems ignore this. */
const COLLECTOR_ENV = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' }

const flags = new Set(process.argv.slice(2))
const isDev = flags.has('--dev')

process.title = 'holdfast'
// Next decides by this variable which React it loads, long before it reads the option `dev`.
Object.assign(process.env, { NODE_ENV: isDev ? 'development' : 'production', NEXT_TELEMETRY_DISABLED: '1' })
if (flags.has('--with-parent')) endWithParent()

await main(readConfig())

async function main(config: Config): Promise<void> {
  if (config.role === 'collector') return runStandaloneCollector(config)
  const web = await openWebServer(config).catch((error) => fail(listenFault(error, config) ?? String(error)))
  const watch = config.role === 'all' ? new CollectorWatch() : null
  const collector = watch && superviseCollector(watch)
  let runtime: WebRuntime | null = null
  onStopSignals(async () => {
    await Promise.all([web.close(), collector?.stop()])
    await runtime?.close()
  })
  await prepareDatabase()
  collector?.start().then(() => process.exit(EXIT_HOPELESS))
  runtime = await startWeb({ ...config, port: web.port }, () => watch?.status() ?? null)
  provideServices(runtime.services)
  await web.serve(isDev)
  console.log(`Holdfast is ready on ${config.publicUrl ?? web.url}`)
}

function superviseCollector(watch: CollectorWatch): Supervisor {
  return new Supervisor({
    module: new URL('./collector.ts', import.meta.url).pathname,
    nodeFlags: COLLECTOR_FLAGS,
    env: COLLECTOR_ENV,
    onMessage: (message) => watch.heard(message),
    onDeath: ({ exitCode, signal, restartInMs }) => {
      watch.died(Date.now(), restartInMs)
      console.error(
        `The collector ended (${signal ?? `exit ${exitCode}`}); it starts again in ${restartInMs / 1_000} s.`,
      )
    },
  })
}

function readConfig(): Config {
  try {
    return loadConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(formatConfigFaults(error.faults))
    process.exit(EXIT_HOPELESS)
  }
}

function listenFault(error: NodeJS.ErrnoException, config: Config): string | null {
  const place = `${config.host} port ${config.port}`
  if (error.code === 'EADDRINUSE') {
    return `${place} is in use. Stop the other program, or choose another port: PORT=${config.port + 1} npm start`
  }
  if (error.code === 'EACCES') return `${place} may not be opened by this user. Choose a port above 1023 with PORT.`
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return `${config.host} is not an address of this machine. Set HOST to one, or leave it out.`
  }
  return null
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
