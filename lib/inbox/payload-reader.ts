/** Share groups' letters hold no payload: it is read from where the record lay, while it lies there. */
import type { MessageReader, StoredMessage } from '../cluster/messages.ts'
import { MessageAccessError } from '../cluster/messages.ts'
import type { PayloadPointer } from '../dlq/dead-letter.ts'
import { MINUTE_MS } from '../units.ts'

export interface PayloadReader {
  /**
   * Null when nothing lies there any more, or something that was written after the letter: then the topic was created
   * anew, and other records have its offsets.
   *
   * @param letterAtMs when the letter was written; null when unknown
   * @throws MessageAccessError when the cluster cannot tell, or may not
   */
  read(pointer: PayloadPointer, letterAtMs: number | null, signal: AbortSignal): Promise<StoredMessage | null>
}

const FETCH_BYTES = 256 * 1_024
/** Letters of one partition point ahead in small steps: one fetch serves many. Of so many source partitions at once. */
const MOST_KEPT = 16
/** A record has its producer's time, a letter its broker's: clocks differ, and who is ahead by less is believed. */
const CLOCK_MARGIN_MS = MINUTE_MS
/** Headers are anybody's words: what they name need never have been. */
const NOTHING_THERE: ReadonlySet<string> = new Set(['topicDeleted', 'partitionNotFound'])

export function createPayloadReader(reader: MessageReader): PayloadReader {
  const kept = new Map<string, { from: bigint; to: bigint; messages: Map<bigint, StoredMessage> }>()
  const fetched = async ({ topic, partition, offset }: PayloadPointer, signal: AbortSignal) => {
    const place = `${topic}/${partition}`
    const known = kept.get(place)
    if (known !== undefined && known.from <= offset && offset < known.to) return known.messages.get(offset) ?? null
    const request = { topic, partition, broker: null, fromOffset: offset, maxBytes: FETCH_BYTES }
    try {
      const { messages, nextOffset } = await reader.read(request, signal)
      kept.delete(place)
      kept.set(place, { from: offset, to: nextOffset, messages: new Map(messages.map((one) => [one.offset, one])) })
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value ?? '')
      return messages.find((one) => one.offset === offset) ?? null
    } catch (error) {
      if (error instanceof MessageAccessError && NOTHING_THERE.has(error.fault.code)) return null
      throw error
    }
  }
  return {
    async read(pointer, letterAtMs, signal) {
      const found = await fetched(pointer, signal)
      return found === null || isLater(found, letterAtMs) ? null : found
    },
  }
}

function isLater({ timestampMs }: StoredMessage, letterAtMs: number | null): boolean {
  return timestampMs !== null && letterAtMs !== null && timestampMs > letterAtMs + CLOCK_MARGIN_MS
}
