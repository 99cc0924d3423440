/** The questions of reading and sending messages. Only `SEND_MESSAGE` changes anything. */
import { copyOf, countOf, listOf, objectOf, offsetOf, textOf, textOrNull } from './answer-fields.ts'
import { parseMessageId } from './message-id.ts'
import type { RemotingReply } from './remoting-connection.ts'
import { RemotingFormatError } from './remoting-format-error.ts'
import { bodyOf, entriesOf, type RocketmqRequest, type RouteBroker, wholeNumberOf } from './rocketmq-requests.ts'

/** What one broker name has of a topic. */
export interface RouteQueues {
  brokerName: string
  readQueues: number
  writeQueues: number
  /** With what the broker itself forbids taken off. */
  permission: number
}

export interface TopicRoute {
  brokers: RouteBroker[]
  queues: RouteQueues[]
}

export const TOPIC_ROUTE: RocketmqRequest<[topic: string], TopicRoute> = {
  code: 105,
  name: 'GET_ROUTEINFO_BY_TOPIC',
  ask: (topic) => ({ ext: { topic, acceptStandardJsonOnly: true } }),
  read: (reply) => {
    const route = bodyOf(reply)
    return {
      brokers: listOf(route.brokerDatas).map((value) => {
        const broker = objectOf(value)
        const addresses = entriesOf(broker.brokerAddrs).map(([id, address]): [number, string] => [
          wholeNumberOf(id),
          copyOf(textOf(address)),
        ])
        return {
          brokerName: copyOf(textOf(broker.brokerName)),
          clusterName: copyOf(textOrNull(broker.cluster) ?? ''),
          addresses,
        }
      }),
      queues: listOf(route.queueDatas).map((value) => {
        const queues = objectOf(value)
        return {
          brokerName: copyOf(textOf(queues.brokerName)),
          readQueues: countOf(queues.readQueueNums),
          writeQueues: countOf(queues.writeQueueNums),
          permission: countOf(queues.perm),
        }
      }),
    }
  },
}

/** A built-in group that every broker has: a pull by any other name would create that group. */
const READING_GROUP = 'TOOLS_CONSUMER'
/** The subscription comes with the request; nothing is committed, and nobody waits for new messages. */
const INLINE_SUBSCRIPTION = 4
/** Brokers hand out 32 at a time, or 8 from disk, unless they are told to give more. */
const MAX_PULLED = 256

export const PULL_FOUND = 0
export const PULL_NOT_FOUND = 19
export const PULL_RETRY_IMMEDIATELY = 20
const PULL_OFFSET_MOVED = 21

export interface PulledMessages {
  code: number
  minOffset: bigint
  maxOffset: bigint
  /** As the broker proposes it: it may lie before what was asked for. */
  nextOffset: bigint
  /** Messages back to back, for `decodeMessages`. */
  body: Buffer
}

/**
 * Ask only between the queue's min and max offset: a broker that is asked beyond them writes a message to its topic
 * OFFSET_MOVED_EVENT. 5.x notes how far TOOLS_CONSUMER has pulled; that is no commit and makes no group.
 */
export const PULL_MESSAGE: RocketmqRequest<[topic: string, queue: number, offset: bigint], PulledMessages> = {
  code: 11,
  name: 'PULL_MESSAGE',
  ask: (topic, queueId, queueOffset) => ({
    ext: {
      consumerGroup: READING_GROUP,
      topic,
      queueId,
      queueOffset,
      maxMsgNums: MAX_PULLED,
      sysFlag: INLINE_SUBSCRIPTION,
      commitOffset: 0,
      suspendTimeoutMillis: 0,
      subscription: '*',
      expressionType: 'TAG',
      subVersion: 0,
    },
  }),
  accepts: [PULL_NOT_FOUND, PULL_RETRY_IMMEDIATELY, PULL_OFFSET_MOVED],
  read: ({ code, ext, body }) => ({
    code,
    minOffset: offsetIn(ext.minOffset),
    maxOffset: offsetIn(ext.maxOffset),
    nextOffset: offsetIn(ext.nextBeginOffset),
    body: code === PULL_FOUND ? body : Buffer.alloc(0),
  }),
}

/** About where a time is: 4.9 answers a neighbour of it on either side, and any of several messages of that millisecond. */
export const SEARCH_OFFSET: RocketmqRequest<[topic: string, queue: number, atMs: number], bigint> = {
  code: 29,
  name: 'SEARCH_OFFSET_BY_TIMESTAMP',
  ask: (topic, queueId, timestamp) => ({ ext: { topic, queueId, timestamp } }),
  read: ({ ext }) => offsetIn(ext.offset),
}

/** The message that begins at this place of the commit log, for `decodeMessages`. Changes nothing. */
export const VIEW_MESSAGE: RocketmqRequest<[topic: string, physicalOffset: bigint], Buffer> = {
  code: 33,
  name: 'VIEW_MESSAGE_BY_ID',
  ask: (topic, offset) => ({ ext: { topic, offset } }),
  read: ({ body }) => {
    if (body.length === 0) throw new RemotingFormatError('no message')
    return body
  },
}

export interface QueueIndex {
  minOffset: bigint
  maxOffset: bigint
  /** Places in the commit log, from the offset on that was asked for. */
  entries: { physicalOffset: bigint; sizeBytes: number }[]
}

/** Changes nothing. */
export const QUEUE_INDEX: RocketmqRequest<[topic: string, queue: number, offset: bigint, count: number], QueueIndex> = {
  code: 321,
  name: 'QUERY_CONSUME_QUEUE',
  ask: (topic, queueId, index, count) => ({ ext: { topic, queueId, index, count } }),
  read: (reply) => {
    const index = bodyOf(reply)
    return {
      minOffset: offsetOf(index.minQueueIndex),
      maxOffset: offsetOf(index.maxQueueIndex),
      entries: listOf(index.queueData ?? []).map((value) => {
        const entry = objectOf(value)
        return { physicalOffset: offsetOf(entry.physicOffset), sizeBytes: countOf(entry.physicSize) }
      }),
    }
  },
}

export interface SendFields {
  topic: string
  queue: number
  sysFlag: number
  bornAtMs: number
  flag: number
  /** As `joinProperties` makes them. */
  properties: string
  body: Uint8Array
  deadlineMs: number
  onSending(): void
}

export interface StoredAt {
  queue: number
  queueOffset: bigint
  /** Its place in the commit log; null when the broker does not tell it in a way we know. */
  physicalOffset: bigint | null
  /** False: stored by the master, and not confirmed in time to be flushed, or copied to its slaves. */
  isConfirmed: boolean
}

/** Brokers keep no list of producers that only send. */
const PRODUCER_GROUP = 'HOLDFAST'
const STORED = 0
const FLUSH_DISK_TIMEOUT = 10
const SLAVE_NOT_AVAILABLE = 11
const FLUSH_SLAVE_TIMEOUT = 12
/** Whatever a group allows: a broker puts a first retry beyond the limit among the dead letters at once. */
const MAX_RECONSUME_TIMES = 16

export const SEND_MESSAGE: RocketmqRequest<[fields: SendFields], StoredAt> = {
  code: 310,
  name: 'SEND_MESSAGE_V2',
  ask: ({ topic, queue, sysFlag, bornAtMs, flag, properties, body, deadlineMs, onSending }) => ({
    ext: {
      a: PRODUCER_GROUP,
      b: topic,
      // The topic after which a missing one is modelled. Not TBW102: a topic that is not there is not to be made.
      c: topic,
      d: 1,
      e: queue,
      f: sysFlag,
      g: bornAtMs,
      h: flag,
      i: properties,
      j: 0,
      k: false,
      l: MAX_RECONSUME_TIMES,
      m: false,
    },
    body,
    deadlineMs,
    onSending,
  }),
  accepts: [FLUSH_DISK_TIMEOUT, SLAVE_NOT_AVAILABLE, FLUSH_SLAVE_TIMEOUT],
  read: ({ code, ext }: RemotingReply) => {
    const id = parseMessageId(ext.msgId ?? '')
    return {
      queue: wholeNumberOf(ext.queueId ?? ''),
      queueOffset: offsetIn(ext.queueOffset),
      physicalOffset: id?.kind === 'offset' ? id.physicalOffset : null,
      isConfirmed: code === STORED,
    }
  },
}

function offsetIn(text: string | undefined): bigint {
  if (text === undefined || !/^-?\d{1,19}$/.test(text)) throw new RemotingFormatError('an offset is missing')
  return BigInt(text)
}
