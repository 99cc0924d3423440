/**
 * A set of offsets of one partition as sorted runs: a million records of which every second one is meant are half a
 * million runs, 16 bytes each, and never objects. Immutable.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { checkedContent, withChecksum } from '../history/bytes.ts'

export interface OffsetRange {
  from: bigint
  /** Behind the last one. */
  to: bigint
}

/** What `decode` accepts at most: 16 bytes a run. */
const MAX_DECODED_BYTES = 2 ** 30

export class OffsetRuns implements Iterable<OffsetRange> {
  static readonly EMPTY = new OffsetRuns(new BigInt64Array(0))

  /** From, to, from, to…: rising, with at least one offset between two runs. */
  readonly #bounds: BigInt64Array

  private constructor(bounds: BigInt64Array) {
    this.#bounds = bounds
  }

  /** Of ranges in any order, which may overlap; empty ones are left out. */
  static of(ranges: Iterable<OffsetRange>): OffsetRuns {
    const sorted = [...ranges].sort((one, other) => compare(one.from, other.from))
    const builder = new OffsetRunsBuilder()
    for (const { from, to } of sorted) builder.add(from, to)
    return builder.build()
  }

  /** @internal for the builder, whose bounds are in order */
  static ofBounds(bounds: BigInt64Array): OffsetRuns {
    return bounds.length === 0 ? OffsetRuns.EMPTY : new OffsetRuns(bounds)
  }

  get isEmpty(): boolean {
    return this.#bounds.length === 0
  }

  get runCount(): number {
    return this.#bounds.length / 2
  }

  /** How many offsets: an upper bound of the records, since partitions have gaps. */
  get offsetCount(): bigint {
    let count = 0n
    for (let at = 0; at < this.#bounds.length; at += 2) count += this.#at(at + 1) - this.#at(at)
    return count
  }

  /** Null when empty. */
  get first(): bigint | null {
    return this.#bounds[0] ?? null
  }

  /** Behind the last offset; null when empty. */
  get end(): bigint | null {
    return this.#bounds.at(-1) ?? null
  }

  has(offset: bigint): boolean {
    // The number of bounds at or below it is odd inside a run.
    return this.#boundsUpTo(offset) % 2 === 1
  }

  /** In their order. */
  *[Symbol.iterator](): Iterator<OffsetRange> {
    for (let at = 0; at < this.#bounds.length; at += 2) yield { from: this.#at(at), to: this.#at(at + 1) }
  }

  /** The runs from this offset on, the first one cut; found by halving. */
  *from(offset: bigint): Generator<OffsetRange> {
    const passed = this.#boundsUpTo(offset)
    for (let at = passed - (passed % 2); at < this.#bounds.length; at += 2) {
      const from = this.#at(at)
      yield { from: from < offset ? offset : from, to: this.#at(at + 1) }
    }
  }

  /** The first offset of it at or behind this one; null where none is left. */
  firstFrom(offset: bigint): bigint | null {
    const passed = this.#boundsUpTo(offset)
    return passed % 2 === 1 ? offset : (this.#bounds[passed] ?? null)
  }

  union(other: OffsetRuns): OffsetRuns {
    return combine(this, other, (here, there) => here || there)
  }

  intersect(other: OffsetRuns): OffsetRuns {
    return combine(this, other, (here, there) => here && there)
  }

  subtract(other: OffsetRuns): OffsetRuns {
    return combine(this, other, (here, there) => here && !there)
  }

  /** What of it lies from `from` to below `to`. */
  within(from: bigint, to: bigint): OffsetRuns {
    return this.intersect(OffsetRuns.of([{ from, to }]))
  }

  equals(other: OffsetRuns): boolean {
    const bounds = other.#bounds
    return bounds.length === this.#bounds.length && bounds.every((bound, at) => bound === this.#bounds[at])
  }

  /** To be stored: differences behind a checksum, compressed. */
  encode(): Uint8Array<ArrayBuffer> {
    const differences = this.#bounds.map((bound, at) => (at === 0 ? bound : bound - this.#at(at - 1)))
    const bytes = new Uint8Array(differences.buffer, differences.byteOffset, differences.byteLength)
    return withChecksum(zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }))
  }

  /** @throws RangeError when it is not what `encode` wrote */
  static decode(stored: Uint8Array): OffsetRuns {
    const content = checkedContent(stored)
    if (content === null) throw new RangeError('stored runs of offsets are damaged')
    const bytes = zstdDecompressSync(content, { maxOutputLength: MAX_DECODED_BYTES })
    const bounds = new BigInt64Array(Uint8Array.from(bytes).buffer)
    for (let at = 1; at < bounds.length; at += 1) bounds[at] = (bounds[at] as bigint) + (bounds[at - 1] as bigint)
    return OffsetRuns.ofBounds(bounds)
  }

  #at(index: number): bigint {
    return this.#bounds[index] as bigint
  }

  #boundsUpTo(offset: bigint): number {
    let low = 0
    let high = this.#bounds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#at(middle) <= offset) low = middle + 1
      else high = middle
    }
    return low
  }

  /** @internal */
  get bounds(): BigInt64Array {
    return this.#bounds
  }
}

const FIRST_BOUNDS = 64

/** Makes runs of offsets that come in rising order. */
export class OffsetRunsBuilder {
  #bounds = new BigInt64Array(FIRST_BOUNDS)
  #length = 0

  /** Joined with what was added before where they touch or overlap. @throws RangeError when `from` goes back */
  add(from: bigint, to: bigint): void {
    if (to <= from) return
    if (this.#length > 0 && from < (this.#bounds[this.#length - 2] as bigint)) {
      throw new RangeError('runs of offsets must be added in rising order')
    }
    const end = this.#length === 0 ? null : (this.#bounds[this.#length - 1] as bigint)
    if (end !== null && from <= end) {
      if (to > end) this.#bounds[this.#length - 1] = to
      return
    }
    this.#reserve()
    this.#bounds[this.#length++] = from
    this.#bounds[this.#length++] = to
  }

  build(): OffsetRuns {
    return OffsetRuns.ofBounds(this.#bounds.slice(0, this.#length))
  }

  #reserve(): void {
    if (this.#length + 2 <= this.#bounds.length) return
    const grown = new BigInt64Array(this.#bounds.length * 2)
    grown.set(this.#bounds)
    this.#bounds = grown
  }
}

/** Goes over the bounds of both in their order, and begins or ends a run where the answer changes. */
function combine(one: OffsetRuns, other: OffsetRuns, isIn: (here: boolean, there: boolean) => boolean): OffsetRuns {
  const [here, there] = [one.bounds, other.bounds]
  const builder = new OffsetRunsBuilder()
  let [hereAt, thereAt] = [0, 0]
  let since: bigint | null = null
  while (hereAt < here.length || thereAt < there.length) {
    const at = least(here[hereAt], there[thereAt])
    if (here[hereAt] === at) hereAt += 1
    if (there[thereAt] === at) thereAt += 1
    const isInside = isIn(hereAt % 2 === 1, thereAt % 2 === 1)
    if (isInside && since === null) since = at
    if (!isInside && since !== null) {
      builder.add(since, at)
      since = null
    }
  }
  return builder.build()
}

function least(one: bigint | undefined, other: bigint | undefined): bigint {
  if (one === undefined) return other as bigint
  return other === undefined || one < other ? one : other
}

function compare(one: bigint, other: bigint): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}
