/**
 * Settings in code, read tolerantly: `name: value` and `name = value` wherever they stand, and calls with their
 * arguments. Objects nest by the name in front of their bracket.
 */
import { lineIndex } from '../line-index.ts'
import type { ParsedText, TextCall, TextIssue, TextSetting } from '../lint-types.ts'
import { scanCode, type Token } from './scan-code.ts'

const OPENS: Record<string, string> = { '{': '}', '(': ')', '[': ']' }
const CLOSES = new Set(Object.values(OPENS))
const ASSIGNS = new Set([':', '=', ':=', '=>'])

interface Level {
  close: string
  openAt: number
  /** What a setting in it is called in front; null for what only groups. */
  name: string | null
  call: TextCall | null
  /** Where the argument begins that is being read. */
  argStart: number
}

export function readCode(text: string): ParsedText {
  const { tokens, unclosedAt } = scanCode(text)
  const reading = new CodeReading(text, tokens)
  reading.read()
  const unclosed = unclosedAt ?? reading.unclosedAt
  const issues: TextIssue[] = unclosed === null ? [] : [{ code: 'unclosed', line: lineIndex(text)(unclosed) }]
  const names = new Set(tokens.filter(({ kind }) => kind === 'name').map((token) => token.text))
  return { text, format: 'code', settings: reading.settings, calls: reading.calls, names, issues, insertionPoints: [] }
}

class CodeReading {
  readonly settings: TextSetting[] = []
  readonly calls: TextCall[] = []
  unclosedAt: number | null = null
  readonly #text: string
  readonly #tokens: readonly Token[]
  readonly #lineOf: (offset: number) => number
  readonly #levels: Level[] = []

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text
    this.#tokens = tokens
    this.#lineOf = lineIndex(text)
  }

  read(): void {
    for (let at = 0; at < this.#tokens.length; at += 1) {
      const token = this.#tokens[at]
      if (token?.kind !== 'sign') continue
      if (token.text in OPENS) this.#open(at, token)
      else if (CLOSES.has(token.text)) this.#close(token)
      else if (token.text === ',') this.#endArgument(token.start, token.end)
      else if (ASSIGNS.has(token.text)) this.#assign(at)
    }
    this.unclosedAt ??= this.#levels[0]?.openAt ?? null
  }

  #open(at: number, { text, start, end }: Token): void {
    if (this.#levels.length >= MAX_DEPTH) {
      this.unclosedAt ??= start
      return
    }
    const isCall = text === '(' && this.#tokens[at - 1]?.kind === 'name'
    const call = isCall ? this.#startCall(at, end) : null
    const name = text === '{' ? this.#nameBefore(at) : null
    this.#levels.push({ close: OPENS[text] ?? '', openAt: start, name, call, argStart: end })
  }

  #startCall(at: number, argsStart: number): TextCall {
    const { text: name, start } = this.#tokens[at - 1] as Token
    const first = this.#tokens[this.#chainStart(at - 1)]?.start ?? start
    const call = {
      name,
      start: first,
      argsStart,
      argsEnd: argsStart,
      end: argsStart,
      line: this.#lineOf(start),
      args: [],
    }
    this.calls.push(call)
    return call
  }

  /** A bracket that closes nothing here is passed over; one that closes an outer level closes the inner ones too. */
  #close({ text, start, end }: Token): void {
    const at = this.#levels.findLastIndex(({ close }) => close === text)
    if (at === -1) return
    if (at < this.#levels.length - 1) this.unclosedAt ??= this.#levels[at + 1]?.openAt ?? null
    this.#levels.length = at + 1
    this.#endArgument(start, end)
    const { call } = this.#levels.pop() as Level
    if (call !== null) Object.assign(call, { argsEnd: start, end })
  }

  #endArgument(end: number, nextStart: number): void {
    const level = this.#levels.at(-1)
    if (level === undefined) return
    const argument = trimmed(this.#text, level.argStart, end)
    if (level.call !== null && argument.end > argument.start) level.call.args.push(argument)
    level.argStart = nextStart
  }

  #assign(at: number): void {
    const name = this.#nameOf(at - 1)
    const value = this.#valueAt(at + 1)
    if (name === null || value === null) return
    const path = [...this.#levels.flatMap((level) => (level.name === null ? [] : [level.name])), name.text].join('.')
    const call = this.#levels.findLast((level) => level.call !== null)?.call?.name ?? null
    const place = { nameStart: name.start, line: this.#lineOf(name.start) }
    this.settings.push({ name: path, call, ...place, ...value, whole: null })
  }

  /** A name with dots, or one in quotes. */
  #nameOf(at: number): { text: string; start: number } | null {
    let last = at
    // `["acks"] = …` of C# and Python: the string in the brackets is the name.
    if (this.#tokens[last]?.text === ']' && this.#tokens[last - 1]?.kind === 'string') last -= 1
    const token = this.#tokens[last]
    if (token === undefined || (token.kind !== 'name' && token.kind !== 'string')) return null
    if (token.kind === 'string') return { text: token.text, start: token.start }
    const first = this.#tokens[this.#chainStart(last)] ?? token
    return { text: this.#text.slice(first.start, token.end).replace(/\s+/g, ''), start: first.start }
  }

  /** Index of the first part of `a.b.c`, whose last part stands at `at`. */
  #chainStart(at: number): number {
    let first = at
    while (this.#tokens[first - 1]?.text === '.' && this.#tokens[first - 2]?.kind === 'name') first -= 2
    return first
  }

  /** What is in front of an opening bracket: `retry: {`, `retry = {`. */
  #nameBefore(at: number): string | null {
    const before = this.#tokens[at - 1]
    if (before === undefined || !ASSIGNS.has(before.text)) return null
    const name = this.#nameOf(at - 2)?.text ?? null
    // A variable that holds the settings is no part of their names.
    return before.text === ':' ? name : null
  }

  /** Up to what ends it at its own level. Objects are read by what is inside of them; null when there is nothing. */
  #valueAt(at: number): Pick<TextSetting, 'value' | 'start' | 'end' | 'quote'> | null {
    const first = this.#tokens[at]
    if (first === undefined || first.text === '{' || first.kind === 'newline') return null
    const last = this.#lastOfValue(at)
    if (last === null) return null
    const whole = this.#text.slice(first.start, last.end)
    if (first === last && first.kind === 'string') {
      return { value: first.text, start: first.start, end: first.end, quote: this.#text[first.start] ?? '' }
    }
    return { value: whole, start: first.start, end: last.end, quote: '' }
  }

  #lastOfValue(at: number): Token | null {
    let depth = 0
    let last: Token | null = null
    for (let next = at; next < this.#tokens.length; next += 1) {
      const token = this.#tokens[next] as Token
      if (token.text in OPENS && token.kind === 'sign') depth += 1
      else if (CLOSES.has(token.text) && token.kind === 'sign') {
        if (depth === 0) break
        depth -= 1
      } else if (depth === 0 && (token.kind === 'newline' || token.text === ',' || token.text === ';')) break
      // No value of a setting is longer; a whole program behind an arrow need not be read again for each of its parts.
      if (next - at > MAX_VALUE_TOKENS) return null
      if (token.kind !== 'newline') last = token
    }
    return last
  }
}

const MAX_VALUE_TOKENS = 40
/** Every setting is named by all that it stands in: a text of brackets alone must not cost its length squared. */
const MAX_DEPTH = 200

function trimmed(text: string, start: number, end: number): { start: number; end: number } {
  let [from, to] = [start, end]
  while (from < to && /\s/.test(text[from] ?? '')) from += 1
  while (to > from && /\s/.test(text[to - 1] ?? '')) to -= 1
  return { start: from, end: to }
}
