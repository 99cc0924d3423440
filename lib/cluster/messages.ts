/**
 * Reading and sending messages: asked for on demand and within bounds, never by a poll. The conventions of
 * `snapshot.ts` hold.
 *
 * Reading has no side effect on the cluster: no group, no commit, no heartbeat. What a transaction aborted, control
 * records and gaps are left out, and nothing is read beyond what is readable (the last stable offset on Kafka).
 */
import type { Fault } from './fault.ts'

/** Names may come several times, and their order says which is newer: a list, never an object. */
export interface MessageHeader {
  key: string
  value: Uint8Array | null
}

/** Where in a topic: `broker` names the broker that holds a RocketMQ queue, and is null on Kafka. */
export interface PartitionPlace {
  partition: number
  broker: string | null
}

export interface StoredMessage extends PartitionPlace {
  offset: bigint
  /** When it was written (Kafka: as the topic is told to stamp; RocketMQ: stored). Null when it carries none that can be. */
  timestampMs: number | null
  /** RocketMQ: the property KEYS. */
  key: Uint8Array | null
  /** Null on Kafka is a tombstone. */
  value: Uint8Array | null
  /** RocketMQ: its properties, in their order, as text. A list of its own; several messages may share a header. */
  headers: MessageHeader[]
  /** Key, value and headers, not compressed. */
  sizeBytes: number
  rocketmq: RocketmqMessageFacts | null
}

export interface RocketmqMessageFacts {
  /** Address and commit-log offset of this copy, in hexadecimal. */
  messageId: string
  /** When the producer made it, as it says; copies keep it. Null when it says nothing that can be. */
  bornAtMs: number | null
  /** Deliveries that failed, as the broker counts them. */
  reconsumeTimes: number
  /** The user's own number. */
  flag: number
  sysFlag: number
  /** False: the body does not match its checksum. Null: it carries none. */
  isBodyIntact: boolean | null
}

export interface PartitionLog extends PartitionPlace {
  /** Null when unknown; `fault` says why. */
  startOffset: bigint | null
  /** Behind the last readable message: the last stable offset on Kafka, the queue's max offset on RocketMQ. */
  endOffset: bigint | null
  fault: Fault | null
}

export interface TopicLog {
  /** Changes when the topic is created anew; null where the system has none. */
  topicId: string | null
  partitions: PartitionLog[]
}

export interface ReadRequest extends PartitionPlace {
  topic: string
  fromOffset: bigint
  /** About how much to fetch; a single larger message still comes whole. */
  maxBytes: number
}

export interface MessageBatch {
  /** In the order of their offsets, none below `fromOffset`. */
  messages: StoredMessage[]
  /** Where to go on; greater than `fromOffset` unless `isAtEnd`. Gaps and aborted messages are passed. */
  nextOffset: bigint
  /** Nothing readable lies behind `nextOffset` for now. */
  isAtEnd: boolean
  startOffset: bigint
  endOffset: bigint
  /** Places that were passed because nobody can read them (a damaged or unknown batch), at most 100. `toOffset` is the first behind. */
  unreadable: { fromOffset: bigint; toOffset: bigint; fault: Fault }[]
}

/** A cluster or a partition did not do what it was asked; `fault` says why. */
export class MessageAccessError extends Error {
  readonly fault: Fault
  /** The same request may succeed later (a leader that moved, a broker that restarts). */
  readonly retriable: boolean

  constructor(fault: Fault, retriable: boolean, cause?: unknown) {
    super(`${fault.code} ${JSON.stringify(fault.facts)}`, cause === undefined ? undefined : { cause })
    this.name = 'MessageAccessError'
    this.fault = fault
    this.retriable = retriable
  }
}

export interface MessageReader {
  /** @throws MessageAccessError `topicDeleted` when there is none, or when the cluster cannot be asked */
  describe(topic: string, signal: AbortSignal): Promise<TopicLog>

  /**
   * The first offset whose message was written at or after `atMs`, by partition; the end where there is none.
   *
   * @throws MessageAccessError
   */
  offsetsAtTime(topic: string, atMs: number, signal: AbortSignal): Promise<(PartitionPlace & { offset: bigint })[]>

  /**
   * One bounded fetch. A `fromOffset` below the log's start begins at the start: compare `startOffset`.
   *
   * @throws MessageAccessError
   */
  read(request: ReadRequest, signal: AbortSignal): Promise<MessageBatch>

  /**
   * RocketMQ, whose dead letters do not tell the queue that they lay in: where the original of each lies, which it names
   * by its id; null where that is gone. An id is anybody's word: only brokers that have the topic are asked.
   *
   * @throws MessageAccessError when nobody tells which ones have it
   */
  originalPlaces?(
    topic: string,
    letters: readonly StoredMessage[],
    signal: AbortSignal,
  ): Promise<(PartitionPlace | null)[]>

  close(): Promise<void>
}

export interface OutgoingMessage {
  topic: string
  /** Null: the sender chooses, by the key where there is one. */
  partition: number | null
  broker: string | null
  key: Uint8Array | null
  value: Uint8Array | null
  headers: readonly MessageHeader[]
  /** Null: now. */
  timestampMs: number | null
  /**
   * RocketMQ, where no queue is told or the one that is told is no more: messages that are alike here go to one queue,
   * whose turn never passes to another while the sender lives, also when its broker is away for a while. Left out: by the
   * key, among the queues of now.
   */
  together?: Uint8Array
  /** RocketMQ: the user's own number; 0 when left out. */
  flag?: number
}

export interface SentMessage extends PartitionPlace {
  /** Where it really lies: a RocketMQ broker may put what was sent to a retry topic among the dead letters at once. */
  topic: string
  /** Null where the system does not tell. */
  offset: bigint | null
}

/** What became of one message: it is stored as safely as the cluster's settings allow, or it is not and `fault` says why. */
export type SendOutcome =
  | {
      sent: SentMessage
      fault: null
      /**
       * `unconfirmed`: stored by the leader, and nobody confirmed in time that it was flushed or copied as the cluster's
       * settings want it. It is not to be sent again. Left out: as confirmed as the system tells.
       */
      durability?: 'confirmed' | 'unconfirmed'
    }
  /** `isUncertain`: it may be stored all the same (no answer came). */
  | { sent: null; fault: Fault; isUncertain: boolean }

export interface MessageSender {
  /**
   * Waits for all in-sync replicas (Kafka: acks=all, idempotent; RocketMQ: WAIT=true). Answers one outcome per message,
   * in their order. Messages of one partition are stored in their order; behind one that failed, later ones of the
   * same partition are not sent.
   */
  send(messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<SendOutcome[]>
  /** Kafka: so long a quota held back what was sent last; 0 without one. */
  readonly heldBackMs?: number
  close(): Promise<void>
}

/** How far a job came in one source partition, kept by the cluster itself together with what was sent. */
export interface Progress extends PartitionPlace {
  /** Everything selected below it is done. */
  nextOffset: bigint
  /** At most 2,000 bytes of the job's own, given back at `open`. */
  note: string
}

/**
 * Sends messages and the job's progress in one transaction, so that after any crash the progress says exactly what was
 * sent. Only within one Kafka cluster.
 */
export interface ExactlyOnceChannel {
  /**
   * Fences whoever worked on the same job before and aborts what they left open.
   *
   * @throws MessageAccessError
   */
  open(signal: AbortSignal): Promise<Progress[]>

  /**
   * What `open` would tell of a job that nobody works on any more. Fences nobody, and so needs fewer rights.
   *
   * @throws MessageAccessError
   */
  peek(signal: AbortSignal): Promise<Progress[]>

  /**
   * One short transaction: all of it or nothing. `progressOf` is asked after the messages are written and before the
   * commit, so that its notes can hold where they went.
   *
   * @throws MessageAccessError; `retriable` when nothing of it happened and the same call may be made again after
   *   `open`. When nobody knows whether it was committed, `open` tells.
   */
  commit(
    messages: readonly OutgoingMessage[],
    progressOf: (sent: readonly SentMessage[]) => Progress[],
    signal: AbortSignal,
  ): Promise<SentMessage[]>

  /** So long a quota held back what was written last; 0 without one. */
  readonly heldBackMs?: number

  /** Forgets the job's progress in the cluster; called when the job has ended and all was written down. */
  forget(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export interface ExactlyOnceJob {
  jobId: string
  /** Whose partitions `Progress` names. */
  sourceTopic: string
}

/** Reading and writing messages of one cluster. Each part opens its connections when first used. */
export interface MessageAccess {
  reader(): MessageReader
  sender(): MessageSender
  /** Null where the system cannot: use `sender` then, and look for what was sent before sending again. */
  exactlyOnce(job: ExactlyOnceJob): ExactlyOnceChannel | null
  /**
   * Deletes every message before these offsets, for all readers.
   *
   * @throws MessageAccessError `unsupportedByBroker` where the system cannot
   */
  deleteBefore(
    topic: string,
    places: readonly (PartitionPlace & { offset: bigint })[],
    signal: AbortSignal,
  ): Promise<void>
  close(): Promise<void>
}
