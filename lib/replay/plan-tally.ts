/** Counts what a plan shows, record by record, in bounded memory. Pure. */
import type { StoredMessage } from '../cluster/messages.ts'
import type { DecodedDeadLetter } from '../dlq/dead-letter.ts'
import { isOwnHeader } from '../dlq/own-headers.ts'
import { type OffsetRuns, OffsetRunsBuilder } from '../inbox/offset-runs.ts'
import type { Sendable } from './decide.ts'
import { keyDigest } from './key-digest.ts'
import type { ReplayPlan, SkipCode } from './replay-types.ts'

/** Names of headers, and of groups, that are counted apart; records may bring any number. */
const MOST_NAMES = 200
const MOST_TARGETS = 10_000
const MOST_KEYS = 100_000
/** Records that belong where others of their key go, and are left out for what they are themselves. */
const LEAVES_GAP: ReadonlySet<SkipCode> = new Set(['tooLarge', 'notTransformable', 'quarantined'])

/** One source partition while it is planned: its records come in the order of their offsets. */
export class PartTally {
  readonly #selected = new OffsetRunsBuilder()
  readonly #skips = new Map<SkipCode, OffsetRunsBuilder>()
  /** Digests. */
  readonly #leftKeys = new Set<string>()

  seen(offset: bigint): void {
    this.#selected.add(offset, offset + 1n)
  }

  /** @param key of the record, where it matters that others of it go */
  skip(offset: bigint, code: SkipCode, key: Uint8Array | null = null): void {
    const digest = LEAVES_GAP.has(code) && this.#leftKeys.size < MOST_KEYS ? keyDigest(key) : null
    if (digest !== null) this.#leftKeys.add(digest)
    const builder = this.#skips.get(code) ?? new OffsetRunsBuilder()
    this.#skips.set(code, builder)
    builder.add(offset, offset + 1n)
  }

  /** Whether an earlier record of the key was left out for itself, so that the key's history gets a gap. */
  isInterrupted(key: Uint8Array | null): boolean {
    if (this.#leftKeys.size === 0) return false
    const digest = keyDigest(key)
    return digest !== null && this.#leftKeys.has(digest)
  }

  build(): { selected: OffsetRuns; skips: { code: SkipCode; offsets: OffsetRuns }[] } {
    const skips = [...this.#skips].map(([code, builder]) => ({ code, offsets: builder.build() }))
    return { selected: this.#selected.build(), skips }
  }
}

export interface TallyNotes {
  guessed: bigint
  partitionMoved: bigint
  cameBack: bigint
  /** When the oldest record was written; null when none has a time. */
  oldestAtMs: number | null
  /** When the newest one was. */
  newestAtMs: number | null
  headersRemoved: bigint
  /** Letters of share groups that hold no headers, when those of the record are gone, too. */
  headersGone: bigint
  /** By hand, or by the transform. */
  changed: bigint
  keyless: bigint
  /** They go although an earlier record with their key is left out. */
  keysInterrupted: bigint
  failedGroups: string[]
  /** Letters of RocketMQ whose queue was looked for, and those for which it was found. */
  queuesTraced: bigint
  queuesKnown: bigint
  unreadable: bigint
}

export class PlanTally {
  #selected = 0n
  #messages = 0n
  #bytes = 0n
  readonly #targets = new Map<string, { messages: bigint; bytes: bigint }>()
  readonly #skipped = new Map<SkipCode, bigint>()
  readonly #removed = new Map<string, bigint>()
  readonly #groups = new Set<string>()
  readonly notes: Omit<TallyNotes, 'failedGroups'> = {
    ...{ guessed: 0n, partitionMoved: 0n, cameBack: 0n, oldestAtMs: null, newestAtMs: null },
    ...{ headersRemoved: 0n, headersGone: 0n, changed: 0n, keyless: 0n, keysInterrupted: 0n, unreadable: 0n },
    ...{ queuesTraced: 0n, queuesKnown: 0n },
  }

  get selected(): bigint {
    return this.#selected
  }

  get skipped(): bigint {
    return this.#selected - this.#messages
  }

  get failedGroups(): string[] {
    return [...this.#groups]
  }

  get targetNames(): string[] {
    return [...this.#targets.keys()]
  }

  skip(record: StoredMessage, decoded: DecodedDeadLetter, code: SkipCode): void {
    this.#note(record, decoded)
    this.#skipped.set(code, (this.#skipped.get(code) ?? 0n) + 1n)
  }

  send(record: StoredMessage, decoded: DecodedDeadLetter, { message, route, sizeBytes }: Sendable): void {
    this.#note(record, decoded)
    const bytes = BigInt(sizeBytes)
    this.#messages += 1n
    this.#bytes += bytes
    const target = this.#targets.get(message.topic) ?? { messages: 0n, bytes: 0n }
    if (this.#targets.size < MOST_TARGETS) this.#targets.set(message.topic, target)
    target.messages += 1n
    target.bytes += bytes
    if (route.isGuessed) this.notes.guessed += 1n
    if (route.isPartitionGone) this.notes.partitionMoved += 1n
    if (message.key === null) this.notes.keyless += 1n
    this.#countRemoved(record, message.headers)
  }

  traced(isKnown: boolean): void {
    this.notes.queuesTraced += 1n
    if (isKnown) this.notes.queuesKnown += 1n
  }

  /** A record that was counted as sent is left out after all. */
  takeBack(topic: string, sizeBytes: number, code: SkipCode): void {
    const target = this.#targets.get(topic)
    if (target !== undefined) {
      target.messages -= 1n
      target.bytes -= BigInt(sizeBytes)
      if (target.messages === 0n) this.#targets.delete(topic)
    }
    this.#messages -= 1n
    this.#bytes -= BigInt(sizeBytes)
    this.#skipped.set(code, (this.#skipped.get(code) ?? 0n) + 1n)
  }

  /** Largest first. */
  numbers(): Pick<ReplayPlan, 'messages' | 'bytes' | 'targets' | 'skipped' | 'removedHeaders'> {
    return {
      messages: this.#messages,
      bytes: this.#bytes,
      targets: sorted([...this.#targets].map(([topic, { messages, bytes }]) => ({ topic, messages, bytes }))),
      skipped: byCount([...this.#skipped].map(([code, count]) => ({ code, count }))),
      removedHeaders: byCount([...this.#removed].map(([key, count]) => ({ key, count }))),
    }
  }

  #note(record: StoredMessage, decoded: DecodedDeadLetter): void {
    this.#selected += 1n
    const { timestampMs } = record
    const { oldestAtMs, newestAtMs } = this.notes
    if (timestampMs !== null && (oldestAtMs === null || timestampMs < oldestAtMs)) this.notes.oldestAtMs = timestampMs
    if (timestampMs !== null && (newestAtMs === null || timestampMs > newestAtMs)) this.notes.newestAtMs = timestampMs
    if (decoded.replay !== null) this.notes.cameBack += 1n
    const group = failedGroup(decoded)
    if (group !== null && this.#groups.size < MOST_NAMES) this.#groups.add(group)
  }

  #countRemoved(record: StoredMessage, sent: readonly { key: string }[]): void {
    if (record.headers.length === 0) return
    const kept = new Set(sent.map(({ key }) => key))
    const removed = new Set<string>()
    for (const { key } of record.headers) if (!kept.has(key) && !isOwnHeader(key)) removed.add(key)
    if (removed.size > 0) this.notes.headersRemoved += 1n
    for (const key of removed) {
      const count = this.#removed.get(key)
      if (count !== undefined || this.#removed.size < MOST_NAMES) this.#removed.set(key, (count ?? 0n) + 1n)
    }
  }
}

/** Sink connectors read with a group that is named after them. */
function failedGroup({ origin, format, exception }: DecodedDeadLetter): string | null {
  const group = origin?.group ?? null
  if (group !== null) return group
  return format === 'connect' && exception?.handler ? `connect-${exception.handler}` : null
}

function sorted<T extends { messages: bigint; topic: string }>(targets: T[]): T[] {
  return targets.sort((one, other) => Number(other.messages - one.messages) || (one.topic < other.topic ? -1 : 1))
}

function byCount<T extends { count: bigint }>(parts: T[]): T[] {
  return parts.sort((one, other) => Number(other.count - one.count))
}
