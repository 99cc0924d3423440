/** Messages as a reader can walk them: plain data, so that they can come from another thread. */

export type ScalarKind =
  | 'double'
  | 'float'
  | 'int32'
  | 'uint32'
  | 'sint32'
  | 'fixed32'
  | 'sfixed32'
  | 'int64'
  | 'uint64'
  | 'sint64'
  | 'fixed64'
  | 'sfixed64'
  | 'bool'
  | 'string'
  | 'bytes'

export type ProtobufType =
  | { kind: ScalarKind }
  | { kind: 'enum'; nameOf: ReadonlyMap<number, string> }
  /** Its place in `messages`. */
  | { kind: 'message'; at: number }
  /** Its file is not known here: the value is shown undecoded. */
  | { kind: 'unknown' }

export interface ProtobufField {
  name: string
  isRepeated: boolean
  isMap: boolean
  type: ProtobufType
}

export interface ProtobufMessage {
  /** `google.protobuf.Timestamp`. */
  fullName: string
  fieldOf: ReadonlyMap<number, ProtobufField>
  /** Those declared inside of it, in the order of the file. */
  nested: number[]
}

export interface ProtobufSchema {
  messages: ProtobufMessage[]
  /** Those of the file itself, in its order. */
  top: number[]
}

/** The message at a path of message indexes; null when the file has none there. */
export function messageAt({ messages, top }: ProtobufSchema, path: readonly number[]): ProtobufMessage | null {
  let inside = top
  let message: ProtobufMessage | null = null
  for (const index of path) {
    const at = inside[index]
    message = at === undefined ? null : (messages[at] ?? null)
    if (message === null) return null
    inside = message.nested
  }
  return message
}
