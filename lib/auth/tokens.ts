import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const TOKEN_BYTES = 32

/** The prefix lets secret scanners recognise a token that leaked. */
export function generateToken(): string {
  return `holdfast_${randomBytes(TOKEN_BYTES).toString('base64url')}`
}

/** Tokens are long and random, so a plain digest is enough to keep them unreadable at rest. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Compares two digests in a time that does not depend on where they differ. */
export function isSameHash(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}
