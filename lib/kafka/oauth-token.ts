/** Access tokens by the client-credentials grant, kept until shortly before they expire. */
import { SECOND_MS } from '../units.ts'

const FETCH_DEADLINE_MS = 5 * SECOND_MS
const RENEW_BEFORE_EXPIRY_MS = 30 * SECOND_MS
/** For an endpoint that does not say how long its token lives. */
const ASSUMED_LIFETIME_SECONDS = 60

export interface ClientCredentials {
  tokenEndpoint: string
  clientId: string
  clientSecret: string
  scope: string | null
}

/** The token endpoint refused us or answered something else than a token. Carries no secret. */
export class TokenEndpointError extends Error {
  readonly status: number | null

  constructor(status: number | null, cause?: unknown) {
    super(`token endpoint answered ${status ?? 'nothing'}`, cause === undefined ? undefined : { cause })
    this.name = 'TokenEndpointError'
    this.status = status
  }
}

export function oauthTokenSource(credentials: ClientCredentials): () => Promise<string> {
  let token: Promise<{ value: string; renewAtMs: number }> | null = null
  return async () => {
    const current = await token?.catch(() => null)
    if (current && Date.now() < current.renewAtMs) return current.value
    token = fetchToken(credentials)
    return (await token).value
  }
}

async function fetchToken(credentials: ClientCredentials): Promise<{ value: string; renewAtMs: number }> {
  const { tokenEndpoint, clientId, clientSecret, scope } = credentials
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === null ? {} : { scope }) })
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')
  let response: Response
  try {
    const headers = { authorization: `Basic ${basic}`, accept: 'application/json' }
    const signal = AbortSignal.timeout(FETCH_DEADLINE_MS)
    response = await fetch(tokenEndpoint, { method: 'POST', headers, body, signal, redirect: 'error' })
  } catch (error) {
    throw new TokenEndpointError(null, error)
  }
  const answer: unknown = response.ok ? await response.json().catch(() => null) : null
  const value = field(answer, 'access_token')
  if (typeof value !== 'string') throw new TokenEndpointError(response.status)
  const lifetime = Number(field(answer, 'expires_in') ?? ASSUMED_LIFETIME_SECONDS) * SECOND_MS
  return { value, renewAtMs: Date.now() + Math.max(lifetime / 2, lifetime - RENEW_BEFORE_EXPIRY_MS) }
}

function field(answer: unknown, name: string): unknown {
  return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>)[name] : undefined
}
