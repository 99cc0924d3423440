/** From the text of an Avro schema to types that a reader can walk. No code is made of it. */
import { MAX_DEPTH } from './limits.ts'
import { UnusableSchemaError } from './unusable-schema.ts'

const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
type Primitive = (typeof PRIMITIVES)[number]

export type AvroType =
  | { kind: Primitive; logical: AvroLogical | null }
  | { kind: 'fixed'; size: number; logical: AvroLogical | null }
  | { kind: 'enum'; symbols: string[] }
  | { kind: 'array'; items: AvroType }
  | { kind: 'map'; values: AvroType }
  | { kind: 'union'; branches: AvroType[] }
  | AvroRecord

export interface AvroRecord {
  kind: 'record'
  /** Filled after it is named, since a record may hold itself. */
  fields: { name: string; type: AvroType }[]
}

export interface AvroLogical {
  name: string
  /** Digits behind the point of a `decimal`. */
  scale: number
}

/** Far more than people write; a schema counts every type that it spells out. */
const MAX_TYPES = 20_000
const MAX_FIXED_BYTES = 1024 * 1024
const MAX_SCALE = 1_000

/**
 * @param references texts of the schemas it refers to, each behind those that it needs itself
 * @throws UnusableSchemaError
 */
export function compileAvro(text: string, references: readonly string[]): AvroType {
  const compiler = new AvroCompiler()
  for (const reference of references) compiler.compile(parsed(reference), '', 0)
  return compiler.compile(parsed(text), '', 0)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // A name alone is not always quoted.
    if (/^[\w.]+$/.test(text.trim())) return text.trim()
    throw new UnusableSchemaError(error)
  }
}

type Fields = Record<string, unknown>

class AvroCompiler {
  private readonly named = new Map<string, AvroType>()
  private types = 0

  compile(schema: unknown, namespace: string, depth: number): AvroType {
    this.types += 1
    if (this.types > MAX_TYPES || depth > MAX_DEPTH) throw new UnusableSchemaError()
    if (typeof schema === 'string') return this.byName(schema, namespace)
    if (Array.isArray(schema)) {
      return { kind: 'union', branches: schema.map((branch) => this.compile(branch, namespace, depth + 1)) }
    }
    if (typeof schema !== 'object' || schema === null) throw new UnusableSchemaError()
    return this.fromObject(schema as Fields, namespace, depth)
  }

  private byName(name: string, namespace: string): AvroType {
    if (isPrimitive(name)) return { kind: name, logical: null }
    const known = this.named.get(fullName(name, namespace)) ?? this.named.get(name)
    if (known === undefined) throw new UnusableSchemaError()
    return known
  }

  private fromObject(schema: Fields, namespace: string, depth: number): AvroType {
    const { type } = schema
    switch (type) {
      case 'record':
      case 'error':
        return this.record(schema, namespace, depth)
      case 'enum':
        return this.define(schema, namespace, { kind: 'enum', symbols: texts(schema.symbols) })
      case 'fixed':
        return this.define(schema, namespace, {
          kind: 'fixed',
          size: fixedSize(schema.size),
          logical: logicalOf(schema),
        })
      case 'array':
        return { kind: 'array', items: this.compile(schema.items, namespace, depth + 1) }
      case 'map':
        return { kind: 'map', values: this.compile(schema.values, namespace, depth + 1) }
      default:
        if (typeof type === 'string' && isPrimitive(type)) return { kind: type, logical: logicalOf(schema) }
        return this.compile(type, namespace, depth + 1)
    }
  }

  private record(schema: Fields, namespace: string, depth: number): AvroType {
    const record: AvroRecord = { kind: 'record', fields: [] }
    this.define(schema, namespace, record)
    const inside = namespaceOf(schema, namespace)
    if (!Array.isArray(schema.fields)) throw new UnusableSchemaError()
    for (const field of schema.fields as unknown[]) {
      const { name, type } = (typeof field === 'object' && field !== null ? field : {}) as Fields
      if (typeof name !== 'string') throw new UnusableSchemaError()
      record.fields.push({ name, type: this.compile(type, inside, depth + 1) })
    }
    return record
  }

  private define(schema: Fields, namespace: string, type: AvroType): AvroType {
    if (typeof schema.name !== 'string') throw new UnusableSchemaError()
    this.named.set(fullName(schema.name, namespaceOf(schema, namespace)), type)
    return type
  }
}

function isPrimitive(name: string): name is Primitive {
  return (PRIMITIVES as readonly string[]).includes(name)
}

/** A name with dots carries its own namespace. */
function namespaceOf({ name, namespace }: Fields, outer: string): string {
  if (typeof name === 'string' && name.includes('.')) return name.slice(0, name.lastIndexOf('.'))
  return typeof namespace === 'string' ? namespace : outer
}

function fullName(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`
}

function texts(value: unknown): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value
  throw new UnusableSchemaError()
}

function fixedSize(size: unknown): number {
  if (typeof size === 'number' && Number.isInteger(size) && size >= 0 && size <= MAX_FIXED_BYTES) return size
  throw new UnusableSchemaError()
}

function logicalOf({ logicalType, scale }: Fields): AvroLogical | null {
  if (typeof logicalType !== 'string') return null
  if (scale === undefined) return { name: logicalType, scale: 0 }
  // A logical type that is not valid is left out, as the specification wants.
  const isValid = typeof scale === 'number' && Number.isInteger(scale) && scale >= 0 && scale <= MAX_SCALE
  return isValid ? { name: logicalType, scale } : null
}
