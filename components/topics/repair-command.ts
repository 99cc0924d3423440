import type { TopicVerdictCode } from './topic-verdict.ts'

/** The command that looks closer at, or repairs, what the verdict says; null where no single command does. */
export function kafkaCommand(code: TopicVerdictCode, topic: string): string | null {
  const describe = 'kafka-topics.sh --bootstrap-server BROKER:9092 --describe'
  const name = shellWord(topic)
  switch (code) {
    case 'healthyLeaderOnly':
      return `kafka-configs.sh --bootstrap-server BROKER:9092 --alter --entity-type topics --entity-name ${name} --add-config min.insync.replicas=2`
    case 'underReplicated':
    case 'atMinIsr':
    case 'lastCopy':
      return `${describe} --topic ${name} --under-replicated-partitions`
    case 'underMinIsr':
      return `${describe} --topic ${name} --under-min-isr-partitions`
    case 'offline':
      return `${describe} --topic ${name} --unavailable-partitions`
    default:
      return null
  }
}

/** As `kafkaCommand`; RocketMQ's copies are a matter of its brokers, not of a topic. */
export function rocketmqCommand(code: TopicVerdictCode): string | null {
  switch (code) {
    case 'healthyLeaderOnly':
      return 'mqadmin updateBrokerConfig -n NAMESERVER:9876 -b MASTER:10911 -k inSyncReplicas -v 2'
    case 'underReplicated':
    case 'atMinIsr':
    case 'lastCopy':
    case 'underMinIsr':
      return 'mqadmin haStatus -n NAMESERVER:9876 -c CLUSTER'
    case 'offline':
      return 'mqadmin clusterList -n NAMESERVER:9876'
    default:
      return null
  }
}

/** Kafka's own names need no quotes; anything else is quoted so that it stays one word. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9._-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
