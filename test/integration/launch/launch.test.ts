/** The whole console, as `npm start` runs it after its build. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startConsole, type TestConsole } from '../../servers/console.ts'
import { freePort, isPortFree } from '../../servers/free-port.ts'

const run = promisify(execFile)
const START = resolve(import.meta.dirname, '..', '..', '..', 'lib', 'launch', 'start.ts')
const PATIENCE = { timeout: 30_000, interval: 50 }

let folder = ''
const consoles: TestConsole[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-launch-'))
})

afterEach(async () => {
  for (const each of consoles.splice(0)) await each.stop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function start(env: Record<string, string> = {}, port?: number): Promise<TestConsole> {
  const console = await startConsole({ port: port ?? (await freePort()), folder, config: 'clusters: []\n', env })
  consoles.push(console)
  await console.waitUntilReady()
  return console
}

async function groupOf(pid: number): Promise<string> {
  const { stdout } = await run('ps', ['-o', 'pgid=', '-p', String(pid)])
  return stdout.trim()
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** The collector of a console that is ready: there must be one. */
async function collectorOf(console: TestConsole): Promise<number> {
  const pid = await console.collectorPid()
  if (pid === null) throw new Error(`no collector:\n${await console.log()}`)
  return pid
}

/** Runs the start script to its end; for starts that must fail. */
async function failToStart(env: Record<string, string>): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [START], {
    env: {
      ...process.env,
      HOLDFAST_CONFIG: join(folder, 'holdfast.yaml'),
      DATABASE_URL: `file:${folder}/x.db`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part))
  const [code] = await once(child, 'close')
  return { code, output }
}

test('a collector that died is started again, and the web goes on meanwhile', async () => {
  const console = await start()
  const first = await collectorOf(console)
  process.kill(first, 'SIGKILL')
  await vi.waitFor(async () => expect(await console.collectorPid()).not.toBe(first), PATIENCE)
  expect((await fetch(`${console.url}/api/health/live`)).status).toBe(200)
  await vi.waitFor(async () => expect(await console.collectorPid()).not.toBeNull(), PATIENCE)
  expect(await console.log()).toMatch(/The collector ended \(SIGKILL\)/)
  await console.waitUntilReady()
})

test('both processes are in one group, and a console killed outright leaves no collector', async () => {
  const console = await start()
  const collector = await collectorOf(console)
  expect(await groupOf(collector)).toBe(await groupOf(console.pid))
  process.kill(console.pid, 'SIGKILL')
  await vi.waitFor(() => expect(isRunning(collector)).toBe(false), PATIENCE)
})

test('asked to stop: both end, the port is free, and nothing calls it a failure', async () => {
  const console = await start()
  const collector = await collectorOf(console)
  await console.stop()
  expect(isRunning(collector)).toBe(false)
  expect(await isPortFree(Number(new URL(console.url).port))).toBe(true)
  expect(await console.log()).not.toMatch(/The collector ended/)
})

test('a port in use: one line that says what to do, and no token was made', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  writeFileSync(join(folder, 'holdfast.yaml'), 'clusters: []\n')
  const { code, output } = await failToStart({ PORT: String(port) })
  other.close()
  expect(code).toBe(1)
  expect(output.trim().split('\n')).toEqual([
    `127.0.0.1 port ${port} is in use. Stop the other program, or choose another port: PORT=${port + 1} npm start`,
  ])
})

test('a wrong configuration: every fault at once, each with its place, and exit status 2', async () => {
  const config = 'clusters:\n  - id: Orders!\n    kind: kafka\npoll: { intervalSeconds: 0 }\n'
  writeFileSync(join(folder, 'holdfast.yaml'), config)
  const { code, output } = await failToStart({ HOLDFAST_AUTH: 'perhaps', PORT: 'x' })
  expect(code).toBe(2)
  for (const place of [
    'environment PORT:',
    'environment HOLDFAST_AUTH:',
    'holdfast.yaml:2 clusters[0].id:',
    'holdfast.yaml:4 poll.intervalSeconds:',
  ]) {
    expect(output).toContain(place)
  }
})

test('a database that cannot be opened: one line', async () => {
  writeFileSync(join(folder, 'holdfast.yaml'), 'clusters: []\n')
  writeFileSync(
    join(folder, 'x.db'),
    'this is no database, and it is long enough to be read as a damaged one'.repeat(99),
  )
  const { code, output } = await failToStart({ PORT: String(await freePort()) })
  expect(code).toBe(1)
  expect(output.trim().split('\n')).toHaveLength(1)
  expect(output).toContain('x.db')
})

test('the first start makes a token, prints it once, and keeps only its hash', async () => {
  const console = await start()
  const token = /holdfast_[\w-]{20,}/.exec(await console.log())?.[0] ?? ''
  const clusters = `${console.url}/api/v1/clusters`
  expect((await fetch(clusters)).status).toBe(401)
  expect((await fetch(clusters, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
  await console.stop()
  expect(readFileSync(join(folder, 'holdfast.db')).includes(token)).toBe(false)
  rmSync(join(folder, 'console.log'))
  const again = await start()
  expect(await again.log()).not.toMatch(/holdfast_[\w-]{20,}/)
  const url = `${again.url}/api/v1/clusters`
  expect((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
})

test('an unknown host is refused on pages, routes and files alike', async () => {
  const console = await start({ HOLDFAST_AUTH: 'off' })
  for (const path of ['/', '/api/health/live', '/_next/static/x.js']) {
    const answer = await ask(`${console.url}${path}`, 'evil.example')
    expect(answer, path).toMatchObject({ status: 403, body: { code: 'host_refused' } })
  }
})

/** `fetch` does not let a caller choose the Host. */
function ask(url: string, host: string): Promise<{ status: number; body: unknown }> {
  return new Promise((done, refuse) => {
    const call = request(url, { headers: { host } }, (response) => {
      let text = ''
      response.on('data', (part) => (text += part))
      response.on('end', () => done({ status: response.statusCode ?? 0, body: JSON.parse(text) }))
    })
    call.once('error', refuse)
    call.end()
  })
}
