import { createHash } from 'node:crypto'

const KEY_DIGEST_CHARS = 16

/** Null for records without a key: they are not bound to each other's order. */
export function keyDigest(key: Uint8Array | null): string | null {
  if (key === null) return null
  return createHash('sha256').update(key).digest('base64url').slice(0, KEY_DIGEST_CHARS)
}
