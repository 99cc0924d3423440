/**
 * Starts the console: this process serves the web, a child collects, and another one reads and replays dead letters while
 * there are any. All stay in the caller's process group, and the children end with this process, however it ends.
 */

import { provideServices } from '../api/services.ts'
import { ConfigError, formatConfigFaults } from '../config/config-fault.ts'
import { type Config, loadConfig } from '../config.ts'
import { startWeb, type WebRuntime } from '../runtime.ts'
import { runStandaloneCollector } from './collector.ts'
import { COLLECTOR_ENV, COLLECTOR_FLAGS } from './collector-flags.ts'
import { CollectorWatch } from './collector-watch.ts'
import { prepareDatabase } from './prepare.ts'
import { endWithParent, onStopSignals } from './process-end.ts'
import { EXIT_HOPELESS, Supervisor } from './supervisor.ts'
import { openWebServer } from './web-server.ts'
import { WorkerKeeper } from './worker-keeper.ts'

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
  const worker =
    config.role === 'all' ? new WorkerKeeper({ isNeeded: async () => runtime?.needsWorker() ?? null }) : null
  onStopSignals(async () => {
    await Promise.all([web.close(), collector?.stop(), worker?.stop()])
    await runtime?.close()
  })
  await prepareDatabase()
  collector?.start().then(() => process.exit(EXIT_HOPELESS))
  const neighbours = { collectorStatus: () => watch?.status() ?? null, wakeWorker: () => worker?.wake() }
  runtime = await startWeb({ ...config, port: web.port }, neighbours)
  worker?.start()
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
