/** Versions of client libraries. What is not said exactly is a range, and a default that changes within it is unknown. */

type VersionNumber = readonly [number, number, number]

/** Both ends belong to it. */
export interface VersionRange {
  from: VersionNumber
  to: VersionNumber
}

const HIGHEST = Number.MAX_SAFE_INTEGER
export const ANY_VERSION: VersionRange = { from: [0, 0, 0], to: [HIGHEST, HIGHEST, HIGHEST] }

const VERSION = /^v?(\d{1,5})(?:\.(\d{1,5}))?(?:\.(\d{1,5}))?(?:[.+-][A-Za-z\d][\w.+-]{0,80})?$/

/** `3.6` is every 3.6.x. Null when it is no version. */
export function parseVersion(text: string): VersionRange | null {
  const match = VERSION.exec(text.trim())
  if (match === null) return null
  const parts = [match[1], match[2], match[3]].map((part) => (part === undefined ? null : Number(part)))
  const filled = (by: number): VersionNumber => [parts[0] ?? by, parts[1] ?? by, parts[2] ?? by]
  return { from: filled(0), to: filled(HIGHEST) }
}

/** `value` null: there is none. */
export interface VersionedDefault<Value> {
  since: string
  value: Value | null
}

/** The default of every version in the range; undefined when they differ. */
export function defaultIn<Value>(
  defaults: readonly VersionedDefault<Value>[],
  range: VersionRange,
): Value | null | undefined {
  const starts = defaults.map(({ since, value }) => ({ since: parseVersion(since)?.from ?? ANY_VERSION.from, value }))
  const first = starts.findLast(({ since }) => compare(since, range.from) <= 0)
  const later = starts.filter(({ since }) => compare(since, range.from) > 0 && compare(since, range.to) <= 0)
  if (first === undefined || later.some(({ value }) => value !== first.value)) return undefined
  return first.value
}

export function isAtLeast(range: VersionRange, version: string): boolean | null {
  return (
    defaultIn(
      [
        { since: '0', value: false },
        { since: version, value: true },
      ],
      range,
    ) ?? null
  )
}

function compare(one: VersionNumber, other: VersionNumber): number {
  for (const at of [0, 1, 2] as const) if (one[at] !== other[at]) return one[at] < other[at] ? -1 : 1
  return 0
}
