import type { RuleCases } from '../../../builders/rule-cases.ts'
import { BROKER_CASES, KAFKA_BROKER_CASES } from './broker-cases.ts'
import { KAFKA_CLUSTER_CASES, SHARED_CLUSTER_CASES } from './cluster-cases.ts'
import { GROUP_CASES } from './group-cases.ts'
import { KAFKA_TOPIC_CASES, LADDER_CASES } from './topic-cases.ts'

/** Of the rules that are not RocketMQ's alone, and of a few that are. */
export const RULE_CASES: RuleCases = {
  ...LADDER_CASES,
  ...KAFKA_TOPIC_CASES,
  ...BROKER_CASES,
  ...KAFKA_BROKER_CASES,
  ...GROUP_CASES,
  ...SHARED_CLUSTER_CASES,
  ...KAFKA_CLUSTER_CASES,
}
