/**
 * From the text of .proto files to messages. protobufjs parses and resolves; its own decoder is not used, because it
 * makes a function of every type's source and cannot be told what a payload may cost.
 */
import protobuf from 'protobufjs'
import type { ProtobufField, ProtobufMessage, ProtobufSchema, ProtobufType, ScalarKind } from './protobuf-schema.ts'

const SCALARS: readonly string[] = [
  ...['double', 'float', 'int32', 'uint32', 'sint32', 'fixed32', 'sfixed32'],
  ...['int64', 'uint64', 'sint64', 'fixed64', 'sfixed64', 'bool', 'string', 'bytes'],
]

/**
 * What a text may cost grows with the square of its length in places: run it where it can be stopped.
 *
 * @param references texts of the files it imports, each behind those that it needs itself
 * @throws whatever protobufjs does
 */
export function parseProtobuf(text: string, references: readonly string[]): ProtobufSchema {
  const root = new protobuf.Root()
  const bundled = new Set<string>()
  for (const reference of references) add(root, reference, bundled)
  const scope = scopeOf(root, add(root, text, bundled).package)
  const collector = new MessageCollector()
  const top = topNames(text).map((name) => {
    const type = scope?.get(name)
    if (!(type instanceof protobuf.Type)) throw new Error('a message of the file was replaced by an imported one')
    return collector.at(type)
  })
  collector.finish()
  return { messages: collector.messages, top }
}

function add(root: protobuf.Root, text: string, bundled: Set<string>): protobuf.IParserResult {
  const result = protobuf.parse(text, root, { keepCase: true })
  for (const name of [...(result.imports ?? []), ...(result.weakImports ?? [])]) {
    const common = protobuf.common.get(name)
    if (common?.nested === undefined || bundled.has(name)) continue
    bundled.add(name)
    root.addJSON(common.nested)
  }
  return result
}

function scopeOf(root: protobuf.Root, packageName: string | undefined): protobuf.NamespaceBase | null {
  const scope = packageName ? root.lookup(packageName) : root
  return scope instanceof protobuf.Namespace || scope instanceof protobuf.Root ? scope : null
}

/** Of this file alone: imported files may have the same package. */
function topNames(text: string): string[] {
  const root = new protobuf.Root()
  const scope = scopeOf(root, protobuf.parse(text, root, { keepCase: true }).package)
  return scope === null ? [] : messagesIn(scope).map(({ name }) => name)
}

function messagesIn(scope: protobuf.NamespaceBase): protobuf.Type[] {
  return scope.nestedArray.filter(
    // A group's type is written by the parser, not by a person; the class does not declare the flag.
    (nested): nested is protobuf.Type =>
      nested instanceof protobuf.Type && !('group' in nested && nested.group === true),
  )
}

/** Numbers messages as they are found, and fills them afterwards: they may hold each other. */
class MessageCollector {
  readonly messages: ProtobufMessage[] = []
  private readonly places = new Map<protobuf.Type, number>()
  private readonly unfilled: [protobuf.Type, Map<number, ProtobufField>][] = []

  at(type: protobuf.Type): number {
    const known = this.places.get(type)
    if (known !== undefined) return known
    const fieldOf = new Map<number, ProtobufField>()
    const at = this.messages.length
    const message: ProtobufMessage = { fullName: type.fullName.replace(/^\./, ''), fieldOf, nested: [] }
    this.messages.push(message)
    this.places.set(type, at)
    this.unfilled.push([type, fieldOf])
    message.nested = messagesIn(type).map((nested) => this.at(nested))
    return at
  }

  finish(): void {
    for (let next = this.unfilled.pop(); next !== undefined; next = this.unfilled.pop()) {
      const [type, fieldOf] = next
      for (const field of type.fieldsArray) fieldOf.set(field.id, this.field(field))
    }
  }

  private field(field: protobuf.Field): ProtobufField {
    const { name, repeated } = field
    if (!(field instanceof protobuf.MapField)) {
      return { name, isRepeated: repeated, isMap: false, type: this.typeOf(field) }
    }
    const one = { isRepeated: false, isMap: false }
    const entry = new Map<number, ProtobufField>([
      [1, { ...one, name: 'key', type: { kind: field.keyType as ScalarKind } }],
      [2, { ...one, name: 'value', type: this.typeOf(field) }],
    ])
    this.messages.push({ fullName: '', fieldOf: entry, nested: [] })
    return { name, isRepeated: false, isMap: true, type: { kind: 'message', at: this.messages.length - 1 } }
  }

  private typeOf(field: protobuf.Field): ProtobufType {
    if (SCALARS.includes(field.type)) return { kind: field.type as ScalarKind }
    const found = field.parent?.lookup(field.type, [protobuf.Type, protobuf.Enum]) ?? null
    if (found instanceof protobuf.Enum) {
      return { kind: 'enum', nameOf: new Map(Object.entries(found.values).map(([name, value]) => [value, name])) }
    }
    return found instanceof protobuf.Type ? { kind: 'message', at: this.at(found) } : { kind: 'unknown' }
  }
}
