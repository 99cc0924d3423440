/** Reads a text by what it looks like: people paste the file or the piece of code that they have. */
import type { LintClient, ParsedText, TextCall, TextSetting } from '../lint-types.ts'
import { readCode } from './read-code.ts'
import { readProperties } from './read-properties.ts'
import { readYaml } from './read-yaml.ts'

export function readText(text: string, client: LintClient): ParsedText {
  switch (client) {
    case 'kafkajs':
    case 'sarama':
      return readCode(text)
    case 'franzGo':
      return withSettings(readCode(text), franzOption)
    case 'springBoot':
      return looksLikeProperties(text) ? readProperties(text) : readYaml(text)
    default:
      if (looksLikeCode(text)) return withSettings(readCode(text), putCall, setterCall)
      return isYamlFile(text, client) ? readYaml(text) : readProperties(text)
  }
}

/** The first line that says anything; null when none does. */
function firstLine(text: string): string | null {
  for (const line of text.split('\n', 2_000)) {
    const trimmed = line.trim()
    if (trimmed !== '' && !/^(#|!|\/\/|---)/.test(trimmed)) return trimmed
  }
  return null
}

function looksLikeProperties(text: string): boolean {
  return /^[\w.[\]$-]+\s*=(?!\s*(?:[{[(]|new\b|\w+\())/.test(firstLine(text) ?? '')
}

const CALL = /\w[({]|\[["']|\bnew\s+[A-Z]|=\s?[{[(]/
const BEGINS_CODE =
  /^(?:["'{}[(@]|(?:import|package|const|let|var|final|public|private|return|try|new|using|from)\b|\/\*|.*[{(]$)/

function looksLikeCode(text: string): boolean {
  const first = firstLine(text)
  return first !== null && (BEGINS_CODE.test(first) || (CALL.test(text) && !looksLikeProperties(text)))
}

/** Of RocketMQ's Spring starter. Kafka's own names are told by `springBoot`. */
function isYamlFile(text: string, client: LintClient): boolean {
  return client.startsWith('rocketmq') && /^[\w.-]+:(?:\s|$)/.test(firstLine(text) ?? '')
}

type ReadCall = (call: TextCall, text: string) => TextSetting[]

/** In the order of the text, since of settings that stand twice the last one holds. */
function withSettings(parsed: ParsedText, ...readers: ReadCall[]): ParsedText {
  const called = parsed.calls.flatMap((call) => readers.flatMap((read) => read(call, parsed.text)))
  return { ...parsed, settings: [...parsed.settings, ...called].sort((one, other) => one.start - other.start) }
}

/** At which argument the name stands; `Map.of` takes any number of pairs. */
const PUT_CALLS: Readonly<Record<string, number>> = {
  ...{ put: 0, set: 0, setProperty: 0, putIfAbsent: 0, entry: 0, of: 0, SetKey: 0, rd_kafka_conf_set: 1 },
}

/** `props.put("acks", "all")`, or with Kafka's constant for the name. */
function putCall(call: TextCall, text: string): TextSetting[] {
  const first = Object.hasOwn(PUT_CALLS, call.name) ? PUT_CALLS[call.name] : undefined
  if (first === undefined) return []
  const settings: TextSetting[] = []
  for (let at = first; at + 1 < call.args.length; at += 2) {
    const [name, value] = [call.args[at], call.args[at + 1]]
    if (name === undefined || value === undefined) break
    settings.push({ ...settingOf(nameOf(text.slice(name.start, name.end)), call, text, value), nameStart: name.start })
    if (call.name !== 'of') break
  }
  return settings
}

function settingOf(name: string, call: TextCall, text: string, value: { start: number; end: number }): TextSetting {
  return { name, call: null, line: call.line, nameStart: call.start, whole: null, ...valueAt(text, value) }
}

/** `ProducerConfig.MAX_BLOCK_MS_CONFIG` names `max.block.ms`. */
function nameOf(text: string): string {
  if (/^["']/.test(text)) return text.slice(1, -1)
  const last = text.slice(text.lastIndexOf('.') + 1)
  return /^[A-Z][A-Z\d_]+$/.test(last)
    ? last
        .replace(/_CONFIG$/, '')
        .toLowerCase()
        .replaceAll('_', '.')
    : last
}

/** `producer.setSendMsgTimeout(3000)`. */
function setterCall(call: TextCall, text: string): TextSetting[] {
  const [value] = call.args
  if (!/^set[A-Z]/.test(call.name) || value === undefined || call.args.length > 1) return []
  return [settingOf(`${call.name.charAt(3).toLowerCase()}${call.name.slice(4)}`, call, text, value)]
}

/** An option of franz-go is a function; one without arguments is its own value. */
function franzOption(call: TextCall, text: string): TextSetting[] {
  if (!text.startsWith('kgo.', call.start) || !/^[A-Z]/.test(call.name)) return []
  const whole = { start: call.start, end: call.end }
  return [{ ...settingOf(call.name, call, text, { start: call.argsStart, end: call.argsEnd }), whole }]
}

function valueAt(
  text: string,
  { start, end }: { start: number; end: number },
): Pick<TextSetting, 'value' | 'start' | 'end' | 'quote'> {
  const whole = text.slice(start, end).trim()
  const quote = /^(["'`])[^"'`]*\1$/.exec(whole)?.[1] ?? ''
  return { value: quote === '' ? whole : whole.slice(1, -1), start, end, quote }
}
