/** Dead letters that look as if Spring Kafka’s recoverer wrote them, by the thousand. */
import type { IHeaders } from 'kafkajs'

export interface Failure {
  exception: string
  cause: string
  message: string
}

interface Source {
  topic: string
  partition: number
  offset: string
  timestamp: string
  group: string
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
