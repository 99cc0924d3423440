/** One record of a topic by its place. */
import type { StoredMessage } from '../../cluster/messages.ts'
import type { QueueAccess } from '../../inbox/queues.ts'

export interface ReadPlace {
  partition: number
  broker?: string | null | undefined
  offset: bigint
}

/** Null when there is no such record any more. @throws MessageAccessError */
export async function readOne(
  { reader }: Pick<QueueAccess, 'reader'>,
  topic: string,
  { partition, broker = null, offset }: ReadPlace,
  signal: AbortSignal,
): Promise<StoredMessage | null> {
  const { messages } = await reader.read({ topic, partition, broker, fromOffset: offset, maxBytes: 1 }, signal)
  return messages.find((message) => message.offset === offset) ?? null
}
