import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dirname, '../../../lib/i18n/messages')

export type MessageTree = { [key: string]: string | MessageTree }

export function namespacesOf(locale: string): string[] {
  return readdirSync(join(FOLDER, locale))
    .map((file) => file.replace(/\.json$/, ''))
    .sort()
}

export function readNamespace(locale: string, namespace: string): MessageTree {
  return JSON.parse(readFileSync(join(FOLDER, locale, `${namespace}.json`), 'utf8')) as MessageTree
}

/** `a.b.c` to the message there. */
export function flatten(tree: MessageTree, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>()
  for (const [key, value] of Object.entries(tree)) {
    const path = prefix === '' ? key : `${prefix}.${key}`
    if (typeof value === 'string') flat.set(path, value)
    else for (const [inner, text] of flatten(value, path)) flat.set(inner, text)
  }
  return flat
}

/**
 * Names of the arguments of an ICU message: `{name}` and `{name, plural, …}`. A branch of one word, as in
 * `other {none}`, follows a keyword and is no argument.
 */
export function argumentsOf(message: string): string[] {
  const found = new Set<string>()
  for (const match of message.matchAll(
    /(\w+\s*)?\{\s*([A-Za-z_]\w*)\s*(,\s*(plural|select|selectordinal|number|date|time)|\})/g,
  )) {
    const isBranch = match[4] === undefined && /^(zero|one|two|few|many|other|=\d+)\s*$/.test(match[1] ?? '')
    if (!isBranch && match[2] !== undefined) found.add(match[2])
  }
  return [...found].sort()
}

export function tagsOf(message: string): string[] {
  return [...new Set([...message.matchAll(/<(\w+)>/g)].map((match) => match[1] ?? ''))].sort()
}
