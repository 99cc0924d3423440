import * as consumer from './consumer-rules.ts'
import * as producer from './producer-rules.ts'
import * as rocketmq from './rocketmq-rules.ts'
import type { Rule } from './rule.ts'
import * as text from './text-rules.ts'
import * as topic from './topic-rules.ts'

/** Rules of Kafka's settings find none of them on RocketMQ, and the other way round. */
const KAFKA_RULES: readonly Rule[] = [
  // Idempotence first: what it brings along need not be mended by itself.
  ...[producer.acks, producer.idempotence, producer.retries, producer.deliveryTimeout, producer.reordering],
  ...[producer.transactions, producer.sendResults],
  ...[consumer.commits, consumer.ackMode, consumer.springErrorHandler, consumer.offsetReset, consumer.isolation],
  topic.kafkaWrites,
]

const ROCKETMQ_RULES: readonly Rule[] = [
  ...[rocketmq.oneway, rocketmq.sendRetries, rocketmq.sendTimeout, rocketmq.storeStatus, rocketmq.transactionListener],
  ...[rocketmq.messageModel, rocketmq.fromWhere, rocketmq.reconsume, rocketmq.consumeStatus, rocketmq.pullCommit],
  rocketmq.duplicates,
  ...[topic.rocketmqWrites, topic.rocketmqReads],
]

const RULES_OF_ALL: readonly Rule[] = [
  ...[text.unreadableLines, text.nothingRead, text.unknownValues, text.setTwice, text.misspelt],
  ...[text.versionUnreadable, topic.otherSystem, topic.retention],
]

export function rulesFor(client: string): readonly Rule[] {
  return [...(client.startsWith('rocketmq') ? ROCKETMQ_RULES : KAFKA_RULES), ...RULES_OF_ALL]
}
