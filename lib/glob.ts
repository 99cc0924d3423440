/**
 * Compiles a glob in which `*` stands for any run of characters and `?` for one; everything else, `%` too,
 * stands for itself. The pattern must match the whole text.
 */
function globMatcher(pattern: string): (text: string) => boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  const regex = new RegExp(`^${source}$`, 's')
  return (text) => regex.test(text)
}

/** True when any of the patterns matches. */
export function anyGlobMatcher(patterns: readonly string[]): (text: string) => boolean {
  const matchers = patterns.map(globMatcher)
  return (text) => matchers.some((matches) => matches(text))
}
