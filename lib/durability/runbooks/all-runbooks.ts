import type { ClusterKind } from '../../cluster/snapshot.ts'
import { KAFKA_RUNBOOKS } from './kafka-runbooks.ts'
import { ROCKETMQ_RUNBOOKS } from './rocketmq-runbooks.ts'
import type { Runbooks } from './runbook.ts'

export const RUNBOOKS: Record<ClusterKind, Runbooks> = { kafka: KAFKA_RUNBOOKS, rocketmq: ROCKETMQ_RUNBOOKS }
