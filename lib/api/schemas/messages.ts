import { z } from 'zod'
import { count, faultAnswer, isoTime } from './common.ts'

/** How a payload was understood: `format` says as what, `json` holds it. */
export const decodedPayload = z.object({
  format: z.enum(['json', 'avro', 'protobuf', 'jsonSchema']),
  json: z.unknown(),
  /** The registry's id of its schema; null for plain JSON. */
  schemaId: z.int().nullable(),
  /** Paths that a masking rule hides. */
  masked: z.array(z.string()),
  /** Paths of numbers that stand in `json` as text, because readers of JSON would round them. */
  numbersAsText: z.array(z.string()),
})

/** Bytes of a message. `data` holds the first part of them when `truncated`. */
export const bytes = z.object({
  encoding: z.enum(['utf8', 'base64']),
  data: z.string(),
  /**
   * Whether a masking rule hides some or all of it. Unless `none`, `data` is text in place of the bytes, and sending it
   * anywhere would destroy what it stands for. `withheld`: whoever asks may not read payloads of this topic; `data` is empty.
   */
  masking: z.enum(['none', 'part', 'whole', 'withheld']),
  /** Of the whole. */
  sizeBytes: count,
  truncated: z.boolean(),
  decoded: decodedPayload.nullable(),
  /** Why it could not be decoded although something says how; null when there was nothing to decode, or it was. */
  decodeFault: faultAnswer.nullable(),
})
export type BytesAnswer = z.infer<typeof bytes>

export const message = z.object({
  partition: z.int(),
  broker: z.string().nullable(),
  offset: count,
  timestamp: isoTime.nullable(),
  /** Null: there is none. */
  key: bytes.nullable(),
  value: bytes.nullable(),
  /** In their order, names may repeat; the first 1,000 of them. */
  headers: z.array(z.object({ key: z.string(), value: bytes.nullable() })),
  headerCount: count,
  sizeBytes: count,
  /** What only RocketMQ tells. */
  rocketmq: z
    .object({
      messageId: z.string(),
      bornAt: isoTime.nullable(),
      reconsumeTimes: count,
      isBodyIntact: z.boolean().nullable(),
    })
    .nullable(),
})
export type MessageAnswer = z.infer<typeof message>

/** How far a search came. */
export const searched = {
  /** Messages looked at. */
  scanned: count,
  /** By partition, the offset to go on from, also for what is written later; null where the list cannot be gone on with. */
  stoppedAt: z.array(z.object({ partition: z.int(), broker: z.string().nullable(), offset: count })).nullable(),
  /** Everything asked for was looked at. */
  complete: z.boolean(),
  /**
   * Messages among those looked at whose payload has a schema and could not be decoded: whether `q` stands in their
   * numbers, times and enumerations is not known.
   */
  undecoded: count,
}

export const messageList = z.object({
  items: z.array(message),
  ...searched,
  /** Places that nobody can read; they were passed. */
  unreadable: z.array(
    z.object({
      partition: z.int(),
      broker: z.string().nullable(),
      fromOffset: count,
      /** The first behind. */
      toOffset: count,
      fault: faultAnswer,
    }),
  ),
  /** Partitions that could not be asked; nothing of them was looked at. */
  unreachable: z.array(z.object({ partition: z.int(), broker: z.string().nullable(), fault: faultAnswer })),
})
export type MessageListAnswer = z.infer<typeof messageList>

const encoding = z.enum(['utf8', 'base64']).default('utf8')
/** A request body may have 64 KiB. */
const MAX_INPUT_CHARS = 64 * 1024

/** One message to send; a key or value that is null or left out is none. */
export const messageInput = z.strictObject({
  partition: z.int().min(0).optional(),
  /** RocketMQ: which broker's queue. */
  broker: z.string().max(255).optional(),
  key: z.string().max(MAX_INPUT_CHARS).nullish(),
  keyEncoding: encoding,
  value: z.string().max(MAX_INPUT_CHARS).nullish(),
  valueEncoding: encoding,
  headers: z
    .array(z.strictObject({ key: z.string().max(1_000), value: z.string().max(MAX_INPUT_CHARS).nullable() }))
    .max(1_000)
    .default([]),
})
export type MessageInput = z.infer<typeof messageInput>

export const sentMessage = z.object({
  topic: z.string(),
  partition: z.int(),
  broker: z.string().nullable(),
  /** Null where the system does not tell. */
  offset: count.nullable(),
  /** RocketMQ: false when its master stored it and did not confirm in time that disk and slaves have it. */
  confirmed: z.boolean(),
})
export type SentMessageAnswer = z.infer<typeof sentMessage>
