/** What a page is asked for: parts of the path and of the query, as text. */
export interface PageInput<Names extends string> {
  params: Promise<Record<Names, string>>
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

/** Next hands path parts to pages as they stand in the address, percent-encoded. */
export function pathPart(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    // A mistyped percent sign: nothing has that name, and the page says so.
    return encoded
  }
}

export function queryText(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : ''
}
