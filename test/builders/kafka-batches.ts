/** Record batches as brokers hand them out, built apart from the code that reads them. */
import { type compressionsAlgorithms, crc32c, createRecordsBatch } from '@platformatic/kafka'

export type Codec = keyof typeof compressionsAlgorithms

export interface TestBatch {
  baseOffset?: number
  values: (string | Buffer | null)[]
  codec?: Codec
  producerId?: number
  /** Added to what the library sets. */
  attributes?: number
  timestampMs?: number
}

const CODEC_BITS: Record<Codec, number> = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 }

export function kafkaBatch({ baseOffset = 0, values, codec = 'none', producerId = -1, ...more }: TestBatch): Buffer {
  const timestamp = BigInt(more.timestampMs ?? 1_000)
  const messages = values.map((value) => ({
    topic: 't',
    key: null,
    value: value === null ? null : Buffer.from(value),
    timestamp,
    headers: new Map([[Buffer.from('h'), Buffer.from('1')]]),
  }))
  // The library's own types ask for a value; its code writes a null as Kafka does.
  const writer = createRecordsBatch(messages as unknown as Parameters<typeof createRecordsBatch>[0], {
    compression: codec,
    producerId: BigInt(producerId),
  })
  const batch = Buffer.from(writer.buffer)
  batch.writeBigInt64BE(BigInt(baseOffset), 0)
  batch.writeInt16BE(batch.readInt16BE(21) | (more.attributes ?? 0), 21)
  return sealed(batch)
}

/** Anything as the records of a batch with a good checksum. */
export function batchOf(records: Buffer, count: number, { baseOffset = 0, codec = 'none' as Codec } = {}): Buffer {
  const batch = kafkaBatch({ baseOffset, values: ['x'] }).subarray(0, 61)
  batch.writeInt16BE(CODEC_BITS[codec], 21)
  batch.writeInt32BE(Math.max(0, count - 1), 23)
  batch.writeInt32BE(count, 57)
  return sealed(Buffer.concat([batch, records]))
}

/** The end of a transaction. */
export function controlBatch(baseOffset: number, producerId: number, kind: 'abort' | 'commit'): Buffer {
  const key = Buffer.from([0, 0, 0, kind === 'abort' ? 0 : 1])
  // length 9: attributes, time, offset, key length 4 and key, no value, no headers
  const record = Buffer.concat([Buffer.from([20, 0, 0, 0, 8]), key, Buffer.from([1, 0])])
  const batch = batchOf(record, 1, { baseOffset })
  batch.writeInt16BE(0x30, 21)
  batch.writeBigInt64BE(BigInt(producerId), 43)
  return sealed(batch)
}

export function sealed(batch: Buffer): Buffer {
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17)
  return batch
}
