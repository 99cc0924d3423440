/** The address of another tab: the range goes along, filters and orders of the table that is left do not. */
export function hrefOfTab(
  pathname: string,
  search: { get(name: string): string | null },
  tab: string,
  firstTab: string,
): string {
  const next = new URLSearchParams()
  if (tab !== firstTab) next.set('tab', tab)
  const range = search.get('range')
  if (range !== null) next.set('range', range)
  const text = next.toString()
  return text === '' ? pathname : `${pathname}?${text}`
}
