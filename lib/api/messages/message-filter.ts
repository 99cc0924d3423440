/** Which messages a search wants. What a masking rule hides cannot be searched for. */
import type { MessageHeader, StoredMessage } from '../../cluster/messages.ts'
import { DecodedSearch } from '../../payload/decoded-search.ts'
import { type JsonPath, parseJsonPath, selectAtPath } from '../../payload/json-path.ts'
import { MASK } from '../../payload/masking.ts'
import type { PayloadDecoder, PayloadView } from '../../payload/payload-decoder.ts'

export interface MessageFilter {
  /** Text in the key, a header's name or value, or the value; letters of either case. */
  q: string | null
  /** Exactly this key, as text. */
  key: string | null
  /** A header of this name; `value` null: whatever it says. */
  header: { name: string; value: string | null } | null
  path: { path: JsonPath; value: string } | null
}

export interface FilterSetting {
  topic: string
  decoder: PayloadDecoder
  /** Told of each message that was not found, and of which not all could be decoded. */
  onUndecoded?(message: StoredMessage): void
}

/** `NAME:VALUE`, or `NAME` alone. */
export function parseHeaderFilter(text: string): MessageFilter['header'] {
  const colon = text.indexOf(':')
  return colon < 0 ? { name: text, value: null } : { name: text.slice(0, colon), value: text.slice(colon + 1) }
}

/** `$.order.id=17`; null when there is no such split. A name in quotes may hold the sign itself. */
export function parsePathFilter(text: string): MessageFilter['path'] {
  for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) {
    const path = parseJsonPath(text.slice(0, at).trim())
    if (path) return { path, value: text.slice(at + 1).trim() }
  }
  return null
}

export function isFiltering({ q, key, header, path }: MessageFilter): boolean {
  return q !== null || key !== null || header !== null || path !== null
}

/** One function per search: what the masking rules say of the topic is looked up once. */
export function messageMatcher(
  filter: MessageFilter,
  { topic, decoder, onUndecoded }: FilterSetting,
): (message: StoredMessage) => boolean | Promise<boolean> {
  const { q, key, header, path } = filter
  const isMasked = decoder.hasMasks({ topic })
  const wanted = q === null ? null : textSearch(q)
  const search = q === null ? null : new DecodedSearch(decoder, q)
  const shownHeader = ({ key: name, value }: MessageHeader): Uint8Array | null =>
    value !== null && decoder.hidesHeader(name, { topic }) ? MASK_BYTES : value
  const view = (part: 'key' | 'value', bytes: Uint8Array, headers: readonly MessageHeader[]): Promise<PayloadView> =>
    decoder.decode(bytes, { topic, part, headers })

  const headersMatch = ({ headers }: StoredMessage): boolean =>
    header === null ||
    headers.some((one) => one.key === header.name && (header.value === null || isText(shownHeader(one), header.value)))
  const textMatches = (keyBytes: Uint8Array | null, value: Uint8Array | null, headers: readonly MessageHeader[]) => {
    if (wanted === null || wanted(keyBytes) || wanted(value)) return true
    return headers.some((one) => wanted(Buffer.from(one.key)) || wanted(shownHeader(one)))
  }
  const decodedMatches = async (message: StoredMessage): Promise<boolean> => {
    const keyView = message.key && isMasked ? await view('key', message.key, message.headers) : null
    const valueView = message.value ? await view('value', message.value, message.headers) : null
    const keyBytes = keyView?.maskedText == null ? message.key : Buffer.from(keyView.maskedText)
    const value = valueView?.maskedText == null ? message.value : Buffer.from(valueView.maskedText)
    if (key !== null && !isText(keyBytes, key)) return false
    if (path !== null && !holdsAtPath(valueView?.decoded?.json, path)) return false
    return textMatches(keyBytes, value, message.headers) || numbersMatch(message)
  }
  const numbersMatch = async (message: StoredMessage): Promise<boolean> => {
    if (search === null || !search.isWorthIt(message)) return false
    const isFound = await search.holds(message, { topic })
    if (isFound === null) onUndecoded?.(message)
    return isFound === true
  }
  return (message) => {
    if (!headersMatch(message)) return false
    if (isMasked || path !== null) return decodedMatches(message)
    if (key !== null && !isText(message.key, key)) return false
    if (textMatches(message.key, message.value, message.headers)) return true
    return search?.isWorthIt(message) === true && numbersMatch(message)
  }
}

const MASK_BYTES = Buffer.from(MASK)

function isText(bytes: Uint8Array | null, text: string): boolean {
  return bytes !== null && Buffer.from(text).equals(bytes)
}

function holdsAtPath(json: unknown, { path, value }: NonNullable<MessageFilter['path']>): boolean {
  if (json === undefined) return false
  return selectAtPath(json, path).some((found) => {
    if (typeof found === 'object' && found !== null) return false
    return String(found) === value || (typeof found === 'string' && JSON.stringify(found) === value)
  })
}

/**
 * Looks for the bytes of a text. ASCII letters match in either case; other letters only as they are, since the
 * payloads are bytes of an unknown encoding.
 */
function textSearch(q: string): (bytes: Uint8Array | null) => boolean {
  const lower = Buffer.from(asciiLower(q)).toString('latin1')
  return (bytes) => {
    if (bytes === null || bytes.length < lower.length) return false
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    return asciiLower(view.toString('latin1')).includes(lower)
  }
}

const UPPER = /[A-Z]+/g

function asciiLower(text: string): string {
  return text.replace(UPPER, (letters) => letters.toLowerCase())
}
