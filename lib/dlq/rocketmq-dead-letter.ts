/**
 * Dead letters of RocketMQ. Its brokers write no exception: what is known stands in the message's properties, in the
 * number of deliveries that failed, and in the queue's name.
 */
import { type DecodedDeadLetter, type Hop, MAX_NAME_BYTES, type Origin, type RecordHeader } from './dead-letter.ts'
import { isTopicName, readNumber } from './header-values.ts'
import { FaultList } from './hops.ts'
import { OWN_HEADERS, readEarlierReplay } from './own-headers.ts'
import { deadLetterGroup } from './rocketmq-names.ts'

/** A message as a broker stores it. */
export interface RocketmqDeadMessage {
  /** `%DLQ%group`, or a retry topic. */
  topic: string
  /** When the producer made it; copies keep it. Null when unknown. */
  bornAtMs: number | null
  /** Deliveries that failed, as the broker counts them. */
  reconsumeTimes: number
  properties: ReadonlyMap<string, string>
}

export interface RocketmqDecodedDeadLetter extends DecodedDeadLetter {
  /** The producer's id, which copies keep: what applications call the message's id. */
  uniqueId: string | null
  /** The place of the first copy: broker's address, port and commit-log offset, in hexadecimal. */
  originMessageId: string | null
}

/** Address (4 or 16 bytes), port (4) and offset (8). */
const MESSAGE_ID = /^(?:[0-9A-Fa-f]{32}|[0-9A-Fa-f]{56})$/
const RETRY = '%RETRY%'
const SYSTEM_TOPIC = /^(?:%RETRY%|%DLQ%|SCHEDULE_TOPIC_XXXX$|rmq_sys_|RMQ_SYS_)/

/** Never throws. `hops` has one entry: earlier deaths leave no trace on RocketMQ. */
export function decodeRocketmqDeadLetter(message: RocketmqDeadMessage): RocketmqDecodedDeadLetter {
  const faults = new FaultList()
  const { properties } = message
  const origin = originOf(message, faults)
  const attempts = attemptsOf(message, faults)
  const hop: Hop = { format: 'rocketmq', profile: 'rocketmq', origin, exception: null, attempts }
  return {
    format: 'rocketmq',
    profile: 'rocketmq',
    origin: origin.topic === null && origin.group === null ? null : origin,
    exception: null,
    attempts,
    hops: [hop],
    pointer: null,
    headersAt: null,
    replay: readEarlierReplay(ownHeaders(properties)),
    uniqueId: idOf(properties, 'UNIQ_KEY', faults),
    originMessageId: messageIdOf(properties, faults),
    faults: faults.faults,
  }
}

/**
 * The topic that the group consumed is RETRY_TOPIC, in the copies of every broker. The others are only guesses: no
 * open-source broker writes DLQ_ORIGIN_TOPIC, and REAL_TOPIC is where a delayed message goes next.
 */
function originOf({ topic, bornAtMs, properties }: RocketmqDeadMessage, faults: FaultList): Origin {
  const group = deadLetterGroup(topic)
  const told = topicOf(properties, 'RETRY_TOPIC', group, faults)
  const guessed =
    told === null
      ? (topicOf(properties, 'DLQ_ORIGIN_TOPIC', group, faults) ?? topicOf(properties, 'REAL_TOPIC', group, faults))
      : null
  return {
    topic: told ?? guessed,
    partition: null,
    offset: null,
    timestampMs: bornAtMs,
    group,
    guessed: guessed !== null,
  }
}

function topicOf(
  properties: ReadonlyMap<string, string>,
  name: string,
  group: string | null,
  faults: FaultList,
): string | null {
  const value = properties.get(name)
  if (value === undefined) return null
  const topic = behindRetry(value, group)
  if (topic === null || SYSTEM_TOPIC.test(topic)) return null
  if (isTopicName(topic)) return topic
  faults.add('illegalName', name, value.length)
  return null
}

/** Clients that pop fail from `%RETRY%group+topic` or `%RETRY%group_topic`. */
function behindRetry(topic: string, group: string | null): string | null {
  if (!topic.startsWith(RETRY)) return topic
  const name = topic.slice(RETRY.length)
  const plus = name.indexOf('+')
  if (plus >= 0) return name.slice(plus + 1)
  return group !== null && name.startsWith(`${group}_`) ? name.slice(group.length + 1) : null
}

/** Clients that send their retries themselves count in a property; the greater number is the later one. */
function attemptsOf({ reconsumeTimes, properties }: RocketmqDeadMessage, faults: FaultList): number | null {
  const counted = reconsumeTimes >= 0 ? reconsumeTimes : null
  if (counted === null) faults.add('outOfRange', 'reconsumeTimes', null)
  const text = properties.get('RECONSUME_TIME')
  if (text === undefined) return counted
  const { value, fault } = readNumber(Buffer.from(text), 'decimal', 'attempts')
  if (fault !== null) faults.add(fault, 'RECONSUME_TIME', text.length)
  return value === null ? counted : Math.max(counted ?? 0, Number(value))
}

function messageIdOf(properties: ReadonlyMap<string, string>, faults: FaultList): string | null {
  const id = properties.get('ORIGIN_MESSAGE_ID') ?? properties.get('DLQ_ORIGIN_MESSAGE_ID')
  if (id === undefined) return null
  if (MESSAGE_ID.test(id)) return id
  faults.add('undecodable', 'ORIGIN_MESSAGE_ID', id.length)
  return null
}

function idOf(properties: ReadonlyMap<string, string>, name: string, faults: FaultList): string | null {
  const value = properties.get(name)
  if (value === undefined) return null
  if (value.length <= MAX_NAME_BYTES) return value
  faults.add('tooLong', name, value.length)
  return null
}

function ownHeaders(properties: ReadonlyMap<string, string>): RecordHeader[] {
  return Object.values(OWN_HEADERS).flatMap((key) => {
    const value = properties.get(key)
    return value === undefined ? [] : [{ key, value: Buffer.from(value) }]
  })
}
