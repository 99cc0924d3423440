/** For every finding: texts that have it, texts that do not, and texts of which it is not known. */
import type { FindingCode } from '../../../lib/lint/finding-codes.ts'
import { type LintCase, ORDERS, TRADES } from './lint.ts'

export interface RuleCases {
  hits: LintCase[]
  misses: LintCase[]
  /** Judged `unknown` or worse, and without this finding. */
  unknown?: LintCase[]
}

/** Only the running program knows it. Written so that nobody takes it for a template here. */
const COMPUTED = '\u0024{VALUE}'

const PRODUCER = { client: 'javaProducer', version: '3.9' } as const
const CONSUMER = { client: 'javaConsumer', version: '3.9' } as const
const SPRING = { client: 'springBoot', version: '3.4' } as const
const RDKAFKA = { client: 'librdkafka', version: '2.3' } as const
const TRADER = { client: 'rocketmqProducer' } as const
const BOOK = { client: 'rocketmqConsumer' } as const

export const PRODUCER_CASES: Partial<Record<FindingCode, RuleCases>> = {
  acksNone: {
    hits: [
      { ...PRODUCER, text: 'acks=0' },
      { client: 'kafkajs', text: 'await producer.send({ topic, acks: 0, messages })' },
      { client: 'sarama', text: 'c.Producer.RequiredAcks = sarama.NoResponse' },
      { client: 'franzGo', text: 'kgo.RequiredAcks(kgo.NoAck()),' },
    ],
    misses: [{ ...PRODUCER, text: 'acks=1' }, { ...PRODUCER }, { client: 'kafkajs', text: 'acks: -1,' }],
    unknown: [{ ...PRODUCER, text: `acks=${COMPUTED}` }],
  },
  acksLeader: {
    hits: [
      { ...PRODUCER, text: 'acks=1' },
      { ...PRODUCER, version: '2.8' },
      { client: 'sarama' },
      { ...SPRING, text: 'spring.kafka.producer.acks=1' },
      { ...RDKAFKA, text: 'request.required.acks=1' },
    ],
    misses: [
      { ...PRODUCER, text: 'acks=-1' },
      { ...PRODUCER, text: 'acks=all' },
      { client: 'kafkajs', text: 'producer()' },
    ],
    unknown: [
      { ...PRODUCER, version: null },
      { ...PRODUCER, version: '2', text: 'acks=@acks@' },
    ],
  },
  retriesNone: {
    hits: [
      { ...PRODUCER, text: 'retries=0' },
      { ...PRODUCER, version: '2.0', text: 'acks=all' },
      { client: 'kafkajs', text: 'kafka.producer({ retry: { retries: 0 } })' },
    ],
    misses: [
      { ...PRODUCER, text: 'retries=100' },
      { ...PRODUCER, text: 'acks=0\nretries=0' },
    ],
    unknown: [{ ...PRODUCER, version: null, text: 'acks=all' }],
  },
  retriesFew: {
    hits: [{ ...PRODUCER, text: 'retries=3' }, { client: 'kafkajs', text: 'kafka.producer()' }, { client: 'sarama' }],
    misses: [
      { ...PRODUCER, text: 'retries=10' },
      { client: 'kafkajs', text: 'kafka.producer({ idempotent: true })' },
    ],
    unknown: [{ ...PRODUCER, text: `retries=${COMPUTED}` }],
  },
  deliveryTimeoutRefused: {
    hits: [{ ...PRODUCER, text: 'delivery.timeout.ms=30000\nlinger.ms=1' }],
    misses: [
      { ...PRODUCER, text: 'delivery.timeout.ms=30000\nlinger.ms=0' },
      { ...RDKAFKA, text: 'message.timeout.ms=1000' },
    ],
  },
  deliveryTimeoutShort: {
    hits: [
      { ...PRODUCER, text: 'delivery.timeout.ms=60000' },
      { ...RDKAFKA, text: 'message.timeout.ms=1000' },
      { client: 'franzGo', text: 'kgo.RecordDeliveryTimeout(5 * time.Second)' },
    ],
    misses: [
      { ...PRODUCER, text: 'delivery.timeout.ms=120000' },
      { ...RDKAFKA, text: 'message.timeout.ms=0' },
      { client: 'franzGo', text: 'kgo.RecordDeliveryTimeout(3*time.Minute)' },
      { ...PRODUCER, text: `delivery.timeout.ms=${COMPUTED}` },
    ],
  },
  idempotenceOff: {
    hits: [
      { ...PRODUCER, text: 'enable.idempotence=false' },
      { ...PRODUCER, version: '3.0.0' },
      { ...PRODUCER, version: '3.1.0' },
      { ...RDKAFKA, text: 'linger.ms=5' },
      { client: 'kafkajs', text: 'kafka.producer()' },
      { client: 'franzGo', text: 'kgo.DisableIdempotentWrite()' },
    ],
    misses: [
      { ...PRODUCER, version: '3.0.1' },
      { ...PRODUCER, version: '3.1.1' },
      { ...PRODUCER, version: '3.2' },
      { client: 'franzGo' },
    ],
    unknown: [
      { ...PRODUCER, version: '3.0', text: 'acks=all\nretries=99' },
      { ...PRODUCER, version: '3' },
    ],
  },
  idempotenceGivesWay: {
    hits: [
      { ...PRODUCER, text: 'acks=1' },
      { ...PRODUCER, text: 'retries=0' },
      { ...PRODUCER, text: 'max.in.flight.requests.per.connection=6' },
    ],
    misses: [
      { ...PRODUCER, text: 'max.in.flight.requests.per.connection=5' },
      { ...PRODUCER, text: 'acks=1\nenable.idempotence=true' },
      { ...PRODUCER, version: '4.0', text: 'max.in.flight.requests.per.connection=6' },
    ],
  },
  idempotenceNeedsAcks: {
    hits: [
      { ...PRODUCER, text: 'acks=1\nenable.idempotence=true' },
      { client: 'sarama', text: 'c.Producer.Idempotent = true' },
      { client: 'franzGo', text: 'kgo.RequiredAcks(kgo.LeaderAck())' },
    ],
    misses: [
      { ...PRODUCER, text: 'acks=all\nenable.idempotence=true' },
      { ...PRODUCER, text: 'acks=1' },
    ],
    unknown: [{ ...PRODUCER, text: `acks=${COMPUTED}\nenable.idempotence=true` }],
  },
  idempotenceNeedsRetries: {
    hits: [{ ...PRODUCER, text: 'retries=0\nenable.idempotence=true' }],
    misses: [
      { ...PRODUCER, text: 'retries=1\nenable.idempotence=true' },
      { ...PRODUCER, version: '2.0', text: 'enable.idempotence=true' },
    ],
  },
  idempotenceNeedsFewInFlight: {
    hits: [
      { ...PRODUCER, version: '4.0', text: 'max.in.flight.requests.per.connection=6' },
      { client: 'sarama', text: 'c.Producer.Idempotent = true' },
      { ...RDKAFKA, text: 'enable.idempotence=true\nmax.in.flight=6' },
    ],
    misses: [
      { ...RDKAFKA, text: 'enable.idempotence=true' },
      { client: 'sarama', text: 'c.Producer.Idempotent = true\nc.Net.MaxOpenRequests = 1' },
      { client: 'franzGo', text: 'kgo.MaxProduceRequestsInflightPerBroker(9)' },
    ],
  },
  reorders: {
    hits: [
      { ...PRODUCER, text: 'enable.idempotence=false' },
      { client: 'kafkajs', text: 'kafka.producer()' },
    ],
    misses: [
      { ...PRODUCER },
      { ...PRODUCER, text: 'enable.idempotence=false\nmax.in.flight.requests.per.connection=1' },
      { client: 'franzGo', text: 'kgo.DisableIdempotentWrite()' },
    ],
    unknown: [{ ...PRODUCER, text: `enable.idempotence=${COMPUTED}` }],
  },
  transactionReaders: {
    hits: [
      { ...PRODUCER, text: 'transactional.id=a' },
      { client: 'kafkajs', text: "kafka.producer({ transactionalId: 'a' })" },
    ],
    misses: [{ ...PRODUCER }],
  },
  transactionNeedsIdempotence: {
    hits: [{ ...PRODUCER, text: 'transactional.id=a\nenable.idempotence=false' }],
    misses: [
      { ...PRODUCER, version: '2.8', text: 'transactional.id=a' },
      { ...PRODUCER, text: 'enable.idempotence=false' },
    ],
  },
  transactionTimeoutLong: {
    hits: [
      { ...PRODUCER, text: 'transactional.id=a\ntransaction.timeout.ms=900001' },
      { client: 'franzGo', text: 'kgo.TransactionalID("a"), kgo.TransactionTimeout(time.Hour)' },
    ],
    misses: [
      { ...PRODUCER, text: 'transactional.id=a\ntransaction.timeout.ms=900000' },
      { ...PRODUCER, text: 'transaction.timeout.ms=900001' },
    ],
  },
  sendResultUnseen: {
    hits: [{ ...PRODUCER }, { client: 'kafkajs', text: 'kafka.producer()' }],
    misses: [{ ...CONSUMER }],
  },
}

export const CONSUMER_CASES: Partial<Record<FindingCode, RuleCases>> = {
  commitEarly: {
    hits: [
      { ...RDKAFKA, text: 'group.id=a' },
      { client: 'franzGo', text: 'kgo.GreedyAutoCommit()' },
    ],
    misses: [
      { ...RDKAFKA, text: 'enable.auto.commit=false' },
      { ...RDKAFKA, text: 'enable.auto.offset.store=false' },
      { client: 'franzGo', text: 'kgo.AutoCommitMarks()' },
    ],
    unknown: [{ ...RDKAFKA, text: `auto.offset.reset=earliest\nenable.auto.commit=${COMPUTED}` }],
  },
  commitOfStored: {
    hits: [{ ...RDKAFKA, text: 'enable.auto.offset.store=false' }],
    misses: [{ ...RDKAFKA, text: 'group.id=a' }],
  },
  commitByPoll: {
    hits: [
      { ...CONSUMER },
      { ...CONSUMER, text: 'enable.auto.commit=true' },
      { ...SPRING, text: 'spring.kafka.consumer.enable-auto-commit=true' },
      { ...SPRING, version: '2.1', text: 'spring.kafka.consumer.group-id=a' },
      { client: 'franzGo', text: 'kgo.ConsumerGroup("g")' },
    ],
    misses: [
      { ...CONSUMER, text: 'enable.auto.commit=false' },
      { ...SPRING, text: 'spring.kafka.consumer.group-id=a' },
    ],
    unknown: [
      {
        ...SPRING,
        version: null,
        text: 'spring.kafka.consumer.group-id=a\nspring.kafka.consumer.auto-offset-reset=earliest',
      },
    ],
  },
  commitOfHandled: {
    hits: [
      { ...SPRING, text: 'spring.kafka.consumer.group-id=a' },
      { client: 'kafkajs', text: 'kafka.consumer({ groupId })' },
      { client: 'sarama', text: 'sarama.NewConsumerGroup(brokers, group, c)' },
    ],
    misses: [{ client: 'kafkajs', text: 'consumer.run({ autoCommit: false })' }],
  },
  commitUnseen: {
    hits: [
      { ...CONSUMER, text: 'enable.auto.commit=false' },
      { client: 'kafkajs', text: 'consumer.run({ autoCommit: false })' },
    ],
    misses: [{ ...CONSUMER }],
  },
  ackModeManual: {
    hits: [{ ...SPRING, text: 'spring:\n  kafka:\n    listener: { ack-mode: MANUAL_IMMEDIATE }\n' }],
    misses: [{ ...SPRING, text: 'spring.kafka.listener.ack-mode=record' }],
  },
  springErrorHandler: {
    hits: [{ ...SPRING, text: 'spring.kafka.consumer.group-id=a' }],
    misses: [{ ...SPRING, text: 'spring.kafka.producer.acks=all' }, { ...CONSUMER }],
  },
  resetLatest: {
    hits: [
      { ...CONSUMER },
      { ...RDKAFKA, text: 'auto.offset.reset=largest' },
      { client: 'kafkajs', text: 'consumer.subscribe({ topic, fromBeginning: false })' },
      { client: 'sarama', text: 'c.Consumer.Offsets.Initial = sarama.OffsetNewest' },
      { client: 'franzGo', text: 'kgo.ConsumeResetOffset(kgo.NewOffset().AtEnd())' },
    ],
    misses: [
      { ...CONSUMER, text: 'auto.offset.reset=earliest' },
      { ...RDKAFKA, text: 'auto.offset.reset=smallest' },
      { client: 'franzGo', text: 'kgo.ConsumerGroup("g")' },
      { client: 'sarama', text: 'c.Consumer.Offsets.Initial = -2' },
    ],
    unknown: [{ ...CONSUMER, text: `enable.auto.commit=false\nauto.offset.reset=${COMPUTED}` }],
  },
  resetNone: {
    hits: [
      { ...CONSUMER, text: 'auto.offset.reset=none' },
      { ...RDKAFKA, text: 'auto.offset.reset=error' },
    ],
    misses: [{ ...CONSUMER }],
  },
  resetByDuration: { hits: [{ ...CONSUMER, text: 'auto.offset.reset=by_duration:P7D' }], misses: [{ ...CONSUMER }] },
  readsUncommitted: {
    hits: [
      { ...CONSUMER },
      { client: 'kafkajs', text: 'kafka.consumer({ readUncommitted: true })' },
      { ...RDKAFKA, version: '1.1', text: 'group.id=a' },
    ],
    misses: [
      { ...CONSUMER, text: 'isolation.level=read_committed' },
      { ...RDKAFKA, text: 'group.id=a' },
      { client: 'kafkajs', text: 'kafka.consumer({ groupId })' },
      { ...SPRING, text: 'spring.kafka.consumer.isolation-level=read-committed' },
    ],
    unknown: [{ ...RDKAFKA, version: null, text: 'group.id=a\nenable.auto.commit=false\nauto.offset.reset=earliest' }],
  },
}

export const TOPIC_CASES: Partial<Record<FindingCode, RuleCases>> = {
  topicOfOtherSystem: {
    hits: [
      { ...PRODUCER, topic: TRADES },
      { ...TRADER, topic: ORDERS },
    ],
    misses: [{ ...PRODUCER, topic: ORDERS }, { ...TRADER, topic: TRADES }, { ...PRODUCER }],
  },
  topicMinIsrOne: {
    hits: [{ ...PRODUCER, topic: { ...ORDERS, minIsr: 1 } }],
    misses: [
      { ...PRODUCER, topic: ORDERS },
      { ...PRODUCER, text: 'acks=1', topic: { ...ORDERS, minIsr: 1 } },
      { ...CONSUMER, topic: { ...ORDERS, minIsr: 1 } },
    ],
    unknown: [{ ...PRODUCER, topic: { ...ORDERS, minIsr: null } }],
  },
  topicMinIsrUnknown: {
    hits: [
      { ...PRODUCER, topic: { ...ORDERS, minIsr: null } },
      { ...PRODUCER, topic: { ...ORDERS, replicationFactor: null } },
    ],
    misses: [
      { ...PRODUCER, topic: ORDERS },
      { ...CONSUMER, topic: { ...ORDERS, minIsr: null } },
    ],
  },
  topicMinIsrAll: {
    hits: [
      { ...PRODUCER, topic: { ...ORDERS, minIsr: 3 } },
      { ...PRODUCER, topic: { ...ORDERS, minIsr: 4 } },
    ],
    misses: [{ ...PRODUCER, topic: ORDERS }],
    unknown: [{ ...PRODUCER, topic: { ...ORDERS, replicationFactor: null } }],
  },
  topicSingleCopy: {
    hits: [{ ...PRODUCER, topic: { ...ORDERS, replicationFactor: 1, minIsr: 1 } }],
    misses: [{ ...PRODUCER, topic: { ...ORDERS, replicationFactor: 2, minIsr: 1 } }],
  },
  topicUnclean: {
    hits: [{ ...PRODUCER, topic: { ...ORDERS, uncleanLeaderElection: true } }],
    misses: [
      { ...PRODUCER, topic: ORDERS },
      { ...PRODUCER, topic: { ...ORDERS, uncleanLeaderElection: null } },
    ],
  },
  topicCompacted: {
    hits: [{ ...PRODUCER, topic: { ...ORDERS, cleanupPolicy: 'compact, delete' } }],
    misses: [
      { ...PRODUCER, topic: ORDERS },
      { ...PRODUCER, topic: { ...ORDERS, cleanupPolicy: null } },
    ],
  },
  topicMessageLimit: {
    hits: [{ ...PRODUCER, text: 'max.request.size=5000000', topic: ORDERS }],
    misses: [
      { ...PRODUCER, topic: ORDERS },
      { ...PRODUCER, text: 'max.request.size=5000000', topic: { ...ORDERS, maxMessageBytes: null } },
    ],
  },
  topicRetentionShort: {
    hits: [
      { ...CONSUMER, topic: { ...ORDERS, retentionMs: 3_600_000 } },
      { ...CONSUMER, topic: { ...ORDERS, retentionMs: 3_600_000, cleanupPolicy: 'compact,delete' } },
      { ...CONSUMER, topic: { ...ORDERS, retentionMs: 3_600_000, cleanupPolicy: null } },
    ],
    misses: [
      { ...CONSUMER, topic: ORDERS },
      { ...CONSUMER, topic: { ...ORDERS, retentionMs: -1 } },
      { ...CONSUMER, topic: { ...ORDERS, retentionMs: null } },
      { ...CONSUMER, topic: { ...ORDERS, retentionMs: 3_600_000, cleanupPolicy: 'compact' } },
      { ...CONSUMER, topic: { ...ORDERS, retentionMs: 3_600_000, cleanupPolicy: '' } },
      { ...PRODUCER, topic: { ...ORDERS, retentionMs: 3_600_000 } },
    ],
  },
  rocketmqCopiesUnknown: {
    hits: [{ ...TRADER, topic: { ...TRADES, minIsr: null } }],
    misses: [{ ...TRADER, topic: TRADES }],
  },
  rocketmqMemoryOnly: {
    hits: [{ ...TRADER, topic: { ...TRADES, minIsr: 1 } }],
    misses: [
      { ...TRADER, topic: TRADES },
      { ...TRADER, topic: { ...TRADES, minIsr: 1, flushesLater: false } },
    ],
    unknown: [{ ...TRADER, topic: { ...TRADES, minIsr: null } }],
  },
  rocketmqMasterOnly: {
    hits: [
      { ...TRADER, topic: { ...TRADES, minIsr: 1, flushesLater: false } },
      { ...TRADER, topic: { ...TRADES, minIsr: 1, flushesLater: null } },
    ],
    misses: [{ ...TRADER, topic: TRADES }],
  },
  rocketmqNotWritable: {
    hits: [{ ...TRADER, topic: { ...TRADES, notWritableBrokers: 1 } }],
    misses: [
      { ...TRADER, topic: TRADES },
      { ...BOOK, topic: { ...TRADES, notWritableBrokers: 1 } },
    ],
  },
  rocketmqNotReadable: {
    hits: [{ ...BOOK, topic: { ...TRADES, notReadableBrokers: 2 } }],
    misses: [
      { ...BOOK, topic: TRADES },
      { ...TRADER, topic: { ...TRADES, notReadableBrokers: 2 } },
    ],
  },
}

const SEND = 'SendResult result = producer.send(msg);\n'
const LISTENER = 'consumer.registerMessageListener((MessageListenerConcurrently) (msgs, context) -> {\n'

export const ROCKETMQ_CASES: Partial<Record<FindingCode, RuleCases>> = {
  rocketmqOneway: {
    hits: [
      { ...TRADER, text: 'producer.sendOneway(msg);' },
      { ...TRADER, text: 'rocketMQTemplate.sendOneWay("t", m);' },
    ],
    misses: [
      { ...TRADER, text: SEND },
      { ...TRADER, text: '// producer.sendOneway(msg);\nproducer.send(msg);' },
    ],
  },
  rocketmqNoRetries: {
    hits: [
      { ...TRADER, text: 'producer.setRetryTimesWhenSendFailed(0);' },
      { ...TRADER, text: 'rocketmq:\n  producer:\n    retry-times-when-send-async-failed: 0\n' },
      { ...TRADER, text: 'builder.setMaxAttempts(1);' },
    ],
    misses: [
      { ...TRADER, text: SEND },
      { ...TRADER, text: 'builder.setMaxAttempts(2);' },
    ],
    unknown: [{ ...TRADER, text: 'producer.setRetryTimesWhenSendFailed(config.retries());' }],
  },
  rocketmqTimeoutShort: {
    hits: [{ ...TRADER, text: 'sendMsgTimeout=500' }],
    misses: [
      { ...TRADER, text: 'rocketmq.producer.send-message-timeout=3000' },
      { ...TRADER, text: SEND },
    ],
  },
  rocketmqStatusRetried: {
    hits: [
      { ...TRADER, text: 'producer.setRetryAnotherBrokerWhenNotStoreOK(true);' },
      { ...TRADER, text: 'rocketmq.producer.retry-next-server=true' },
    ],
    misses: [{ ...TRADER, text: SEND }],
  },
  rocketmqStatusSeen: {
    hits: [{ ...TRADER, text: `${SEND}if (result.getSendStatus() != SendStatus.SEND_OK) retry();` }],
    misses: [{ ...TRADER, text: SEND }],
  },
  rocketmqStatusUnseen: {
    hits: [{ ...TRADER, text: SEND }],
    misses: [{ ...TRADER, text: `${SEND}check(result.getSendStatus());` }],
  },
  rocketmqNoTransactionListener: {
    hits: [{ ...TRADER, text: 'TransactionMQProducer producer = new TransactionMQProducer("g");\nproducer.start();' }],
    misses: [
      {
        ...TRADER,
        text: 'var producer = new TransactionMQProducer("g");\nproducer.setTransactionListener(new Listener());',
      },
      { ...TRADER, text: 'producer.sendMessageInTransaction(msg, null);' },
      { ...TRADER, text: SEND },
    ],
  },
  rocketmqTransactionUnseen: {
    hits: [{ ...TRADER, text: 'producer.sendMessageInTransaction(msg, null);' }],
    misses: [{ ...TRADER, text: SEND }],
  },
  rocketmqDuplicates: { hits: [{ ...TRADER }], misses: [{ ...BOOK }, { ...PRODUCER }] },
  rocketmqDuplicatesRead: { hits: [{ ...BOOK }], misses: [{ ...TRADER }, { ...CONSUMER }] },
  rocketmqBroadcasting: {
    hits: [
      { ...BOOK, text: 'consumer.setMessageModel(MessageModel.BROADCASTING);' },
      { ...BOOK, text: '@RocketMQMessageListener(topic = "t", messageModel = MessageModel.BROADCASTING)' },
    ],
    misses: [{ ...BOOK, text: 'consumer.setMessageModel(MessageModel.CLUSTERING);' }, { ...BOOK }],
  },
  rocketmqFromLast: {
    hits: [{ ...BOOK }],
    misses: [{ ...BOOK, text: 'consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);' }],
  },
  rocketmqFewReconsumes: {
    hits: [
      { ...BOOK, text: 'consumer.setMaxReconsumeTimes(0);' },
      { ...BOOK, text: 'maxReconsumeTimes=1' },
    ],
    misses: [
      { ...BOOK, text: 'consumer.setMaxReconsumeTimes(-1);' },
      { ...BOOK, text: 'maxReconsumeTimes=3' },
    ],
  },
  rocketmqAlwaysSuccess: {
    hits: [
      { ...BOOK, text: `${LISTENER}try { work(msgs); } catch (Exception e) { log(e); }\nreturn CONSUME_SUCCESS; });` },
    ],
    misses: [
      { ...BOOK, text: `${LISTENER}work(msgs);\nreturn CONSUME_SUCCESS; });` },
      {
        ...BOOK,
        text: `${LISTENER}try { work(); } catch (Exception e) { return RECONSUME_LATER; }\nreturn CONSUME_SUCCESS; });`,
      },
      {
        ...BOOK,
        text: `${LISTENER}try { work(); } catch (Exception e) { throw new X(e); }\nreturn CONSUME_SUCCESS; });`,
      },
    ],
  },
  rocketmqConsumeStatus: {
    hits: [{ ...BOOK }],
    misses: [
      { ...BOOK, text: `${LISTENER}try { work(msgs); } catch (Exception e) { log(e); }\nreturn CONSUME_SUCCESS; });` },
    ],
  },
  rocketmqPullCommit: {
    hits: [
      { ...BOOK, text: 'var consumer = new DefaultLitePullConsumer("g");\nconsumer.start();' },
      { ...BOOK, text: 'consumer.setAutoCommit(true);' },
    ],
    misses: [
      { ...BOOK, text: 'var consumer = new DefaultLitePullConsumer("g");\nconsumer.setAutoCommit(false);' },
      { ...BOOK },
    ],
  },
}

export const TEXT_CASES: Partial<Record<FindingCode, RuleCases>> = {
  lineUnreadable: {
    hits: [
      { ...PRODUCER, text: 'acks=all\nwhatever' },
      { ...SPRING, text: 'spring:\n  kafka: [\n  acks: "a' },
      { ...SPRING, text: 'just words' },
      { ...PRODUCER, text: '\u0000\u0001\u0002' },
    ],
    misses: [
      { ...PRODUCER, text: '# whatever\n\n! so\nacks=all' },
      { ...SPRING, text: '' },
    ],
  },
  lineNotFollowed: {
    hits: [
      { ...SPRING, text: 'a: &a { x: 1 }\nspring:\n  kafka: *a\n' },
      { ...SPRING, text: 'a: &a { x: 1 }\nspring:\n  <<: *a\n' },
    ],
    misses: [{ ...SPRING, text: 'spring:\n  kafka: { x: 1 }\n' }],
  },
  lineUnclosed: {
    hits: [
      { client: 'kafkajs', text: 'kafka.producer({ idempotent: true' },
      { client: 'kafkajs', text: "const a = 'open\nconst b = 1" },
      { client: 'sarama', text: 'c.Producer.Retry.Max = 5 /* five' },
    ],
    misses: [{ client: 'kafkajs', text: 'kafka.producer({ idempotent: true })' }],
  },
  nothingRead: {
    hits: [{ ...SPRING, text: '---\n{}\n' }],
    misses: [
      { ...PRODUCER, text: 'bootstrap.servers=a:9092' },
      { ...PRODUCER, text: '  \n# nothing\n' },
      { ...PRODUCER },
    ],
  },
  valueInvalid: {
    hits: [
      { ...PRODUCER, text: 'acks=2' },
      { ...CONSUMER, text: 'auto.offset.reset=newest' },
      { ...PRODUCER, text: 'enable.idempotence=yes' },
    ],
    misses: [
      { ...PRODUCER, text: 'acks=ALL' },
      { ...PRODUCER, text: `acks=${COMPUTED}` },
    ],
  },
  valueComputed: {
    hits: [
      { ...PRODUCER, text: `acks=${COMPUTED}` },
      { client: 'kafkajs', text: 'producer.send({ acks: config.acks })' },
      { client: 'sarama', text: 'c.Producer.RequiredAcks = acks' },
    ],
    misses: [
      { ...PRODUCER, text: 'acks=2' },
      { ...PRODUCER, text: `linger.ms=${COMPUTED}` },
    ],
  },
  defaultUnknown: {
    hits: [
      { ...PRODUCER, version: null },
      { ...PRODUCER, version: '2' },
      { ...RDKAFKA, version: null, text: 'linger.ms=1' },
    ],
    misses: [{ ...PRODUCER }, { ...PRODUCER, version: null, text: 'enable.idempotence=true' }, { client: 'kafkajs' }],
  },
  setTwice: {
    hits: [{ ...PRODUCER, text: 'acks=1\nacks=all' }],
    misses: [
      { ...PRODUCER, text: 'acks=all' },
      { client: 'kafkajs', text: 'send({ acks: -1 }); send({ acks: -1 })' },
    ],
  },
  misspelt: {
    hits: [
      { ...PRODUCER, text: 'ack=all' },
      { ...PRODUCER, text: 'Acks=all' },
      { ...CONSUMER, text: 'enable.autocommit=false' },
      { client: 'kafkajs', text: 'kafka.producer({ idempotant: true })' },
    ],
    misses: [{ ...PRODUCER, text: 'acks=all\nbatch.size=1\nclient.id=a' }],
  },
  versionUnreadable: {
    hits: [
      { ...PRODUCER, version: 'newest' },
      { ...SPRING, version: '99.0' },
    ],
    misses: [
      { ...PRODUCER, version: 'v3.9.1' },
      { ...PRODUCER, version: '' },
      { ...PRODUCER, version: null },
    ],
  },
}
