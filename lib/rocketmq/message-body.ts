/** From a message's stored body to what its producer sent. */
import { constants, inflateSync, zstdDecompressSync } from 'node:zlib'
import { decompressLz4Frame, Lz4Error } from './lz4-frame.ts'
import { type StoredMessage, sliceWithLength } from './stored-message.ts'

/** `tooLarge`: unfolds to more than the caller allows. */
export type BodyFault = 'tooLarge' | 'corrupt' | 'unknownCompression'

export type BodyOutcome = { body: Buffer; fault: null } | { body: null; fault: BodyFault }

/** One message of a batch that is stored as one. */
export interface BatchedMessage {
  queueOffset: bigint
  flag: number
  body: Buffer
  /** Undecoded, for `parseProperties`. */
  propertyBytes: Buffer
}

const IS_COMPRESSED = 0x1
const COMPRESSION_SHIFT = 8
const COMPRESSION_MASK = 0x7
/** Both bits: a batch that its reader takes apart. */
const IS_BATCH = 0x40 | 0x80
/** 16 MiB, as much as a frame. zstd would otherwise let a message ask for a window of 128 MiB. */
const MAX_ZSTD_WINDOW_LOG = 24

type Decompress = (bytes: Buffer, maxBytes: number) => Buffer

const inflate: Decompress = (bytes, maxBytes) => inflateSync(bytes, { maxOutputLength: maxBytes })

const unzstd: Decompress = (bytes, maxBytes) =>
  zstdDecompressSync(bytes, {
    maxOutputLength: maxBytes,
    params: { [constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG },
  })

/** Brokers and clients before 4.9.4 compress with zlib and write no kind. */
const DECOMPRESS: Record<number, Decompress> = { 0: inflate, 1: decompressLz4Frame, 2: unzstd, 3: inflate }

/** Never throws, and never makes more than `maxBytes` of a message. */
export function readBody({ sysFlag, storedBody }: StoredMessage, maxBytes: number): BodyOutcome {
  if ((sysFlag & IS_COMPRESSED) === 0) {
    return storedBody.length > maxBytes ? { body: null, fault: 'tooLarge' } : { body: storedBody, fault: null }
  }
  const decompress = DECOMPRESS[(sysFlag >> COMPRESSION_SHIFT) & COMPRESSION_MASK]
  if (decompress === undefined) return { body: null, fault: 'unknownCompression' }
  try {
    return { body: decompress(storedBody, maxBytes), fault: null }
  } catch (error) {
    return { body: null, fault: isTooLarge(error) ? 'tooLarge' : 'corrupt' }
  }
}

function isTooLarge(error: unknown): boolean {
  if (error instanceof Lz4Error) return error.isTooLarge
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
}

/**
 * The messages inside a batch, from its body as `readBody` answers it; null when the message is none, its body no batch,
 * or one of more than `maxMessages`. Each: total INT32 | magic INT32 | CRC INT32 | flag INT32 | body INT32 + bytes | properties INT16 + UTF-8
 */
export function unpackBatch(
  { sysFlag, queueOffset }: StoredMessage,
  body: Buffer,
  maxMessages = Number.POSITIVE_INFINITY,
): BatchedMessage[] | null {
  if ((sysFlag & IS_BATCH) !== IS_BATCH) return null
  const messages: BatchedMessage[] = []
  for (let at = 0; at < body.length; ) {
    const inner = sliceWithLength(body, at + 16, 4)
    const properties = inner && sliceWithLength(body, inner.end, 2)
    if (!inner || !properties || messages.length >= maxMessages) return null
    messages.push({
      queueOffset: queueOffset + BigInt(messages.length),
      flag: body.readInt32BE(at + 12),
      body: inner.bytes,
      propertyBytes: properties.bytes,
    })
    at = properties.end
  }
  return messages
}
