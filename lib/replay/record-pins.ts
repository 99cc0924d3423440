/**
 * Topics of RocketMQ have no id. Whether a queue is still the one that was planned, or begins anew with other records
 * at the same offsets, a few of its records tell.
 */
import type { MessageReader, PartitionPlace, StoredMessage } from '../cluster/messages.ts'

export interface RecordPin extends PartitionPlace {
  offset: bigint
  /** What no other record has at this place: its own id in the broker's log, and when it was stored. */
  identity: string
}

/** Null where the topic's id says enough. */
export function pinOf({ partition, broker, offset, timestampMs, rocketmq }: StoredMessage): RecordPin | null {
  if (rocketmq === null) return null
  return { partition, broker, offset, identity: `${rocketmq.messageId}/${timestampMs}` }
}

/** A pinned record that has expired says nothing. @throws MessageAccessError when the cluster cannot tell */
export async function isAnotherQueue(
  reader: MessageReader,
  topic: string,
  pins: readonly RecordPin[],
  signal: AbortSignal,
): Promise<boolean> {
  for (const { partition, broker, offset, identity } of pins) {
    const { messages } = await reader.read({ topic, partition, broker, fromOffset: offset, maxBytes: 1 }, signal)
    const found = messages.find((message) => message.offset === offset)
    if (found !== undefined && pinOf(found)?.identity !== identity) return true
  }
  return false
}
