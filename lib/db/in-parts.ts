/** So many rows, or values of a list, go into one statement: databases have a limit, and long ones keep others waiting. */
export const ROWS_PER_STATEMENT = 500

export function* inParts<T>(items: readonly T[], size: number = ROWS_PER_STATEMENT): Iterable<T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size)
}
