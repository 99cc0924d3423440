import type { ObservedGroup, ObservedGroupPartition } from '../../durability/observation.ts'
import type { GroupRow } from '../../history/snapshot-store.ts'
import { toRocketmqGroupAnswer } from '../rocketmq-serializers.ts'
import type { GroupDetailAnswer, GroupPartitionAnswer, GroupRowAnswer } from '../schemas/groups.ts'
import { round, toFaultAnswer, toForecastAnswer, toIsoOrNull, toNumberOrNull, type WordChoice } from '../serialize.ts'

export function toGroupRowAnswer(group: GroupRow, words: WordChoice): GroupRowAnswer {
  const { id, type, state, coordinator, topics, evaluation } = group
  return {
    ...{ id, type, state, coordinator, topics, evaluation },
    members: group.memberCount,
    lagMessages: toNumberOrNull(group.lagMessages),
    lagSeconds: round(group.lagSeconds),
    isPartial: group.lagIsPartial,
    consumeRatePerSecond: round(group.consumeRatePerSecond),
    lostMessages: toNumberOrNull(group.lostMessages),
    lossAt: toForecastAnswer(group.lossAt),
    fault: toFaultAnswer(group.fault, words),
  }
}

export function toGroupDetailAnswer(group: ObservedGroup, asOfMs: number | null, words: WordChoice): GroupDetailAnswer {
  return {
    ...toGroupRowAnswer(group, words),
    memberList: group.members,
    partitions: group.partitions?.map(toGroupPartitionAnswer) ?? null,
    rocketmq: group.rocketmq && toRocketmqGroupAnswer(group.rocketmq),
    asOf: toIsoOrNull(asOfMs),
  }
}

function toGroupPartitionAnswer(state: ObservedGroupPartition): GroupPartitionAnswer {
  const { topic, partition, broker, lagSecondsSource, evaluation, member } = state
  return {
    ...{ topic, partition, broker, lagSecondsSource, evaluation, member },
    committedOffset: toNumberOrNull(state.committedOffset),
    startOffset: toNumberOrNull(state.startOffset),
    endOffset: toNumberOrNull(state.endOffset),
    lagMessages: toNumberOrNull(state.lagMessages),
    lagSeconds: round(state.lagSeconds),
    lostMessages: toNumberOrNull(state.lostMessages),
    lossAt: toForecastAnswer(state.lossAt),
    consumeRatePerSecond: round(state.consumeRatePerSecond),
  }
}
