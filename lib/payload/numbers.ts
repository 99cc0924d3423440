/** Numbers and times of binary formats, as JSON shows them. */
import { type JsonNode, JsonNumber } from './json-tree.ts'

/** What JSON has no number for is text. */
export function fromDouble(value: number): JsonNode {
  if (!Number.isFinite(value)) return String(value)
  return new JsonNumber(Object.is(value, -0) ? '-0' : String(value))
}

/** With no more digits than tell it apart from its neighbours: 0.1, not 0.10000000149011612. */
export function fromFloat(value: number): JsonNode {
  if (!Number.isFinite(value)) return String(value)
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return fromDouble(short)
  }
  return fromDouble(value)
}

export function fromBigint(value: bigint): JsonNumber {
  return new JsonNumber(String(value))
}

/** Two's complement of any length, the highest byte first; with the point `scale` digits from the right. */
export function fromDecimal(bytes: Uint8Array, scale: number): JsonNode | null {
  // Sixty-four bytes are 154 digits; to write a megabyte in decimal would take seconds.
  if (bytes.length === 0 || bytes.length > 64) return null
  const unsigned = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  const value = BigInt.asIntN(bytes.length * 8, unsigned)
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const sign = value < 0n ? '-' : ''
  return new JsonNumber(scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-scale)}`)
}

const MAX_SECONDS = 8_640_000_000_000n

/** ISO 8601 with as many digits as the unit has; null when no date can hold it. */
export function fromEpoch(value: bigint, unitsPerSecond: bigint): string | null {
  const fraction = ((value % unitsPerSecond) + unitsPerSecond) % unitsPerSecond
  const seconds = (value - fraction) / unitsPerSecond
  if (seconds > MAX_SECONDS || seconds < -MAX_SECONDS) return null
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, -'.000Z'.length)
  const digits = String(unitsPerSecond).length - 1
  return digits === 0 ? `${whole}Z` : `${whole}.${String(fraction).padStart(digits, '0')}Z`
}
