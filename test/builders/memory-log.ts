/** A topic in memory behind the interface that reads a cluster's: with gaps, expiry and damage as a test wants them. */
import { fault } from '../../lib/cluster/fault.ts'
import {
  MessageAccessError,
  type MessageBatch,
  type MessageReader,
  type PartitionPlace,
  type ReadRequest,
  type StoredMessage,
  type TopicLog,
} from '../../lib/cluster/messages.ts'
import { placeKey } from '../../lib/inbox/queues.ts'

interface MemoryPartition extends PartitionPlace {
  startOffset: bigint
  endOffset: bigint
  messages: StoredMessage[]
  unreadable: MessageBatch['unreadable']
  /** Reading it fails. */
  isBroken: boolean
  /** What a new leader takes for the end of its log at first; null: it knows. */
  believedEnd: bigint | null
}

export class MemoryLog implements MessageReader {
  topicId: string | null
  readonly partitions = new Map<string, MemoryPartition>()
  /** Of one fetch, whatever is asked for. */
  readonly batchRecords: number
  reads = 0
  /** Called before each fetch answers. */
  onRead: (request: ReadRequest) => void = () => undefined

  /** Held back until this ends. */
  onAnswered: () => Promise<void> = async () => undefined

  constructor(topicId: string | null = 'id-1', batchRecords = 500) {
    this.topicId = topicId
    this.batchRecords = batchRecords
  }

  partition(place: PartitionPlace): MemoryPartition {
    const key = placeKey(place)
    const known = this.partitions.get(key)
    if (known !== undefined) return known
    const made = {
      ...place,
      startOffset: 0n,
      endOffset: 0n,
      messages: [],
      unreadable: [],
      isBroken: false,
      believedEnd: null,
    }
    this.partitions.set(key, made)
    return made
  }

  /** Behind the end of a partition, after so many offsets that nobody can read. */
  append(place: PartitionPlace, message: Partial<StoredMessage>, gap = 0): StoredMessage {
    const partition = this.partition(place)
    const offset = partition.endOffset + BigInt(gap)
    const stored: StoredMessage = {
      ...place,
      ...{ offset, timestampMs: 1_700_000_000_000, key: null, value: Buffer.from('{}'), headers: [] },
      ...{ sizeBytes: 100, rocketmq: null },
      ...message,
    }
    partition.messages.push(stored)
    partition.endOffset = offset + 1n
    return stored
  }

  expireBefore(place: PartitionPlace, offset: bigint): void {
    const partition = this.partition(place)
    partition.startOffset = offset
    partition.messages = partition.messages.filter((message) => message.offset >= offset)
  }

  async describe(): Promise<TopicLog> {
    const partitions = [...this.partitions.values()].map(({ partition, broker, startOffset, endOffset }) => {
      return { partition, broker, startOffset, endOffset, fault: null }
    })
    return { topicId: this.topicId, partitions }
  }

  async offsetsAtTime(): Promise<(PartitionPlace & { offset: bigint })[]> {
    throw new Error('the index knows the times')
  }

  async read(request: ReadRequest, signal: AbortSignal): Promise<MessageBatch> {
    this.reads += 1
    this.onRead(request)
    signal.throwIfAborted()
    const { startOffset, unreadable, isBroken, believedEnd, ...log } = this.partition(request)
    const endOffset = believedEnd ?? log.endOffset
    const messages = log.messages.filter(({ offset }) => offset < endOffset)
    if (isBroken) throw new MessageAccessError(fault('leaderNotAvailable', { partition: request.partition }), true)
    const isExpired = request.fromOffset < startOffset
    const from = isExpired ? startOffset : request.fromOffset
    const first = messages.findIndex(({ offset }) => offset >= from)
    const batch = first < 0 ? [] : messages.slice(first, first + this.batchRecords)
    const isLast = first < 0 || first + this.batchRecords >= messages.length
    const behind = isLast ? endOffset : (batch.at(-1) as StoredMessage).offset + 1n
    const nextOffset = behind < from ? from : behind
    await this.onAnswered()
    return {
      messages: batch,
      nextOffset,
      isAtEnd: isLast,
      startOffset,
      endOffset,
      unreadable: unreadable.filter(({ fromOffset, toOffset }) => toOffset > from && fromOffset < nextOffset),
    }
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}
