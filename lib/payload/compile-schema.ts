/** A schema as the registry gives it, made ready to read payloads by. */
import { type AvroType, compileAvro } from './avro-schema.ts'
import { compileProtobuf } from './compile-protobuf.ts'
import type { ProtobufSchema } from './protobuf-schema.ts'
import { UnusableSchemaError } from './unusable-schema.ts'

export interface SchemaSource {
  /** The registry's word: AVRO, PROTOBUF or JSON. */
  type: string
  text: string
  /** Texts of what it refers to, each behind what it needs itself. */
  references: readonly string[]
}

export type CompiledSchema = {
  /** Of its text and those it refers to. */
  chars: number
} & (
  | { format: 'avro'; type: AvroType }
  | { format: 'protobuf'; schema: ProtobufSchema }
  /** The payload is JSON whatever the schema says of it: it is not validated, since rules of a schema can cost any time. */
  | { format: 'jsonSchema' }
)

/** Larger texts cost more to parse than any payload is worth. */
const MAX_SCHEMA_CHARS = 1024 * 1024

/** @throws UnusableSchemaError */
export async function compileSchema({ type, text, references }: SchemaSource): Promise<CompiledSchema> {
  const chars = references.reduce((sum, reference) => sum + reference.length, text.length)
  if (chars > MAX_SCHEMA_CHARS) throw new UnusableSchemaError()
  switch (type) {
    case 'AVRO':
      return { chars, format: 'avro', type: compileAvro(text, references) }
    case 'PROTOBUF':
      return { chars, format: 'protobuf', schema: await compileProtobuf(text, references) }
    case 'JSON':
      return { chars, format: 'jsonSchema' }
    default:
      throw new UnusableSchemaError()
  }
}
