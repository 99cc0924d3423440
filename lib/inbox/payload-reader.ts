/** Share groups' letters hold no payload: it is read from where the record lay, while it lies there. */
import type { MessageReader, StoredMessage } from '../cluster/messages.ts'
import { MessageAccessError } from '../cluster/messages.ts'
import type { PayloadPointer } from '../dlq/dead-letter.ts'

export interface PayloadReader {
  /** Null when nothing lies there any more. @throws MessageAccessError when the cluster cannot tell */
  read(pointer: PayloadPointer, signal: AbortSignal): Promise<StoredMessage | null>
}

const FETCH_BYTES = 256 * 1_024
/** Letters of one partition point ahead in small steps: one fetch serves many. Of so many source partitions at once. */
const MOST_KEPT = 16

export function createPayloadReader(reader: MessageReader): PayloadReader {
  const kept = new Map<string, { from: bigint; to: bigint; messages: Map<bigint, StoredMessage> }>()
  return {
    async read({ topic, partition, offset }, signal) {
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
        if (error instanceof MessageAccessError && error.fault.code === 'topicDeleted') return null
        throw error
      }
    },
  }
}
