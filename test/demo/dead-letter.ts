/**
 * Dead letters as Spring Kafka 4.1 and Kafka Connect 4.3 write them: names, order and bytes are those of
 * test/fixtures/dead-letters. Spring's numbers are raw big-endian bytes, Connect's are text.
 */
import type { IHeaders } from 'kafkajs'

export interface Source {
  topic: string
  partition: number
  offset: string
  timestamp: string
  group: string
  /** Those of the record that died. */
  headers?: IHeaders | undefined
}

/** Why a record died: exceptions with their messages, the listener's first, the root last. */
export interface Cause {
  chain: readonly (readonly [exception: string, message: string])[]
  /** The application's own calls, the failing one first. */
  frames: readonly string[]
}

const LISTENER_FAILED = 'org.springframework.kafka.listener.ListenerExecutionFailedException'
const CONTAINER = 'org.springframework.kafka.listener.KafkaMessageListenerContainer$ListenerConsumer'
const ADAPTER = 'org.springframework.kafka.listener.adapter'
const CONTAINER_FRAMES = [
  `${CONTAINER}.decorateException(KafkaMessageListenerContainer.java:3247)`,
  `${CONTAINER}.doInvokeOnMessage(KafkaMessageListenerContainer.java:3118)`,
  `${CONTAINER}.invokeOnMessage(KafkaMessageListenerContainer.java:3084)`,
  `${CONTAINER}.doInvokeRecordListener(KafkaMessageListenerContainer.java:2994)`,
  `${CONTAINER}.pollAndInvoke(KafkaMessageListenerContainer.java:1527)`,
  `${CONTAINER}.run(KafkaMessageListenerContainer.java:1388)`,
  'java.base/java.util.concurrent.CompletableFuture$AsyncRun.run(CompletableFuture.java:1804)',
  'java.base/java.lang.Thread.run(Thread.java:840)',
]
const CALL_FRAMES = [
  'java.base/java.lang.reflect.Method.invoke(Method.java:569)',
  'org.springframework.messaging.handler.invocation.InvocableHandlerMethod.doInvoke(InvocableHandlerMethod.java:168)',
  `${ADAPTER}.HandlerAdapter.invoke(HandlerAdapter.java:80)`,
  `${ADAPTER}.MessagingMessageListenerAdapter.invokeHandler(MessagingMessageListenerAdapter.java:490)`,
  `${ADAPTER}.RecordMessagingMessageListenerAdapter.onMessage(RecordMessagingMessageListenerAdapter.java:52)`,
]
const SINK_FRAMES = [
  'org.apache.kafka.connect.runtime.WorkerSinkTask.deliverMessages(WorkerSinkTask.java:628)',
  'org.apache.kafka.connect.runtime.WorkerSinkTask.poll(WorkerSinkTask.java:359)',
  'org.apache.kafka.connect.runtime.WorkerTask.run(WorkerTask.java:298)',
  'java.base/java.lang.Thread.run(Thread.java:840)',
]

/** A recoverer adds the place at each death, and replaces the exception. */
export function recovererHeaders(source: Source, cause: Cause, attempts: number): IHeaders {
  const outer = `Listener method 'void ${listenerOf(cause)}' threw exception`
  return {
    ...source.headers,
    kafka_deliveryAttempt: added(source, 'kafka_deliveryAttempt', int32(attempts)),
    ...springException('kafka_dlt-exception', outer, cause),
    ...springOrigin(source, 'kafka_dlt-original', (name, value) => added(source, name, value)),
  }
}

/** A chain of retry topics keeps the first place, and adds its counter at each failure: the number of the try to come. */
export function retryHeaders(source: Source, cause: Cause, failures: number): IHeaders {
  const times = Array.from({ length: failures }, (_, failure) => failure)
  return {
    ...source.headers,
    ...springOrigin(source, 'kafka_original', (_, value) => value),
    'retry_topic-original-timestamp': times.map(() => minimalInt(source.timestamp)),
    'retry_topic-attempts': times.map((failure) => int32(failure + 2)),
    'retry_topic-backoff-timestamp': times.map((failure) =>
      minimalInt(Number(source.timestamp) + 1_000 * 2 ** failure),
    ),
    ...springException('kafka_exception', 'Listener failed', cause),
  }
}

export interface Connector {
  name: string
  stage: string
  /** The class that failed. */
  executing: string
}

export function connectHeaders(source: Source, connector: Connector, cause: Cause): IHeaders {
  const [[exception, message] = ['', '']] = cause.chain
  return {
    ...source.headers,
    '__connect.errors.topic': source.topic,
    '__connect.errors.partition': String(source.partition),
    '__connect.errors.offset': source.offset,
    '__connect.errors.connector.name': connector.name,
    '__connect.errors.task.id': '0',
    '__connect.errors.stage': connector.stage,
    '__connect.errors.class.name': connector.executing,
    '__connect.errors.exception.class.name': exception,
    '__connect.errors.exception.message': message,
    '__connect.errors.exception.stacktrace': stackTrace(cause.chain, cause.frames, SINK_FRAMES),
  }
}

function springException(prefix: string, outer: string, { chain, frames }: Cause): IHeaders {
  const [[exception, message] = ['', '']] = chain
  const trace = [
    `${LISTENER_FAILED}: ${outer}`,
    ...CONTAINER_FRAMES.map((frame) => `\tat ${frame}`),
    `Caused by: ${stackTrace(chain, frames, CALL_FRAMES)}`,
  ]
  return {
    [`${prefix}-fqcn`]: LISTENER_FAILED,
    [`${prefix}-cause-fqcn`]: exception,
    [`${prefix}-message`]: `${outer}; ${message}`,
    [`${prefix}-stacktrace`]: trace.join('\n'),
  }
}

function stackTrace(chain: Cause['chain'], own: readonly string[], framework: readonly string[]): string {
  const [outermost, ...causes] = chain.map(([exception, message]) => `${exception}: ${message}`)
  const frames = [...own, ...framework].map((frame) => `\tat ${frame}`)
  const inner = causes.flatMap((cause) => [`Caused by: ${cause}`, ...frames.slice(0, 1), '\t... 25 more'])
  return [outermost, ...frames, '\t... 10 more', ...inner, ''].join('\n')
}

type HeaderValue = Buffer | string
type HeaderValues = HeaderValue | HeaderValue[]

function springOrigin(
  { topic, partition, offset, timestamp, group }: Source,
  prefix: string,
  write: (name: string, value: HeaderValue) => HeaderValues,
): IHeaders {
  const values: [name: string, value: HeaderValue][] = [
    [`${prefix}-topic`, topic],
    [`${prefix}-partition`, int32(partition)],
    [`${prefix}-offset`, int64(offset)],
    [`${prefix}-timestamp`, int64(timestamp)],
    [`${prefix}-timestamp-type`, 'CreateTime'],
    ['kafka_dlt-original-consumer-group', group],
  ]
  return Object.fromEntries(values.map(([name, value]) => [name, write(name, value)]))
}

/** Behind what an earlier death left. */
function added({ headers }: Source, name: string, value: HeaderValue): HeaderValues {
  const before = headers?.[name]
  return before === undefined ? value : [before, value].flat()
}

/** `com.example.shop.OrderListener.on(OrderListener.java:31)` is called by its last own frame. */
function listenerOf({ frames }: Cause): string {
  return (frames.at(-1) ?? '').replace(/\(.*$/, '(java.lang.String)')
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int64(value: string): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}

/** As Java's BigInteger writes it: today's times take six bytes. */
function minimalInt(value: string | number): Buffer {
  return int64(String(value)).subarray(2)
}
