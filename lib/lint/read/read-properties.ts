/**
 * The format of `java.util.Properties`: `name=value`, `name: value` or `name value`; comments begin with `#` or `!`; a
 * backslash at the end of a line goes on in the next one.
 */
import { lineIndex } from '../line-index.ts'
import type { ParsedText, TextIssue, TextSetting } from '../lint-types.ts'

const BLANK = ' \t\f'

export function readProperties(text: string): ParsedText {
  const lineOf = lineIndex(text)
  const settings: TextSetting[] = []
  const issues: TextIssue[] = []
  for (let at = 0; at < text.length; ) {
    const start = skip(text, at, BLANK)
    const end = logicalEnd(text, start)
    at = skipBreak(text, end)
    if (start === end || text[start] === '#' || text[start] === '!') {
      // A comment ends with its line, whatever stands at its end.
      if (start !== end) at = skipBreak(text, physicalEnd(text, start))
      continue
    }
    const setting = readLine(text, start, end, lineOf(start))
    if (setting === null) issues.push({ code: 'unreadable', line: lineOf(start) })
    else settings.push(setting)
  }
  return { text, format: 'properties', settings, calls: [], names: new Set(), issues, insertionPoints: [] }
}

function readLine(text: string, start: number, end: number, line: number): TextSetting | null {
  let at = start
  while (at < end && !`=:${BLANK}`.includes(text[at] ?? '')) at += text[at] === '\\' ? 2 : 1
  const name = plainText(text.slice(start, Math.min(at, end)))
  at = skip(text, at, BLANK)
  if (text[at] === '=' || text[at] === ':') at = skip(text, at + 1, BLANK)
  // Java takes a lone word for a name without a value; nobody means that.
  else if (at >= end) return null
  if (name === '' || !/^[\w.$[\]{}@/-]+$/.test(name)) return null
  const valueStart = Math.min(at, end)
  const valueEnd = trimmedEnd(text, valueStart, end)
  return {
    ...{ name, call: null, line, nameStart: start, quote: '', whole: null },
    ...{ value: plainText(text.slice(valueStart, valueEnd)).trim(), start: valueStart, end: valueEnd },
  }
}

/** Continuations, and the signs that need a backslash. Other escapes stay as they are: no setting we judge has any. */
function plainText(text: string): string {
  return text.replace(/\\(?:\r\n|\n|\r)[ \t\f]*/g, '').replace(/\\([=: \\#!])/g, '$1')
}

function skip(text: string, from: number, signs: string): number {
  let at = from
  while (at < text.length && signs.includes(text[at] ?? '')) at += 1
  return at
}

function physicalEnd(text: string, from: number): number {
  let at = from
  while (at < text.length && text[at] !== '\n' && text[at] !== '\r') at += 1
  return at
}

/** Behind the last line that an odd number of backslashes joins to this one. */
function logicalEnd(text: string, from: number): number {
  let end = physicalEnd(text, from)
  for (; end < text.length; end = physicalEnd(text, skipBreak(text, end))) {
    let slashes = 0
    while (text[end - 1 - slashes] === '\\' && end - 1 - slashes >= from) slashes += 1
    if (slashes % 2 === 0) break
  }
  return end
}

function skipBreak(text: string, at: number): number {
  return text.startsWith('\r\n', at) ? at + 2 : at + 1
}

function trimmedEnd(text: string, start: number, end: number): number {
  let at = end
  while (at > start && `${BLANK}\r`.includes(text[at - 1] ?? '')) at -= 1
  return at
}
