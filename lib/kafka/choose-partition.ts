/** Where a message goes that names no partition: by its key as Kafka's own clients choose, so that keys stay together. */

const SEED = 0x9747b28c
const MULTIPLIER = 0x5bd1e995
const SHIFT = 24

/** @param keyless the partition for messages without a key */
export function choosePartition(key: Uint8Array | null, partitions: number, keyless: number): number {
  return key === null ? keyless : (murmur2(key) & 0x7fffffff) % partitions
}

/** The client library's own counts in ever larger big integers, which takes minutes for a key of some megabytes. */
export function murmur2(key: Uint8Array): number {
  const length = key.length
  const words = length - (length % 4)
  let hash = SEED ^ length
  for (let at = 0; at < words; at += 4) {
    let word = byteAt(key, at) | (byteAt(key, at + 1) << 8) | (byteAt(key, at + 2) << 16) | (byteAt(key, at + 3) << 24)
    word = Math.imul(word, MULTIPLIER)
    word ^= word >>> SHIFT
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word, MULTIPLIER)
  }
  for (let at = length - 1; at >= words; at--) hash ^= byteAt(key, at) << (8 * (at - words))
  if (length > words) hash = Math.imul(hash, MULTIPLIER)
  hash ^= hash >>> 13
  hash = Math.imul(hash, MULTIPLIER)
  return hash ^ (hash >>> 15)
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}
