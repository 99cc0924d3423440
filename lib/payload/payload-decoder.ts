/** From the bytes of a key or value to what a person can read, with everything hidden that a rule hides. */
import { isUtf8 } from 'node:buffer'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import { type Fault, fault } from '../cluster/fault.ts'
import type { MessageHeader } from '../cluster/messages.ts'
import { readAvro } from './avro-reader.ts'
import type { CompiledSchema } from './compile-schema.ts'
import type { PathSet } from './json-path.ts'
import { type JsonNode, parseJson, toPlain, writeJson } from './json-tree.ts'
import { MAX_DECODED_BYTES, UnreadableError } from './limits.ts'
import { MASK, type MaskingRule, maskJson, type TopicMasks, topicMasks } from './masking.ts'
import { readProtobuf } from './protobuf-reader.ts'
import { messageAt } from './protobuf-schema.ts'
import { type PayloadPart, readMessageIndexes, readSchemaFrame, type SchemaFrame } from './schema-frame.ts'
import { SchemaRegistry } from './schema-registry.ts'

export interface PayloadContext {
  topic: string
  part: PayloadPart
  headers: readonly MessageHeader[]
  /** Where a dead letter came from, by all that its headers say: masking rules for those topics apply too. */
  originTopic?: string | readonly string[] | null
  /** Larger payloads are not decoded; at most 1 MiB, which is the default. */
  maxBytes?: number
}

export type PayloadFormat = 'json' | 'avro' | 'protobuf' | 'jsonSchema'

export interface DecodedPayload {
  format: PayloadFormat
  /** Plain JSON values. Numbers that JSON readers would round are text: `numbersAsText`. */
  json: unknown
  /** Null for plain JSON, and where a header names the schema by its GUID. */
  schemaId: number | null
  /** Paths of what a masking rule hides; the first 100. */
  masked: string[]
  /** Paths of numbers that stand in `json` as text; the first 100. */
  numbersAsText: string[]
}

/** `part`: some of it is hidden; `whole`: all of it, also because nobody could read it. */
export type MaskingState = 'none' | 'part' | 'whole'

export interface PayloadView {
  /** Null when nothing says how to read it, or it could not be read. */
  decoded: DecodedPayload | null
  /** Why it was not decoded although something says how. */
  decodeFault: Fault | null
  /** What may be shown in place of the bytes; null: the bytes themselves. */
  maskedText: string | null
  masking: MaskingState
}

interface Understood {
  value: JsonNode
  format: PayloadFormat
  schemaId: number | null
  /** Parts of it that no schema names: no rule could name them either. */
  hasUnknown: boolean
}

type Reading = { understood: Understood; fault: null } | { understood: null; fault: Fault | null }

/** RocketMQ keeps the key in a property, and Karafka in a header. */
const KEY_COPIES: readonly string[] = ['keys', 'original_key', 'source_key']

const UNKNOWN: Reading = { understood: null, fault: null }
/** From here on others get a turn before it is read. */
const LARGE_BYTES = 64 * 1024
const MAX_REMEMBERED_TOPICS = 1_000

/** For the messages of one cluster. */
export class PayloadDecoder {
  private readonly clusterId: string
  private readonly rules: readonly MaskingRule[]
  private readonly registry: SchemaRegistry | null
  /** RocketMQ has no serializers that mark what they write. */
  private readonly hasFrames: boolean
  private readonly masksByTopics = new Map<string, TopicMasks>()

  constructor(cluster: ClusterConfig, rules: readonly MaskingRule[], now: () => number = Date.now) {
    const registry = cluster.kind === 'kafka' ? cluster.schemaRegistry : null
    this.clusterId = cluster.id
    this.rules = rules
    this.registry = registry === null ? null : new SchemaRegistry(registry, now)
    this.hasFrames = cluster.kind === 'kafka'
  }

  /** Never throws because of what the bytes hold. Waits for the registry for some seconds at most. */
  async decode(bytes: Uint8Array, context: PayloadContext): Promise<PayloadView> {
    const masks = this.masks(context)
    const paths = context.part === 'key' ? masks.key : masks.value
    if (bytes.length > LARGE_BYTES) await nextTurn()
    const reading = await this.read(bytes, context)
    if (reading.understood === null) return unreadView(bytes, reading.fault, paths)
    try {
      return understoodView(reading.understood, paths)
    } catch (error) {
      if (error instanceof UnreadableError) return unreadView(bytes, unreadable(error, {}), paths)
      throw error
    }
  }

  /** Whether the registry that is configured may tell how to read these bytes. */
  hasSchema(bytes: Uint8Array | null, part: PayloadPart, headers: readonly MessageHeader[]): boolean {
    return this.registry !== null && bytes !== null && readSchemaFrame(bytes, part, headers) !== null
  }

  /** Whether a rule hides the values of this header; one that repeats the key counts as the key. */
  hidesHeader(name: string, context: Pick<PayloadContext, 'topic' | 'originTopic'>): boolean {
    const { key, hidesHeader } = this.masks(context)
    return hidesHeader(name) || (key !== null && KEY_COPIES.includes(name.toLowerCase()))
  }

  /**
   * The headers without those that a rule hides: what a dead letter tells of its cause stands in headers, and may quote
   * the payload. Decode from these whatever is stored or shown; never what decides where a record is sent.
   */
  visibleHeaders<T extends { key: string }>(
    headers: readonly T[],
    context: Pick<PayloadContext, 'topic' | 'originTopic'>,
  ): readonly T[] {
    const { key: keyPaths, hidesHeaders } = this.masks(context)
    if (keyPaths === null && !hidesHeaders) return headers
    const isHidden = headers.some(({ key }) => this.hidesHeader(key, context))
    return isHidden ? headers.filter(({ key }) => !this.hidesHeader(key, context)) : headers
  }

  /** Whether some rule applies to messages of this topic: nothing may be searched or given that a rule could hide. */
  hasMasks(context: Pick<PayloadContext, 'topic' | 'originTopic'>): boolean {
    const { key, value } = this.masks(context)
    return key !== null || value !== null
  }

  private masks({ topic, originTopic }: Pick<PayloadContext, 'topic' | 'originTopic'>): TopicMasks {
    const topics = [topic, ...[originTopic ?? []].flat()]
    const name = topics.join('\n')
    const known = this.masksByTopics.get(name)
    if (known !== undefined) return known
    const masks = topicMasks(this.rules, this.clusterId, topics)
    // Names of origins come from records: any number of them.
    if (this.masksByTopics.size >= MAX_REMEMBERED_TOPICS) this.masksByTopics.clear()
    this.masksByTopics.set(name, masks)
    return masks
  }

  private async read(bytes: Uint8Array, { part, headers, maxBytes }: PayloadContext): Promise<Reading> {
    const frame = this.hasFrames ? readSchemaFrame(bytes, part, headers) : null
    const limit = Math.min(maxBytes ?? MAX_DECODED_BYTES, MAX_DECODED_BYTES)
    if (bytes.length > limit) {
      const isWorthAWord = frame !== null || startsLikeJson(bytes)
      return isWorthAWord ? failed(fault('payloadTooLarge', { sizeBytes: bytes.length, maxBytes: limit })) : UNKNOWN
    }
    if (frame === null) return readPlain(bytes)
    return this.readFramed(frame)
  }

  private async readFramed(frame: SchemaFrame): Promise<Reading> {
    const schema = 'id' in frame.ref ? String(frame.ref.id) : frame.ref.guid
    if (this.registry === null) return failed(fault('schemaRegistryMissing', { schema }))
    const outcome = await this.registry.schema(frame.ref)
    if (outcome.schema === null) return failed(outcome.fault)
    try {
      const schemaId = 'id' in frame.ref ? frame.ref.id : null
      return { understood: { ...readBySchema(outcome.schema, frame), schemaId }, fault: null }
    } catch (error) {
      if (error instanceof UnreadableError) return failed(unreadable(error, { schema }))
      throw error
    }
  }
}

/** @throws UnreadableError */
function readBySchema(schema: CompiledSchema, frame: SchemaFrame): Omit<Understood, 'schemaId'> {
  if (schema.format === 'avro') {
    return { format: 'avro', value: readAvro(schema.type, frame.data), hasUnknown: false }
  }
  if (schema.format === 'jsonSchema') {
    if (!isUtf8(frame.data)) throw new UnreadableError('malformed')
    return { format: 'jsonSchema', value: parseJson(toText(frame.data)), hasUnknown: false }
  }
  const { path, data } = readMessageIndexes(frame)
  const message = messageAt(schema.schema, path)
  if (message === null) throw new UnreadableError('malformed')
  return { format: 'protobuf', ...readProtobuf(schema.schema, message, data) }
}

/** Objects and lists only: `42` or `"a"` is a text like any other. */
function readPlain(bytes: Uint8Array): Reading {
  if (!startsLikeJson(bytes) || !isUtf8(bytes)) return UNKNOWN
  try {
    return {
      understood: { format: 'json', value: parseJson(toText(bytes)), schemaId: null, hasUnknown: false },
      fault: null,
    }
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error
    return error.reason === 'tooComplex' ? failed(fault('payloadTooComplex')) : UNKNOWN
  }
}

const BLANK_BYTES: readonly (number | undefined)[] = [0x20, 0x09, 0x0a, 0x0d]
const MAX_BLANKS = 1_000

function startsLikeJson(bytes: Uint8Array): boolean {
  let at = 0
  while (at < MAX_BLANKS && BLANK_BYTES.includes(bytes[at])) at += 1
  return bytes[at] === 0x7b || bytes[at] === 0x5b
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

function failed(why: Fault): Reading {
  return { understood: null, fault: why }
}

function unreadable({ reason }: UnreadableError, facts: Fault['facts']): Fault {
  return reason === 'tooComplex' ? fault('payloadTooComplex') : fault('payloadMismatch', facts)
}

/** @throws UnreadableError */
function understoodView({ value, format, schemaId, hasUnknown }: Understood, paths: PathSet | null): PayloadView {
  // What no schema names could be anything, so also what a rule means to hide.
  if (paths !== null && hasUnknown) return hidden(fault('payloadHidden'))
  const { value: shown, masked } = paths === null ? { value, masked: [] } : maskJson(value, paths)
  const decoded = { format, ...toPlain(shown), schemaId, masked }
  const isPart = masked.length > 0
  return {
    decoded,
    decodeFault: null,
    maskedText: isPart ? writeJson(shown) : null,
    masking: shown === MASK && isPart ? 'whole' : isPart ? 'part' : 'none',
  }
}

function unreadView(bytes: Uint8Array, why: Fault | null, paths: PathSet | null): PayloadView {
  if (paths === null || bytes.length === 0) {
    return { decoded: null, decodeFault: why, maskedText: null, masking: 'none' }
  }
  // A path means nothing in what cannot be read: then all of it could be what the rule hides.
  return hidden(why ?? fault('payloadHidden'))
}

function hidden(why: Fault): PayloadView {
  return { decoded: null, decodeFault: why, maskedText: MASK, masking: 'whole' }
}
