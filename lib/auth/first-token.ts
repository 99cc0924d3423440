import type { Config } from '../config.ts'
import type { AuthStore } from './auth-store.ts'
import { generateToken, hashToken } from './tokens.ts'

/**
 * The token of a console that was given none: made at the first start and stored as a digest.
 *
 * @returns the token to print, once; null when there is one already or none is needed.
 */
export async function ensureFirstToken(
  config: Pick<Config, 'auth' | 'adminToken' | 'tokens'>,
  store: AuthStore,
  nowMs: number,
): Promise<string | null> {
  if (config.auth === 'off' || config.adminToken !== null) return null
  if (config.tokens.some(({ role }) => role === 'admin') || (await store.tokens()).length > 0) return null
  const token = generateToken()
  await store.addToken({ tokenHash: hashToken(token), name: 'admin', role: 'admin' }, nowMs)
  return token
}
