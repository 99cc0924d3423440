/**
 * Frames on a connection to a NameServer or broker:
 *
 *   total INT32 (of what follows) | header type INT8 (0 JSON, 1 ROCKETMQ) and length INT24 | header | body
 */
import { RemotingFormatError } from './remoting-format-error.ts'
import {
  decodeBinaryHeader,
  decodeJsonHeader,
  encodeBinaryHeader,
  encodeJsonHeader,
  fitsBinaryHeader,
  type HeaderEncoding,
  type RemotingHeader,
} from './remoting-header.ts'

export interface RemotingCommand {
  header: RemotingHeader
  body: Uint8Array
}

const LENGTH_BYTES = 4
const JSON_TYPE = 0
const BINARY_TYPE = 1
/** The largest that RocketMQ itself accepts. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024
const FIRST_CAPACITY_BYTES = 64 * 1024

/** The whole frame, length included. A code that the binary header cannot carry travels in JSON. */
export function encodeFrame({ header, body }: RemotingCommand, encoding: HeaderEncoding): Buffer {
  const type = encoding === 'rocketmq' && fitsBinaryHeader(header) ? BINARY_TYPE : JSON_TYPE
  const headerBytes = type === BINARY_TYPE ? encodeBinaryHeader(header) : encodeJsonHeader(header)
  const prefix = Buffer.alloc(2 * LENGTH_BYTES)
  prefix.writeUInt32BE(LENGTH_BYTES + headerBytes.length + body.length, 0)
  prefix.writeUInt32BE(type * 2 ** 24 + headerBytes.length, LENGTH_BYTES)
  return Buffer.concat([prefix, headerBytes, body])
}

/**
 * @param frame without its leading length, as the splitter hands it out; the body shares its memory.
 * @throws RemotingFormatError when it is no frame.
 */
export function decodeFrame(frame: Buffer): { header: RemotingHeader; body: Buffer } {
  const type = frame.readUInt8(0)
  const end = LENGTH_BYTES + frame.readUIntBE(1, 3)
  if (end > frame.length) throw new RemotingFormatError('a header beyond its frame')
  if (type !== JSON_TYPE && type !== BINARY_TYPE) throw new RemotingFormatError('an unknown kind of header')
  const headerBytes = frame.subarray(LENGTH_BYTES, end)
  const header = type === BINARY_TYPE ? decodeBinaryHeader(headerBytes) : decodeJsonHeader(headerBytes)
  return { header, body: frame.subarray(end) }
}

/**
 * Cuts the bytes of a connection into frames. A frame inside one chunk is handed out without copying; the bytes of
 * an unfinished one are collected in memory that grows with what has arrived, not with what was announced.
 */
export class FrameSplitter {
  #collected = Buffer.alloc(0)
  #used = 0

  /**
   * Calls `onFrame` for every frame that this chunk completes, without its leading length.
   *
   * @throws RemotingFormatError for a length that no frame has; the connection is then of no more use.
   */
  push(chunk: Buffer, onFrame: (frame: Buffer) => void): void {
    let rest = this.#used > 0 ? this.#complete(chunk, onFrame) : chunk
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + frameLength(rest)
      if (rest.length < end) break
      onFrame(rest.subarray(LENGTH_BYTES, end))
      rest = rest.subarray(end)
    }
    this.#collect(rest)
  }

  /** Goes on with the unfinished frame; answers what lies behind it. */
  #complete(chunk: Buffer, onFrame: (frame: Buffer) => void): Buffer {
    const rest = this.#collectUpTo(LENGTH_BYTES, chunk)
    if (this.#used < LENGTH_BYTES) return rest
    const end = LENGTH_BYTES + frameLength(this.#collected)
    const behind = this.#collectUpTo(end, rest)
    if (this.#used === end) {
      const frame = this.#collected.subarray(LENGTH_BYTES, end)
      this.#collected = Buffer.alloc(0)
      this.#used = 0
      onFrame(frame)
    }
    return behind
  }

  #collectUpTo(end: number, bytes: Buffer): Buffer {
    const taken = Math.max(0, Math.min(bytes.length, end - this.#used))
    this.#collect(bytes.subarray(0, taken))
    return bytes.subarray(taken)
  }

  /** Doubling keeps the copying linear, also when a peer sends single bytes. */
  #collect(bytes: Buffer): void {
    const needed = this.#used + bytes.length
    if (needed > this.#collected.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_CAPACITY_BYTES, 2 * this.#collected.length, needed))
      this.#collected.copy(grown, 0, 0, this.#used)
      this.#collected = grown
    }
    bytes.copy(this.#collected, this.#used)
    this.#used = needed
  }
}

function frameLength(bytes: Buffer): number {
  const length = bytes.readInt32BE(0)
  if (length < LENGTH_BYTES || length > MAX_FRAME_BYTES) throw new RemotingFormatError('a frame of impossible length')
  return length
}
