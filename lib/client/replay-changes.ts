/** One change for all records of a replay, as it is typed: a step becomes whole only when each of its fields is. Pure. */
import type { TransformStepInput } from '../api/schemas/dead-letters.ts'

export const CHANGE_KINDS = ['setValue', 'removeValue', 'setHeader', 'removeHeader'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

export interface ChangeDraft {
  /** For the list on the page. */
  id: number
  kind: ChangeKind
  /** A path into the value, or a header's name. */
  place: string
  /** JSON for a value, text for a header; means nothing where something is removed. */
  text: string
}

export type ChangeFault = 'path' | 'json' | 'name'

export const firstDraft = (id: number): ChangeDraft => ({ id, kind: 'setValue', place: '$.', text: '' })

/** Null: it can be sent as it is. Whether a path is one, the server knows better. */
export function changeFault({ kind, place, text }: ChangeDraft): ChangeFault | null {
  if (kind === 'setHeader' || kind === 'removeHeader') return place === '' ? 'name' : null
  if (!/^\$(?:[.[].+)?$/.test(place) || (kind === 'removeValue' && place === '$')) return 'path'
  return kind === 'setValue' && !isJson(text) ? 'json' : null
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // That it cannot be parsed is the answer.
    return false
  }
}

/** Of drafts without faults. */
export function toSteps(drafts: readonly ChangeDraft[]): TransformStepInput[] {
  return drafts.map(toStep)
}

function toStep({ kind, place, text }: ChangeDraft): TransformStepInput {
  switch (kind) {
    case 'setValue':
      return { kind, path: place, json: text }
    case 'removeValue':
      return { kind, path: place }
    case 'setHeader':
      return { kind, name: place, value: text }
    case 'removeHeader':
      return { kind, name: place }
  }
}
