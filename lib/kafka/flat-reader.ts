/**
 * Reads large answers from one piece of memory. The client's own reader looks for the right chunk of what was received,
 * and copies byte by byte, at every number: three times the work at 40,000 partitions.
 */
import { crc32 } from 'node:zlib'
import { type API, createAPI, Reader, type Writer } from '@platformatic/kafka'

const INT16_BYTES = 2
const INT32_BYTES = 4
const INT64_BYTES = 8
const UUID_BYTES = 16
/** Of an unsigned 32-bit number. */
const MOST_VARINT_BYTES = 5

class FlatReader extends Reader {
  readonly #bytes: Buffer

  /** What is left to read. */
  get rest(): Buffer {
    return this.#bytes.subarray(this.position)
  }

  /** @param rest what is left to read of the answer */
  constructor(rest: Buffer) {
    super(Reader.from(rest).buffer)
    this.#bytes = rest
  }

  override readInt8(): number {
    return this.#bytes.readInt8(this.position++)
  }

  override readInt16(): number {
    this.position += INT16_BYTES
    return this.#bytes.readInt16BE(this.position - INT16_BYTES)
  }

  override readInt32(): number {
    this.position += INT32_BYTES
    return this.#bytes.readInt32BE(this.position - INT32_BYTES)
  }

  override readInt64(): bigint {
    this.position += INT64_BYTES
    return this.#bytes.readBigInt64BE(this.position - INT64_BYTES)
  }

  override readBoolean(): boolean {
    return this.#bytes.readUInt8(this.position++) === 1
  }

  override peekUUID(position = this.position): string {
    if (position + UUID_BYTES > this.#bytes.length) throw outOfRange()
    return this.#bytes.toString('hex', position, position + UUID_BYTES)
  }

  override readUnsignedVarInt(): number {
    let value = 0
    let factor = 1
    for (let read = 0; read < MOST_VARINT_BYTES; read += 1) {
      const byte = this.#bytes[this.position++]
      if (byte === undefined) throw outOfRange()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
      factor *= 0x80
    }
    throw outOfRange()
  }

  override readNullableString(isCompact = true, encoding: BufferEncoding = 'utf-8'): string | null {
    if (!isCompact || encoding !== 'utf-8') return super.readNullableString(isCompact, encoding)
    const length = this.readUnsignedVarInt() - 1
    if (length < 0) return null
    const from = this.position
    this.position += length
    if (this.position > this.#bytes.length) throw outOfRange()
    return this.#bytes.toString('utf8', from, this.position)
  }
}

function outOfRange(): RangeError {
  return new RangeError('the answer ends within a field')
}

type Parse<Answer> = (correlationId: number, apiKey: number, apiVersion: number, reader: Reader) => Answer

/** The same parser, reading from one piece of memory. */
export function flat<Answer>(parse: Parse<Answer>): Parse<Answer> {
  return (correlationId, apiKey, apiVersion, { buffer, position, length }) =>
    parse(correlationId, apiKey, apiVersion, new FlatReader(buffer.slice(position, length)))
}

/** Smaller ones are read as quickly as compared. */
const LEAST_REMEMBERED_BYTES = 1_024
/** Of one request, all answers together: some polls of a cluster with tens of thousands of partitions. */
const MOST_REMEMBERED_BYTES = 16 * 1_024 * 1_024

/**
 * The same bytes are parsed once, as long as somebody holds what was made of them: most answers about a whole cluster are
 * as they were at the poll before. Whoever gets an answer must not change it. Of what changes with every poll the oldest
 * is forgotten.
 */
export function remembered<Answer extends object>(parse: Parse<Answer>): Parse<Answer> {
  const known = new Map<number, { bytes: Buffer; answer: WeakRef<Answer> }>()
  let heldBytes = 0
  const forget = (key: number): void => {
    heldBytes -= known.get(key)?.bytes.length ?? 0
    known.delete(key)
  }
  return (correlationId, apiKey, apiVersion, reader) => {
    const bytes = reader instanceof FlatReader ? reader.rest : reader.buffer.slice(reader.position, reader.length)
    if (bytes.length < LEAST_REMEMBERED_BYTES) return parse(correlationId, apiKey, apiVersion, reader)
    const key = crc32(bytes)
    const before = known.get(key)
    const same = before?.bytes.equals(bytes) ? before.answer.deref() : undefined
    if (before !== undefined && same !== undefined) {
      // Behind all others: what is asked for at each poll is forgotten last.
      known.delete(key)
      known.set(key, before)
      return same
    }
    const answer = parse(correlationId, apiKey, apiVersion, reader)
    forget(key)
    for (const [old, { answer: held }] of known) {
      if (held.deref() === undefined || heldBytes + bytes.length > MOST_REMEMBERED_BYTES) forget(old)
    }
    // A copy: the received piece of memory may hold more than this answer.
    known.set(key, { bytes: Buffer.from(bytes), answer: new WeakRef(answer) })
    heldBytes += bytes.length
    return answer
  }
}

interface Codec<Args extends unknown[], Answer> {
  api: API<Args, Answer>
  createRequest(...args: Args): Writer
  parseResponse: Parse<Answer>
}

/** One of the client's own requests; with the flexible headers of its newer versions. */
export function flatApi<Args extends unknown[], Answer>(codec: Codec<Args, Answer>): API<Args, Answer> {
  return apiOf(codec, flat(codec.parseResponse))
}

/** The same, and the same bytes are parsed once. */
export function rememberedApi<Args extends unknown[], Answer extends object>(
  codec: Codec<Args, Answer>,
): API<Args, Answer> {
  return apiOf(codec, remembered(flat(codec.parseResponse)))
}

function apiOf<Args extends unknown[], Answer>(
  { api, createRequest }: Codec<Args, Answer>,
  parse: Parse<Answer>,
): API<Args, Answer> {
  return createAPI<Args, Answer>(api.key, api.version, createRequest, parse)
}
