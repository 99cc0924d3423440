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
export function matchProfiles(index: HeaderIndex, profiles: readonly DlqProfile[]): DlqProfile[] {
  const claimed = new Set<string>()
  const isFree = (header: string): boolean => index.has(header) && !claimed.has(header)
  return profiles.filter(({ match }) => {
    const matches = match.anyOf.some(isFree) && match.allOf.every(isFree)
    if (matches) for (const header of [...match.anyOf, ...match.allOf]) claimed.add(header)
    return matches
  })
}
