/** What each client goes by where nothing is set, and every way in which people write its settings. */
import { describe, expect, test } from 'vitest'
import type { LintClient } from '../../../lib/lint/lint-types.ts'
import { effectiveOf, lint } from './lint.ts'

type Defaults = [client: LintClient, version: string | null, values: Record<string, string>]

test.each<Defaults>([
  [
    'javaProducer',
    '2.0',
    {
      acks: '1 (default)',
      'enable.idempotence': 'false (default)',
      retries: '0 (default)',
      'delivery.timeout.ms': 'null (default)',
    },
  ],
  [
    'javaProducer',
    '2.8',
    { acks: '1 (default)', retries: '2147483647 (default)', 'delivery.timeout.ms': '120000 (default)' },
  ],
  ['javaProducer', '3.0.0', { acks: 'all (default)', 'enable.idempotence': 'false (default)' }],
  ['javaProducer', '4.1', { 'enable.idempotence': 'true (default)', 'linger.ms': '5 (default)' }],
  ['javaProducer', null, { acks: 'null (unknown)', retries: 'null (unknown)', 'transactional.id': 'null (default)' }],
  [
    'javaConsumer',
    null,
    {
      'enable.auto.commit': 'true (default)',
      'auto.offset.reset': 'latest (default)',
      'isolation.level': 'read_uncommitted (default)',
    },
  ],
  [
    'springBoot',
    '3.4',
    { 'spring.kafka.producer.acks': 'all (default)', 'spring.kafka.consumer.enable-auto-commit': 'false (default)' },
  ],
  ['springBoot', '2.1', { 'spring.kafka.consumer.enable-auto-commit': 'true (default)' }],
  [
    'kafkajs',
    null,
    {
      acks: '-1 (default)',
      idempotent: 'false (default)',
      'retry.retries': '5 (default)',
      fromBeginning: 'false (default)',
    },
  ],
  ['kafkajs', null, { autoCommit: 'true (default)', readUncommitted: 'false (default)' }],
  [
    'librdkafka',
    '2.3',
    { acks: 'all (default)', 'enable.idempotence': 'false (default)', retries: '2147483647 (default)' },
  ],
  [
    'librdkafka',
    '0.11',
    { acks: '1 (default)', retries: '2 (default)', 'isolation.level': 'read_uncommitted (default)' },
  ],
  ['librdkafka', null, { acks: 'null (unknown)', 'enable.auto.offset.store': 'true (default)' }],
  ['sarama', null, { 'Producer.RequiredAcks': 'sarama.WaitForLocal (default)', 'Producer.Retry.Max': '3 (default)' }],
  [
    'sarama',
    null,
    { 'Consumer.Offsets.Initial': 'sarama.OffsetNewest (default)', 'Net.MaxOpenRequests': '5 (default)' },
  ],
  [
    'franzGo',
    null,
    { RequiredAcks: 'kgo.AllISRAcks() (default)', ConsumeResetOffset: 'kgo.NewOffset().AtStart() (default)' },
  ],
  [
    'franzGo',
    null,
    { DisableIdempotentWrite: 'false (default)', FetchIsolationLevel: 'kgo.ReadUncommitted() (default)' },
  ],
  ['rocketmqProducer', null, { retryTimesWhenSendFailed: '2 (default)', sendMsgTimeout: '3000 (default)' }],
  ['rocketmqConsumer', null, { messageModel: 'CLUSTERING (default)', maxReconsumeTimes: '-1 (default)' }],
])('defaults of %s %s', (client, version, values) => {
  const result = lint({ client, version })
  expect(Object.fromEntries(Object.keys(values).map((name) => [name, effectiveOf(result, name)]))).toEqual(values)
})

describe('ways to write it', () => {
  test.each<[LintClient, string, string]>([
    ['javaProducer', 'acks=1', 'acks'],
    ['javaProducer', 'acks : 1', 'acks'],
    ['javaProducer', 'acks 1', 'acks'],
    ['javaProducer', '  acks\\\n  =1', 'acks'],
    ['javaProducer', 'producer.override.acks=1', 'producer.override.acks'],
    ['javaProducer', 'props.put("acks", "1");', 'acks'],
    ['javaProducer', 'props.setProperty(ProducerConfig.ACKS_CONFIG, "1");', 'acks'],
    ['javaProducer', 'Map.of("bootstrap.servers", "a", "acks", "1")', 'acks'],
    ['javaProducer', '{ "acks": "1" }', 'acks'],
    ['springBoot', 'spring:\n  kafka:\n    producer:\n      acks: 1', 'spring.kafka.producer.acks'],
    ['springBoot', 'spring.kafka:\n  producer.acks: "1"', 'spring.kafka.producer.acks'],
    ['springBoot', 'spring: { kafka: { producer: { acks: 1 } } }', 'spring.kafka.producer.acks'],
    ['springBoot', 'spring.kafka.producer.acks=1', 'spring.kafka.producer.acks'],
    ['springBoot', 'spring.kafka.producer.properties[acks]=1', 'spring.kafka.producer.properties[acks]'],
    ['springBoot', 'spring.kafka:\n  properties:\n    "[acks]": 1', 'spring.kafka.properties.acks'],
    ['springBoot', 'a: 1\n---\nspring.kafka.producer.acks: 1', 'spring.kafka.producer.acks'],
    ['kafkajs', 'await producer.send({ topic, acks: 1 })', 'acks'],
    ['kafkajs', 'acks: 1,', 'acks'],
    ['librdkafka', 'request.required.acks=1', 'request.required.acks'],
    ['librdkafka', "conf = {'acks': 1}", 'acks'],
    ['librdkafka', "conf['acks'] = '1'", 'acks'],
    ['librdkafka', 'rd_kafka_conf_set(conf, "acks", "1", NULL, 0);', 'acks'],
    ['librdkafka', 'ClientConfig::new().set("acks", "1")', 'acks'],
    ['librdkafka', 'new ProducerConfig { Acks = Acks.Leader };', 'Acks'],
    ['librdkafka', '&kafka.ConfigMap{"acks": "1"}', 'acks'],
    ['sarama', 'config.Producer.RequiredAcks = sarama.WaitForLocal', 'config.Producer.RequiredAcks'],
    ['sarama', 'c.Producer.RequiredAcks = 1', 'c.Producer.RequiredAcks'],
    ['franzGo', 'kgo.NewClient(kgo.RequiredAcks(kgo.LeaderAck()))', 'RequiredAcks'],
  ])('%s: %s', (client, text, setting) => {
    const result = lint({ client, text, version: client === 'springBoot' ? '3.4' : '2.3' })
    expect(result.findings.map(({ code, setting: name }) => [code, name])).toContainEqual(['acksLeader', setting])
  })

  test.each<[LintClient, string]>([
    ['rocketmqProducer', 'producer.setRetryTimesWhenSendFailed(0);'],
    ['rocketmqProducer', 'retryTimesWhenSendFailed=0'],
    ['rocketmqProducer', 'rocketmq.producer.retry-times-when-send-failed=0'],
    ['rocketmqProducer', 'rocketmq:\n  producer:\n    retryTimesWhenSendFailed: 0'],
  ])('%s: %s', (client, text) => {
    expect(lint({ client, text }).findings.map(({ code }) => code)).toContain('rocketmqNoRetries')
  })
})

describe('whose settings they are', () => {
  test.each<[LintClient, string, string[]]>([
    ['springBoot', 'spring.kafka.bootstrap-servers=a', ['producer', 'consumer']],
    ['springBoot', 'spring.kafka.producer.client-id=a', ['producer']],
    ['springBoot', 'spring.kafka.listener.type=batch', ['consumer']],
    ['kafkajs', 'kafka.producer()', ['producer']],
    ['kafkajs', 'kafka.consumer({ groupId })', ['consumer']],
    ['kafkajs', 'kafka.producer(); kafka.consumer({ groupId })', ['producer', 'consumer']],
    ['librdkafka', 'group.id=a', ['consumer']],
    ['librdkafka', 'linger.ms=1', ['producer']],
    ['sarama', 'sarama.NewSyncProducer(brokers, c)', ['producer']],
    ['franzGo', 'kgo.ConsumerGroup("a")', ['consumer']],
    ['franzGo', 'kgo.SeedBrokers("a")', ['producer', 'consumer']],
  ])('%s: %s', (client, text, roles) => {
    const codes = lint({ client, text, version: '3.4' }).findings.map(({ code }) => code)
    const seen = [
      ...(codes.includes('sendResultUnseen') ? ['producer'] : []),
      ...(codes.some((code) => code.startsWith('commit')) ? ['consumer'] : []),
    ]
    expect(seen).toEqual(roles)
  })
})

test('retries of a consumer are not those of the producer', () => {
  const text = 'kafka.producer({ retry: { retries: 50 } })\nkafka.consumer({ groupId, retry: { retries: 0 } })'
  expect(effectiveOf(lint({ client: 'kafkajs', text }), 'retry.retries')).toBe('50 (set)')
})

test('idempotence that is asked for brings along what it needs', () => {
  const result = lint({ client: 'javaProducer', text: 'enable.idempotence=true' })
  expect([effectiveOf(result, 'acks'), effectiveOf(result, 'retries')]).toEqual([
    'all (implied)',
    '2147483647 (implied)',
  ])
  expect(result.verdict).toBe('safe')
  const librdkafka = lint({ client: 'librdkafka', text: 'enable.idempotence=true' })
  expect(effectiveOf(librdkafka, 'max.in.flight.requests.per.connection')).toBe('5 (implied)')
})
