/** Whether a message holds a text that a person looks for. Pure, and quick: it decides how fast a search is. */
import type { StoredMessage } from '../cluster/messages.ts'
import { DecodedSearch } from '../payload/decoded-search.ts'
import type { PayloadContext, PayloadDecoder } from '../payload/payload-decoder.ts'

export interface ContentFilter {
  /** Exactly this key, as text. */
  key: string | null
  /** Text in key, headers or payload; upper and lower case are the same. */
  q: string | null
}

export interface ContentSetting {
  topic: string
  decoder: PayloadDecoder | null
  originTopicsOf(message: StoredMessage): readonly string[]
  /** Told of each message that was not found, and of which not all could be decoded. */
  onUndecoded?(message: StoredMessage): void
}

export type MessageTest = (message: StoredMessage) => boolean | Promise<boolean>

/**
 * Null when every message matches. What a masking rule hides is not found: whoever could search for it could learn it,
 * letter by letter. Where the bytes do not hold the text, what a schema tells of them may.
 */
export function messageTest({ key, q }: ContentFilter, setting: ContentSetting): MessageTest | null {
  const keyBytes = key === null ? null : Buffer.from(key)
  const holds = q === null || q === '' ? null : contentTest(q)
  if (keyBytes === null && holds === null) return null
  const matches = (shown: Shown): boolean => {
    return keyMatches(keyBytes, shown) && (holds === null || holds(shown))
  }
  const { decoder } = setting
  if (decoder === null) return matches
  const search = q === null || q === '' ? null : new DecodedSearch(decoder, q)
  const matchesDecoded = async (message: StoredMessage): Promise<boolean> => {
    const context = { topic: setting.topic, originTopic: setting.originTopicsOf(message) }
    // A key that a rule hides cannot be asked for here either.
    if (keyBytes !== null && !keyMatches(keyBytes, { key: await shownPart('key', message, decoder, context) }))
      return false
    const isFound = (await search?.holds(message, context)) ?? null
    if (isFound === null) setting.onUndecoded?.(message)
    return isFound === true
  }
  return (message) => {
    const isWorthDecoding = keyMatches(keyBytes, message) && search?.isWorthIt(message) === true
    // Few match; only of them it is asked what may be shown.
    if (!matches(message)) return isWorthDecoding && matchesDecoded(message)
    if (hidesNothing(message, decoder, setting)) return true
    const isShown = matchesShown(message, matches, decoder, setting)
    return isWorthDecoding ? isShown.then((isFound) => isFound || matchesDecoded(message)) : isShown
  }
}

function keyMatches(wanted: Buffer | null, { key }: Pick<StoredMessage, 'key'>): boolean {
  return wanted === null || (key !== null && wanted.compare(key) === 0)
}

type Shown = Pick<StoredMessage, 'key' | 'value' | 'headers'>

function hidesNothing(message: StoredMessage, decoder: PayloadDecoder, setting: ContentSetting): boolean {
  const context = { topic: setting.topic, originTopic: setting.originTopicsOf(message) }
  return !decoder.hasMasks(context) && !message.headers.some(({ key }) => decoder.hidesHeader(key, context))
}

async function matchesShown(
  message: StoredMessage,
  matches: (shown: Shown) => boolean,
  decoder: PayloadDecoder,
  setting: ContentSetting,
): Promise<boolean> {
  const context = { topic: setting.topic, originTopic: setting.originTopicsOf(message) }
  const shown = (part: 'key' | 'value') => shownPart(part, message, decoder, context)
  const headers = message.headers.map((header) =>
    decoder.hidesHeader(header.key, context) ? { ...header, value: null } : header,
  )
  return matches({ key: await shown('key'), value: await shown('value'), headers })
}

async function shownPart(
  part: 'key' | 'value',
  { headers, ...message }: StoredMessage,
  decoder: PayloadDecoder,
  context: Pick<PayloadContext, 'topic' | 'originTopic'>,
): Promise<Uint8Array | null> {
  const bytes = message[part]
  const view = bytes === null ? null : await decoder.decode(bytes, { ...context, part, headers })
  return view?.maskedText == null ? bytes : Buffer.from(view.maskedText)
}

/** Names of headers that were looked at; records bring any number of them. */
const MOST_NAMES = 1_000

function contentTest(text: string): (shown: Shown) => boolean {
  const holds = textTest(text)
  const names = new Map<string, boolean>()
  const holdsName = (name: string): boolean => {
    const known = names.get(name)
    if (known !== undefined) return known
    const found = holds(Buffer.from(name))
    if (names.size < MOST_NAMES) names.set(name, found)
    return found
  }
  return (shown) => {
    const { key, value, headers } = shown
    if (headers.some((header) => holdsName(header.key))) return true
    // A record's parts lie beside each other as they were received: one look at all of them tells that none has it.
    const span = spanOf(shown)
    if (span !== null && !holds(span)) return false
    if ((value !== null && holds(value)) || (key !== null && holds(key))) return true
    return headers.some((header) => header.value !== null && holds(header.value))
  }
}

/** What may lie between the parts: names and lengths. */
const MOST_BETWEEN_BYTES = 4_096

/** The piece of memory from the first to the last part; null when they do not lie in one, or far apart. */
function spanOf({ key, value, headers }: Shown): Buffer | null {
  const first = key ?? value
  if (first === null || headers.length === 0) return null
  const { buffer } = first
  let from = first.byteOffset
  let to = from + first.length
  let bytes = 0
  for (let at = -2; at < headers.length; at += 1) {
    const part = at === -2 ? key : at === -1 ? value : (headers[at]?.value ?? null)
    if (part === null) continue
    if (part.buffer !== buffer) return null
    if (part.byteOffset < from) from = part.byteOffset
    if (part.byteOffset + part.length > to) to = part.byteOffset + part.length
    bytes += part.length
  }
  return to - from <= bytes + MOST_BETWEEN_BYTES ? Buffer.from(buffer, from, to - from) : null
}

/**
 * Bytes are compared as if each were a character: for ASCII that is exact, and four times quicker than to decode them.
 * Other alphabets are decoded, since their letters have two cases too.
 */
function textTest(text: string): (bytes: Uint8Array) => boolean {
  const wanted = text.toLowerCase()
  if (isAscii(text)) {
    return (bytes) => bytes.length >= wanted.length && asBuffer(bytes).latin1Slice().toLowerCase().includes(wanted)
  }
  return (bytes) => asBuffer(bytes).utf8Slice().toLowerCase().includes(wanted)
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false
  return true
}

function asBuffer(bytes: Uint8Array): Buffer & { latin1Slice(): string; utf8Slice(): string } {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return buffer as Buffer & { latin1Slice(): string; utf8Slice(): string }
}
