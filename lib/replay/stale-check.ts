/** On compacted topics, what is older than what lies there is left out of a plan unless a person agreed. */
import type { MessageReader, StoredMessage } from '../cluster/messages.ts'
import type { DecodedDeadLetter } from '../dlq/dead-letter.ts'
import type { Sendable } from './decide.ts'
import { PartTally, type PlanTally } from './plan-tally.ts'
import type { ReplayPart, ReplayRequest } from './replay-types.ts'
import { COMPACTED_BOUNDS, SAMPLE_BOUNDS, StaleKeys } from './stale-keys.ts'
import type { TargetTopics } from './target-topics.ts'

export interface Staleness {
  found: bigint
  areAllChecked: boolean
}

export class StaleCheck {
  readonly #request: ReplayRequest
  readonly #topics: TargetTopics
  readonly #byTarget = new Map<string, StaleKeys>()

  constructor(request: ReplayRequest, topics: TargetTopics) {
    this.#request = request
    this.#topics = topics
  }

  keep(
    record: StoredMessage,
    { origin }: DecodedDeadLetter,
    ordinal: number,
    { message, route, sizeBytes }: Sendable,
  ): void {
    if (message.key === null) return
    const target = message.topic
    let keys = this.#byTarget.get(target)
    if (keys === undefined) {
      keys = new StaleKeys(target, route.topic.isCompacted === false ? SAMPLE_BOUNDS : COMPACTED_BOUNDS)
      this.#byTarget.set(target, keys)
    }
    const isOrigin = origin?.topic === target && this.#request.clusterId === this.#request.target.clusterId
    keys.add({
      ...{ partition: record.partition, broker: record.broker, offset: record.offset, ordinal, target, sizeBytes },
      key: message.key,
      originPartition: isOrigin ? (origin?.partition ?? null) : null,
      originOffset: isOrigin ? (origin?.offset ?? null) : null,
      writtenAtMs: origin?.timestampMs ?? record.timestampMs,
    })
  }

  /** Null: there was nothing to check. What is left out is taken out of `parts` and `tally`. */
  async check(
    parts: ReplayPart[],
    tally: PlanTally,
    reader: MessageReader,
    signal: AbortSignal,
  ): Promise<Staleness | null> {
    if (this.#byTarget.size === 0) return null
    let found = 0n
    let areAllChecked = true
    for (const keys of this.#byTarget.values()) {
      const checked = await keys.check(reader, signal)
      areAllChecked &&= checked.areAllChecked
      found += BigInt(checked.stale.length)
      const isBlocked = this.#topics.byName.get(keys.target)?.isCompacted !== false && !this.#request.accept.staleKeys
      if (isBlocked && checked.stale.length > 0) leaveOut(parts, tally, keys.target, checked.stale)
    }
    return { found, areAllChecked }
  }
}

function leaveOut(
  parts: ReplayPart[],
  tally: PlanTally,
  target: string,
  stale: readonly { ordinal: number; offset: bigint; sizeBytes: number }[],
): void {
  for (const { sizeBytes } of stale) tally.takeBack(target, sizeBytes, 'staleKey')
  for (const [ordinal, some] of Map.groupBy(stale, (one) => one.ordinal)) {
    const part = parts[ordinal] as ReplayPart
    const builder = new PartTally()
    for (const { offset } of [...some].sort((one, other) => (one.offset < other.offset ? -1 : 1))) {
      builder.skip(offset, 'staleKey')
    }
    const [added] = builder.build().skips
    const before = part.skips.find(({ code }) => code === 'staleKey')
    const rest = part.skips.filter(({ code }) => code !== 'staleKey')
    if (added === undefined) continue
    const offsets = before === undefined ? added.offsets : before.offsets.union(added.offsets)
    parts[ordinal] = { ...part, skips: [...rest, { code: 'staleKey', offsets }] }
  }
}
