/** Kafka's releases by the first level of the feature `metadata.version` that each brought. */
const FIRST_LEVELS: readonly (readonly [level: number, release: string])[] = [
  [1, '3.0'],
  [2, '3.1'],
  [3, '3.2'],
  [4, '3.3'],
  [8, '3.4'],
  [9, '3.5'],
  [12, '3.6'],
  [15, '3.7'],
  [20, '3.8'],
  [21, '3.9'],
  [22, '4.0'],
  [26, '4.1'],
  [28, '4.2'],
  [30, '4.3'],
  [31, '4.4'],
]
/** The last level of the newest release we know; what is above it has no name yet. */
const LAST_LEVEL = 33

export function releaseOfLevel(level: number | undefined): string | null {
  if (level === undefined || level > LAST_LEVEL) return null
  return FIRST_LEVELS.findLast(([first]) => first <= level)?.[1] ?? null
}
