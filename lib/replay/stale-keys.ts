/**
 * Whether the target holds something newer of the same key: replaying an old state over it undoes what happened since.
 * Bounded: so many keys are kept, so many bytes of the target are read, and what was not looked at is said.
 */
import { createHash } from 'node:crypto'
import type { MessageReader, PartitionPlace, StoredMessage } from '../cluster/messages.ts'
import { readKnown } from '../cluster/read-known.ts'
import { readEarlierReplay } from '../dlq/own-headers.ts'

/** A record that is to be replayed, as far as the check needs it. */
export interface StaleCandidate extends PartitionPlace {
  /** In the source. */
  offset: bigint
  ordinal: number
  target: string
  sizeBytes: number
  key: Uint8Array
  /** Where it lay in the target before it died, and when it was written; each null when unknown. */
  originPartition: number | null
  originOffset: bigint | null
  writtenAtMs: number | null
}

export interface StaleBounds {
  keys: number
  bytes: number
  timeoutMs: number
}

/** Compacted topics are a state: there the whole is checked as far as it goes. Elsewhere a sample says enough. */
export const COMPACTED_BOUNDS: StaleBounds = { keys: 200_000, bytes: 512 * 2 ** 20, timeoutMs: 60_000 }
export const SAMPLE_BOUNDS: StaleBounds = { keys: 5_000, bytes: 32 * 2 ** 20, timeoutMs: 10_000 }

type Kept = Omit<StaleCandidate, 'key' | 'target'> & { isStale: boolean }

export class StaleKeys {
  readonly target: string
  readonly #bounds: StaleBounds
  readonly #byKey = new Map<string, Kept[]>()
  #count = 0
  #isWhole = true
  #fromMs: number | null = null

  constructor(target: string, bounds: StaleBounds) {
    this.target = target
    this.#bounds = bounds
  }

  add({ key, target: _, ...candidate }: StaleCandidate): void {
    if (candidate.originOffset === null && candidate.writtenAtMs === null) {
      // Nothing to compare with.
      this.#isWhole = false
      return
    }
    if (this.#count >= this.#bounds.keys) {
      this.#isWhole = false
      return
    }
    this.#count += 1
    const digest = digestOf(key)
    const known = this.#byKey.get(digest)
    if (known === undefined) this.#byKey.set(digest, [{ ...candidate, isStale: false }])
    else known.push({ ...candidate, isStale: false })
    const since = candidate.writtenAtMs
    if (since !== null && (this.#fromMs === null || since < this.#fromMs)) this.#fromMs = since
  }

  /** @throws MessageAccessError */
  async check(reader: MessageReader, signal: AbortSignal): Promise<{ stale: Kept[]; areAllChecked: boolean }> {
    if (this.#count === 0) return { stale: [], areAllChecked: this.#isWhole }
    const places = await this.#places(reader, signal)
    const untilMs = performance.now() + this.#bounds.timeoutMs
    let bytes = 0
    let isWhole = this.#isWhole
    for (const { partition, broker, offset, end } of places) {
      for (let next = offset; next < end; ) {
        if (bytes > this.#bounds.bytes || performance.now() > untilMs) {
          isWhole = false
          break
        }
        const request = { topic: this.target, partition, broker, fromOffset: next, maxBytes: 2 ** 20 }
        const batch = await readKnown(reader, request, end, signal)
        for (const message of batch.messages) {
          bytes += message.sizeBytes
          this.#compare(message)
        }
        next = batch.nextOffset
      }
    }
    const stale = [...this.#byKey.values()].flat().filter(({ isStale }) => isStale)
    return { stale, areAllChecked: isWhole }
  }

  async #places(reader: MessageReader, signal: AbortSignal) {
    const log = await reader.describe(this.target, signal)
    const starts = this.#fromMs === null ? [] : await reader.offsetsAtTime(this.target, this.#fromMs, signal)
    return log.partitions.flatMap(({ partition, broker, startOffset, endOffset }) => {
      if (startOffset === null || endOffset === null) return []
      const byTime = starts.find((one) => one.partition === partition && one.broker === broker)?.offset ?? startOffset
      const byOffset = this.#leastOrigin(partition)
      const offset = byOffset === null ? byTime : byOffset + 1n < byTime ? byOffset + 1n : byTime
      return [{ partition, broker, offset: offset > startOffset ? offset : startOffset, end: endOffset }]
    })
  }

  #leastOrigin(partition: number): bigint | null {
    let least: bigint | null = null
    for (const kept of this.#byKey.values()) {
      for (const { originPartition, originOffset } of kept) {
        if (originPartition !== partition || originOffset === null) continue
        if (least === null || originOffset < least) least = originOffset
      }
    }
    return least
  }

  /** Copies that replays sent are old states themselves. */
  #compare({ key, partition, offset, timestampMs, headers }: StoredMessage): void {
    const kept = key === null ? undefined : this.#byKey.get(digestOf(key))
    if (kept === undefined || readEarlierReplay(headers) !== null) return
    for (const one of kept) {
      const isSamePlace = one.originPartition === partition && one.originOffset !== null
      if (isSamePlace) one.isStale ||= offset > (one.originOffset ?? offset)
      else one.isStale ||= timestampMs !== null && one.writtenAtMs !== null && timestampMs > one.writtenAtMs
    }
  }
}

function digestOf(key: Uint8Array): string {
  return createHash('sha1').update(key).digest('base64')
}
