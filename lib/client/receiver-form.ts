/** The form that adds a receiver: which fields each type has, and the body of the request made from them. Pure. */
import type { ReceiverAnswer } from '../api/schemas/receivers.ts'

export type ReceiverType = ReceiverAnswer['type']

export const RECEIVER_FIELDS = ['url', 'secret', 'routingKey', 'username', 'password', 'smtp', 'from', 'to'] as const
export type ReceiverField = (typeof RECEIVER_FIELDS)[number]

interface FieldUse {
  field: ReceiverField
  isOptional?: true
}

/** In the order of the form. */
export const FIELDS_OF: Record<ReceiverType, readonly FieldUse[]> = {
  slack: [{ field: 'url' }],
  teams: [{ field: 'url' }],
  dingtalk: [{ field: 'url' }, { field: 'secret', isOptional: true }],
  feishu: [{ field: 'url' }, { field: 'secret', isOptional: true }],
  wecom: [{ field: 'url' }],
  email: [{ field: 'smtp' }, { field: 'from' }, { field: 'to' }],
  pagerduty: [{ field: 'routingKey' }],
  alertmanager: [{ field: 'url' }, { field: 'username', isOptional: true }, { field: 'password', isOptional: true }],
  webhook: [{ field: 'url' }, { field: 'secret' }],
}

export const RECEIVER_TYPES = Object.keys(FIELDS_OF) as ReceiverType[]

/** Not told on the screen while they are typed. The address of a mail server holds a password. */
export const HIDDEN_FIELDS: readonly ReceiverField[] = ['secret', 'routingKey', 'password', 'smtp']

export type ReceiverLanguage = ReceiverAnswer['language']

export interface ReceiverForm {
  id: string
  type: ReceiverType
  language: ReceiverLanguage
  values: Record<ReceiverField, string>
}

const NOTHING = Object.fromEntries(RECEIVER_FIELDS.map((field) => [field, ''])) as ReceiverForm['values']

export function emptyReceiverForm(language: ReceiverLanguage): ReceiverForm {
  return { id: '', type: 'slack', language, values: NOTHING }
}

export function isReceiverComplete({ id, type, values }: ReceiverForm): boolean {
  return id.trim() !== '' && FIELDS_OF[type].every(({ field, isOptional }) => isOptional || values[field].trim() !== '')
}

/** As of `POST /api/v1/receivers`. What was typed for another type is not sent. */
export function receiverBody({ id, type, language, values }: ReceiverForm): Record<string, string | string[]> {
  const given = FIELDS_OF[type].flatMap(({ field }): [string, string | string[]][] => {
    const value = values[field].trim()
    if (value === '') return []
    return [[field, field === 'to' ? value.split(/[\s,;]+/).filter((part) => part !== '') : value]]
  })
  return { id: id.trim(), type, language, ...Object.fromEntries(given) }
}
