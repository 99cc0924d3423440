/** Editing one record before it is sent again. Pure. Bytes that would not survive being text are never edited. */
import type { DeadLetterAnswer, SelectionInput } from '../api/schemas/dead-letters.ts'
import type { BytesAnswer } from '../api/schemas/messages.ts'
import type { ReplayEdit } from './replay-form.ts'

export interface HeaderText {
  key: string
  value: string | null
}

export interface EditableRecord {
  /** Null: a tombstone. */
  value: string | null
  /** Null: some of them are not text, or hidden, so that none may be edited. */
  headers: HeaderText[] | null
}

export type WhyNotEditable = 'binary' | 'schema' | 'truncated' | 'masked' | 'lineEnds'

type Offset = NonNullable<SelectionInput['offsets']>[number]

function whyNot(value: BytesAnswer): WhyNotEditable | null {
  if (value.masking !== 'none') return 'masked'
  // Framed by a registry: text typed by hand would lack the frame, and its bytes would not fit the schema.
  if (value.decodeFault !== null || (value.decoded !== null && value.decoded.schemaId !== null)) return 'schema'
  if (value.truncated) return 'truncated'
  if (value.encoding !== 'utf8') return 'binary'
  return hasOneLineEnd(value.data) ? null : 'lineEnds'
}

/** A text field of a browser knows one line end only: of two kinds it would quietly make one. */
function hasOneLineEnd(text: string): boolean {
  if (!text.includes('\r')) return true
  return !/\r(?!\n)|(?<!\r)\n/.test(text)
}

/** What was typed, with the line ends of the original. */
export function withLineEndsOf(original: string | null, typed: string): string {
  return original?.includes('\r\n') === true ? typed.replace(/\r?\n/g, '\r\n') : typed
}

function headerTexts(headers: DeadLetterAnswer['headers']): HeaderText[] | null {
  if (headers === null) return null
  // What a rule hides would be sent as it is shown.
  const isText = headers.every(
    ({ value }) => value === null || (value.encoding === 'utf8' && !value.truncated && value.masking === 'none'),
  )
  return isText ? headers.map(({ key, value }) => ({ key, value: value?.data ?? null })) : null
}

export function editableRecord(record: Pick<DeadLetterAnswer, 'value' | 'headers'>): EditableRecord | WhyNotEditable {
  const reason = record.value === null ? null : whyNot(record.value)
  if (reason !== null) return reason
  return { value: record.value?.data ?? null, headers: headerTexts(record.headers) }
}

/** Only what differs is sent: the rest goes byte for byte as it is. Null: nothing differs. */
export function editOf(
  place: Offset,
  original: EditableRecord,
  value: string | null,
  headers: readonly HeaderText[] | null,
): ReplayEdit | null {
  const isValueChanged = value !== original.value
  const isHeadersChanged =
    headers !== null && original.headers !== null && JSON.stringify(headers) !== JSON.stringify(original.headers)
  if (!isValueChanged && !isHeadersChanged) return null
  return {
    ...place,
    ...(isValueChanged ? { value } : {}),
    ...(isHeadersChanged ? { headers: headers.map((header) => ({ ...header })) } : {}),
  }
}
