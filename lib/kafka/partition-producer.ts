/** All messages of one partition, in their order, cut into batches that the broker takes. */
import type { Fault } from '../cluster/fault.ts'
import type { OutgoingMessage } from '../cluster/messages.ts'
import type { BatchProducer } from './batch-producer.ts'
import { BATCH_OVERHEAD_BYTES, compressBatch, encodeBatch, type ProducerState, recordSize } from './encode-batch.ts'

/** A little under what brokers take by default (`message.max.bytes`). */
const BATCH_BYTES = 1_000_000

export interface PartitionWork {
  topic: string
  partition: number
  messages: readonly OutgoingMessage[]
  producer: ProducerState
  /** Of the first message. */
  sequence: number
  nowMs: number
}

export interface PartitionResult {
  /** By message, for those that are stored: their offset, null where the broker does not tell. */
  offsets: (bigint | null)[]
  /** What became of the first message that is not known to be stored; none behind those `inDoubt` were sent. */
  failure: { fault: Fault; mayBeStored: boolean; inDoubt: number } | null
}

/** Kafka's sequence numbers begin again at zero behind the largest INT32. */
const SEQUENCES = 0x80000000

export function sequenceBehind(sequence: number, count: number): number {
  return (sequence + count) % SEQUENCES
}

export async function producePartition(producer: BatchProducer, work: PartitionWork): Promise<PartitionResult> {
  const { topic, partition, messages } = work
  const offsets: (bigint | null)[] = []
  let most = messages.length
  while (offsets.length < messages.length) {
    const some = cut(messages, offsets.length, most)
    const sequence = sequenceBehind(work.sequence, offsets.length)
    const batch = encodeBatch(some, work.producer, sequence, work.nowMs)
    let result = await producer.produce({ topic, partition, batch })
    if (result.fault?.code === 'messageTooLarge' && some.length === 1) {
      // Whoever wrote it may have compressed it to get it in.
      result = await producer.produce({ topic, partition, batch: compressBatch(batch) })
    }
    if (result.fault === null) {
      const { baseOffset } = result
      for (let index = 0; index < some.length; index++) {
        offsets.push(baseOffset === null ? null : baseOffset + BigInt(index))
      }
      continue
    }
    const { fault, mayBeStored } = result
    if (!isOfOneMessage(fault) || mayBeStored || some.length === 1) {
      return { offsets, failure: { fault, mayBeStored, inDoubt: some.length } }
    }
    // One message makes the broker refuse all of its batch: smaller ones find out which.
    most = Math.ceil(some.length / 2)
  }
  return { offsets, failure: null }
}

function isOfOneMessage({ code }: Fault): boolean {
  return code === 'messageTooLarge' || code === 'recordRefused'
}

function cut(messages: readonly OutgoingMessage[], from: number, most: number): readonly OutgoingMessage[] {
  let bytes = BATCH_OVERHEAD_BYTES
  let to = from
  while (to < messages.length && to - from < most) {
    const message = messages[to]
    bytes += message ? recordSize(message) : 0
    if (to > from && bytes > BATCH_BYTES) break
    to++
  }
  return messages.slice(from, to)
}
