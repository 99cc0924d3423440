/** The corrected text: byte for byte what it was but for the faults, and clean when it is checked again. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LintClient } from '../../../lib/lint/lint-types.ts'
import { type LintCase, lint } from './lint.ts'
import { CONSUMER_CASES, PRODUCER_CASES, ROCKETMQ_CASES, TEXT_CASES, TOPIC_CASES } from './rule-cases.ts'

type Correction = [name: string, client: LintClient, version: string | null, before: string, after: string]

test.each<Correction>([
  [
    'comments, blanks and secrets stay',
    'javaProducer',
    '3.9',
    '# ours\n  acks = 1  \n! key\nssl.key.password=geheim\\\n  teil\n',
    '# ours\n  acks = all  \n! key\nssl.key.password=geheim\\\n  teil\n',
  ],
  ['line ends of Windows stay', 'javaProducer', '2.8', 'acks=1\r\n', 'acks=all\r\nenable.idempotence=true\r\n'],
  [
    'a last line without an end stays without one',
    'javaProducer',
    '2.8',
    'acks=1',
    'acks=all\nenable.idempotence=true',
  ],
  ['an empty text', 'javaProducer', '2.8', '', 'acks=all\nenable.idempotence=true\n'],
  ['of two that are set the one that holds', 'javaProducer', '3.9', 'acks=0\nacks=1\n', 'acks=0\nacks=all\n'],
  [
    'a prefix is used again',
    'javaConsumer',
    null,
    'consumer.enable.auto.commit=true\nconsumer.isolation.level=read_committed\n',
    'consumer.enable.auto.commit=false\nconsumer.isolation.level=read_committed\nconsumer.auto.offset.reset=earliest\n',
  ],
  [
    'nested YAML',
    'springBoot',
    '3.4',
    'spring:\n  kafka:\n    consumer: # ours\n      group-id: a\n      auto-offset-reset: "latest" # why\n',
    'spring:\n  kafka:\n    consumer: # ours\n      isolation-level: read_committed\n      group-id: a\n      auto-offset-reset: "earliest" # why\n',
  ],
  [
    'YAML without the section',
    'springBoot',
    '2.5',
    'server:\n  port: 1\nspring:\n  kafka:\n    producer:\n      acks: all\n      properties:\n        linger.ms: 1\n',
    'server:\n  port: 1\nspring:\n  kafka:\n    producer:\n      acks: all\n      properties:\n        enable.idempotence: true\n        linger.ms: 1\n',
  ],
  [
    'YAML in braces',
    'springBoot',
    '2.5',
    'spring.kafka: {producer: {acks: 1}}\n',
    'spring.kafka: {producer: {properties.enable.idempotence: true, acks: all}}\n',
  ],
  [
    'every call that is at fault',
    'kafkajs',
    null,
    "const p = kafka.producer({\n  allowAutoTopicCreation: false,\n})\np.send({ topic: 'a', acks: 0 })\np.send({ topic: 'b', acks: 1 })\n",
    "const p = kafka.producer({\n  idempotent: true,\n  allowAutoTopicCreation: false,\n})\np.send({ topic: 'a', acks: -1 })\np.send({ topic: 'b', acks: -1 })\n",
  ],
  ['a call without arguments', 'kafkajs', null, 'kafka.producer()\n', 'kafka.producer({ idempotent: true })\n'],
  [
    'no such call',
    'kafkajs',
    null,
    'producer.send({ acks: 1 })\n',
    'producer.send({ acks: -1 })\n// producer({ … })\nidempotent: true,\n',
  ],
  [
    'beside what retry has already',
    'kafkajs',
    null,
    'kafka.producer({ idempotent: true, retry: { initialRetryTime: 100, retries: 2 } })\n',
    'kafka.producer({ idempotent: true, retry: { initialRetryTime: 100, retries: 20 } })\n',
  ],
  [
    'Java code',
    'javaProducer',
    '2.8',
    '  props.put(ACKS_CONFIG, "1");\n  go();\n',
    '  props.put(ACKS_CONFIG, "all");\n  props.put("enable.idempotence", "true");\n  go();\n',
  ],
  [
    'a chain',
    'librdkafka',
    '2.3',
    'ClientConfig::new().set("acks", "1").create()\n',
    'ClientConfig::new().set("acks", "all").set("enable.idempotence", "true").create()\n',
  ],
  [
    'Python',
    'librdkafka',
    '2.3',
    "conf = {'acks': 1,\n        'linger.ms': 5}\n",
    "conf = {'acks': 'all',\n        'enable.idempotence': 'true',\n        'linger.ms': 5}\n",
  ],
  [
    '.NET',
    'librdkafka',
    '2.3',
    'new ProducerConfig { Acks = Acks.None };\n',
    'new ProducerConfig { EnableIdempotence = true, Acks = Acks.All };\n',
  ],
  [
    'Go of sarama',
    'sarama',
    null,
    '\tcfg := sarama.NewConfig()\n\tcfg.Producer.RequiredAcks = sarama.NoResponse // fast\n\tgo run(cfg)\n',
    '\tcfg := sarama.NewConfig()\n\tcfg.Producer.RequiredAcks = sarama.WaitForAll // fast\n\tcfg.Producer.Idempotent = true\n\tcfg.Net.MaxOpenRequests = 1\n\tcfg.Producer.Retry.Max = 120\n\tgo run(cfg)\n',
  ],
  [
    'options of franz-go go and change',
    'franzGo',
    null,
    'kgo.NewClient(\n\tkgo.SeedBrokers("a"),\n\tkgo.DisableIdempotentWrite(),\n\tkgo.RequiredAcks(kgo.NoAck()),\n)\n',
    'kgo.NewClient(\n\tkgo.SeedBrokers("a"),\n\tkgo.RequiredAcks(kgo.AllISRAcks()),\n)\n',
  ],
  [
    'an option of franz-go is added',
    'franzGo',
    null,
    'kgo.NewClient(\n\tkgo.ConsumerGroup("g"),\n\tkgo.GreedyAutoCommit(),\n)\n',
    'kgo.NewClient(\n\tkgo.FetchIsolationLevel(kgo.ReadCommitted()),\n\tkgo.ConsumerGroup("g"),\n\tkgo.AutoCommitMarks(),\n)\n',
  ],
  ['RocketMQ', 'rocketmqProducer', null, 'producer.sendOneway(msg); // fast\n', 'producer.send(msg); // fast\n'],
  ['nothing to mend', 'javaProducer', '3.9', '# fine\nacks=all\n', '# fine\nacks=all\n'],
  ['a text that cannot be read whole', 'javaProducer', '3.9', 'acks=1\nwhat\n', 'acks=1\nwhat\n'],
  ['what only the program knows', 'javaProducer', '3.9', 'acks=@acks@\n', 'acks=@acks@\n'],
])('%s (%s %s)', (_name, client, version, text, corrected) => {
  expect(lint({ client, version, text }).corrected).toBe(corrected)
})

test('however many calls are at fault, all are mended', () => {
  const text = 'send({ acks: 1 })\nsend({ acks: -1 })\nsend({ acks: acksOf(x) })\n'.repeat(50)
  const { corrected } = lint({ client: 'kafkajs', text })
  expect(corrected).toContain(text.replaceAll('acks: 1 ', 'acks: -1 '))
})

/** What the findings of a text claim to mend. */
function mendable(one: LintCase): string[] {
  return lint(one)
    .findings.filter(({ change, severity }) => change !== null && severity !== 'info')
    .map(({ code, setting }) => `${code} ${setting}`)
}

describe('a corrected text lints clean', () => {
  const groups = [PRODUCER_CASES, CONSUMER_CASES, TOPIC_CASES, ROCKETMQ_CASES, TEXT_CASES]
  const cases = groups.flatMap((group) =>
    Object.values(group).flatMap(({ hits, misses, unknown = [] }) => [...hits, ...misses, ...unknown]),
  )

  test.each(cases.map((one) => [one.client, one.version ?? '', one.text ?? '', one] as const))(
    '%s %s %j',
    (_client, _version, _text, one) => {
      const { corrected, findings } = lint(one)
      const isUnread = findings.some(({ code }) => code.startsWith('line'))
      const again = { ...one, text: corrected }
      if (!isUnread) expect(mendable(again)).toEqual([])
      expect(lint(again).corrected).toBe(corrected)
    },
  )

  const names = ['acks', 'enable.idempotence', 'retries', 'max.in.flight.requests.per.connection', 'transactional.id']
  const others = [
    'delivery.timeout.ms',
    'linger.ms',
    'enable.auto.commit',
    'auto.offset.reset',
    'isolation.level',
    'x.y',
  ]
  const line = fc
    .tuple(
      fc.constantFrom(...names, ...others),
      fc.constantFrom('0', '1', 'all', 'true', 'false', 'latest', '7', 'read_uncommitted'),
    )
    .map(([name, value]) => `${name}=${value}`)
  const text = fc.array(fc.oneof(line, fc.constantFrom('', '# a comment', 'ssl.password=p=1')), { maxLength: 12 })

  test('whatever is set, and nothing else was touched', () => {
    const client = fc.constantFrom<LintClient>('javaProducer', 'javaConsumer', 'librdkafka')
    const version = fc.constantFrom(null, '2.0', '3.0', '3.9', '4.1')
    fc.assert(
      fc.property(client, version, text, fc.constantFrom('\n', '\r\n'), (one, at, lines, newline) => {
        const { corrected } = lint({ client: one, version: at, text: lines.join(newline) })
        expect(mendable({ client: one, version: at, text: corrected })).toEqual([])
        const kept = corrected.split(/\r?\n/)
        const isKept = (before: string): boolean => before === '' || /^(?:#|x\.y|ssl)/.test(before)
        for (const before of lines.filter((each) => each !== '' && isKept(each))) expect(kept).toContain(before)
      }),
      { numRuns: 300 },
    )
  })
})
