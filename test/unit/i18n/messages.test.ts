import { createTranslator } from 'use-intl/core'
import { describe, expect, it } from 'vitest'
import { en } from '../../../lib/i18n/en.ts'
import { LOCALES } from '../../../lib/i18n/locale.ts'
import { type Messages, messagesOf } from '../../../lib/i18n/messages.ts'
import { systemMessages } from '../../../lib/i18n/system-messages.ts'
import { zh } from '../../../lib/i18n/zh.ts'
import { argumentsOf, flatten, namespacesOf, readNamespace, tagsOf } from './message-files.ts'

const NAMESPACES = namespacesOf('en')

describe('the reading of placeholders', () => {
  it.each([
    ['{count, plural, one {# row} other {# rows}}', ['count']],
    ['{group} lost {lost, number} of {kinds, select, none {} other {{topic}}}', ['group', 'kinds', 'lost', 'topic']],
    ['{state, select, on {yes} other {none}}', ['state', 'yes']],
    ['plain', []],
  ])('%s', (message, names) => {
    // A branch of a select may look like an argument; both languages then have it or the test says so.
    expect(argumentsOf(message)).toEqual(names)
  })
})

describe('the two languages', () => {
  it('have the same namespaces, and the program knows all of them', () => {
    expect(namespacesOf('zh')).toEqual(NAMESPACES)
    expect(Object.keys(en).sort()).toEqual(NAMESPACES)
    expect(Object.keys(zh).sort()).toEqual(NAMESPACES)
  })

  it.each(NAMESPACES)('have the same keys in %s', (namespace) => {
    const keys = (locale: string): string[] => [...flatten(readNamespace(locale, namespace)).keys()].sort()
    expect(keys('zh')).toEqual(keys('en'))
  })

  it.each(NAMESPACES)('have the same placeholders and tags in %s', (namespace) => {
    const chinese = flatten(readNamespace('zh', namespace))
    for (const [key, message] of flatten(readNamespace('en', namespace))) {
      const other = chinese.get(key) ?? ''
      expect({ key, names: argumentsOf(other) }).toEqual({ key, names: argumentsOf(message) })
      expect({ key, tags: tagsOf(other) }).toEqual({ key, tags: tagsOf(message) })
    }
  })
})

describe.each(LOCALES)('the words of RocketMQ in %s', (locale) => {
  const shared = new Map(
    NAMESPACES.flatMap((namespace) => [...flatten({ [namespace]: readNamespace(locale, namespace) })]),
  )

  it('replace words that both systems share, and know the same facts', () => {
    const faults = [...flatten(readNamespace(locale, 'rocketmq'))].flatMap(([path, message]) => {
      const replaced = shared.get(path)
      if (replaced === undefined) return [`${path} replaces nothing`]
      const unknown = argumentsOf(message).filter((name) => !argumentsOf(replaced).includes(name))
      return unknown.map((name) => `${path} is never given ${name}`)
    })
    expect(faults).toEqual([])
  })

  it('are shown for its clusters, and for those alone', () => {
    const messages = messagesOf(locale)
    expect(systemMessages(messages, 'rocketmq').topics).toMatchObject({
      title: messages.topics.title,
      columns: { ...messages.topics.columns, ...messages.rocketmq.topics.columns },
    })
    expect(systemMessages(messages, 'kafka')).toBe(messages)
  })

  it('do not need the namespaces that the browser lacks', () => {
    const { faults: _, ...words } = messagesOf(locale)
    expect(systemMessages(words as Messages, 'rocketmq')).not.toHaveProperty('faults')
  })
})

describe.each(LOCALES)('every message in %s', (locale) => {
  it.each(NAMESPACES)('of %s is valid and is shown', (namespace) => {
    const faults: string[] = []
    const messages = { [namespace]: readNamespace(locale, namespace) }
    const t = createTranslator({ locale, messages, onError: (error) => faults.push(error.message) }) as unknown as {
      markup(key: string, values: Record<string, unknown>): string
    }
    for (const [key, message] of flatten(messages)) {
      const values: Record<string, unknown> = Object.fromEntries(argumentsOf(message).map((name) => [name, 3]))
      for (const tag of tagsOf(message)) values[tag] = (inner: string) => inner
      const shown = t.markup(key, values)
      if (shown.trim() === '') faults.push(`${key}: ${shown}`)
    }
    expect(faults).toEqual([])
  })
})

describe('Chinese', () => {
  it('is written in Chinese wherever English has a sentence', () => {
    const untranslated: string[] = []
    for (const namespace of NAMESPACES) {
      const english = flatten(readNamespace('en', namespace))
      for (const [key, message] of flatten(readNamespace('zh', namespace))) {
        const isSentence = /[a-z]{2,} [a-z]{2,} [a-z]{2,}/.test(english.get(key) ?? '')
        if (isSentence && !/\p{Script=Han}/u.test(message)) untranslated.push(`${namespace}.${key}`)
      }
    }
    expect(untranslated).toEqual([])
  })
})
