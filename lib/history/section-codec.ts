/** Sections of the newest snapshot, as they are stored. */
import { compressRows, decodeRows } from './packed-rows.ts'

/** Grows with every change of the stored types, so that a section of another version counts as not polled yet. */
const FORMAT = 12

export function compressSection(packed: Buffer): Uint8Array<ArrayBuffer> {
  return compressRows(FORMAT, packed)
}

/** Written by a version before this one, as far as its first byte tells. */
export function isOlderSection(content: Uint8Array): boolean {
  const format = content[0] ?? 0
  return format > 0 && format < FORMAT
}

/** Null when it was written by another version or is damaged: the next poll writes it anew. */
export function decodeSection(content: Uint8Array): ReturnType<typeof decodeRows> {
  return decodeRows(FORMAT, content)
}
