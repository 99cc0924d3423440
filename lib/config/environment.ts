/** The settings that come from environment variables, checked. An empty variable counts as not set. */
import { resolve } from 'node:path'
import type { ConfigFault } from './config-fault.ts'
import { TOKEN_CHARS } from './tokens.ts'
import type { Environment } from './yaml-file.ts'

export type Role = 'all' | 'web' | 'collector'

export interface EnvironmentConfig {
  /** `file:…` with an absolute path, or `postgresql://…` */
  databaseUrl: string
  host: string
  port: number
  role: Role
  auth: 'on' | 'off'
  adminToken: string | null
  approverToken: string | null
  /** Null: created beside the database (SQLite only), see `auth/secret-key.ts`. */
  secret: string | null
  publicUrl: string | null
  logLevel: string
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
const MIN_SECRET_CHARS = 16
const DEFAULT_DATABASE_URL = 'file:./data/holdfast.db'

export function readEnvironment(env: Environment, cwd: string, faults: ConfigFault[]): EnvironmentConfig {
  const refuse = (path: string, reason: string): void => {
    faults.push({ file: 'environment', line: null, path, reason })
  }
  const oneOf = <T extends string>(name: string, values: readonly T[], fallback: T): T => {
    const value = env[name] || fallback
    if ((values as readonly string[]).includes(value)) return value as T
    refuse(name, `must be one of ${values.join(', ')}`)
    return fallback
  }
  const config: EnvironmentConfig = {
    databaseUrl: databaseUrlOf(env, cwd, faults),
    host: env.HOST || '127.0.0.1',
    port: readPort(env.PORT || '3000', refuse),
    role: oneOf('HOLDFAST_ROLE', ['all', 'web', 'collector'], 'all'),
    auth: oneOf('HOLDFAST_AUTH', ['on', 'off'], 'on'),
    adminToken: readToken('HOLDFAST_ADMIN_TOKEN', env, refuse),
    approverToken: readToken('HOLDFAST_APPROVER_TOKEN', env, refuse),
    secret: env.HOLDFAST_SECRET || null,
    publicUrl: readPublicUrl(env.HOLDFAST_PUBLIC_URL || null, refuse),
    logLevel: oneOf('HOLDFAST_LOG_LEVEL', LOG_LEVELS, 'info'),
  }
  checkTogether(config, refuse)
  return config
}

type Refuse = (path: string, reason: string) => void

/** For commands that need nothing else: the secrets of a whole configuration are not at hand in every shell. */
export function databaseUrlOf(env: Environment, cwd: string, faults: ConfigFault[]): string {
  return readDatabaseUrl(env.DATABASE_URL || DEFAULT_DATABASE_URL, cwd, (path, reason) => {
    faults.push({ file: 'environment', line: null, path, reason })
  })
}

function checkTogether(config: EnvironmentConfig, refuse: Refuse): void {
  if (config.auth === 'off' && !isLoopbackHost(config.host)) {
    refuse('HOLDFAST_AUTH', 'can be off only while HOST is a loopback address (127.0.0.1, ::1 or localhost)')
  }
  if (config.secret === null && config.databaseUrl.startsWith('postgres')) {
    refuse('HOLDFAST_SECRET', 'must be set when DATABASE_URL is PostgreSQL')
  }
  if (config.secret !== null && config.secret.length < MIN_SECRET_CHARS) {
    refuse('HOLDFAST_SECRET', `must have at least ${MIN_SECRET_CHARS} characters`)
  }
  if (config.adminToken !== null && config.adminToken === config.approverToken) {
    refuse('HOLDFAST_APPROVER_TOKEN', 'must differ from HOLDFAST_ADMIN_TOKEN: it stands for a second person')
  }
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** A relative SQLite path is taken from the working directory once, so that no later step can mean another file. */
function readDatabaseUrl(url: string, cwd: string, refuse: Refuse): string {
  if (url.startsWith('file:') && url.length > 'file:'.length) {
    const path = url.slice('file:'.length).replace(/^\/\/(?=\/)/, '')
    return `file:${resolve(cwd, path)}`
  }
  if (/^postgres(ql)?:\/\//.test(url) && URL.parse(url) !== null) return url
  refuse('DATABASE_URL', 'must be file:PATH or postgresql://…')
  return url
}

function readPort(text: string, refuse: Refuse): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  refuse('PORT', 'must be a number from 0 to 65535')
  return 3000
}

function readToken(name: string, env: Environment, refuse: Refuse): string | null {
  const token = env[name] || null
  if (token !== null && !TOKEN_CHARS.test(token)) {
    refuse(name, 'may hold only visible ASCII characters and no blanks, since it travels in a header')
  }
  return token
}

function readPublicUrl(text: string | null, refuse: Refuse): string | null {
  if (text === null) return null
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '') {
    return text.replace(/\/+$/, '')
  }
  refuse('HOLDFAST_PUBLIC_URL', 'must be an http or https address without user name and query')
  return null
}
