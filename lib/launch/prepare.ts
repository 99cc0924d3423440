/** What must be so before anything is served: a database with the newest schema, and a token somebody knows. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createAuthStore } from '../auth/auth-store.ts'
import { ensureFirstToken } from '../auth/first-token.ts'
import { loadConfig } from '../config.ts'
import { openDatabase } from '../db.ts'
import { startFault } from './start-fault.ts'

/**
 * Does it in a short-lived process: the schema engine and a database client would stay in the memory of the web
 * server, which has its own inside Next.
 */
export async function prepareDatabase(): Promise<void> {
  const child = spawn(process.execPath, [import.meta.filename], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exit(code ?? 1)
}

async function prepare(): Promise<void> {
  const config = loadConfig()
  const database = await openDatabase(config.databaseUrl)
  try {
    if (config.role === 'collector') return
    const token = await ensureFirstToken(config, createAuthStore(database), Date.now())
    if (token !== null) console.log(`Admin token, shown only this once: ${token}`)
  } finally {
    await database.close()
  }
}

if (import.meta.main) {
  try {
    await prepare()
  } catch (error) {
    console.error(startFault(error))
    process.exitCode = 1
  }
}
