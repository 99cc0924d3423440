/** Turns the failures of both databases into the few that a person can act on, by their codes. */
import { type ErrorCode, HoldfastError } from '../errors.ts'

/** SQLite's primary result codes; extended ones carry them in their lowest byte. */
const SQLITE: Readonly<Record<number, ErrorCode>> = {
  3: 'database_unavailable', // PERM
  5: 'database_busy', // BUSY
  6: 'database_busy', // LOCKED
  8: 'database_unavailable', // READONLY
  10: 'database_unavailable', // IOERR
  11: 'database_damaged', // CORRUPT
  13: 'database_full', // FULL
  14: 'database_unavailable', // CANTOPEN
  23: 'database_unavailable', // AUTH
  26: 'database_damaged', // NOTADB
}

/** PostgreSQL's SQLSTATE, by its first letters; the longest match wins. */
const SQLSTATE: readonly [string, ErrorCode][] = [
  ['53100', 'database_full'],
  ['53', 'database_busy'],
  ['55P03', 'database_busy'],
  ['40', 'database_busy'],
  ['57014', 'database_busy'],
  ['57P', 'database_unavailable'],
  ['58', 'database_unavailable'],
  ['08', 'database_unavailable'],
  ['28', 'database_unavailable'],
  ['3D', 'database_unavailable'],
  ['42501', 'database_unavailable'],
  ['25006', 'database_unavailable'],
  ['XX001', 'database_damaged'],
  ['XX002', 'database_damaged'],
]

/** Kinds of error that a driver adapter has already told apart. */
const KINDS: Readonly<Record<string, ErrorCode>> = {
  SocketTimeout: 'database_busy',
  TransactionWriteConflict: 'database_busy',
  TooManyConnections: 'database_busy',
  DatabaseNotReachable: 'database_unavailable',
  DatabaseDoesNotExist: 'database_unavailable',
  DatabaseAccessDenied: 'database_unavailable',
  ConnectionClosed: 'database_unavailable',
  TlsConnectionError: 'database_unavailable',
  AuthenticationFailed: 'database_unavailable',
}

/** Prisma's own codes and those of the operating system. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  P1000: 'database_unavailable',
  P1001: 'database_unavailable',
  P1002: 'database_busy',
  P1003: 'database_unavailable',
  P1008: 'database_busy',
  P1010: 'database_unavailable',
  P1011: 'database_unavailable',
  P1017: 'database_unavailable',
  P2024: 'database_busy',
  P2028: 'database_busy',
  P2034: 'database_busy',
  P2037: 'database_busy',
  P3005: 'database_not_ours',
  P3009: 'database_migration_failed',
  P3018: 'database_migration_failed',
  ENOSPC: 'database_full',
  EDQUOT: 'database_full',
  EACCES: 'database_unavailable',
  EPERM: 'database_unavailable',
  EROFS: 'database_unavailable',
  ENOENT: 'database_unavailable',
  EEXIST: 'database_unavailable',
  ENOTDIR: 'database_unavailable',
  EISDIR: 'database_unavailable',
  ECONNREFUSED: 'database_unavailable',
  ECONNRESET: 'database_unavailable',
  ENOTFOUND: 'database_unavailable',
  EAI_AGAIN: 'database_unavailable',
  ETIMEDOUT: 'database_unavailable',
  EHOSTUNREACH: 'database_unavailable',
  ENETUNREACH: 'database_unavailable',
}

/**
 * @param place the file, or host, port and database; never with a password
 * @returns the error as it is when it is not about the state of the database
 */
export function asDatabaseError(error: unknown, place: string): unknown {
  if (error instanceof HoldfastError) return error
  for (const link of chainOf(error)) {
    const found = classify(link)
    if (found === null) continue
    const facts = { path: place, detail: found.detail }
    return new HoldfastError(found.code, facts, { cause: error, retriable: found.code === 'database_busy' })
  }
  return error
}

interface Classified {
  code: ErrorCode
  detail: string
}

function classify(link: Record<string, unknown>): Classified | null {
  const { code, kind, rawCode, extendedCode } = link
  const detail = textOf(link)
  const sqlite = typeof extendedCode === 'number' ? extendedCode : rawCode
  if (typeof sqlite === 'number') return named(SQLITE[sqlite & 0xff], detail)
  if (kind === 'postgres' && typeof code === 'string') return named(bySqlState(code), detail)
  if (typeof kind === 'string') return named(KINDS[kind], detail)
  if (typeof code !== 'string') return null
  return named(CODES[code] ?? (typeof link.severity === 'string' ? bySqlState(code) : undefined), detail)
}

function named(code: ErrorCode | undefined, detail: string): Classified | null {
  return code === undefined ? null : { code, detail }
}

function bySqlState(state: string): ErrorCode | undefined {
  const matches = SQLSTATE.filter(([prefix]) => state.startsWith(prefix))
  return matches.sort(([a], [b]) => b.length - a.length)[0]?.[1]
}

/** The first line only: Prisma's messages go on with an excerpt of the calling code. */
function textOf(link: Record<string, unknown>): string {
  const { originalMessage, message, code, kind } = link
  const text = [originalMessage, message, code, kind].find((part) => typeof part === 'string' && part !== '')
  const lines = String(text).split('\n')
  return lines.map((line) => line.trim()).find((line) => line !== '') ?? 'unknown'
}

/** The error and what it wraps, innermost first: the driver knows best what happened. */
function chainOf(error: unknown): Record<string, unknown>[] {
  const chain: Record<string, unknown>[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || chain.length > 20) return
    const link = value as Record<string, unknown>
    if (chain.includes(link)) return
    chain.push(link)
    visit(link.cause)
    const meta = link.meta
    if (typeof meta === 'object' && meta !== null) visit((meta as Record<string, unknown>).driverAdapterError)
  }
  visit(error)
  return chain.reverse()
}
