/** Round values for a vertical axis that starts at zero. No React. */
export type AxisScale = 'number' | 'wholeNumber' | 'bytes' | 'duration'

/** Steps that people count in, in seconds. */
const DURATION_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
]
const KIBI = 1_024

/** From zero to at least `max`, four or five steps; the last tick is the top of the chart. */
export function valueTicks(max: number, scale: AxisScale): number[] {
  const step = stepFor(max / 4, scale)
  const count = Math.max(1, Math.ceil(max / step - 1e-9))
  return Array.from({ length: count + 1 }, (_, index) => cleaned(index * step))
}

function stepFor(wanted: number, scale: AxisScale): number {
  if (wanted <= 0) return 1
  if (scale === 'duration')
    return DURATION_STEPS.find((step) => step >= wanted) ?? decimalStep(wanted / 86_400) * 86_400
  if (scale === 'bytes') {
    const unit = KIBI ** Math.max(0, Math.floor(Math.log(wanted) / Math.log(KIBI)))
    const step = decimalStep(wanted / unit)
    return Math.max(1, (step >= 1_000 ? KIBI : step) * unit)
  }
  const step = decimalStep(wanted)
  return scale === 'wholeNumber' ? Math.max(1, Math.ceil(step)) : step
}

/** The next of 1, 2, 2.5 or 5 times a power of ten. */
function decimalStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return ([1, 2, 2.5, 5].find((factor) => factor * power >= wanted) ?? 10) * power
}

/** 0.30000000000000004 is 0.3. */
function cleaned(value: number): number {
  return Number(value.toPrecision(12))
}
