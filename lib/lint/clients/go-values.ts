/** How Go code writes times. */

const UNIT_MS: Readonly<Record<string, number>> = {
  ...{ Nanosecond: 1e-6, Microsecond: 1e-3, Millisecond: 1, Second: 1_000, Minute: 60_000, Hour: 3_600_000 },
}

/** `5 * time.Second`, `time.Minute`, `time.Duration(5) * time.Second`; milliseconds, undefined for any other. */
export function readDuration(raw: string): number | undefined {
  let ms = 1
  let hasUnit = false
  for (const factor of raw.split('*', 5)) {
    const part = factor.trim()
    const unit = /^time\.(\w{1,20})$/.exec(part)?.[1] ?? ''
    const number = /^(?:time\.Duration\()?(\d{1,15}(?:\.\d{1,6})?)\)?$/.exec(part.replaceAll('_', ''))?.[1]
    if (Object.hasOwn(UNIT_MS, unit)) {
      ms *= UNIT_MS[unit] ?? 1
      hasUnit = true
    } else if (number === undefined) return undefined
    else ms *= Number(number)
  }
  if (ms === 0) return 0
  return hasUnit ? Math.round(ms) : undefined
}

export function writeDuration(ms: unknown): string {
  const value = Number(ms)
  return value % 1_000 === 0 ? `${value / 1_000} * time.Second` : `${value} * time.Millisecond`
}

/** Whatever package it is imported as. */
export function lastPart(raw: string): string {
  return raw.slice(raw.lastIndexOf('.') + 1)
}
