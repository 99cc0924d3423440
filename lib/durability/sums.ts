/** The sum of the known parts, null when none is known, and whether some are unknown. Nothing to sum is 0. */
export function sumKnown<T>(
  parts: readonly T[],
  read: (part: T) => bigint | null,
): { sum: bigint | null; isPartial: boolean } {
  let sum = 0n
  let unknown = 0
  for (const part of parts) {
    const value = read(part)
    if (value === null) unknown += 1
    else sum += value
  }
  const isNothingKnown = parts.length > 0 && unknown === parts.length
  return { sum: isNothingKnown ? null : sum, isPartial: unknown > 0 }
}

/** The largest known value; null when none is known. */
export function maxKnown<T>(parts: Iterable<T>, read: (part: T) => number | null): number | null {
  let max: number | null = null
  for (const part of parts) {
    const value = read(part)
    if (value !== null && (max === null || value > max)) max = value
  }
  return max
}

/** How far behind the worst is, as far as known. Nobody is at 0 while it is not known of one that it could be. */
export function worstLagSeconds<T extends { lagSeconds: number | null }>(
  parts: readonly T[],
  isUnknown: (part: T) => boolean,
): number | null {
  const worst = maxKnown(parts, (part) => part.lagSeconds)
  return worst === 0 && parts.some((part) => part.lagSeconds === null && isUnknown(part)) ? null : worst
}

/** Growth of an offset per second; null when either is unknown, no time has passed, or it fell. */
export function ratePerSecond(before: bigint | null, now: bigint | null, elapsedSeconds: number | null): number | null {
  if (before === null || now === null || elapsedSeconds === null || elapsedSeconds <= 0 || now < before) return null
  return Number(now - before) / elapsedSeconds
}

/** The sum of the known rates, null when none is known. */
export function sumRates<T>(parts: readonly T[], read: (part: T) => number | null): number | null {
  let sum: number | null = null
  for (const part of parts) {
    const rate = read(part)
    if (rate !== null) sum = (sum ?? 0) + rate
  }
  return sum
}

/** `Math.max` takes no bigint. */
export function larger(one: bigint, other: bigint): bigint {
  if (one > other) return one
  return other
}

export function smaller(one: bigint, other: bigint): bigint {
  if (one < other) return one
  return other
}
