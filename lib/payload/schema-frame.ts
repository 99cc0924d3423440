/**
 * How serializers of a schema registry mark what they wrote:
 *
 *   payload   0x00, schema id (int32 BE), [message indexes, Protobuf only], data
 *   header    `__key_schema_id`, `__value_schema_id`: 0x01, schema GUID (16 bytes), [message indexes]; or 0x00, id (int32
 *             BE), [message indexes]. The payload is then the data alone.
 *
 * Message indexes: how many, then the place of the message among those of the file, of the message nested in it, and so
 * on; all of them zigzag varints. A single 0 stands for the first message.
 */
import type { MessageHeader } from '../cluster/messages.ts'
import { ByteReader } from './byte-reader.ts'
import { malformed } from './limits.ts'

export type PayloadPart = 'key' | 'value'

export type SchemaRef = { id: number } | { guid: string }

export interface SchemaFrame {
  ref: SchemaRef
  /** Behind the id. Message indexes stand in front of them, unless `indexes` holds them. */
  data: Uint8Array
  /** What the header has behind the id; null when the id stands in the payload. */
  indexes: Uint8Array | null
}

const MAGIC_ID = 0
const MAGIC_GUID = 1
const ID_BYTES = 5
const GUID_BYTES = 17

const HEADERS: Record<PayloadPart, string> = { key: '__key_schema_id', value: '__value_schema_id' }

/** Null when nothing says that a schema describes these bytes. */
export function readSchemaFrame(
  bytes: Uint8Array,
  part: PayloadPart,
  headers: readonly MessageHeader[],
): SchemaFrame | null {
  const header = headers.findLast(({ key }) => key === HEADERS[part])?.value
  if (header) {
    const ref = readRef(header)
    if (ref !== null) return { ref, data: bytes, indexes: header.subarray('id' in ref ? ID_BYTES : GUID_BYTES) }
  }
  const ref = bytes[0] === MAGIC_ID ? readRef(bytes) : null
  return ref === null ? null : { ref, data: bytes.subarray(ID_BYTES), indexes: null }
}

function readRef(bytes: Uint8Array): SchemaRef | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes[0] === MAGIC_ID && bytes.length >= ID_BYTES) {
    const id = buffer.readInt32BE(1)
    return id > 0 ? { id } : null
  }
  if (bytes[0] === MAGIC_GUID && bytes.length >= GUID_BYTES) {
    const hex = buffer.toString('hex', 1, GUID_BYTES)
    return { guid: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') }
  }
  return null
}

const MAX_INDEXES = 32

/** The way to a Protobuf message in its file, and the data. @throws UnreadableError */
export function readMessageIndexes({ data, indexes }: SchemaFrame): { path: number[]; data: Uint8Array } {
  // A header without indexes means the first message.
  if (indexes !== null) return { path: indexes.length === 0 ? [0] : pathFrom(new ByteReader(indexes)), data }
  const reader = new ByteReader(data)
  const path = pathFrom(reader)
  return { path, data: reader.take(reader.left) }
}

function pathFrom(reader: ByteReader): number[] {
  const count = reader.zigzag()
  if (count === 0n) return [0]
  if (count < 0n || count > MAX_INDEXES) throw malformed()
  return Array.from({ length: Number(count) }, () => {
    const index = reader.zigzag()
    if (index < 0n || index > 10_000n) throw malformed()
    return Number(index)
  })
}
