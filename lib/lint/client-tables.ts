import { FRANZ_GO_TABLE } from './clients/franz-go.ts'
import { JAVA_CONSUMER_TABLE, JAVA_PRODUCER_TABLE } from './clients/java.ts'
import { KAFKAJS_TABLE } from './clients/kafkajs.ts'
import { LIBRDKAFKA_TABLE } from './clients/librdkafka.ts'
import { ROCKETMQ_CONSUMER_TABLE, ROCKETMQ_PRODUCER_TABLE } from './clients/rocketmq.ts'
import { SARAMA_TABLE } from './clients/sarama.ts'
import { SPRING_BOOT_TABLE } from './clients/spring-boot.ts'
import type { LintClient } from './lint-types.ts'
import type { ClientTable } from './setting-spec.ts'

export const CLIENT_TABLES: Record<LintClient, ClientTable> = {
  javaProducer: JAVA_PRODUCER_TABLE,
  javaConsumer: JAVA_CONSUMER_TABLE,
  springBoot: SPRING_BOOT_TABLE,
  kafkajs: KAFKAJS_TABLE,
  librdkafka: LIBRDKAFKA_TABLE,
  sarama: SARAMA_TABLE,
  franzGo: FRANZ_GO_TABLE,
  rocketmqProducer: ROCKETMQ_PRODUCER_TABLE,
  rocketmqConsumer: ROCKETMQ_CONSUMER_TABLE,
}
