/**
 * JSON that keeps what `JSON.parse` loses: every digit of a number, and members whose name comes twice. Avro and Protobuf
 * are read into the same tree, so that masking knows one form only.
 */
import { Budget, malformed } from './limits.ts'

export type JsonNode = null | boolean | string | JsonNumber | JsonNode[] | JsonObject

export class JsonNumber {
  /** As JSON writes it. */
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export class JsonObject {
  /** In their order, doubles too. */
  readonly members: readonly (readonly [name: string, value: JsonNode])[]

  constructor(members: readonly (readonly [string, JsonNode])[]) {
    this.members = members
  }
}

/** @throws UnreadableError `malformed` when it is not one JSON value, `tooComplex` */
export function parseJson(text: string, budget: Budget = new Budget()): JsonNode {
  return new JsonParser(text, budget).whole()
}

const BLANKS = ' \t\n\r'
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
const PLAIN_CHARS = /[^"\\\u0000-\u001f]*/y
const HEX4 = /[0-9a-fA-F]{4}/y
const ESCAPES: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class JsonParser {
  private readonly text: string
  private readonly budget: Budget
  private at = 0

  constructor(text: string, budget: Budget) {
    this.text = text
    this.budget = budget
  }

  whole(): JsonNode {
    const value = this.value()
    this.skipBlanks()
    if (this.at < this.text.length) throw malformed()
    return value
  }

  private value(): JsonNode {
    this.skipBlanks()
    switch (this.text[this.at]) {
      case '{':
        return this.budget.nested(() => this.object())
      case '[':
        return this.budget.nested(() => this.array())
      case '"':
        return this.words()
      case 't':
        return this.word('true', true)
      case 'f':
        return this.word('false', false)
      case 'n':
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  private object(): JsonObject {
    this.budget.spend(0)
    const members: [string, JsonNode][] = []
    this.at += 1
    if (this.skipped('}')) return new JsonObject(members)
    do {
      this.skipBlanks()
      const name = this.string()
      this.budget.spendChars(name.length)
      if (!this.skipped(':')) throw malformed()
      members.push([name, this.value()])
    } while (this.skipped(','))
    if (!this.skipped('}')) throw malformed()
    return new JsonObject(members)
  }

  private array(): JsonNode[] {
    this.budget.spend(0)
    const items: JsonNode[] = []
    this.at += 1
    if (this.skipped(']')) return items
    do items.push(this.value())
    while (this.skipped(','))
    if (!this.skipped(']')) throw malformed()
    return items
  }

  private string(): string {
    if (this.text[this.at] !== '"') throw malformed()
    this.at += 1
    let value = this.take(PLAIN_CHARS)
    while (this.text[this.at] === '\\') value += this.escape() + this.take(PLAIN_CHARS)
    if (this.text[this.at] !== '"') throw malformed()
    this.at += 1
    return value
  }

  private words(): string {
    const value = this.string()
    this.budget.spend(value.length)
    return value
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? ''
    this.at += 2
    if (letter === 'u') {
      const digits = this.take(HEX4)
      if (digits === '') throw malformed()
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const char = ESCAPES[letter]
    if (char === undefined) throw malformed()
    return char
  }

  private number(): JsonNumber {
    const text = this.take(NUMBER)
    if (text === '') throw malformed()
    this.budget.spend(text.length)
    return new JsonNumber(text)
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw malformed()
    this.at += word.length
    this.budget.spend(0)
    return value
  }

  private skipBlanks(): void {
    while (BLANKS.includes(this.text[this.at] ?? 'end')) this.at += 1
  }

  /** Blanks, and then this character. */
  private skipped(char: string): boolean {
    this.skipBlanks()
    if (this.text[this.at] !== char) return false
    this.at += 1
    return true
  }

  /** What matches here; '' when nothing does. */
  private take(pattern: RegExp): string {
    pattern.lastIndex = this.at
    if (!pattern.test(this.text)) return ''
    const from = this.at
    this.at = pattern.lastIndex
    return this.text.slice(from, this.at)
  }
}

/** As JSON text: numbers keep their digits. */
export function writeJson(node: JsonNode): string {
  if (node instanceof JsonNumber) return node.text
  if (node instanceof JsonObject) {
    return `{${node.members.map(([name, value]) => `${JSON.stringify(name)}:${writeJson(value)}`).join(',')}}`
  }
  if (Array.isArray(node)) return `[${node.map(writeJson).join(',')}]`
  return JSON.stringify(node)
}

/** How many paths are named of each kind; what goes beyond is hidden or exact all the same. */
export const MAX_NAMED_PATHS = 100

/**
 * As plain values. A number that a JSON reader would round becomes text, and its path is named. Of members with one name
 * the last one stays, as in `JSON.parse`.
 */
export function toPlain(node: JsonNode): { json: unknown; numbersAsText: string[] } {
  const numbersAsText: string[] = []
  const plain = (value: JsonNode, path: string): unknown => {
    if (value instanceof JsonNumber) {
      if (isExactNumber(value.text)) return Number(value.text)
      if (numbersAsText.length < MAX_NAMED_PATHS) numbersAsText.push(path)
      return value.text
    }
    if (value instanceof JsonObject) {
      // Own properties only, whatever they are called: fromEntries defines `__proto__` like any other.
      return Object.fromEntries(value.members.map(([name, member]) => [name, plain(member, childPath(path, name))]))
    }
    if (Array.isArray(value)) return value.map((item, index) => plain(item, childPath(path, index)))
    return value
  }
  return { json: plain(node, '$'), numbersAsText }
}

const PLAIN_NAME = /^[\p{L}_$][\p{L}\p{N}_$-]*$/u
const MAX_SHOWN_NAME_CHARS = 100

/** `$.a`, `$.a[0]`, `$["a b"]`. */
export function childPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  const shown = key.length > MAX_SHOWN_NAME_CHARS ? `${key.slice(0, MAX_SHOWN_NAME_CHARS)}…` : key
  return PLAIN_NAME.test(shown) ? `${path}.${shown}` : `${path}[${JSON.stringify(shown)}]`
}

/** Whether a JavaScript number has the same decimal value as this text shows. */
function isExactNumber(text: string): boolean {
  const value = Number(text)
  if (Number.isSafeInteger(value) && /^-?\d{1,16}$/.test(text)) return true
  if (!Number.isFinite(value)) return false
  return digitsOf(String(value)) === digitsOf(text)
}

/** Sign, digits without zeros at either end, and the power of ten behind them: one form for one decimal value. */
function digitsOf(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const sign = mantissa.startsWith('-') ? '-' : ''
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const all = (whole + fraction).replace(/^0+/, '')
  const digits = withoutZerosAtEnd(all)
  if (digits === '') return '0'
  return `${sign}${digits}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(all.length - digits.length)}`
}

function withoutZerosAtEnd(digits: string): string {
  let end = digits.length
  while (digits[end - 1] === '0') end -= 1
  return digits.slice(0, end)
}
