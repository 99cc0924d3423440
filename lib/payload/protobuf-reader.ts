/**
 * Protobuf's wire format: a tag (field number and wire type), then the value, until the bytes end. Fields that are not
 * set are not in the bytes and not shown; those the schema does not know are shown by their number, `#7`.
 */
import { isUtf8 } from 'node:buffer'
import { ByteReader } from './byte-reader.ts'
import { type JsonNode, JsonNumber, JsonObject } from './json-tree.ts'
import { Budget, malformed } from './limits.ts'
import { fromBigint, fromDouble, fromEpoch, fromFloat } from './numbers.ts'
import type { ProtobufField, ProtobufMessage, ProtobufSchema, ProtobufType, ScalarKind } from './protobuf-schema.ts'

const WIRE = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const

type FixedOrVarint = Exclude<ScalarKind, 'string' | 'bytes'>

const WIRE_OF: Record<ScalarKind, number> = {
  double: WIRE.fixed64,
  float: WIRE.fixed32,
  int32: WIRE.varint,
  uint32: WIRE.varint,
  sint32: WIRE.varint,
  fixed32: WIRE.fixed32,
  sfixed32: WIRE.fixed32,
  int64: WIRE.varint,
  uint64: WIRE.varint,
  sint64: WIRE.varint,
  fixed64: WIRE.fixed64,
  sfixed64: WIRE.fixed64,
  bool: WIRE.varint,
  string: WIRE.bytes,
  bytes: WIRE.bytes,
}

const MAX_FIELD_NUMBER = 2n ** 29n - 1n

const UNDESCRIBED: ProtobufMessage = { fullName: '', fieldOf: new Map(), nested: [] }

export interface ProtobufValue {
  value: JsonNode
  /** Something in it is described by no schema here: nobody can say what it means. */
  hasUnknown: boolean
}

/** @throws UnreadableError */
export function readProtobuf(schema: ProtobufSchema, message: ProtobufMessage, bytes: Uint8Array): ProtobufValue {
  const reader = new ProtobufReader(schema)
  const value = reader.message(message, new ByteReader(bytes), null)
  return { value, hasUnknown: reader.hasUnknown }
}

class ProtobufReader {
  hasUnknown = false
  private readonly schema: ProtobufSchema
  private readonly budget = new Budget()

  constructor(schema: ProtobufSchema) {
    this.schema = schema
  }

  /** @param endGroup the number of the group it is, which ends it; null: it ends with the bytes */
  message(type: ProtobufMessage, bytes: ByteReader, endGroup: bigint | null): JsonNode {
    this.budget.spend(0)
    return this.budget.nested(() => {
      const members = new Members()
      while (this.hasMore(bytes, endGroup)) {
        const tag = bytes.varint()
        const number = tag >> 3n
        const wire = Number(tag & 7n)
        if (wire === WIRE.endGroup && number === endGroup) break
        if (number === 0n || number > MAX_FIELD_NUMBER) throw malformed()
        this.member(members, type.fieldOf.get(Number(number)), number, wire, bytes)
      }
      return wellKnown(type.fullName, members) ?? members.toNode()
    })
  }

  private hasMore(bytes: ByteReader, endGroup: bigint | null): boolean {
    if (bytes.left > 0) return true
    if (endGroup !== null) throw malformed()
    return false
  }

  private member(
    members: Members,
    field: ProtobufField | undefined,
    number: bigint,
    wire: number,
    bytes: ByteReader,
  ): void {
    const { type } = field ?? {}
    if (field === undefined || type === undefined || type.kind === 'unknown' || !fits(field, wire)) {
      this.hasUnknown = true
      members.add(this.name(field?.name ?? `#${number}`), this.undescribed(number, wire, bytes))
      return
    }
    this.name(field.name)
    if (field.isMap) members.addEntry(field.name, this.value(type, number, wire, bytes))
    else if (isPacked(field, wire)) {
      const packed = new ByteReader(bytes.take(bytes.length(bytes.varint())))
      members.addItems(field.name, [])
      while (packed.left > 0) members.addItems(field.name, [this.value(type, number, wireOf(type), packed)])
    } else {
      const value = this.value(type, number, wire, bytes)
      if (field.isRepeated) members.addItems(field.name, [value])
      else members.add(field.name, value)
    }
  }

  private value(type: ProtobufType, number: bigint, wire: number, bytes: ByteReader): JsonNode {
    this.budget.spend(0)
    if (type.kind === 'message') {
      const message = this.schema.messages[type.at] ?? UNDESCRIBED
      if (wire === WIRE.startGroup) return this.message(message, bytes, number)
      return this.message(message, new ByteReader(bytes.take(bytes.length(bytes.varint()))), null)
    }
    if (type.kind === 'enum') {
      const value = Number(BigInt.asIntN(32, bytes.varint()))
      const name = type.nameOf.get(value)
      return name === undefined ? fromBigint(BigInt(value)) : this.name(name)
    }
    if (type.kind === 'unknown') return this.undescribed(number, wire, bytes)
    if (type.kind !== 'string' && type.kind !== 'bytes') return scalar(type.kind, bytes)
    const length = bytes.length(bytes.varint())
    this.budget.spend(length)
    return type.kind === 'string' ? bytes.text(length) : bytes.take(length).toString('base64')
  }

  /** Of the schema's own words, which count like any other. */
  private name(name: string): string {
    this.budget.spendChars(name.length)
    return name
  }

  /** As much as the wire tells: a number, text where it is text, else base64. */
  private undescribed(number: bigint, wire: number, bytes: ByteReader): JsonNode {
    this.budget.spend(0)
    switch (wire) {
      case WIRE.varint:
        return fromBigint(bytes.varint())
      case WIRE.fixed64:
        return fromBigint(bytes.take(8).readBigUInt64LE())
      case WIRE.fixed32:
        return new JsonNumber(String(bytes.take(4).readUInt32LE()))
      case WIRE.bytes: {
        const value = bytes.take(bytes.length(bytes.varint()))
        this.budget.spend(value.length)
        return isUtf8(value) ? value.toString('utf8') : value.toString('base64')
      }
      case WIRE.startGroup:
        return this.message(UNDESCRIBED, bytes, number)
      default:
        throw malformed()
    }
  }
}

/** The fields of one message in the order of their first appearance. */
class Members {
  private readonly list: [string, JsonNode][] = []
  private readonly collected = new Map<string, JsonNode[]>()
  private readonly maps = new Set<string>()

  add(name: string, value: JsonNode): void {
    this.list.push([name, value])
  }

  addItems(name: string, items: readonly JsonNode[]): void {
    const known = this.collected.get(name)
    if (known !== undefined) known.push(...items)
    else {
      const list = [...items]
      this.collected.set(name, list)
      this.list.push([name, list])
    }
  }

  addEntry(name: string, entry: JsonNode): void {
    this.addItems(name, [entry])
    this.maps.add(name)
  }

  /** The last value of a field, as Protobuf has it. */
  get(name: string): JsonNode | undefined {
    return this.list.findLast(([known]) => known === name)?.[1]
  }

  toNode(): JsonObject {
    return new JsonObject(
      this.list.map(([name, value]) => [name, this.maps.has(name) && Array.isArray(value) ? toMap(value) : value]),
    )
  }
}

/** From entries with `key` and `value`; what an entry does not have is its default, which is shown as null. */
function toMap(entries: readonly JsonNode[]): JsonObject {
  return new JsonObject(
    entries.map((entry) => {
      const members = entry instanceof JsonObject ? entry.members : []
      const of = (name: string): JsonNode => members.findLast(([known]) => known === name)?.[1] ?? null
      const key = of('key')
      return [key instanceof JsonNumber ? key.text : key === null ? '' : String(key), of('value')]
    }),
  )
}

function wireOf(type: ProtobufType): number {
  if (type.kind === 'message' || type.kind === 'unknown') return WIRE.bytes
  return type.kind === 'enum' ? WIRE.varint : WIRE_OF[type.kind]
}

function isPacked(field: ProtobufField, wire: number): boolean {
  return field.isRepeated && wire === WIRE.bytes && wireOf(field.type) !== WIRE.bytes
}

function fits(field: ProtobufField, wire: number): boolean {
  if (field.type.kind === 'message' && wire === WIRE.startGroup) return !field.isMap
  return wire === wireOf(field.type) || isPacked(field, wire)
}

function scalar(kind: FixedOrVarint, bytes: ByteReader): JsonNode {
  switch (kind) {
    case 'double':
      return fromDouble(bytes.take(8).readDoubleLE())
    case 'float':
      return fromFloat(bytes.take(4).readFloatLE())
    case 'fixed32':
      return fromBigint(BigInt(bytes.take(4).readUInt32LE()))
    case 'sfixed32':
      return fromBigint(BigInt(bytes.take(4).readInt32LE()))
    case 'fixed64':
      return fromBigint(bytes.take(8).readBigUInt64LE())
    case 'sfixed64':
      return fromBigint(bytes.take(8).readBigInt64LE())
    case 'bool':
      return bytes.varint() !== 0n
    default:
      return varintScalar(kind, bytes)
  }
}

function varintScalar(kind: FixedOrVarint, bytes: ByteReader): JsonNode {
  if (kind === 'sint32') return fromBigint(BigInt.asIntN(32, bytes.zigzag()))
  if (kind === 'sint64') return fromBigint(bytes.zigzag())
  const value = bytes.varint()
  if (kind === 'uint64') return fromBigint(value)
  if (kind === 'uint32') return fromBigint(BigInt.asUintN(32, value))
  return fromBigint(BigInt.asIntN(kind === 'int32' ? 32 : 64, value))
}

const INTEGER = /^-?\d+$/
const NANOS_PER_SECOND = 1_000_000_000n

/** Times and wrapped values read better as what they mean; null for any other message. */
function wellKnown(fullName: string, members: Members): JsonNode | null {
  if (!fullName.startsWith('google.protobuf.')) return null
  const number = (name: string): bigint => {
    const value = members.get(name)
    return value instanceof JsonNumber && INTEGER.test(value.text) ? BigInt(value.text) : 0n
  }
  switch (fullName.slice('google.protobuf.'.length)) {
    case 'Timestamp':
      return fromEpoch(number('seconds') * NANOS_PER_SECOND + number('nanos'), NANOS_PER_SECOND)
    case 'DoubleValue':
    case 'FloatValue':
    case 'Int64Value':
    case 'UInt64Value':
    case 'Int32Value':
    case 'UInt32Value':
      return members.get('value') ?? new JsonNumber('0')
    case 'BoolValue':
      return members.get('value') ?? false
    case 'StringValue':
    case 'BytesValue':
      return members.get('value') ?? ''
    default:
      return null
  }
}
