import type { Locale } from '../i18n/locale.ts'
import { translate } from '../i18n/translate.ts'

/** Schemas name their own complaints by this prefix and a key of `errors.issues`; the rest are zod's words. */
const ISSUE_PREFIX = 'issue:'

export function issueText(message: string, locale: Locale): string {
  if (!message.startsWith(ISSUE_PREFIX)) return message
  return translate(locale, 'errors', `issues.${message.slice(ISSUE_PREFIX.length)}`)
}
