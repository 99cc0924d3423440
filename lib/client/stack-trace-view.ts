/** A stack trace made short: what it says, the application's own calls, and how many others stand between. Pure. */

export type TraceRow =
  | { kind: 'line'; index: number; text: string; isOwn: boolean }
  /** Calls of libraries that are left out. */
  | { kind: 'fold'; index: number; count: number }

const FRAME = /^\s+(?:at |\.\.\. \d+ |--- |File ")/
/** Where nothing is the application's own, the calls nearest to the failure are the best there is. */
const KEPT_OTHERWISE = 4

/** Every line. `ownFrameLines`: which of them are the application's own, counted from 0. */
export function traceLines(trace: string, ownFrameLines: readonly number[]): TraceRow[] {
  const own = new Set(ownFrameLines)
  return trace
    .replace(/\s+$/, '')
    .split(/\r?\n/)
    .map((text, index) => ({ kind: 'line', index, text, isOwn: own.has(index) }))
}

/** The lines that are no calls, the application's own calls, and marks for those between. */
export function foldTrace(trace: string, ownFrameLines: readonly number[]): TraceRow[] {
  const rows: TraceRow[] = []
  let sinceHead = 0
  for (const row of traceLines(trace, ownFrameLines)) {
    if (row.kind !== 'line') continue
    const isFrame = FRAME.test(row.text)
    sinceHead = isFrame ? sinceHead + 1 : 0
    const isKept = !isFrame || row.isOwn || (ownFrameLines.length === 0 && sinceHead <= KEPT_OTHERWISE)
    const last = rows.at(-1)
    if (isKept) rows.push(row)
    else if (last?.kind === 'fold') last.count += 1
    else rows.push({ kind: 'fold', index: row.index, count: 1 })
  }
  return rows
}
