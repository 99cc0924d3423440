/** YAML as Spring Boot reads it: nested names joined by dots, of all documents of the text. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, parseAllDocuments, type YAMLMap } from 'yaml'
import { indentAt, lineIndex } from '../line-index.ts'
import type { InsertionPoint, ParsedText, TextIssue, TextSetting } from '../lint-types.ts'

/** Nobody nests deeper; whoever does is told that it was not followed. */
const MAX_DEPTH = 20
const MAX_ISSUES = 20
const MAX_BRACKETS = 200
/** Texts that are made to be slow take the parser longer than their length says: so many quotes, a tenth of a second. */
const MAX_CHARS = 20_000
/** Pretty errors quote the text and look for the line of each from the beginning; keys are compared here, in one pass. */
const PARSE_OPTIONS = { uniqueKeys: false, logLevel: 'silent', prettyErrors: false } as const

export function readYaml(text: string): ParsedText {
  const reading = new YamlReading(text)
  if (text.length > MAX_CHARS || isTooDeep(text)) reading.giveUp()
  else for (const document of parseAllDocuments(text, PARSE_OPTIONS)) reading.add(document)
  const { settings, issues, insertionPoints } = reading
  return { text, format: 'yaml', settings, calls: [], names: new Set(), issues, insertionPoints }
}

/** The parser calls itself for each level, so that a text of brackets alone would end its stack. */
function isTooDeep(text: string): boolean {
  let depth = 0
  for (const sign of text) {
    if (sign === '[' || sign === '{') depth += 1
    else if (sign === ']' || sign === '}') depth = Math.max(0, depth - 1)
    if (depth > MAX_BRACKETS) return true
  }
  return /(?:[-?:][ \t]){50}/.test(text)
}

class YamlReading {
  readonly settings: TextSetting[] = []
  readonly issues: TextIssue[] = []
  readonly insertionPoints: InsertionPoint[] = []
  readonly #text: string
  readonly #lineOf: (offset: number) => number

  constructor(text: string) {
    this.#text = text
    this.#lineOf = lineIndex(text)
  }

  add(document: Document): void {
    for (const { pos } of document.errors) this.#report('unreadable', pos[0])
    const { contents } = document
    if (isMap(contents)) this.#addMap(contents, '', 0)
    else if (contents !== null) this.#report('unreadable', contents.range?.[0] ?? 0)
  }

  giveUp(): void {
    this.#report('unreadable', 0)
  }

  #report(code: TextIssue['code'], offset: number): void {
    const line = this.#lineOf(offset)
    const isKnown = this.issues.some((issue) => issue.line === line)
    if (!isKnown && this.issues.length < MAX_ISSUES) this.issues.push({ code, line })
  }

  #addMap(map: YAMLMap, path: string, depth: number): void {
    if (depth > MAX_DEPTH) {
      this.#report('notFollowed', map.range?.[0] ?? 0)
      return
    }
    this.#addInsertionPoint(map, path)
    const keys = new Set<string>()
    for (const pair of map.items) {
      const key = isScalar(pair.key) ? String(pair.key.value) : null
      // Spring Boot does not start with a key that stands twice.
      if (key !== null && keys.has(key)) this.#report('unreadable', (isScalar(pair.key) && pair.key.range?.[0]) || 0)
      else this.#addPair(pair, path, depth)
      if (key !== null) keys.add(key)
    }
  }

  #addPair({ key, value }: Pair, path: string, depth: number): void {
    if (!isScalar(key) || key.range == null) return
    const name = String(key.value).replace(/^\[(.*)\]$/, '$1')
    const full = path === '' ? name : `${path}.${name}`
    if (name === '<<' || isAlias(value)) this.#report('notFollowed', key.range[0])
    else if (isMap(value)) this.#addMap(value, full, depth + 1)
    else if (isScalar(value)) this.#addScalar(full, value.source ?? String(value.value ?? ''), value.range, key.range)
    else if (!isSeq(value) && value !== null) this.#report('unreadable', key.range[0])
  }

  #addScalar(
    name: string,
    value: string,
    range: readonly number[] | null | undefined,
    keyRange: readonly number[],
  ): void {
    const [start = 0, end = 0] = range ?? []
    const first = this.#text[start] ?? ''
    const quote = end > start && (first === '"' || first === "'") ? first : ''
    this.settings.push({
      ...{ name, call: null, value: value.trim(), quote, start, end, whole: null },
      nameStart: keyRange[0] ?? start,
      line: this.#lineOf(keyRange[0] ?? start),
    })
  }

  /** Before the first pair of a block, behind the bracket of a flow. */
  #addInsertionPoint(map: YAMLMap, path: string): void {
    const start = map.range?.[0] ?? 0
    if (map.flow === true) {
      this.insertionPoints.push({ path, offset: start + 1, indent: '', style: 'flow' })
      return
    }
    const first = map.items[0]?.key
    if (!isScalar(first) || first.range == null) return
    const offset = this.#text.lastIndexOf('\n', first.range[0] - 1) + 1
    const indent = indentAt(this.#text, first.range[0])
    // A key that does not begin its line (`- a: 1`, an anchor) leaves no line for another.
    if (offset + indent.length === first.range[0]) this.insertionPoints.push({ path, offset, indent, style: 'block' })
  }
}
