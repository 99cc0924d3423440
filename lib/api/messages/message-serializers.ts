/** Messages and their bytes as answers, for every route that shows some. */
import { isUtf8 } from 'node:buffer'
import type { MessageHeader, RocketmqMessageFacts, StoredMessage } from '../../cluster/messages.ts'
import { MASK } from '../../payload/masking.ts'
import type { PayloadDecoder, PayloadView } from '../../payload/payload-decoder.ts'
import type { BytesAnswer, MessageAnswer } from '../schemas/messages.ts'
import { toFaultAnswer, toIsoOrNull, toNumber, type WordChoice } from '../serialize.ts'

/** Of one key, value or header in a list. */
export const SHOWN_BYTES = 64 * 1024
/** Of one message that was asked for in full. */
export const FULL_BYTES = 12 * 1024 * 1024
const SHOWN_HEADERS = 1_000
/** A character takes at most four bytes, so a cut leaves at most three of one. */
const LONGEST_REST = 3

export interface MessageAnswerOptions {
  topic: string
  words: WordChoice
  /** False: of key, value and headers only the names and sizes are told. */
  seesPayloads: boolean
  /** Of the key, the value and each header; the rest is cut. Default `SHOWN_BYTES`. */
  maxBytes?: number
  /** Makes payloads readable and hides what masking rules hide; null: bytes are shown as they are. */
  decoder: PayloadDecoder | null
  /** Where a dead letter came from, by all that its headers say: masking rules for those topics apply too. */
  originTopic?: string | readonly string[] | null
}

export async function toMessageAnswer(message: StoredMessage, options: MessageAnswerOptions): Promise<MessageAnswer> {
  const { partition, broker, offset, timestampMs, key, value, headers, sizeBytes, rocketmq } = message
  return {
    partition,
    broker,
    offset: toNumber(offset),
    timestamp: toIsoOrNull(timestampMs),
    key: key === null ? null : await part('key', key, headers, options),
    value: value === null ? null : await part('value', value, headers, options),
    headers: headers.slice(0, SHOWN_HEADERS).map((header) => toHeaderAnswer(header, options)),
    headerCount: headers.length,
    sizeBytes,
    rocketmq: rocketmq === null ? null : toRocketmqAnswer(rocketmq),
  }
}

async function part(
  name: 'key' | 'value',
  bytes: Uint8Array,
  headers: readonly MessageHeader[],
  { topic, originTopic, words, decoder, maxBytes = SHOWN_BYTES, seesPayloads }: MessageAnswerOptions,
): Promise<BytesAnswer> {
  if (!seesPayloads) return withheld(bytes)
  const context = { topic, originTopic: originTopic ?? null, part: name, headers, maxBytes }
  const view = decoder === null ? null : await decoder.decode(bytes, context)
  return toBytesAnswer(bytes, { words, maxBytes, view })
}

export interface BytesAnswerOptions {
  words: WordChoice
  maxBytes: number
  /** What the decoder made of these bytes; null: they are shown as they are. */
  view: PayloadView | null
}

function toBytesAnswer(bytes: Uint8Array, { words, maxBytes, view }: BytesAnswerOptions): BytesAnswer {
  const isHidden = view !== null && view.maskedText !== null
  const shown = isHidden ? Buffer.from(view.maskedText ?? '') : bytes
  const { decoded, decodeFault } = view ?? { decoded: null, decodeFault: null }
  return {
    ...toText(shown, maxBytes),
    masking: view?.masking ?? 'none',
    sizeBytes: bytes.length,
    decoded: decoded && { ...decoded },
    decodeFault: toFaultAnswer(decodeFault, words),
  }
}

/** There is something, of so many bytes, and this is all that is told of it. */
function withheld({ length: sizeBytes }: Uint8Array): BytesAnswer {
  const nothing = { encoding: 'utf8', data: '', truncated: false, decoded: null, decodeFault: null } as const
  return { ...nothing, masking: 'withheld', sizeBytes }
}

function toText(bytes: Uint8Array, maxBytes: number): Pick<BytesAnswer, 'encoding' | 'data' | 'truncated'> {
  const truncated = bytes.length > maxBytes
  const cut = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, maxBytes))
  for (let rest = 0; rest <= (truncated ? LONGEST_REST : 0) && rest <= cut.length; rest++) {
    const text = cut.subarray(0, cut.length - rest)
    if (isUtf8(text)) return { encoding: 'utf8', data: text.toString('utf8'), truncated }
  }
  return { encoding: 'base64', data: cut.toString('base64'), truncated }
}

const HIDDEN_HEADER: PayloadView = { decoded: null, decodeFault: null, maskedText: MASK, masking: 'whole' }

function toHeaderAnswer(
  { key, value }: MessageHeader,
  { topic, originTopic, words, decoder, maxBytes = SHOWN_BYTES, seesPayloads }: MessageAnswerOptions,
): MessageAnswer['headers'][number] {
  if (value === null) return { key, value }
  if (!seesPayloads) return { key, value: withheld(value) }
  const isHidden = decoder?.hidesHeader(key, { topic, originTopic: originTopic ?? null }) === true
  return { key, value: toBytesAnswer(value, { words, maxBytes, view: isHidden ? HIDDEN_HEADER : null }) }
}

function toRocketmqAnswer(facts: RocketmqMessageFacts): NonNullable<MessageAnswer['rocketmq']> {
  const { messageId, bornAtMs, reconsumeTimes, isBodyIntact } = facts
  return { messageId, bornAt: toIsoOrNull(bornAtMs), reconsumeTimes, isBodyIntact }
}
