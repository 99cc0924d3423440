/**
 * A glob in which `*` stands for any run of characters and `?` for one; everything else, `%` too, stands for itself. The
 * pattern must match the whole text. No more steps than pattern times text, whatever both are: patterns come over the API.
 */
function matchesGlob(pattern: string, text: string): boolean {
  let place = 0
  let at = 0
  /** The last star, and where the text after what it stands for begins. */
  let star = -1
  let afterStar = 0
  while (at < text.length) {
    if (pattern[place] === '*') {
      star = place
      afterStar = at
      place += 1
    } else if (place < pattern.length && (pattern[place] === '?' || pattern[place] === text[at])) {
      place += 1
      at += 1
    } else if (star >= 0) {
      afterStar += 1
      at = afterStar
      place = star + 1
    } else return false
  }
  while (pattern[place] === '*') place += 1
  return place === pattern.length
}

/** True when any of the patterns matches. */
export function anyGlobMatcher(patterns: readonly string[]): (text: string) => boolean {
  return (text) => patterns.some((pattern) => matchesGlob(pattern, text))
}
