/** Dead letters as their producers write them. */
import type { DeadRecord, RecordHeader } from '../../lib/dlq/dead-letter.ts'

type HeaderValue = string | Uint8Array | null
export type HeaderList = [string, HeaderValue][]

export function deadRecord(headers: HeaderList, fields: Partial<DeadRecord> = {}): DeadRecord {
  return {
    topic: 'orders-dlt',
    partition: 3,
    offset: 7_000n,
    timestampMs: 1_700_000_060_000,
    key: Buffer.from('order-17'),
    value: Buffer.from('{"id":17}'),
    headers: toHeaders(headers),
    ...fields,
  }
}

export function toHeaders(headers: HeaderList): RecordHeader[] {
  return headers.map(([key, value]) => ({ key, value: typeof value === 'string' ? Buffer.from(value) : value }))
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

export function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}

export interface SpringDeath {
  topic?: string
  partition?: number
  offset?: bigint
  timestampMs?: bigint
  /** Null as for a record that could not be deserialized. */
  group?: string | null
}

const AT_MS = 1_700_000_000_000n

/** What is added at every death, behind `springException`. */
export function springOrigin(death: SpringDeath = {}, prefix = 'kafka_dlt-original'): HeaderList {
  const { group = 'billing' } = death
  return [
    [`${prefix}-topic`, death.topic ?? 'orders'],
    [`${prefix}-partition`, int32(death.partition ?? 3)],
    [`${prefix}-offset`, int64(death.offset ?? 41n)],
    [`${prefix}-timestamp`, int64(death.timestampMs ?? AT_MS)],
    [`${prefix}-timestamp-type`, 'CreateTime'],
    ...(group === null ? [] : ([['kafka_dlt-original-consumer-group', group]] satisfies HeaderList)),
  ]
}

const LISTENER = 'org.springframework.kafka.listener.ListenerExecutionFailedException'

export interface SpringFailure {
  cause?: string
  message?: string
  stackTrace?: string
}

/** What is replaced at every death, in front of `springOrigin`. */
export function springException(failure: SpringFailure = {}, prefix = 'kafka_dlt-exception'): HeaderList {
  const cause = failure.cause ?? 'com.acme.OrderNotFoundException'
  const message = failure.message ?? 'Order 17 not found'
  return [
    [`${prefix}-fqcn`, LISTENER],
    [`${prefix}-cause-fqcn`, cause],
    [`${prefix}-message`, `Listener failed; ${message}`],
    [`${prefix}-stacktrace`, failure.stackTrace ?? springStackTrace(cause, message)],
  ]
}

/** About 4 KiB, as a listener's is. */
export function springStackTrace(cause: string, message: string): string {
  return [
    `${LISTENER}: Listener failed; ${message}`,
    ...frames('org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer.invoke', 16),
    `Caused by: ${cause}: ${message}`,
    '\tat com.acme.shop.OrderService.find(OrderService.java:87)',
    '\tat com.acme.shop.OrderService$$SpringCGLIB$$0.find(<generated>)',
    '\tat com.acme.shop.OrderListener.lambda$on$0(OrderListener.java:31)',
    ...frames('org.springframework.messaging.handler.invocation.InvocableHandlerMethod.doInvoke', 16),
    '\t... 14 more',
    '',
  ].join('\n')
}

function frames(method: string, count: number): string[] {
  return Array.from({ length: count }, (_, line) => `\tat ${method}${line}(Container.java:${2_000 + line})`)
}

export function connectHeaders(
  failure: { message?: string | null; stage?: string; partition?: string } = {},
): HeaderList {
  const { message = 'Converting byte[] to Kafka Connect data failed due to serialization error: ' } = failure
  return [
    ['__connect.errors.topic', 'orders'],
    ['__connect.errors.partition', failure.partition ?? '3'],
    ['__connect.errors.offset', '9007199254740991'],
    ['__connect.errors.connector.name', 'orders-sink'],
    ['__connect.errors.task.id', '0'],
    ['__connect.errors.stage', failure.stage ?? 'VALUE_CONVERTER'],
    ['__connect.errors.class.name', 'org.apache.kafka.connect.json.JsonConverter'],
    ['__connect.errors.exception.class.name', 'org.apache.kafka.connect.errors.DataException'],
    ['__connect.errors.exception.message', message],
    [
      '__connect.errors.exception.stacktrace',
      [
        `org.apache.kafka.connect.errors.DataException: ${message}`,
        '\tat org.apache.kafka.connect.json.JsonConverter.toConnectData(JsonConverter.java:333)',
        "Caused by: com.fasterxml.jackson.core.JsonParseException: Unexpected character ('x' (code 120)): was expecting",
        '\tat com.fasterxml.jackson.core.JsonParser._constructError(JsonParser.java:2477)',
        '',
      ].join('\n'),
    ],
  ]
}
