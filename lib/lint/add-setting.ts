/** Where a setting goes that the text does not have, and how it is written there. */
import { withoutPrefix } from './clients/kafka-names.ts'
import { indentAt, newlineOf } from './line-index.ts'
import type { InsertionPoint, LintClient, ParsedText, TextCall, TextEdit, TextSetting } from './lint-types.ts'
import type { SettingSpec } from './setting-spec.ts'

/** Null where the text has no place for it. `value`: as the client writes it. */
export function addSetting(parsed: ParsedText, client: LintClient, spec: SettingSpec, value: string): TextEdit | null {
  const [name] = spec.names
  if (name === undefined) return null
  switch (parsed.format) {
    case 'properties':
      return atEnd(parsed.text, `${prefixOf(parsed)}${name}=${value}`)
    case 'yaml':
      return intoYaml(parsed, name, value)
    case 'code':
      if (client === 'kafkajs') return intoKafkajs(parsed, spec, name, value)
      if (client === 'sarama') return afterSarama(parsed, name, value)
      return client === 'franzGo' ? intoFranz(parsed, name, value) : intoCode(parsed, name, value)
  }
}

function atEnd(text: string, line: string): TextEdit {
  const newline = newlineOf(text)
  const isOpen = text !== '' && !text.endsWith('\n')
  // A text whose last line has no end stays without one, also when several lines are added.
  return insert(text.length, isOpen ? `${newline}${line}` : `${line}${newline}`)
}

/** Files that name all settings with a prefix go on doing so. */
function prefixOf({ settings }: ParsedText): string {
  const [first] = settings
  if (first === undefined || first.name.startsWith('spring.')) return ''
  return first.name.slice(0, first.name.length - withoutPrefix(first.name).length)
}

/** Into the innermost map on its way; what is left of its name stays one name, which Spring takes as nested. */
function intoYaml({ text, insertionPoints }: ParsedText, name: string, value: string): TextEdit {
  const within = ({ path }: InsertionPoint): boolean => path === '' || name.startsWith(`${path}.`)
  const best = insertionPoints.filter(within).reduce<InsertionPoint | null>(longerPath, null)
  if (best === null) return atEnd(text, `${name}: ${value}`)
  const { path, offset, indent, style } = best
  const rest = path === '' ? name : name.slice(path.length + 1)
  if (style === 'block') return insert(offset, `${indent}${rest}: ${value}${newlineOf(text)}`)
  const isEmpty = /^\s*\}/.test(text.slice(offset, offset + 200))
  return insert(offset, isEmpty ? `${rest}: ${value}` : `${rest}: ${value}, `)
}

function longerPath(best: InsertionPoint | null, one: InsertionPoint): InsertionPoint {
  return best === null || one.path.length > best.path.length ? one : best
}

function insert(offset: number, text: string): TextEdit {
  return { start: offset, end: offset, text }
}

/** The call whose object holds it. */
const KAFKAJS_CALLS: Partial<Record<SettingSpec['key'], string>> = {
  commit: 'run',
  offsetReset: 'subscribe',
  isolation: 'consumer',
}

function intoKafkajs(parsed: ParsedText, spec: SettingSpec, name: string, value: string): TextEdit {
  const callName = KAFKAJS_CALLS[spec.key] ?? 'producer'
  const [outer, inner] = name.split('.')
  // Beside what is there already of the same object: JavaScript would forget the first of two.
  const beside =
    inner === undefined ? undefined : parsed.settings.find((one) => one.name.endsWith(`${outer}.${lastOf(one)}`))
  if (beside !== undefined) return insert(beside.nameStart, `${inner}: ${value}, `)
  const written = inner === undefined ? `${name}: ${value}` : `${outer}: { ${inner}: ${value} }`
  const call = parsed.calls.find((one) => one.name === callName)
  return call === undefined
    ? atEnd(parsed.text, `// ${callName}({ … })${newlineOf(parsed.text)}${written},`)
    : intoObjectOf(parsed.text, call, written)
}

function lastOf({ name }: TextSetting): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

function intoObjectOf(text: string, { args, argsStart }: TextCall, written: string): TextEdit {
  const [first] = args
  if (first === undefined || text[first.start] !== '{') {
    return insert(argsStart, first === undefined ? `{ ${written} }` : `{ ${written} }, `)
  }
  const inside = text.slice(first.start + 1, first.end - 1)
  if (inside.trim() === '') return insert(first.start + 1, ` ${written}${inside === '' ? ' ' : ''}`)
  return besideFirst(text, first.start + 1, written)
}

/** In front of what stands at the offset behind an opening bracket: on a line of its own where that has one. */
function besideFirst(text: string, offset: number, written: string): TextEdit {
  const blank = /^\s*/.exec(text.slice(offset, offset + 2_000))?.[0] ?? ''
  const place = offset + blank.length
  const isOwnLine = blank.includes('\n')
  return insert(place, isOwnLine ? `${written},${newlineOf(text)}${indentAt(text, place)}` : `${written}, `)
}

function afterSarama({ text, settings }: ParsedText, name: string, value: string): TextEdit {
  const last = settings.findLast((one) => /\.(?:Producer|Consumer|Net)\./.test(one.name))
  const variable = last?.name.split('.')[0] ?? madeConfig(settings) ?? 'config'
  const line = `${variable}.${name} = ${value}`
  const anchor = last ?? settings.find((one) => one.value.startsWith('sarama.NewConfig('))
  return anchor === undefined ? atEnd(text, line) : afterLine(text, anchor.end, line)
}

function madeConfig(settings: readonly TextSetting[]): string | undefined {
  return settings.find((one) => one.value.startsWith('sarama.NewConfig('))?.name
}

function afterLine(text: string, offset: number, line: string): TextEdit {
  const end = text.indexOf('\n', offset)
  const indent = indentAt(text, offset)
  if (end === -1) return insert(text.length, `${newlineOf(text)}${indent}${line}`)
  return insert(end + 1, `${indent}${line}${newlineOf(text)}`)
}

function intoFranz({ text, settings, calls }: ParsedText, name: string, value: string): TextEdit {
  const written = `kgo.${name}(${value})`
  const first = settings.find((one) => one.whole !== null && one.name !== 'NewClient')
  if (first?.whole != null) return insert(first.whole.start, `${written},${separatorAt(text, first.whole.start)}`)
  const client = calls.find((call) => call.name === 'NewClient')
  if (client === undefined) return atEnd(text, `${written},`)
  return insert(client.argsStart, client.args.length === 0 ? written : `${written}, `)
}

/** A line break where what follows has its own line, a blank otherwise. */
function separatorAt(text: string, offset: number): string {
  const indent = indentAt(text, offset)
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  return lineStart + indent.length === offset ? `${newlineOf(text)}${indent}` : ' '
}

/** Java, Python, C#, C, JSON: as the settings that are there are written. */
function intoCode(parsed: ParsedText, name: string, value: string): TextEdit {
  const { text, settings, calls } = parsed
  const literal = /^(?:-?\d+|true|false)$/.test(value) ? value : `"${value}"`
  const model = settings.findLast((one) => isPlainSetting(one, text)) ?? null
  if (model === null) return atEnd(text, `"${name}": ${literal},`)
  const call = calls.findLast(
    (one) => one.argsStart <= model.nameStart && model.end <= one.argsEnd && one.args.length > 1,
  )
  if (call?.args.some(({ end }) => end === model.end)) return besideCall(text, call, name, value)
  return besideEntry(text, model, name, literal)
}

/** Named in quotes, by a constant of Java or by a property of .NET, and no variable of the program. */
function isPlainSetting({ nameStart }: TextSetting, text: string): boolean {
  return /["'A-Z]/.test(text[nameStart] ?? '')
}

/** `props.put("a", "b");` again on the next line; of a chain, one more link; of `Map.of`, one more pair. */
function besideCall(text: string, call: TextCall, name: string, value: string): TextEdit {
  if (call.name === 'of') return insert(call.argsStart, `"${name}", "${value}", `)
  const receiver = text.slice(call.start, call.argsStart - 1)
  const args = call.name === 'rd_kafka_conf_set' ? argsBefore(text, call) : ''
  const rest = call.name === 'rd_kafka_conf_set' ? argsAfter(text, call) : ''
  const written = `${receiver}(${args}"${name}", "${value}"${rest})`
  if (text[call.start - 1] === '.') return insert(call.end, `.${written}`)
  const isEnded = text[call.end] === ';'
  return afterLine(text, call.end, `${written}${isEnded ? ';' : ''}`)
}

function argsBefore(text: string, { args }: TextCall): string {
  const [first] = args
  return first === undefined ? '' : `${text.slice(first.start, first.end)}, `
}

function argsAfter(text: string, { args }: TextCall): string {
  return args
    .slice(3)
    .map(({ start, end }) => `, ${text.slice(start, end)}`)
    .join('')
}

/** `"acks": "all",` or `Acks = Acks.All,` in front of another one. */
function besideEntry(text: string, model: TextSetting, name: string, literal: string): TextEdit {
  const quote = text[model.nameStart] ?? ''
  const isQuoted = quote === '"' || quote === "'"
  const separator = isQuoted ? text.slice(text.indexOf(quote, model.nameStart + 1) + 1, model.start) : ' = '
  const key = isQuoted ? `${quote}${name}${quote}` : pascalCase(name)
  // In quotes it is right in every language: `true` of JavaScript is `True` in Python, and all of them take the text.
  const value = isQuoted ? `${quote}${literal.replaceAll('"', '')}${quote}` : literal
  return insert(model.nameStart, `${key}${separator}${value},${separatorAt(text, model.nameStart)}`)
}

function pascalCase(name: string): string {
  return name.replace(/(?:^|\.)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
