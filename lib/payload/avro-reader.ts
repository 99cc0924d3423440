/**
 * Avro's binary encoding, read by the schema it was written with. An own reader since what bytes may cost has to be
 * bounded: a block of a billion nulls takes no bytes, and a record may hold itself.
 */
import type { AvroLogical, AvroType } from './avro-schema.ts'
import { ByteReader } from './byte-reader.ts'
import { type JsonNode, JsonObject } from './json-tree.ts'
import { Budget, malformed } from './limits.ts'
import { fromBigint, fromDecimal, fromDouble, fromEpoch, fromFloat } from './numbers.ts'

const FLOAT_BYTES = 4
const DOUBLE_BYTES = 8
const DAY_SECONDS = 86_400n

/** @throws UnreadableError also when bytes are left over */
export function readAvro(type: AvroType, bytes: Uint8Array): JsonNode {
  const reader = new AvroReader(bytes)
  return reader.whole(type)
}

class AvroReader {
  private readonly bytes: ByteReader
  private readonly budget = new Budget()

  constructor(bytes: Uint8Array) {
    this.bytes = new ByteReader(bytes)
  }

  whole(type: AvroType): JsonNode {
    const value = this.value(type)
    if (this.bytes.left > 0) throw malformed()
    return value
  }

  private value(type: AvroType): JsonNode {
    this.budget.spend(0)
    switch (type.kind) {
      case 'record':
        return this.budget.nested(
          () => new JsonObject(type.fields.map((field) => [this.name(field.name), this.value(field.type)])),
        )
      case 'union':
        return this.budget.nested(() => this.value(this.chosen(type.branches)))
      case 'enum':
        return this.name(this.chosen(type.symbols))
      case 'array':
        return this.budget.nested(() => this.blocks(() => this.value(type.items)))
      case 'map':
        return this.budget.nested(
          () => new JsonObject(this.blocks(() => [this.text(), this.value(type.values)] as const)),
        )
      case 'fixed':
        return this.bytesAs(this.bytes.take(type.size), type.logical)
      default:
        return this.primitive(type.kind, type.logical)
    }
  }

  private primitive(kind: (AvroType & { logical: unknown })['kind'], logical: AvroLogical | null): JsonNode {
    switch (kind) {
      case 'null':
        return null
      case 'boolean':
        return this.boolean()
      case 'int':
      case 'long':
        return integerAs(this.bytes.zigzag(), logical)
      case 'float':
        return fromFloat(this.bytes.take(FLOAT_BYTES).readFloatLE())
      case 'double':
        return fromDouble(this.bytes.take(DOUBLE_BYTES).readDoubleLE())
      case 'string':
        return this.text()
      default:
        return this.bytesAs(this.bytes.take(this.bytes.length(this.bytes.zigzag())), logical)
    }
  }

  private boolean(): boolean {
    const byte = this.bytes.byte()
    if (byte > 1) throw malformed()
    return byte === 1
  }

  private text(): string {
    const length = this.bytes.length(this.bytes.zigzag())
    this.budget.spend(length)
    return this.bytes.text(length)
  }

  /** Of the schema's own words, which count like any other: they are repeated for every value. */
  private name(name: string): string {
    this.budget.spendChars(name.length)
    return name
  }

  private chosen<T>(choices: readonly T[]): T {
    const index = this.bytes.zigzag()
    const choice = index < 0n || index >= BigInt(choices.length) ? undefined : choices[Number(index)]
    if (choice === undefined) throw malformed()
    return choice
  }

  /** A count and as many items, until the count is 0; behind a negative count stands the block's size in bytes. */
  private blocks<T>(item: () => T): T[] {
    const items: T[] = []
    for (;;) {
      const count = this.bytes.zigzag()
      if (count === 0n) return items
      if (count < 0n) this.bytes.zigzag()
      // The budget ends a block that says it is longer than it is.
      for (let left = count < 0n ? -count : count; left > 0n; left -= 1n) items.push(item())
    }
  }

  private bytesAs(bytes: Uint8Array, logical: AvroLogical | null): JsonNode {
    this.budget.spend(bytes.length)
    const decimal = logical?.name === 'decimal' ? fromDecimal(bytes, logical.scale) : null
    return decimal ?? Buffer.from(bytes).toString('base64')
  }
}

const UNITS_PER_SECOND: Record<string, bigint> = {
  'timestamp-millis': 1_000n,
  'timestamp-micros': 1_000_000n,
  'timestamp-nanos': 1_000_000_000n,
  'local-timestamp-millis': 1_000n,
  'local-timestamp-micros': 1_000_000n,
  'local-timestamp-nanos': 1_000_000_000n,
}

function integerAs(value: bigint, logical: AvroLogical | null): JsonNode {
  if (logical === null) return fromBigint(value)
  if (logical.name === 'date') return fromEpoch(value * DAY_SECONDS, 1n)?.split('T')[0] ?? fromBigint(value)
  const units = UNITS_PER_SECOND[logical.name]
  const time = units === undefined ? null : fromEpoch(value, units)
  if (time === null) return fromBigint(value)
  return logical.name.startsWith('local') ? time.slice(0, -1) : time
}
