/** Edits of single records: looked up by where the record lies, and refused where text cannot stand for its bytes. Pure. */
import type { MessageHeader, PartitionPlace } from '../cluster/messages.ts'
import type { ReplayEdit } from './replay-types.ts'

export interface PreparedEdit {
  /** Undefined: unchanged. */
  value?: Uint8Array | null
  headers?: MessageHeader[]
}

export type EditIndex = ReadonlyMap<string, PreparedEdit>

export function indexEdits(edits: readonly ReplayEdit[]): EditIndex {
  return new Map(edits.map((edit) => [editKey(edit, edit.offset), prepare(edit)]))
}

export function editOf(edits: EditIndex, place: PartitionPlace, offset: bigint): PreparedEdit | undefined {
  return edits.size === 0 ? undefined : edits.get(editKey(place, offset))
}

export function editKey({ partition, broker }: PartitionPlace, offset: bigint): string {
  return `${broker ?? ''}/${partition}@${offset}`
}

function prepare({ value, headers }: ReplayEdit): PreparedEdit {
  return {
    ...(value === undefined ? {} : { value: value === null ? null : Buffer.from(value) }),
    ...(headers === undefined
      ? {}
      : { headers: headers.map(({ key, value }) => ({ key, value: value === null ? null : Buffer.from(value) })) }),
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** Schema registries put a zero byte and the schema's number in front. */
const MAGIC = 0

/**
 * Whether a person who saw these bytes as text saw all of them: what a registry frames, and what is no UTF-8, would come
 * back as something else.
 */
export function isEditableText(value: Uint8Array | null): boolean {
  if (value === null) return true
  if (value[0] === MAGIC) return false
  try {
    strict.decode(value)
    return true
  } catch {
    // Not UTF-8: that is the answer.
    return false
  }
}
