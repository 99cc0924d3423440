import { BROKER_RULES } from './broker-rules.ts'
import { CLUSTER_RULES } from './cluster-rules.ts'
import { DLQ_RULES } from './dlq-rules.ts'
import { GROUP_POSITION_RULES } from './group-position-rules.ts'
import { GROUP_RULES } from './group-rules.ts'
import { HOLD_RULES } from './hold-rules.ts'
import { KAFKA_BROKER_RULES } from './kafka-broker-rules.ts'
import { KAFKA_CLUSTER_RULES } from './kafka-cluster-rules.ts'
import { KAFKA_TOPIC_RULES } from './kafka-topic-rules.ts'
import { LADDER_RULES } from './ladder-rules.ts'
import { NAME_SERVER_RULES } from './name-server-rules.ts'
import { ROCKETMQ_BROKER_RULES } from './rocketmq-broker-rules.ts'
import { ROCKETMQ_CLUSTER_RULES } from './rocketmq-cluster-rules.ts'
import { ROCKETMQ_GROUP_RULES } from './rocketmq-group-rules.ts'
import { ROCKETMQ_REPLICA_RULES } from './rocketmq-replica-rules.ts'
import { ROCKETMQ_SECURITY_RULES } from './rocketmq-security-rules.ts'
import { ROCKETMQ_TOPIC_RULES } from './rocketmq-topic-rules.ts'
import type { BrokerRule, ClusterRule, GroupRule, NameServerRule, Rule, TopicRule } from './rule.ts'

/** Every check there is; the order is that of the list of checks. */
export const ALL_RULES: readonly Rule[] = [
  ...LADDER_RULES,
  ...KAFKA_TOPIC_RULES,
  ...HOLD_RULES,
  ...ROCKETMQ_TOPIC_RULES,
  ...BROKER_RULES,
  ...KAFKA_BROKER_RULES,
  ...ROCKETMQ_REPLICA_RULES,
  ...ROCKETMQ_BROKER_RULES,
  ...ROCKETMQ_SECURITY_RULES,
  ...CLUSTER_RULES,
  ...KAFKA_CLUSTER_RULES,
  ...ROCKETMQ_CLUSTER_RULES,
  ...NAME_SERVER_RULES,
  ...GROUP_RULES,
  ...GROUP_POSITION_RULES,
  ...ROCKETMQ_GROUP_RULES,
  ...DLQ_RULES,
]

export interface RulesByScope {
  topic: readonly TopicRule[]
  broker: readonly BrokerRule[]
  group: readonly GroupRule[]
  nameServer: readonly NameServerRule[]
  cluster: readonly ClusterRule[]
}

export function rulesOf(kind: 'kafka' | 'rocketmq'): RulesByScope {
  const rules = ALL_RULES.filter(({ system }) => system === 'both' || system === kind)
  const ofScope = <T extends Rule>(scope: T['scope']): T[] => rules.filter((rule): rule is T => rule.scope === scope)
  return {
    topic: ofScope<TopicRule>('topic'),
    broker: ofScope<BrokerRule>('broker'),
    group: ofScope<GroupRule>('group'),
    nameServer: ofScope<NameServerRule>('nameServer'),
    cluster: ofScope<ClusterRule>('cluster'),
  }
}
