/** Text that is safe to show in one line, cut where a vendor's limit is. Pure. */

/** Line breaks would begin a line of their own, and marks of direction would make a name look like another one. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+/gu

export function oneLine(text: string): string {
  return text.toWellFormed().replace(UNSAFE, ' ').trim()
}

export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

const ELLIPSIS = '…'

/**
 * The longest beginning of whole code points, with a sign that something is missing.
 *
 * @param size of the text as it is sent, in whatever the limit counts; grows with the text
 */
export function cut(text: string, limit: number, size: (text: string) => number): string {
  if (size(text) <= limit) return text
  const points = [...text]
  let [fits, tooMany] = [0, points.length]
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1
    if (size(points.slice(0, middle).join('') + ELLIPSIS) <= limit) fits = middle
    else tooMany = middle
  }
  return points.slice(0, fits).join('').trimEnd() + ELLIPSIS
}
