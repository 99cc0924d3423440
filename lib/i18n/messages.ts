import { en } from './en.ts'
import type { Locale } from './locale.ts'
import { zh } from './zh.ts'

export type Messages = typeof en

/** The guard test holds the two languages to the same keys, so the Chinese tree has the English shape. */
export function messagesOf(locale: Locale): Messages {
  return locale === 'zh' ? (zh as Messages) : en
}
