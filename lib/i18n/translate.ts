/** Words on the server: the message files read by code, for answers of the API, logs and notifications. */
import { createTranslator } from 'use-intl/core'
import { DEFAULT_LOCALE, type Locale } from './locale.ts'
import { messagesOf } from './messages.ts'
import { type System, systemMessages } from './system-messages.ts'

export type WordNamespace =
  | 'alertWords'
  | 'errors'
  | 'explore'
  | 'faults'
  | 'findings'
  | 'holds'
  | 'lintCodes'
  | 'lossKinds'
  | 'notifications'
  | 'reasons'
  | 'replayCodes'
  | 'replays'
  | 'reports'
  | 'states'
  | 'ui'
  | 'units'

type Facts = Readonly<Record<string, string | number>>
type LooseTranslator = ((key: string, values?: Facts) => string) & { has(key: string): boolean }

const translators = new Map<string, LooseTranslator>()

/** Codes come as data, so keys are looked up at run time; a test holds every code to its words. */
function translatorOf(locale: Locale, namespace: WordNamespace, system: System): LooseTranslator {
  const id = `${locale}/${namespace}/${system}`
  let translator = translators.get(id)
  if (translator === undefined) {
    translator = createTranslator({
      locale,
      namespace,
      messages: systemMessages(messagesOf(locale), system) as Record<string, unknown>,
      // A missing fact must not turn an answer into a failure: the key is shown instead.
      onError: () => undefined,
      getMessageFallback: ({ key }) => key,
    } as Parameters<typeof createTranslator>[0]) as unknown as LooseTranslator
    translators.set(id, translator)
  }
  return translator
}

/** The words for a code; a code without words is shown as it is. `system`: whose words, where the systems differ. */
export function translate(
  locale: Locale,
  namespace: WordNamespace,
  key: string,
  facts: Facts = {},
  system: System = 'kafka',
): string {
  for (const language of [locale, DEFAULT_LOCALE]) {
    const words = translatorOf(language, namespace, system)
    if (words.has(key)) return words(key, facts)
  }
  return key
}
