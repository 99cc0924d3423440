/**
 * Code of any of the languages that people paste (Java, JavaScript, Go, Python, C#, JSON), cut into tokens in one pass.
 * It needs no grammar: names, strings, numbers, signs; comments are left out.
 */

export interface Token {
  kind: 'name' | 'string' | 'number' | 'sign' | 'newline'
  /** A string's without its quotes. */
  text: string
  start: number
  end: number
}

export interface Scan {
  tokens: Token[]
  /** Where a string or comment begins that nothing ends; null when there is none. */
  unclosedAt: number | null
}

const NAME_START = /[A-Za-z_$@\u00aa-\uffff]/
const NAME_PART = /[\w$\u00aa-\uffff]/
const DIGIT = /\d/
const NUMBER_PART = /[\w.]/
const QUOTES = '"\'`'
const TWO_SIGNS = new Set([':=', '=>', '==', '!=', '<=', '>=', '->', '::', '&&', '||'])

export function scanCode(text: string): Scan {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const sign = text[at] ?? ''
    const kind = kindAt(text, at, sign)
    const end = endOf(text, at, kind)
    if (end === -1) return { tokens, unclosedAt: at }
    if (kind !== 'blank' && kind !== 'comment') {
      const cut = kind === 'string' ? 1 : 0
      tokens.push({ kind, text: text.slice(at + cut, end - cut), start: at, end })
    }
    at = end
  }
  return { tokens, unclosedAt: null }
}

type Piece = Token['kind'] | 'blank' | 'comment'

function kindAt(text: string, at: number, sign: string): Piece {
  if (sign === '\n') return 'newline'
  if (sign === ' ' || sign === '\t' || sign === '\r') return 'blank'
  if (isComment(text, at)) return 'comment'
  if (QUOTES.includes(sign)) return 'string'
  if (NAME_START.test(sign)) return 'name'
  return DIGIT.test(sign) ? 'number' : 'sign'
}

/** -1: nothing ends it. */
function endOf(text: string, at: number, kind: Piece): number {
  switch (kind) {
    case 'comment':
      return commentEnd(text, at)
    case 'string':
      return stringEnd(text, at)
    case 'name':
      return runEnd(text, at + 1, NAME_PART)
    case 'number':
      return runEnd(text, at + 1, NUMBER_PART)
    case 'sign':
      return at + (TWO_SIGNS.has(text.slice(at, at + 2)) ? 2 : 1)
    default:
      return at + 1
  }
}

function runEnd(text: string, from: number, part: RegExp): number {
  let at = from
  while (at < text.length && part.test(text[at] ?? '')) at += 1
  return at
}

function isComment(text: string, at: number): boolean {
  return text.startsWith('//', at) || text.startsWith('/*', at) || text[at] === '#'
}

function commentEnd(text: string, at: number): number {
  if (text.startsWith('/*', at)) {
    const end = text.indexOf('*/', at + 2)
    return end === -1 ? -1 : end + 2
  }
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

/** Only a backquoted string goes over lines. */
function stringEnd(text: string, from: number): number {
  const quote = text[from]
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === quote) return at + 1
    else if (text[at] === '\n' && quote !== '`') return -1
  }
  return -1
}
