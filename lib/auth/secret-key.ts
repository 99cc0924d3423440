/** The console's secret: from the environment, or a file made at the first start beside the SQLite database. */
import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Config } from '../config.ts'

const SECRET_BYTES = 32

export function loadOrCreateSecret(config: Pick<Config, 'secret' | 'databaseUrl'>): string {
  if (config.secret !== null) return config.secret
  const path = secretKeyPath(config.databaseUrl)
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  return createSecretFile(path)
}

/** Where it is while HOLDFAST_SECRET is not set. */
export function secretKeyPath(databaseUrl: string): string {
  return join(dirname(databaseUrl.replace(/^file:/, '')), 'secret.key')
}

/** Written whole under another name and then linked, so that two processes that start at once end with one secret. */
function createSecretFile(path: string): string {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, {
    mode: 0o600,
    flag: 'wx',
  })
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    unlinkSync(draft)
  }
  return readFileSync(path, 'utf8').trim()
}
