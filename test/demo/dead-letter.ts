/** A dead letter as Spring Kafka's recoverer writes it: numbers are raw big-endian bytes. */
import type { IHeaders } from 'kafkajs'

export interface Failure {
  exception: string
  cause: string
  message: string
}

export interface Source {
  topic: string
  partition: number
  offset: string
  timestamp: string
  group: string
}

const FAILURES: Failure[] = [
  {
    exception: 'org.springframework.kafka.listener.ListenerExecutionFailedException',
    cause: 'java.net.SocketTimeoutException',
    message: 'Listener failed; Read timed out after 3000 ms calling the stock service',
  },
  {
    exception: 'org.springframework.kafka.listener.ListenerExecutionFailedException',
    cause: 'com.example.shop.UnknownArticleException',
    message: 'Listener failed; article {n} is not in the catalogue',
  },
  {
    exception: 'org.springframework.kafka.support.serializer.DeserializationException',
    cause: 'com.fasterxml.jackson.databind.exc.InvalidFormatException',
    message: 'failed to deserialize; cannot read field quantity from "{n} pieces"',
  },
]

export function chooseFailure(number: number): Failure {
  const failure = FAILURES[number % FAILURES.length] as Failure
  return { ...failure, message: failure.message.replace('{n}', String(number % 977)) }
}

export function springHeaders(source: Source, failure: Failure): IHeaders {
  return {
    'kafka_dlt-original-topic': source.topic,
    'kafka_dlt-original-partition': int32(source.partition),
    'kafka_dlt-original-offset': int64(source.offset),
    'kafka_dlt-original-timestamp': int64(source.timestamp),
    'kafka_dlt-original-timestamp-type': 'CreateTime',
    'kafka_dlt-original-consumer-group': source.group,
    'kafka_dlt-exception-fqcn': failure.exception,
    'kafka_dlt-exception-cause-fqcn': failure.cause,
    'kafka_dlt-exception-message': failure.message,
    'kafka_dlt-exception-stacktrace': `${failure.cause}: ${failure.message}\n\tat com.example.shop.Listener.on(Listener.java:42)`,
  }
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
