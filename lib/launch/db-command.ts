/** `npm run db`: what an operator does with the console's own database. */
import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import { secretKeyPath } from '../auth/secret-key.ts'
import { dropLeaseIn, leaseHolderIn } from '../collector/lease.ts'
import { ConfigError, formatConfigFaults } from '../config/config-fault.ts'
import { loadDatabaseUrl } from '../config.ts'
import { backUp } from '../db/backup.ts'
import { copyOfBackup, discard, putInPlace, refuseInUse } from '../db/restore.ts'
import { sqlite } from '../db/sqlite.ts'
import { integrityFaults } from '../db/sqlite-file.ts'
import { storageSize } from '../db/storage-size.ts'
import { type Database, openStoredDatabase } from '../db.ts'
import { HoldfastError } from '../errors.ts'
import { checkHistory } from '../history/check-history.ts'
import { historySizes } from '../history/history-sizes.ts'
import { SECOND_MS } from '../units.ts'
import { DB_USAGE, type DbRequest, type FileRequest, readDbArguments } from './db-arguments.ts'
import { bytesText, checkSummaryLine, damageLine, type NewestPoll, newestPollLines, sizeLines } from './db-text.ts'
import { startFault } from './start-fault.ts'
import { EXIT_HOPELESS } from './supervisor.ts'

const say = (...lines: string[]): void => console.log(lines.join('\n'))

/** @returns the exit status */
async function run(request: DbRequest): Promise<number> {
  switch (request.command) {
    case 'help':
      say(DB_USAGE)
      return 0
    case 'check':
      return check(loadDatabaseUrl())
    case 'size':
      return size(loadDatabaseUrl())
    default:
      return runOnFile(request, loadDatabaseUrl())
  }
}

async function runOnFile(request: FileRequest, databaseUrl: string): Promise<number> {
  if (!databaseUrl.startsWith('file:')) {
    console.error(ownToolsLine(request, new URL(databaseUrl)))
    return 1
  }
  // npm runs scripts in the project's folder, wherever it was called.
  const file = resolve(process.env.INIT_CWD ?? process.cwd(), request.file)
  return request.command === 'backup' ? backup(databaseUrl, file) : restore(databaseUrl, file)
}

/** The password stays out of it. */
function ownToolsLine({ command, file }: FileRequest, { hostname, port, pathname }: URL): string {
  const database = decodeURIComponent(pathname.slice(1))
  const server = `--host=${hostname} --port=${port || '5432'} --dbname=${database}`
  const call =
    command === 'backup'
      ? `pg_dump --format=custom ${server} --file=${file}`
      : `pg_restore --clean --if-exists ${server} ${file}`
  return `The database is PostgreSQL, which has its own tools for this; with the console's user: ${call}`
}

async function backup(databaseUrl: string, file: string): Promise<number> {
  // Whatever its version: before an update is when a backup is wanted.
  await (await openStoredDatabase(databaseUrl, 'any')).close()
  await backUp(databaseUrl, file)
  say(`Backup written and checked: ${file} (${bytesText(statSync(file).size)})`)
  say(...newestPollLines(await newestPolls(`file:${file}`)))
  say(
    `Not in it: the secret that stored credentials are encrypted with. Keep ${secretKeyPath(databaseUrl)}, or the value of HOLDFAST_SECRET, as well.`,
  )
  return 0
}

async function newestPolls(databaseUrl: string): Promise<NewestPoll[]> {
  return withStored(databaseUrl, 'any', async ({ client }) => {
    const select = { clusterId: true, lastPollAtMs: true }
    const states = await client.clusterState.findMany({ select, orderBy: { clusterId: 'asc' } })
    return states.map(({ clusterId, lastPollAtMs }) => ({
      clusterId,
      atMs: lastPollAtMs === null ? null : Number(lastPollAtMs),
    }))
  })
}

async function withStored<T>(
  databaseUrl: string,
  versions: 'this' | 'any',
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openStoredDatabase(databaseUrl, versions)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

async function restore(databaseUrl: string, file: string): Promise<number> {
  const path = sqlite.placeOf(databaseUrl)
  const refuseLiving = async (adapter: SqlDriverAdapter): Promise<void> => {
    const holder = await leaseHolderIn(adapter, Date.now())
    if (holder !== null) throw new HoldfastError('database_in_use', { path, host: holder.host, pid: holder.pid })
  }
  await refuseInUse(path, refuseLiving)
  const draft = await copyOfBackup(file, path, dropLeaseIn)
  let keptAs: string | null
  try {
    keptAs = await putInPlace(draft, path, Date.now(), refuseLiving)
  } finally {
    discard(draft)
  }
  say(`Restored: ${path} is now as in ${file}`)
  say(...newestPollLines(await newestPolls(databaseUrl)))
  if (keptAs !== null) say(`The former database is kept as ${keptAs}`)
  say('Tokens, sessions and stored clusters are those of the backup; credentials need the secret of that time.')
  say('The console can be started now.')
  return 0
}

async function check(databaseUrl: string): Promise<number> {
  const startedAtMs = performance.now()
  return withStored(databaseUrl, 'this', async (database) => {
    const faults = database.kind === 'sqlite' ? await integrityFaults(database.place) : []
    for (const fault of faults) say(`Damaged file: ${fault}`)
    const checked = await checkHistory(database, (damage) => say(damageLine(damage)))
    const damages = checked.damages + faults.length
    say(checkSummaryLine({ ...checked, damages }, (performance.now() - startedAtMs) / SECOND_MS))
    return damages === 0 ? 0 : 1
  })
}

async function size(databaseUrl: string): Promise<number> {
  return withStored(databaseUrl, 'this', async (database) => {
    say(database.place, '', ...sizeLines(await storageSize(database), await historySizes(database)))
    return 0
  })
}

async function main(args: readonly string[]): Promise<number> {
  const request = readDbArguments(args)
  if (request === null) {
    console.error(DB_USAGE)
    return EXIT_HOPELESS
  }
  try {
    return await run(request)
  } catch (error) {
    const isOfConfig = error instanceof ConfigError
    console.error(isOfConfig ? formatConfigFaults(error.faults) : startFault(error))
    return isOfConfig ? EXIT_HOPELESS : 1
  }
}

process.exitCode = await main(process.argv.slice(2))
