/** What a person reads when the console cannot start: one line, with what to do. */
import { isHoldfastError } from '../errors.ts'
import { translate } from '../i18n/translate.ts'

export function startFault(error: unknown): string {
  if (!isHoldfastError(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error)
  const words = (part: string): string => translate('en', 'errors', `${error.code}.${part}`, error.facts)
  const facts = Object.entries(error.facts).map(([name, value]) => `${name}: ${value}`)
  const place = facts.length > 0 ? ` (${facts.join(', ')})` : ''
  return `${words('title')}${place}. ${words('detail')} ${words('fix')}`.replaceAll('\n', ' ')
}
