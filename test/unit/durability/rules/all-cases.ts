import type { ClusterKind } from '../../../../lib/cluster/snapshot.ts'
import type { FindingCode } from '../../../../lib/durability/finding-codes.ts'
import { outcomeAfter, type PlacedHit, type RuleCases } from '../../../builders/rule-cases.ts'
import { BROKER_CASES, KAFKA_BROKER_CASES } from './broker-cases.ts'
import { KAFKA_CLUSTER_CASES, SHARED_CLUSTER_CASES } from './cluster-cases.ts'
import { DLQ_CASES } from './dlq-cases.ts'
import { GROUP_CASES } from './group-cases.ts'
import { ROCKETMQ_BROKER_CASES, ROCKETMQ_CLUSTER_CASES, ROCKETMQ_SUBJECT_CASES } from './rocketmq-cases.ts'
import { KAFKA_TOPIC_CASES, LADDER_CASES } from './topic-cases.ts'

/** Of every rule. */
export const RULE_CASES: RuleCases = {
  ...LADDER_CASES,
  ...KAFKA_TOPIC_CASES,
  ...BROKER_CASES,
  ...KAFKA_BROKER_CASES,
  ...GROUP_CASES,
  ...DLQ_CASES,
  ...SHARED_CLUSTER_CASES,
  ...KAFKA_CLUSTER_CASES,
  ...ROCKETMQ_SUBJECT_CASES,
  ...ROCKETMQ_BROKER_CASES,
  ...ROCKETMQ_CLUSTER_CASES,
}

/** All that a rule finds in its cases: those of the system, where it is named and there are some. */
export function hitsOf(code: FindingCode, system?: ClusterKind): PlacedHit[] {
  const all = RULE_CASES[code] ?? []
  const ofSystem = all.filter(([, polls]) => (polls.at(-1)?.kind ?? 'kafka') === system)
  const outcomes = (ofSystem.length > 0 ? ofSystem : all).map(([, polls]) => outcomeAfter(code, polls))
  return outcomes.flatMap((outcome) => (outcome === 'unknown' ? [] : outcome))
}
