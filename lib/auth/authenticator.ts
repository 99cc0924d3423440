/** Who sent a request: a bearer token, a session cookie, or anybody while authentication is off. */
import { createHmac, randomBytes } from 'node:crypto'
import type { Config } from '../config.ts'
import { HoldfastError } from '../errors.ts'
import { EVERYTHING, type Scope } from '../scope.ts'
import { HOUR_MS, MINUTE_MS } from '../units.ts'
import { type AttemptLimit, createAttemptLimit } from './attempt-limit.ts'
import type { AuthStore, StoredToken } from './auth-store.ts'
import { CSRF_COOKIE, CSRF_HEADER, readCookie, SESSION_COOKIE } from './cookies.ts'
import { headerOf, REMOTE_ADDRESS_HEADER, type RequestHeaders } from './host-guard.ts'
import type { Role } from './permissions.ts'
import { createProofMemory } from './proof-memory.ts'
import { deriveKey } from './secret-box.ts'
import { hashToken, isSameHash } from './tokens.ts'

export interface Principal {
  actor: string
  role: Role
  scope: Scope
  /** How it was proven. Only a session needs CSRF protection: a browser sends nothing else by itself. */
  via: 'off' | 'token' | 'session'
}

export interface SignedIn {
  principal: Principal
  sessionId: string
  csrfToken: string
  expiresAtMs: number
}

export interface Authenticator {
  /** Null when the request proves nothing. @throws HoldfastError `too_many_attempts` */
  authenticate(headers: RequestHeaders): Promise<Principal | null>
  /** Who `authenticate` found the same proof to belong to within the last hour; asks no database. */
  recall(headers: RequestHeaders): Principal | null
  /** @throws HoldfastError `unauthenticated`, `too_many_attempts` */
  signIn(token: string, headers: RequestHeaders): Promise<SignedIn>
  signOut(headers: RequestHeaders): Promise<void>
  /** @throws HoldfastError `csrf_failed` */
  checkCsrf(headers: RequestHeaders): void
}

export const SESSION_MS = 12 * HOUR_MS
const SESSION_ID_BYTES = 32
const MAX_SIGN_IN_FAILURES = 10
const SIGN_IN_WINDOW_MS = 5 * MINUTE_MS
/** Wider than for sign-in: one wrong script must not shut out the others behind the same address for long. */
const MAX_BEARER_FAILURES = 100
const BEARER_WINDOW_MS = MINUTE_MS

type AuthConfig = Pick<Config, 'auth' | 'adminToken' | 'approverToken' | 'tokens'>

interface KnownToken extends StoredToken {
  scope: Scope
}

export function createAuthenticator(
  config: AuthConfig,
  secret: string,
  store: AuthStore,
  now: () => number,
): Authenticator {
  const csrfKey = deriveKey(secret, 'holdfast csrf')
  const signInLimit = createAttemptLimit(MAX_SIGN_IN_FAILURES, SIGN_IN_WINDOW_MS, now)
  const bearerLimit = createAttemptLimit(MAX_BEARER_FAILURES, BEARER_WINDOW_MS, now)
  const configured = configuredTokens(config)
  const recalled = createProofMemory(now)
  const allTokens = async (): Promise<KnownToken[]> => [...configured, ...(await store.tokens()).map(forEverything)]

  const csrfTokenOf = (sessionId: string): string => createHmac('sha256', csrfKey).update(sessionId).digest('base64url')

  async function findByToken(token: string, limit: AttemptLimit, address: string): Promise<KnownToken | null> {
    limit.check(address)
    const hash = hashToken(token)
    // All are compared, so that the time does not tell which one is near.
    const match = (await allTokens()).filter((known) => isSameHash(known.tokenHash, hash))[0] ?? null
    if (match === null) limit.fail(address)
    return match
  }

  async function findBySession(sessionId: string): Promise<Principal | null> {
    const tokenOf = new Map((await allTokens()).map((token) => [sessionHash(sessionId, token), token]))
    const found = tokenOf.size === 0 ? null : await store.findSession([...tokenOf.keys()], now())
    const token = found === null ? undefined : tokenOf.get(found)
    // Its rights are those of its token now, not of the moment of signing in.
    return token === undefined ? null : principalOf(token, 'session')
  }

  async function prove(headers: RequestHeaders): Promise<Principal | null> {
    const bearer = bearerOf(headers)
    if (bearer !== null) {
      const token = await findByToken(bearer, bearerLimit, addressOf(headers))
      return token === null ? null : principalOf(token, 'token')
    }
    const sessionId = readCookie(headerOf(headers, 'cookie'), SESSION_COOKIE)
    return sessionId === null ? null : findBySession(sessionId)
  }

  return {
    async authenticate(headers) {
      if (config.auth === 'off') return NOBODY_ASKED
      const principal = await prove(headers)
      recalled.note(proofOf(headers), principal)
      return principal
    },
    recall(headers) {
      return config.auth === 'off' ? NOBODY_ASKED : recalled.find(proofOf(headers))
    },
    async signIn(token, headers) {
      const address = addressOf(headers)
      const known = await findByToken(token, signInLimit, address)
      if (known === null) throw new HoldfastError('unauthenticated')
      signInLimit.succeed(address)
      const sessionId = randomBytes(SESSION_ID_BYTES).toString('base64url')
      const expiresAtMs = now() + SESSION_MS
      const { name: actor, role } = known
      await store.addSession({ idHash: sessionHash(sessionId, known), actor, role, expiresAtMs }, now())
      return { principal: principalOf(known, 'session'), sessionId, csrfToken: csrfTokenOf(sessionId), expiresAtMs }
    },
    async signOut(headers) {
      const sessionId = readCookie(headerOf(headers, 'cookie'), SESSION_COOKIE)
      if (sessionId === null) return
      recalled.note(proofOf(headers), null)
      for (const token of await allTokens()) await store.revokeSession(sessionHash(sessionId, token), now())
    },
    checkCsrf(headers) {
      const cookies = headerOf(headers, 'cookie')
      const expected = csrfTokenOf(readCookie(cookies, SESSION_COOKIE) ?? '')
      const sent = [headerOf(headers, CSRF_HEADER), readCookie(cookies, CSRF_COOKIE)]
      if (!sent.every((value) => value !== null && isSameHash(value, expected))) throw new HoldfastError('csrf_failed')
    },
  }
}

const NOBODY_ASKED: Principal = { actor: 'local', role: 'admin', scope: EVERYTHING, via: 'off' }

function principalOf({ name: actor, role, scope }: KnownToken, via: Principal['via']): Principal {
  return { actor, role, scope, via }
}

/** A digest of what the request proves itself with; null: of nothing. */
function proofOf(headers: RequestHeaders): string | null {
  const bearer = bearerOf(headers)
  if (bearer !== null) return hashToken(`bearer ${bearer}`)
  const sessionId = readCookie(headerOf(headers, 'cookie'), SESSION_COOKIE)
  return sessionId === null ? null : hashToken(`session ${sessionId}`)
}

/** A session hangs on the token it was opened with: when that is changed or revoked, the session ends with it. */
function sessionHash(sessionId: string, token: StoredToken): string {
  return hashToken(`${sessionId}.${token.tokenHash}`)
}

function configuredTokens({ adminToken, approverToken, tokens }: AuthConfig): KnownToken[] {
  const ofEnvironment = [
    { token: adminToken, name: 'admin', role: 'admin', scope: EVERYTHING },
    { token: approverToken, name: 'approver', role: 'approver', scope: EVERYTHING },
  ] as const
  return [...ofEnvironment, ...tokens].flatMap(({ token, ...known }) =>
    token ? [{ ...known, tokenHash: hashToken(token) }] : [],
  )
}

/** The console's own are an admin's. */
function forEverything(token: StoredToken): KnownToken {
  return { ...token, scope: EVERYTHING }
}

function bearerOf(headers: RequestHeaders): string | null {
  return /^Bearer +(\S+) *$/i.exec(headerOf(headers, 'authorization') ?? '')?.[1] ?? null
}

export function addressOf(headers: RequestHeaders): string {
  return headerOf(headers, REMOTE_ADDRESS_HEADER) ?? 'unknown'
}
