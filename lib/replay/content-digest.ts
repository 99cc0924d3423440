/** What a record says, in one number: for the record of who changed what, which outlives the bytes. */
import { createHash } from 'node:crypto'
import type { MessageHeader } from '../cluster/messages.ts'
import { isOwnHeader } from '../dlq/own-headers.ts'

/**
 * SHA-256 in hexadecimal over the value and the headers in their order, each with its length in front so that no two
 * records look alike; the console's own headers are left out, since they tell of the replay.
 */
export function contentDigest(value: Uint8Array | null, headers: readonly MessageHeader[]): string {
  const hash = createHash('sha256')
  const add = (bytes: Uint8Array | null): void => {
    hash.update(`${bytes?.length ?? 'null'}:`)
    if (bytes !== null) hash.update(bytes)
  }
  add(value)
  for (const { key, value: headerValue } of headers) {
    if (isOwnHeader(key)) continue
    add(Buffer.from(key))
    add(headerValue)
  }
  return hash.digest('hex')
}
