/**
 * A frame holds one poll of one shard, as what changed since the frame before it; a key frame as what differs from
 * nothing:
 *
 *     flags (1 = key), atMs, intervalMs, { unchanged slots to skip, token [8 bytes] } ...
 *
 * All numbers are varints. Tokens: 0 unknown, 1 absent, 2 the 64 bits follow, else 3 + n, where n is
 *  - for whole numbers the zigzag difference to the slot's last value (also across unknown stretches),
 *  - for doubles zigzag(v × scale) × 2 + (0 when the scale is 1, 1 when it is 1000): most seconds and rates are short.
 */
import { unzigzag, zigzag } from './bytes.ts'
import { ABSENT, PRESENT, type SlotValues, UNKNOWN } from './slot-values.ts'

const TOKEN_UNKNOWN = 0
const TOKEN_ABSENT = 1
const TOKEN_BITS = 2
const TOKEN_SHORT = 3

/** Below it, sums and differences of doubles are exact and a zigzag still fits. */
const SAFE = 2 ** 50
const HALF = 2 ** 32
/** A high half within these bounds means a number within ±2^51. */
const SAFE_HALF = 2 ** 19

export class FrameEncoder {
  #bytes = new Uint8Array(64 * 1024)
  #length = 0

  /** `last` is brought up to `next`. `isWhole` says of each slot's metric (slot modulo its length) how to code it. */
  encode(
    header: { atMs: number; intervalMs: number; isKey: boolean },
    last: SlotValues,
    next: SlotValues,
    isWhole: readonly boolean[],
  ): Uint8Array<ArrayBuffer> {
    this.#length = 0
    if (header.isKey) {
      last.states.fill(ABSENT)
      last.halves.fill(0)
    }
    this.#varint(header.isKey ? 1 : 0)
    this.#varint(header.atMs)
    this.#varint(header.intervalMs)
    this.#slots(last, next, isWhole)
    return this.#bytes.slice(0, this.#length)
  }

  #slots(last: SlotValues, next: SlotValues, isWhole: readonly boolean[]): void {
    const metrics = isWhole.length
    let unchanged = 0
    for (let slot = 0, metric = 0; slot < next.slots; slot += 1, metric = metric + 1 === metrics ? 0 : metric + 1) {
      const state = next.states[slot] as number
      if (state === last.states[slot] && (state !== PRESENT || hasSameBits(last, next, slot))) {
        unchanged += 1
        continue
      }
      if (this.#length + 32 > this.#bytes.length) this.#grow()
      this.#varint(unchanged)
      unchanged = 0
      last.states[slot] = state
      if (state === UNKNOWN) this.#varint(TOKEN_UNKNOWN)
      else if (state === ABSENT) this.#varint(TOKEN_ABSENT)
      else this.#value(last, next, slot, isWhole[metric] === true)
    }
  }

  #value(last: SlotValues, next: SlotValues, slot: number, whole: boolean): void {
    const short = whole ? shortDifference(last, next, slot) : shortDouble(next.doubles[slot] as number)
    if (short === null) {
      this.#varint(TOKEN_BITS)
      this.#bits(next, slot)
    } else this.#varint(TOKEN_SHORT + short)
    last.halves[2 * slot] = next.halves[2 * slot] as number
    last.halves[2 * slot + 1] = next.halves[2 * slot + 1] as number
  }

  #bits({ halves }: SlotValues, slot: number): void {
    for (const half of [halves[2 * slot] as number, halves[2 * slot + 1] as number]) {
      for (let shift = 0; shift < 32; shift += 8) {
        this.#bytes[this.#length] = half >>> shift
        this.#length += 1
      }
    }
  }

  #varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length] = (rest % 0x80) | 0x80
      this.#length += 1
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length] = rest
    this.#length += 1
  }

  #grow(): void {
    const grown = new Uint8Array(this.#bytes.length * 2)
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

function hasSameBits(a: SlotValues, b: SlotValues, slot: number): boolean {
  return a.halves[2 * slot] === b.halves[2 * slot] && a.halves[2 * slot + 1] === b.halves[2 * slot + 1]
}

/** Null when the difference is not known to be exact in double arithmetic. */
function shortDifference(last: SlotValues, next: SlotValues, slot: number): number | null {
  const from = safeNumber(last, slot)
  const to = safeNumber(next, slot)
  if (from === null || to === null) return null
  const difference = to - from
  return Math.abs(difference) < SAFE ? zigzag(difference) : null
}

function safeNumber({ halves }: SlotValues, slot: number): number | null {
  // Little-endian, as every platform that Node runs on.
  const high = halves[2 * slot + 1] as number
  if (high >= SAFE_HALF || high < -SAFE_HALF) return null
  return high * HALF + ((halves[2 * slot] as number) >>> 0)
}

/** Null when neither scale gives the value back bit for bit. */
function shortDouble(value: number): number | null {
  if (Object.is(value, -0)) return null
  if (Number.isInteger(value)) return Math.abs(value) < SAFE / 8 ? zigzag(value) * 2 : null
  const thousandths = Math.round(value * 1_000)
  if (Math.abs(thousandths) >= SAFE / 8 || thousandths / 1_000 !== value) return null
  return zigzag(thousandths) * 2 + 1
}

export function isKeyFrame(frame: Uint8Array): boolean {
  return frame[0] === 1
}

export interface DecodedFrame {
  atMs: number
  intervalMs: number
  states: Uint8Array
  /** Of the wanted slots, in their order; meaningful where `states` says PRESENT. A bigint only where a number would round. */
  values: (bigint | number)[]
}

/** Follows the values of a few slots through the frames of a shard, from a key frame on. */
export class FrameDecoder {
  readonly #slots: readonly number[]
  readonly #whole: readonly boolean[]
  readonly #frame: DecodedFrame
  #bytes = new Uint8Array()
  #at = 0

  /** @param slots ascending */
  constructor(slots: readonly number[], whole: readonly boolean[]) {
    this.#slots = slots
    this.#whole = whole
    this.#frame = { atMs: 0, intervalMs: 0, states: new Uint8Array(slots.length), values: slots.map(() => 0) }
  }

  /** What it returns is the same object each time. */
  decode(frame: Uint8Array<ArrayBuffer>): DecodedFrame {
    this.#bytes = frame
    this.#at = 0
    if (this.#varint() === 1) this.#reset()
    this.#frame.atMs = this.#varint()
    this.#frame.intervalMs = this.#varint()
    let slot = -1
    let wanted = 0
    while (this.#at < frame.length) {
      slot += this.#varint() + 1
      while (wanted < this.#slots.length && (this.#slots[wanted] as number) < slot) wanted += 1
      if (wanted === this.#slots.length) break
      const token = this.#varint()
      if (this.#slots[wanted] === slot) this.#apply(wanted, token)
      else if (token === TOKEN_BITS) this.#at += 8
    }
    return this.#frame
  }

  #reset(): void {
    this.#frame.states.fill(ABSENT)
    this.#frame.values.fill(0)
  }

  #apply(index: number, token: number): void {
    const { states, values } = this.#frame
    if (token === TOKEN_UNKNOWN || token === TOKEN_ABSENT) {
      states[index] = token === TOKEN_UNKNOWN ? UNKNOWN : ABSENT
      return
    }
    states[index] = PRESENT
    const whole = this.#whole[index] === true
    if (token === TOKEN_BITS) values[index] = whole ? this.#integer() : this.#word().getFloat64(0, true)
    // A difference is only written between two numbers that doubles hold exactly.
    else if (whole) values[index] = Number(values[index]) + unzigzag(token - TOKEN_SHORT)
    else values[index] = longDouble(token - TOKEN_SHORT)
  }

  #integer(): bigint | number {
    const value = this.#word().getBigInt64(0, true)
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }

  #word(): DataView {
    this.#at += 8
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#at - 8, 8)
  }

  #varint(): number {
    let byte = this.#bytes[this.#at++] as number
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    let scale = 0x80
    do {
      byte = this.#bytes[this.#at++] as number
      value += (byte & 0x7f) * scale
      scale *= 0x80
    } while (byte >= 0x80)
    return value
  }
}

function longDouble(short: number): number {
  const whole = unzigzag(Math.floor(short / 2))
  return short % 2 === 0 ? whole : whole / 1_000
}
