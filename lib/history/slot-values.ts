/** The values of a shard's slots at one poll: 64 bits each, and whether there is a value at all. */

/** The series is not there: nobody asked for it in that poll. */
export const ABSENT = 0
/** It was asked for and is not known. */
export const UNKNOWN = 1
export const PRESENT = 2

export class SlotValues {
  readonly states: Uint8Array
  readonly integers: BigInt64Array
  readonly doubles: Float64Array
  /** The same bits in halves, which compare without allocating. */
  readonly halves: Int32Array

  constructor(slots: number) {
    const bits = new ArrayBuffer(slots * 8)
    this.states = new Uint8Array(slots)
    this.integers = new BigInt64Array(bits)
    this.doubles = new Float64Array(bits)
    this.halves = new Int32Array(bits)
  }

  get slots(): number {
    return this.states.length
  }

  /** With more slots, the new ones absent. */
  grownTo(slots: number): SlotValues {
    const grown = new SlotValues(slots)
    grown.states.set(this.states)
    grown.halves.set(this.halves)
    return grown
  }

  set(slot: number, value: bigint | number | null, whole: boolean): void {
    // What is not a number is not a measurement.
    if (value === null || (typeof value === 'number' && !Number.isFinite(value))) {
      this.states[slot] = UNKNOWN
      return
    }
    this.states[slot] = PRESENT
    if (whole) this.integers[slot] = typeof value === 'bigint' ? value : BigInt(Math.round(value))
    else this.doubles[slot] = Number(value)
  }
}
