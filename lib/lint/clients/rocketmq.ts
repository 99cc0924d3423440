/**
 * RocketMQ's Java clients: setters, properties, and the names of its Spring starter.
 * Source: `DefaultMQProducer`, `DefaultMQPushConsumer`, `DefaultLitePullConsumer`, `ProducerBuilder` of the 5.x client.
 */
import type { TextSetting } from '../lint-types.ts'
import type { ClientTable, SettingSpec } from '../setting-spec.ts'
import { always, asText, readFlag, readNumber } from '../setting-spec.ts'
import { lastPart } from './go-values.ts'

const PRODUCER: readonly SettingSpec[] = [
  {
    ...{ key: 'sendTimeoutMs', role: 'producer', names: ['sendMsgTimeout', 'sendMessageTimeout'], read: readNumber },
    ...{ write: asText, safe: 3_000, defaults: always(3_000) },
  },
  {
    ...{ key: 'retries', role: 'producer', names: ['retryTimesWhenSendFailed'], read: readNumber, write: asText },
    ...{ safe: 2, isVital: true, defaults: always(2) },
  },
  {
    ...{ key: 'asyncRetries', role: 'producer' },
    names: ['retryTimesWhenSendAsyncFailed', 'retryTimesWhenAsyncSendFailed'],
    ...{ read: readNumber, write: asText, safe: 2, defaults: always(2) },
  },
  {
    // The 5.x client counts the first try, too. Nobody who uses another client has it: no default is shown.
    ...{ key: 'maxAttempts', role: 'producer', names: ['maxAttempts'], read: readNumber, write: asText },
    ...{ safe: 3, defaults: always(null) },
  },
  {
    ...{ key: 'retryOtherBroker', role: 'producer', names: ['retryAnotherBrokerWhenNotStoreOK', 'retryNextServer'] },
    ...{ read: readFlag, write: asText, defaults: always(false) },
  },
]

const MODELS = ['CLUSTERING', 'BROADCASTING']
const PLACES = ['CONSUME_FROM_LAST_OFFSET', 'CONSUME_FROM_FIRST_OFFSET', 'CONSUME_FROM_TIMESTAMP']

/** Enumerations with their type in front, or without. */
const readMember = (members: readonly string[]) => (raw: string) =>
  members.find((member) => member === lastPart(raw).toUpperCase())

const CONSUMER: readonly SettingSpec[] = [
  {
    ...{ key: 'messageModel', role: 'consumer', names: ['messageModel'], read: readMember(MODELS), write: asText },
    defaults: always('CLUSTERING'),
  },
  {
    ...{ key: 'fromWhere', role: 'consumer', names: ['consumeFromWhere'], read: readMember(PLACES), write: asText },
    defaults: always('CONSUME_FROM_LAST_OFFSET'),
  },
  {
    // -1: 16 times, or for ever where a queue is consumed in order.
    ...{ key: 'maxReconsumeTimes', role: 'consumer', names: ['maxReconsumeTimes'], read: readNumber, write: asText },
    ...{ safe: -1, defaults: always(-1) },
  },
]

/** The last part without dashes and capitals: `rocketmq.producer.retry-next-server`, `retryNextServer`. */
function plain(name: string): string {
  return lastPart(name).replaceAll(/[-_]/g, '').toLowerCase()
}

function isNamed({ name }: TextSetting, { names }: SettingSpec): boolean {
  const wanted = plain(name)
  return names.some((known) => known.toLowerCase() === wanted)
}

export const ROCKETMQ_PRODUCER_TABLE: ClientTable = {
  client: 'rocketmqProducer',
  specs: PRODUCER,
  isNamed,
  roles: () => ['producer'],
  isPerCall: true,
  idempotence: null,
  boundedBy: 'retries',
}

export const ROCKETMQ_CONSUMER_TABLE: ClientTable = {
  ...ROCKETMQ_PRODUCER_TABLE,
  client: 'rocketmqConsumer',
  specs: CONSUMER,
  roles: () => ['consumer'],
}
