/** What a dead letter is before and after it was understood. Shapes only. */
import type { MessageHeader } from '../cluster/messages.ts'

export const DLQ_FORMATS = [
  'spring',
  'springRetryable',
  'connect',
  'cloudStream',
  'streams',
  'shareGroup',
  'smallrye',
  'karafka',
  'rocketmq',
  'generic',
] as const
/** Whose way of marking dead letters it is; `generic` is any other that some profile describes. */
export type DlqFormat = (typeof DLQ_FORMATS)[number]

export type RecordHeader = MessageHeader

/** A record as it lies in a topic. */
export interface DeadRecord {
  topic: string
  partition: number
  offset: bigint
  /** Null when the record carries none. */
  timestampMs: number | null
  key: Uint8Array | null
  value: Uint8Array | null
  headers: readonly RecordHeader[]
}

/** Where a record lay before it died. What nobody told is null. */
export interface Origin {
  topic: string | null
  partition: number | null
  offset: bigint | null
  timestampMs: number | null
  /** The consumer group that gave up. */
  group: string | null
  /** True when it follows from names alone; nothing is sent there before a person has agreed. */
  guessed: boolean
}

export interface DeadLetterException {
  class: string | null
  /** The class of its cause, where the producer tells it apart: the first one by older releases of Spring, else the last. */
  rootCauseClass: string | null
  message: string | null
  causeMessage: string | null
  /** At most `MAX_STACK_TRACE_BYTES` of it: its beginning and its end. */
  stackTrace: string | null
  /** At which step a Connect task failed, in its own words: `VALUE_CONVERTER`, `TASK_PUT` and so on. */
  stage: string | null
  /** The connector, handler or rule that gave up. */
  handler: string | null
}

/** One death: a record that was dead-lettered, read again and dead-lettered again has several. */
export interface Hop {
  format: DlqFormat
  /** The name of the profile that understood it. */
  profile: string
  origin: Origin
  /** Null when the headers tell nothing of it. */
  exception: DeadLetterException | null
  /** As the producer counts: how often the record was handed out before it was given up. */
  attempts: number | null
}

export const FAULT_CODES = [
  // Not what the encoding asks for: no number, no JSON.
  'undecodable',
  // Text that is no UTF-8. Names are then unknown, other text is shown in hexadecimal.
  'notUtf8',
  // Decoded, and no such partition, offset, time or count can exist.
  'outOfRange',
  // The header is there without the value that it exists for.
  'empty',
  // Longer than any such name may be, and left out.
  'tooLong',
  // Characters that no topic's name has; left out.
  'illegalName',
  // Declared as bytes and written as text, as programs do that imitate a framework.
  'otherEncoding',
  // Can be read in two ways that both make sense; the declared one was taken.
  'ambiguous',
  // The text was too long to keep whole.
  'shortened',
  // More values than deaths, or fewer: which belongs to which death is not certain.
  'uneven',
  // Left behind by an earlier death; counted to that one.
  'stale',
  // More deaths than are shown.
  'tooMany',
  // A partition or an offset that the topic it names does not have.
  'impossible',
  // A record that says it came from its own place, or from a later one in the same partition.
  'pointsAtItself',
  // Looks like a topic's id, which the broker writes when it does not find the name.
  'perhapsTopicId',
] as const
export type FaultCode = (typeof FAULT_CODES)[number]

/** Something wrong with a header. The rest of the record is still decoded. */
export interface HeaderFault {
  code: FaultCode
  /** The header's name, or the property's on RocketMQ. */
  header: string
  /** How long its value is, where there is one. */
  bytes: number | null
}

/** Where the payload of a record without one lies. */
export interface PayloadPointer {
  topic: string
  partition: number
  offset: bigint
}

/** What the console itself wrote when it sent this record before. */
export interface EarlierReplay {
  replayId: string
  jobId: string | null
  /** How often it was replayed, this time included. */
  attempt: number | null
  /** Where it was replayed from: `topic-partition@offset`. */
  source: string | null
}

export interface DecodedDeadLetter {
  /** Of the newest death; null when no profile knows the headers. */
  format: DlqFormat | null
  profile: string | null
  /** Where a replay belongs: the newest place that is neither a retry nor a dead-letter topic. Null when nobody told. */
  origin: Origin | null
  /** Of the newest death. */
  exception: DeadLetterException | null
  attempts: number | null
  /** Every death, the newest first; at most `MAX_HOPS`. */
  hops: Hop[]
  /** Only for records of share groups, which are empty by default. */
  pointer: PayloadPointer | null
  /** A share group's letter that holds a copy of the record without its headers: those lie there. */
  headersAt: PayloadPointer | null
  /** Null when the record was never replayed by this console. */
  replay: EarlierReplay | null
  /** At most `MAX_FAULTS`. */
  faults: HeaderFault[]
}

/** Bounds of what one record can cost, whatever its headers hold. */
export const MAX_HOPS = 16
export const MAX_FAULTS = 64
export const MAX_NAME_BYTES = 1_024
export const MAX_MESSAGE_BYTES = 8 * 1_024
export const MAX_STACK_TRACE_BYTES = 16 * 1_024
