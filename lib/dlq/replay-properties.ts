/** Which properties a message of RocketMQ is sent with when it is replayed. */
import type { DecodedDeadLetter, RecordHeader } from './dead-letter.ts'
import { isOwnHeader } from './own-headers.ts'
import { addedHeaders, type ReplayHeaderOptions } from './replay-headers.ts'

/**
 * Why a property is not sent again:
 *
 *     acts           the broker acts on it, and the message would be delayed, hidden, copied or not kept safe
 *     death          says how the message died, or how often it was delivered before
 *     bookkeeping    brokers and clients write it anew on every message
 */
type Reason = 'acts' | 'death' | 'bookkeeping'

const LEFT_OUT: ReadonlyMap<string, Reason> = new Map([
  // Copies that brokers make are stored with WAIT=false: acknowledged before they are flushed or copied.
  ['WAIT', 'acts'],
  ['DELAY', 'acts'],
  ['__STARTDELIVERTIME', 'acts'],
  // Where a delayed or half message goes next.
  ['REAL_TOPIC', 'acts'],
  ['REAL_QID', 'acts'],
  // Would make a half message that nobody ends.
  ['TRAN_MSG', 'acts'],
  ['PGROUP', 'acts'],
  ['__transactionId__', 'acts'],
  ['TRANSACTION_CHECK_TIMES', 'acts'],
  ['TRAN_PREPARED_QUEUE_OFFSET', 'acts'],
  ['CHECK_IMMUNITY_TIME_IN_SECONDS', 'acts'],
  // Would put the message into more queues.
  ['INNER_MULTI_DISPATCH', 'acts'],
  ['INNER_MULTI_QUEUE_OFFSET', 'acts'],
  ['DLQ_ORIGIN_TOPIC', 'death'],
  ['DLQ_ORIGIN_MESSAGE_ID', 'death'],
  ['RECONSUME_TIME', 'death'],
  ['MAX_RECONSUME_TIMES', 'death'],
  ['POP_CK', 'bookkeeping'],
  ['POP_CK_OFFSET', 'bookkeeping'],
  ['1ST_POP_TIME', 'bookkeeping'],
  ['CONSUME_START_TIME', 'bookkeeping'],
  ['MIN_OFFSET', 'bookkeeping'],
  ['MAX_OFFSET', 'bookkeeping'],
  ['MSG_REGION', 'bookkeeping'],
  ['TRACE_ON', 'bookkeeping'],
  ['CLUSTER', 'bookkeeping'],
  ['INNER_NUM', 'bookkeeping'],
  ['INNER_BASE', 'bookkeeping'],
  ['DUP_INFO', 'bookkeeping'],
  ['__BORNHOST', 'bookkeeping'],
  ['BORN_TIMESTAMP', 'bookkeeping'],
  ['__CRC32#', 'bookkeeping'],
])

/** Timers of 5.x: all of theirs act. */
const TIMER_PREFIX = 'TIMER_'
/** Notes that clients make for themselves while they read. */
const TRANSIENT_PREFIX = '__RMQ.TRANSIENT.'

/** The topic that the group consumed: clients show it to the application in place of the retry topic's name. */
const RETRY_TOPIC = 'RETRY_TOPIC'
/** The place of the first copy. */
const ORIGIN_MESSAGE_ID = 'ORIGIN_MESSAGE_ID'

export interface ReplayPropertyOptions extends Omit<ReplayHeaderOptions, 'profiles'> {
  /** A retry topic of the group: the replay is one more retry of the same message there, and a new one elsewhere. */
  toRetryTopic: boolean
}

/**
 * The message's own properties in their order, without those of the lists above, and behind them those of this replay.
 *
 * UNIQ_KEY stays: it is the message's id to applications, and brokers keep it in every retry. One that tells by it what
 * it has handled then sees a replay as it sees a retry. RETRY_TOPIC and ORIGIN_MESSAGE_ID are part of a retry, and go to
 * retry topics only; a missing RETRY_TOPIC is put in from the origin, or the application would see the retry topic's
 * name. INSTANCE_ID is the producer's own, and true of the replay.
 */
export function replayProperties(
  message: { headers: readonly RecordHeader[] },
  decoded: Pick<DecodedDeadLetter, 'origin'>,
  options: ReplayPropertyOptions,
): RecordHeader[] {
  const { headers } = message
  const own = headers.filter(({ key }) => !isOwnHeader(key) && staysOn(key, options))
  return [...own, ...retryTopic(own, decoded, options), ...addedHeaders(headers, decoded, options)]
}

/** Forensic copies keep everything that does not act. */
function staysOn(name: string, { toRetryTopic, keepAll = false }: ReplayPropertyOptions): boolean {
  if (name.startsWith(TIMER_PREFIX)) return false
  if (name === RETRY_TOPIC || name === ORIGIN_MESSAGE_ID) return toRetryTopic || keepAll
  const reason = name.startsWith(TRANSIENT_PREFIX) ? 'bookkeeping' : LEFT_OUT.get(name)
  return reason === undefined || (keepAll && reason !== 'acts')
}

function retryTopic(
  own: readonly RecordHeader[],
  { origin }: Pick<DecodedDeadLetter, 'origin'>,
  { toRetryTopic }: ReplayPropertyOptions,
): RecordHeader[] {
  const topic = origin?.topic ?? null
  if (!toRetryTopic || topic === null || own.some(({ key }) => key === RETRY_TOPIC)) return []
  return [{ key: RETRY_TOPIC, value: Buffer.from(topic) }]
}
