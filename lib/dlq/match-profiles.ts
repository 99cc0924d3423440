/** Which profiles describe a record. */
import type { RecordHeader } from './dead-letter.ts'
import type { DlqProfile } from './profile.ts'

/** Where in the list each header stands. */
export type HeaderIndex = ReadonlyMap<string, readonly number[]>

export function indexHeaders(headers: readonly RecordHeader[]): HeaderIndex {
  const index = new Map<string, number[]>()
  for (let at = 0; at < headers.length; at += 1) {
    const { key } = headers[at] as RecordHeader
    const places = index.get(key)
    if (places === undefined) index.set(key, [at])
    else places.push(at)
  }
  return index
}

/**
 * All that describe it, since a record may have died in several ways. A header is evidence for one of them only: the
 * first profile of the list takes those it matches by.
 */
function matchProfiles(index: HeaderIndex, profiles: readonly DlqProfile[]): DlqProfile[] {
  const claimed = new Set<string>()
  const isFree = (header: string): boolean => index.has(header) && !claimed.has(header)
  return profiles.filter(({ match }) => {
    const matches = match.anyOf.some(isFree) && match.allOf.every(isFree)
    if (matches) for (const header of [...match.anyOf, ...match.allOf]) claimed.add(header)
    return matches
  })
}

/** What the names of a record's headers say by themselves, whatever their values. */
export interface HeaderShape {
  readonly names: readonly string[]
  readonly index: HeaderIndex
  readonly matched: readonly DlqProfile[]
}

/** Records of one queue have few shapes: so many are kept for each list of profiles, of at most this size. */
const MOST_SHAPES = 8
const MOST_HEADERS = 64
const MOST_CHARACTERS = 8 * 1_024

const kept = new WeakMap<readonly DlqProfile[], { shapes: HeaderShape[]; next: number }>()

/** The same object for records with the same names in the same order: comparing is a fifth of finding out again. */
export function shapeOf(headers: readonly RecordHeader[], profiles: readonly DlqProfile[]): HeaderShape {
  const known = kept.get(profiles) ?? { shapes: [], next: 0 }
  const same = known.shapes.find(({ names }) => haveNames(headers, names))
  if (same !== undefined) return same
  const index = indexHeaders(headers)
  const shape = { names: headers.map(({ key }) => key), index, matched: matchProfiles(index, profiles) }
  const characters = shape.names.reduce((sum, name) => sum + name.length, 0)
  if (headers.length > MOST_HEADERS || characters > MOST_CHARACTERS) return shape
  known.shapes[known.next] = shape
  known.next = (known.next + 1) % MOST_SHAPES
  kept.set(profiles, known)
  return shape
}

function haveNames(headers: readonly RecordHeader[], names: readonly string[]): boolean {
  if (headers.length !== names.length) return false
  for (let at = 0; at < names.length; at += 1) if (headers[at]?.key !== names[at]) return false
  return true
}
