/**
 * `npm run demo`: real Kafka and RocketMQ clusters with a workload each, and the console that watches them. Everything stays in this
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
import { MissingProgramError } from '../servers/maven.ts'
import { type DemoRequest, type DemoSystem, parseDemoArguments } from './arguments.ts'
import { askDemo, listenForFaults } from './control.ts'
import type { DemoPart } from './demo-part.ts'
import { injectFault, listFaults } from './faults.ts'
import { type KafkaShop, startKafkaShop } from './kafka-shop.ts'
import { type RocketmqPayments, startRocketmqPayments } from './rocketmq-payments.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const FIRST_PORT = 3_000
const LAST_PORT = 3_100
const NEEDED_FREE_BYTES = 2 * 1024 ** 3
const STOP_PATIENCE_MS = 45 * SECOND_MS

const STARTS: Record<DemoSystem, string> = {
  kafka: 'three Kafka brokers',
  rocketmq: 'a RocketMQ master with its slave',
}

/** A reason that a person can act on, said in one line. */
class DemoError extends Error {}

/** What was started, so that it can be ended; a part that is still starting is waited for. */
const started: {
  kafka?: Promise<KafkaShop>
  rocketmq?: Promise<RocketmqPayments>
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
    await runDemo(request.port, request.systems)
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

async function runDemo(wantedPort: number | null, systems: readonly DemoSystem[]): Promise<void> {
  const port = await choosePort(wantedPort)
  await checkDiskSpace()
  started.folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'))
  say(`Starting ${systems.map((system) => STARTS[system]).join(' and ')}, and building the console …`)
  if (systems.includes('kafka')) started.kafka = tellWhenReady('Kafka', startKafkaShop())
  if (systems.includes('rocketmq')) started.rocketmq = tellWhenReady('RocketMQ', startRocketmqPayments())
  const [kafka = null, rocketmq = null] = await Promise.all([started.kafka, started.rocketmq, build()])
  const parts = [kafka, rocketmq].filter((part) => part !== null)
  started.console = startConsole({
    port,
    folder: started.folder,
    config: `clusters:\n${parts.map((part) => part.config).join('')}poll: { intervalSeconds: 5 }\n`,
    env: { HOLDFAST_AUTH: 'off' },
  })
  const web = await started.console
  await web.waitUntilReady()
  started.control = await listenForFaults(port, async (fault) =>
    fault === 'ping' ? { ok: true, text: '' } : injectFault(fault, { kafka, rocketmq, web }),
  )
  say(summary(web.url, parts))
}

async function tellWhenReady<Part extends DemoPart>(name: string, starting: Promise<Part>): Promise<Part> {
  const part = await starting
  say(`${name} runs, with its workload.`)
  return part
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

function summary(url: string, parts: readonly DemoPart[]): string {
  const seconds = Math.round((performance.now() - startedAtMs) / SECOND_MS)
  return `
  Holdfast watches ${parts.length === 1 ? 'one cluster' : 'two clusters'} (ready after ${seconds} s).

    Console   ${url}   no sign-in, this machine only
    ${parts.map((part) => part.address).join('\n    ')}

  Worth a look.
  ${parts.map((part) => part.worthALook).join('\n  ')}

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
  const parts = [started.console, started.kafka, started.rocketmq]
  // One that failed to start has cleaned up behind itself.
  await Promise.allSettled(parts.map(async (part) => (await part?.catch(() => undefined))?.stop()))
}

function say(text: string): void {
  console.log(text)
}

function end(code: number, text: string): void {
  if (code === 0) console.log(text)
  else console.error(text)
  process.exit(code)
}
