/** Lines of comma-separated values (RFC 4180) for spreadsheets and scripts. */

export type CsvCell = string | number | null | undefined

/** What a spreadsheet may take for a formula: also after blanks, and with the wide signs of Chinese keyboards. */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/u

/** Without its end. What is not known stays empty. */
export function csvLine(cells: readonly CsvCell[]): string {
  // Numbers are ours: a leading minus is no formula.
  return cells
    .map((cell) => (typeof cell === 'string' ? textCell(cell) : typeof cell === 'number' ? String(cell) : ''))
    .join(',')
}

/** Text as a cell: an apostrophe keeps spreadsheets from running it, quotes keep commas and line ends inside. */
function textCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
