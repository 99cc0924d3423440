/** Records per second over the last seconds. */
const WINDOW_MS = 5_000

export class SpeedMeter {
  #marks: { atMs: number; records: number }[] = []

  add(records: number, atMs: number): void {
    this.#marks.push({ atMs, records })
    this.#marks = this.#marks.filter((mark) => atMs - mark.atMs <= WINDOW_MS)
  }

  /** Null before there is anything to measure. */
  perSecond(nowMs: number): number | null {
    const marks = this.#marks.filter((mark) => nowMs - mark.atMs <= WINDOW_MS)
    const [first] = marks
    if (first === undefined) return null
    const passedMs = Math.max(1_000, nowMs - first.atMs)
    return (marks.reduce((sum, { records }) => sum + records, 0) * 1_000) / passedMs
  }
}
