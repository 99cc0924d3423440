/**
 * What is constant in the messages of one cause: everything that looks like a value becomes `<*>`, one mark for all of
 * them, since an id that happens to be all digits must not differ from one with letters.
 *
 * Values are: quoted text, numbers, words with a digit in them (identifiers, hashes, versions), UUIDs, times, mail and
 * network addresses, URLs, and the hash that Java prints behind an object's class. What names a kind of failure
 * stays: an HTTP status, an SQL state, an error or exit code, Oracle's ORA numbers.
 *
 * One pass from left to right; where several apply, the first one does. No alternative begins in the middle of a word, and
 * only so much of a message is read that text made to be slow costs less than a millisecond.
 */

/** What a message is known by; the rest repeats or is data. */
const MAX_READ = 600
const MAX_TEMPLATE = 300
const ANY = '<*>'

/** Kept as they are. */
const CODES = [
  'ORA-\\d{5}',
  '(?:SQL ?[Ss]tate|SQLSTATE)[ :=\\[(]{1,3}[0-9A-Z]{5}(?![0-9A-Za-z])',
  '(?:HTTP(?:/\\d(?:\\.\\d)?)?|[Ss]tatus(?: ?[Cc]ode)?|[Rr]esponse ?[Cc]ode)[ :=(]{1,3}[1-5]\\d\\d(?![0-9A-Za-z])',
  '(?:[Ee]rrno|[Ee]rror ?[Cc]ode|[Ee]xit ?(?:[Cc]ode|[Ss]tatus))[ :=(]{1,3}-?\\d{1,5}(?![0-9A-Za-z])',
]
/** An apostrophe inside a word quotes nothing. */
const QUOTED = [
  '"[^"\\n]{0,300}"',
  "(?<!\\w)'[^'\\n]{0,300}'(?!\\w)",
  '`[^`\\n]{0,300}`',
  '[“„][^“”\\n]{0,300}[”“]',
  '[‘‚][^‘’\\n]{0,300}[’‘]',
  '[«「『][^»」』\\n]{0,300}[»」』]',
]
const WORDS = [
  // URLs, UUIDs, mail addresses, times, host and port, IPv6, numbers, and at last every word with a digit.
  '[a-z][a-z0-9+.-]{1,15}://[^\\s"\'<>)\\]]{1,300}',
  '[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}',
  '[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}\\.[A-Za-z0-9.-]{1,190}[A-Za-z0-9]',
  '\\d{4}-\\d\\d-\\d\\d(?:[T ]\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d{1,9})?)?(?:Z|[+-]\\d\\d:?\\d\\d)?)?',
  '[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?:\\d{2,5}(?![0-9A-Za-z:])',
  '\\[?(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}\\]?(?![0-9A-Za-z])(?::\\d{2,5})?',
  '[+-]?\\d+(?:[.,:/]\\d+){0,8}(?![A-Za-z0-9])',
  '[A-Za-z]{0,300}\\d[A-Za-z0-9]{0,300}',
]
/** Java's class@hash, also where the hash has no digit. */
const OBJECT_HASH = '@[0-9a-f]{1,16}(?![0-9A-Za-z])'
const ALL = new RegExp(
  `(?<![A-Za-z0-9])(?:(${CODES.join('|')})|${WORDS.join('|')})|${QUOTED.join('|')}|${OBJECT_HASH}`,
  'g',
)
/** Lists of values are as long as chance has it. */
const REPEATED = /<\*>(?:[-_.:,;/@+#=\s]{0,4}<\*>)+/g
const SPACE = /\s+/g
const ODD_SPACE = /\s\s|[^\S ]/

/** At most 300 characters of it; empty when there is nothing but white space. The same for the same text, always. */
export function messageTemplate(message: string): string {
  const read = message.slice(0, MAX_READ)
  const text = (ODD_SPACE.test(read) ? read.replace(SPACE, ' ') : read).trim()
  const template = text.replace(ALL, (_, code: string | undefined) => code ?? ANY)
  const hasSeveral = template.indexOf(ANY) !== template.lastIndexOf(ANY)
  return (hasSeveral ? template.replace(REPEATED, ANY) : template).slice(0, MAX_TEMPLATE)
}

/** Whether anything but values is left to tell one cause from another. */
export function saysSomething(template: string): boolean {
  return /\p{L}/u.test(template.replaceAll(ANY, ''))
}
