/**
 * What a page shows of a message's bytes. Pure, and bounded by what the API sends: nothing here looks at a whole payload
 * more than once, so that ten megabytes never freeze a page. Payloads are hostile: all of it stays text.
 */
import type { BytesAnswer } from '../api/schemas/messages.ts'

/** Of what the answer holds, which may be the first part of the whole. */
export function rawBytes(payload: Pick<BytesAnswer, 'encoding' | 'data'>): Uint8Array {
  if (payload.encoding === 'utf8') return new TextEncoder().encode(payload.data)
  return Uint8Array.from(atob(payload.data), (letter) => letter.charCodeAt(0))
}

/** As UTF-8; what is none becomes the replacement character. */
export function payloadText(payload: Pick<BytesAnswer, 'encoding' | 'data'>): string {
  return payload.encoding === 'utf8' ? payload.data : new TextDecoder().decode(rawBytes(payload))
}

/** Control characters, and those that turn the direction of text or have no width: they could make it look like another. */
const INVISIBLE = /(?![\t\n\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** The same text with its invisible characters as `\u202e`; tabs and line ends stay. */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, (letter) => {
    const code = (letter.codePointAt(0) ?? 0).toString(16)
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`
  })
}

/** The beginning of a text on one line, for a row of a table. */
export function oneLine(text: string, maxLetters: number): string {
  const head = text.slice(0, maxLetters)
  const line = visibleText(head.replace(/\s+/g, ' ').trim())
  return text.length > maxLetters ? `${line}…` : line
}

const CONTROL = /(?![\t\n\v\f\r])\p{Cc}/u
const LOOKED_AT_LETTERS = 4_000

/** Numbers and serialized objects are often valid UTF-8 by chance: control characters tell. */
export function isBinary({ encoding, data }: Pick<BytesAnswer, 'encoding' | 'data'>): boolean {
  return encoding === 'base64' || CONTROL.test(data.slice(0, LOOKED_AT_LETTERS))
}

const HEADER_LETTERS = 240
const HEADER_HEX_BYTES = 32

export interface HeaderText {
  text: string
  /** The text is in hexadecimal. */
  isHex: boolean
  /** What four or eight bytes are as a number with its sign, as Java writes them; null for others. */
  number: string | null
  /** More of it is there than the text says. */
  isCut: boolean
}

/** A header's value on one line. */
export function headerText(value: BytesAnswer): HeaderText {
  if (!isBinary(value)) {
    const text = oneLine(value.data, HEADER_LETTERS)
    return { text, isHex: false, number: null, isCut: value.truncated || value.data.length > HEADER_LETTERS }
  }
  const bytes = rawBytes(value)
  const hex = [...bytes.subarray(0, HEADER_HEX_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return { text: hex, isHex: true, number: bigEndian(bytes), isCut: value.truncated || bytes.length > HEADER_HEX_BYTES }
}

function bigEndian(bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length === 4) return String(view.getInt32(0))
  return bytes.length === 8 ? String(view.getBigInt64(0)) : null
}

/** A line of this many letters or more is cut: browsers are slow with one that has no end. */
const MAX_LINE_LETTERS = 400

/** Lines for a list of which only some are drawn. */
export function textLines(text: string): string[] {
  return text.split(/\r?\n/).flatMap(piecesOf)
}

function piecesOf(line: string): string[] {
  if (line.length <= MAX_LINE_LETTERS) return [visibleText(line)]
  const pieces: string[] = []
  for (let from = 0; from < line.length; ) {
    const to = from + MAX_LINE_LETTERS
    // A pair of surrogates is one letter.
    const isPair = /[\ud800-\udbff]/.test(line.charAt(to - 1))
    pieces.push(visibleText(line.slice(from, isPair ? to + 1 : to)))
    from = isPair ? to + 1 : to
  }
  return pieces
}

export const HEX_ROW_BYTES = 16

export interface HexRow {
  /** Of its first byte. */
  offset: number
  hex: string
  /** Printable ASCII, a full stop for anything else. */
  text: string
}

export function hexRow(bytes: Uint8Array, row: number): HexRow {
  const offset = row * HEX_ROW_BYTES
  const part = [...bytes.subarray(offset, offset + HEX_ROW_BYTES)]
  return {
    offset,
    hex: part.map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
    text: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(''),
  }
}

const OPENS: ReadonlySet<string> = new Set(['{', '['])
const CLOSES: ReadonlySet<string> = new Set(['}', ']'])
const INDENT = '  '
/** Deeper levels are not indented further: text made of brackets alone would grow with the square of its length. */
const MAX_INDENT = 40

/**
 * JSON with line ends and indents; null when it is none. It goes by its letters, so that numbers keep their digits: read
 * as numbers, ids beyond 2^53 would be shown as others.
 */
export function formatJson(text: string): string | null {
  return isJsonContainer(text) ? layOutJson(text) : null
}

/** The same for text that is known to be JSON, or the beginning of some. */
export function layOutJson(text: string): string {
  const out: string[] = []
  let depth = 0
  let before = ''
  const newLine = (): string => `\n${INDENT.repeat(Math.min(depth, MAX_INDENT))}`
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    const isEmpty = OPENS.has(before) && CLOSES.has(token)
    if (CLOSES.has(token)) depth -= 1
    if (!isEmpty && (OPENS.has(before) || CLOSES.has(token) || before === ',')) out.push(newLine())
    out.push(token === ':' ? ': ' : token)
    if (OPENS.has(token)) depth += 1
    before = token
  }
  return out.join('')
}

/** Objects and arrays only: a lone word or number gains nothing by being formatted. */
function isJsonContainer(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    // Not JSON: it is shown as the text it is.
    return false
  }
}

/** A line of formatted JSON in two parts, its key with the colon and its value. */
export function splitJsonLine(line: string): [string, string] {
  const key = /^\s*"(?:[^"\\]|\\.)*": /.exec(line)?.[0] ?? ''
  return [key, line.slice(key.length)]
}
