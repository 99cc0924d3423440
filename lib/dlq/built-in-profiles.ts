/**
 * The producers known by themselves. Where a record carries headers of several, each claims its own; of two that could
 * claim the same header, the more specific one stands first.
 */
import { type DlqProfile, type DlqProfileInput, dlqProfiles } from './profile.ts'

const SPRING: DlqProfileInput[] = [
  {
    // DeadLetterPublishingRecoverer. Places are added at every death, exceptions replaced.
    name: 'spring',
    format: 'spring',
    match: {
      anyOf: [
        'kafka_dlt-original-topic',
        'kafka_dlt-original-offset',
        'kafka_dlt-exception-fqcn',
        'kafka_dlt-key-exception-fqcn',
        'kafka_dlt-exception-message',
        'kafka_dlt-exception-stacktrace',
      ],
    },
    numbers: 'bigEndian',
    fields: {
      topic: ['kafka_dlt-original-topic'],
      partition: ['kafka_dlt-original-partition'],
      offset: ['kafka_dlt-original-offset'],
      timestamp: ['kafka_dlt-original-timestamp'],
      group: ['kafka_dlt-original-consumer-group'],
      exceptionClass: ['kafka_dlt-exception-fqcn', 'kafka_dlt-key-exception-fqcn'],
      causeClass: ['kafka_dlt-exception-cause-fqcn'],
      message: ['kafka_dlt-exception-message', 'kafka_dlt-key-exception-message'],
      stackTrace: ['kafka_dlt-exception-stacktrace', 'kafka_dlt-key-exception-stacktrace'],
      attempts: ['kafka_deliveryAttempt'],
    },
    // A record that could not be deserialized has no group, an exception without words no message.
    follows: { group: 'topic', causeClass: 'exceptionClass', message: 'exceptionClass' },
    // Values named so are serialized Java objects: shown by their size, never read.
    strip: ['kafka_dlt-*', 'springDeserializerException*'],
  },
  {
    // @RetryableTopic. The first place is kept through all retries, exceptions are replaced.
    name: 'springRetryable',
    format: 'springRetryable',
    match: {
      anyOf: [
        'kafka_original-topic',
        'kafka_original-offset',
        'kafka_exception-fqcn',
        'kafka_key-exception-fqcn',
        'retry_topic-attempts',
        'retry_topic-original-timestamp',
      ],
    },
    numbers: 'bigEndian',
    fields: {
      topic: ['kafka_original-topic'],
      partition: ['kafka_original-partition'],
      offset: ['kafka_original-offset'],
      timestamp: ['kafka_original-timestamp', 'retry_topic-original-timestamp'],
      // The one name that both sets share.
      group: ['kafka_dlt-original-consumer-group'],
      exceptionClass: ['kafka_exception-fqcn', 'kafka_key-exception-fqcn'],
      causeClass: ['kafka_exception-cause-fqcn'],
      message: ['kafka_exception-message', 'kafka_key-exception-message'],
      stackTrace: ['kafka_exception-stacktrace', 'kafka_key-exception-stacktrace'],
      // Written for the retry to come: 2 after the first failure.
      attempts: [{ header: 'retry_topic-attempts', as: 'bigEndian', countsNext: true }],
    },
    perTry: ['timestamp', 'attempts'],
    // Left in, the counter would go on from here, and the next failure be the last.
    strip: ['kafka_original-*', 'kafka_exception-*', 'kafka_key-exception-*', 'retry_topic-*'],
  },
  {
    name: 'cloudStream',
    format: 'cloudStream',
    match: { anyOf: ['x-original-topic', 'x-exception-fqcn', 'x-exception-message', 'x-exception-stacktrace'] },
    numbers: 'bigEndian',
    fields: {
      topic: ['x-original-topic'],
      partition: ['x-original-partition'],
      offset: ['x-original-offset'],
      timestamp: ['x-original-timestamp'],
      exceptionClass: ['x-exception-fqcn'],
      message: ['x-exception-message'],
      stackTrace: ['x-exception-stacktrace'],
      // Written by applications that follow a sample of its documentation, each in its own way.
      attempts: [{ header: 'x-retries', as: 'any' }],
    },
    strip: ['x-original-timestamp-type'],
  },
]

const KAFKA: DlqProfileInput[] = [
  {
    name: 'connect',
    format: 'connect',
    match: { anyOf: ['__connect.errors.topic', '__connect.errors.connector.name', '__connect.errors.stage'] },
    numbers: 'decimal',
    fields: {
      topic: ['__connect.errors.topic'],
      partition: ['__connect.errors.partition'],
      offset: ['__connect.errors.offset'],
      exceptionClass: ['__connect.errors.exception.class.name'],
      message: ['__connect.errors.exception.message'],
      stackTrace: ['__connect.errors.exception.stacktrace'],
      stage: ['__connect.errors.stage'],
      handler: ['__connect.errors.connector.name'],
    },
    keepsTimestamp: true,
    strip: ['__connect.errors.*'],
  },
  {
    // Its own handlers, and a library that says the same with other words.
    name: 'streams',
    format: 'streams',
    match: {
      anyOf: ['__streams.errors.topic', '__streams.errors.exception', '__streams.errors.exception.class.name'],
    },
    numbers: 'decimal',
    fields: {
      topic: ['__streams.errors.topic'],
      partition: ['__streams.errors.partition'],
      offset: ['__streams.errors.offset'],
      exceptionClass: ['__streams.errors.exception', '__streams.errors.exception.class.name'],
      message: ['__streams.errors.message', '__streams.errors.exception.message', '__streams.errors.description'],
      stackTrace: ['__streams.errors.stacktrace', '__streams.errors.exception.stack_trace'],
    },
    keepsTimestamp: true,
    strip: ['__streams.errors.*'],
  },
  {
    name: 'shareGroup',
    format: 'shareGroup',
    match: { anyOf: ['__dlq.errors.topic', '__dlq.errors.group', '__dlq.errors.delivery.count'] },
    numbers: 'decimal',
    fields: {
      topic: ['__dlq.errors.topic'],
      partition: ['__dlq.errors.partition'],
      offset: ['__dlq.errors.offset'],
      group: ['__dlq.errors.group'],
      message: ['__dlq.errors.message'],
      attempts: ['__dlq.errors.delivery.count'],
    },
    strip: ['__dlq.errors.*'],
  },
]

const SMALLRYE: DlqProfileInput[] = [
  {
    // Writes its headers before those that the record had: the last value is the oldest.
    name: 'smallrye',
    format: 'smallrye',
    match: { anyOf: ['dead-letter-topic', 'dead-letter-reason', 'dead-letter-exception-class-name'] },
    numbers: 'decimal',
    newest: 'first',
    fields: {
      topic: ['dead-letter-topic'],
      partition: ['dead-letter-partition'],
      offset: ['dead-letter-offset'],
      exceptionClass: ['dead-letter-exception-class-name'],
      causeClass: ['dead-letter-cause-class-name'],
      message: ['dead-letter-reason'],
      causeMessage: ['dead-letter-cause'],
    },
    follows: { causeClass: 'exceptionClass', causeMessage: 'exceptionClass' },
  },
  {
    name: 'smallryeDelayedRetry',
    format: 'smallrye',
    match: { anyOf: ['delayed-retry-topic', 'delayed-retry-exception-class-name', 'delayed-retry-count'] },
    numbers: 'decimal',
    newest: 'first',
    fields: {
      topic: ['delayed-retry-topic'],
      partition: ['delayed-retry-partition'],
      offset: ['delayed-retry-offset'],
      timestamp: ['delayed-retry-original-timestamp'],
      exceptionClass: ['delayed-retry-exception-class-name'],
      causeClass: ['delayed-retry-cause-class-name'],
      message: ['delayed-retry-reason'],
      causeMessage: ['delayed-retry-cause'],
      attempts: ['delayed-retry-count'],
    },
    follows: { causeClass: 'exceptionClass', causeMessage: 'exceptionClass' },
    strip: ['delayed-retry-*'],
  },
]

const OTHERS: DlqProfileInput[] = [
  {
    name: 'karafka',
    format: 'karafka',
    match: { anyOf: ['source_topic'], allOf: ['source_partition', 'source_offset'] },
    numbers: 'decimal',
    fields: {
      topic: ['source_topic'],
      partition: ['source_partition'],
      offset: ['source_offset'],
      group: ['source_consumer_group'],
      attempts: ['source_attempts'],
    },
    strip: ['source_trace_id', 'source_key'],
    stripWhen: 'matched',
  },
  {
    name: 'karafkaOriginal',
    format: 'karafka',
    match: { anyOf: ['original_topic'], allOf: ['original_partition', 'original_offset'] },
    numbers: 'decimal',
    fields: {
      topic: ['original_topic'],
      partition: ['original_partition'],
      offset: ['original_offset'],
      group: ['original_consumer_group'],
      attempts: ['original_attempts'],
    },
    strip: ['original_key'],
    stripWhen: 'matched',
  },
  {
    name: 'watermill',
    match: { anyOf: ['reason_poisoned', 'topic_poisoned'] },
    fields: { topic: ['topic_poisoned'], message: ['reason_poisoned'], handler: ['handler_poisoned'] },
    strip: ['subscriber_poisoned'],
  },
  {
    name: 'schemaRule',
    match: { anyOf: ['__rule.topic', '__rule.exception', '__rule.name'] },
    fields: {
      topic: ['__rule.topic'],
      message: ['__rule.exception'],
      stage: ['__rule.mode'],
      handler: ['__rule.name'],
    },
    strip: ['__rule.*'],
  },
  {
    name: 'kafkajsAsyncRetry',
    match: { anyOf: ['asyncRetry'] },
    numbers: 'decimal',
    fields: {
      topic: [{ header: 'asyncRetry', json: 'top' }],
      attempts: [{ header: 'asyncRetry', json: 'att' }],
    },
  },
  {
    // Its queues are named by an address, which is no topic: no field takes it.
    name: 'nServiceBus',
    match: { anyOf: ['NServiceBus.FailedQ', 'NServiceBus.ExceptionInfo.ExceptionType'] },
    fields: {
      group: ['NServiceBus.ProcessingEndpoint'],
      exceptionClass: ['NServiceBus.ExceptionInfo.ExceptionType'],
      causeClass: ['NServiceBus.ExceptionInfo.InnerExceptionType'],
      message: ['NServiceBus.ExceptionInfo.Message'],
      stackTrace: ['NServiceBus.ExceptionInfo.StackTrace'],
      attempts: ['NServiceBus.Retries', 'NServiceBus.FLRetries'],
    },
    strip: ['NServiceBus.ExceptionInfo.*', 'NServiceBus.TimeOfFailure', 'NServiceBus.FLRetries'],
  },
  {
    name: 'massTransit',
    match: { anyOf: ['MT-Fault-ExceptionType', 'MT-Fault-Message'] },
    fields: {
      exceptionClass: ['MT-Fault-ExceptionType'],
      message: ['MT-Fault-Message'],
      stackTrace: ['MT-Fault-StackTrace'],
      attempts: ['MT-Fault-RetryCount'],
    },
    strip: ['MT-Fault-*', 'MT-Reason'],
  },
]

export const BUILT_IN_PROFILES: readonly DlqProfile[] = dlqProfiles.parse([...SPRING, ...KAFKA, ...SMALLRYE, ...OTHERS])
