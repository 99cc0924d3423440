/** A cluster's messages in memory, behind the interface that both systems have, for tests of what the API makes of them. */

import { fault } from '../../lib/cluster/fault.ts'
import {
  type MessageAccess,
  MessageAccessError,
  type OutgoingMessage,
  type ReadRequest,
  type SendOutcome,
  type StoredMessage,
} from '../../lib/cluster/messages.ts'

export interface MemoryMessages extends MessageAccess {
  /** By partition; offsets are their places in the list. */
  readonly logs: StoredMessage[][]
  readonly sent: OutgoingMessage[]
  /** Partitions that cannot be read. */
  readonly dark: Set<number>
  answerNext: SendOutcome | null
  closed: number
}

export interface MemoryMessage {
  key?: string | null
  value?: string | Buffer | null
  headers?: Record<string, string>
  atMs: number
}

/** @param batchSize how many messages one read answers */
export function memoryMessages(partitions: readonly MemoryMessage[][], batchSize = 10): MemoryMessages {
  const logs = partitions.map((messages, partition) => messages.map((one, index) => toStored(one, partition, index)))
  const dark = new Set<number>()
  const sent: OutgoingMessage[] = []
  const bounds = (partition: number) => ({ startOffset: 0n, endOffset: BigInt(logs[partition]?.length ?? 0) })
  const place = (partition: number) => ({ partition, broker: null })
  const memory: MemoryMessages = {
    logs,
    sent,
    dark,
    answerNext: null,
    closed: 0,
    reader: () => ({
      describe: async () => ({
        topicId: 'id',
        partitions: logs.map((_, partition) => ({ ...place(partition), ...bounds(partition), fault: null })),
      }),
      offsetsAtTime: async (_topic, atMs) =>
        logs.map((log, partition) => {
          const found = log.findIndex(({ timestampMs }) => (timestampMs ?? 0) >= atMs)
          return { ...place(partition), offset: BigInt(found < 0 ? log.length : found) }
        }),
      read: async ({ partition, fromOffset }: ReadRequest) => {
        if (dark.has(partition)) throw new MessageAccessError(fault('leaderNotAvailable'), true)
        const messages = (logs[partition] ?? []).slice(Number(fromOffset), Number(fromOffset) + batchSize)
        const nextOffset = fromOffset + BigInt(messages.length)
        const { startOffset, endOffset } = bounds(partition)
        return { messages, nextOffset, isAtEnd: nextOffset >= endOffset, startOffset, endOffset, unreadable: [] }
      },
      close: async () => undefined,
    }),
    sender: () => ({
      send: async (messages) => {
        sent.push(...messages)
        return messages.map(({ topic, partition }) => {
          const there = { topic, partition: partition ?? 0, broker: null, offset: 77n }
          return memory.answerNext ?? { sent: there, fault: null }
        })
      },
      close: async () => undefined,
    }),
    exactlyOnce: () => null,
    deleteBefore: async () => undefined,
    close: async () => {
      memory.closed++
    },
  }
  return memory
}

function toStored({ key = null, value = null, headers = {}, atMs }: MemoryMessage, partition: number, index: number) {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value
  return {
    ...{ partition, broker: null, offset: BigInt(index), timestampMs: atMs, rocketmq: null, value: bytes },
    key: key === null ? null : Buffer.from(key),
    headers: Object.entries(headers).map(([name, text]) => ({ key: name, value: Buffer.from(text) })),
    sizeBytes: (key?.length ?? 0) + (bytes?.length ?? 0),
  }
}
