/**
 * `npm run demo`: a real Kafka cluster with a workload, and the console that watches it. Everything stays in this
 * process group and in one folder for temporary files; both are gone after Ctrl-C or a failed start.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { onStopSignals } from '../../lib/launch/process-end.ts'
import { SECOND_MS } from '../../lib/units.ts'
import { startConsole, type TestConsole } from '../servers/console.ts'
import { isPortFree } from '../servers/free-port.ts'
import { type KafkaTestCluster, startKafkaCluster } from '../servers/kafka-cluster.ts'
import { MissingProgramError } from '../servers/maven.ts'
import { type DemoRequest, parseDemoArguments } from './arguments.ts'
import { askDemo, listenForFaults } from './control.ts'
import { injectFault, listFaults } from './faults.ts'
import { startWorkload, type Workload } from './workload.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const FIRST_PORT = 3_000
const LAST_PORT = 3_100
const NEEDED_FREE_BYTES = 2 * 1024 ** 3
const FIRST_DEAD_LETTERS = 45
const STOP_PATIENCE_MS = 45 * SECOND_MS

/** A reason that a person can act on, said in one line. */
class DemoError extends Error {}

/** What was started, so that it can be ended; a part that is still starting is waited for. */
const started: {
  cluster?: Promise<KafkaTestCluster>
  workload?: Promise<Workload>
  console?: Promise<TestConsole>
  control?: Server
  folder?: string
} = {}

const startedAtMs = performance.now()
await main(parseDemoArguments(process.argv.slice(2)))

async function main(request: DemoRequest): Promise<void> {
  if (request.kind === 'refused') return end(1, request.text)
  if (request.kind === 'fault') return inject(request.name, request.port)
  onStopSignals(async () => {
    say('Stopping …')
    await stopAll()
  })
  try {
    await runDemo(request.port)
  } catch (error) {
    await stopAll()
    const isKnown = error instanceof DemoError || error instanceof MissingProgramError
    end(1, isKnown ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

async function inject(name: string, port: number | null): Promise<void> {
  if (name === 'list') return end(0, listFaults())
  const reply = await askDemo(name, port)
  end(reply.ok ? 0 : 1, reply.text)
}

async function runDemo(wantedPort: number | null): Promise<void> {
  const port = await choosePort(wantedPort)
  await checkDiskSpace()
  started.folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'))
  say('Starting a Kafka cluster of three brokers and building the console …')
  started.cluster = startKafkaCluster({
    racks: ['zone-a', 'zone-b', 'zone-c'],
    heapMb: 320,
    brokerConfig: { 'log.retention.check.interval.ms': '30000' },
    // A killed broker is missed soon, for the sake of whoever watches.
    controllerConfig: { 'broker.session.timeout.ms': '6000' },
  })
  const [cluster] = await Promise.all([started.cluster.then(withWorkload), build()])
  started.console = startConsole({
    port,
    folder: started.folder,
    config: consoleConfig(cluster.bootstrapServers),
    env: { HOLDFAST_AUTH: 'off' },
  })
  const [workload, web] = await Promise.all([started.workload, started.console])
  if (!workload) throw new Error('the workload is missing')
  await web.waitUntilReady()
  started.control = await listenForFaults(port, async (fault) =>
    fault === 'ping' ? { ok: true, text: '' } : injectFault(fault, { cluster, workload, web }),
  )
  say(summary(web.url, cluster))
}

async function withWorkload(cluster: KafkaTestCluster): Promise<KafkaTestCluster> {
  say('Kafka runs; starting the workload …')
  started.workload = startWorkload(cluster.bootstrapServers)
  const workload = await started.workload
  await workload.addDeadLetters(FIRST_DEAD_LETTERS)
  return cluster
}

async function choosePort(wanted: number | null): Promise<number> {
  if (wanted !== null) {
    if (await isPortFree(wanted)) return wanted
    throw new DemoError(`Port ${wanted} is in use. Choose another with --port N, or leave it out.`)
  }
  for (let port = FIRST_PORT; port <= LAST_PORT; port++) if (await isPortFree(port)) return port
  throw new DemoError(`No port from ${FIRST_PORT} to ${LAST_PORT} is free. Choose one with --port N.`)
}

async function checkDiskSpace(): Promise<void> {
  for (const place of [tmpdir(), ROOT]) {
    const { bavail, bsize } = await statfs(place)
    if (bavail * bsize >= NEEDED_FREE_BYTES) continue
    const free = Math.floor((bavail * bsize) / 1024 ** 2)
    throw new DemoError(`${place} has ${free} MiB free and the demo needs 2048. Free some space, or set TMPDIR.`)
  }
}

function build(): Promise<void> {
  return new Promise((done, refuse) => {
    const child = spawn(process.execPath, ['lib/launch/build.ts', '--if-needed'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    child.once('error', refuse)
    child.once('exit', (code) =>
      code === 0 ? done() : refuse(new DemoError('The build failed. See its message with: npm run build')),
    )
  })
}

function consoleConfig(bootstrapServers: string[]): string {
  return `clusters:
  - id: shop
    name: Shop
    kind: kafka
    bootstrapServers: [${bootstrapServers.join(', ')}]
    readOnly: false
poll: { intervalSeconds: 5 }
`
}

function summary(url: string, cluster: KafkaTestCluster): string {
  const seconds = Math.round((performance.now() - startedAtMs) / SECOND_MS)
  return `
  Holdfast watches a shop's Kafka cluster (ready after ${seconds} s).

    Console   ${url}   no sign-in, this machine only
    Kafka     ${cluster.bootstrapServers.join(', ')}

  Worth a look: the group click-analytics is slower than its topic, which keeps ten minutes;
  orders-dlt and payments.DLT fill up; monthly-report has not read for long.

  Break something, in a second shell:  npm run demo -- fault list
  Ctrl-C stops all of it and removes its data.
`
}

async function stopAll(): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise<void>((done) => {
    timer = setTimeout(done, STOP_PATIENCE_MS)
  })
  await Promise.race([stopInOrder(), patience])
  clearTimeout(timer)
  if (started.folder !== undefined) rmSync(started.folder, { recursive: true, force: true, maxRetries: 5 })
}

async function stopInOrder(): Promise<void> {
  started.control?.close()
  const settled = async <T>(part: Promise<T> | undefined): Promise<T | undefined> => part?.catch(() => undefined)
  const stopConsole = settled(started.console).then((web) => web?.stop())
  const stopKafka = async (): Promise<void> => {
    const cluster = await settled(started.cluster)
    // Without brokers the workload's goodbyes have nobody to reach, and its own patience ends them.
    const workload = cluster ? settled(started.workload).then((shop) => shop?.stop()) : undefined
    await Promise.race([workload, new Promise((done) => setTimeout(done, 5 * SECOND_MS).unref())])
    await cluster?.stop()
  }
  await Promise.allSettled([stopConsole, stopKafka()])
}

function say(text: string): void {
  console.log(text)
}

function end(code: number, text: string): void {
  if (code === 0) console.log(text)
  else console.error(text)
  process.exit(code)
}
