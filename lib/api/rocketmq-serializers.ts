/** What only RocketMQ has, as JSON. */
import type {
  NameServerState,
  RocketmqBrokerState,
  RocketmqDelayLevel,
  RocketmqGroupState,
  RocketmqReplication,
  RocketmqRuntime,
  RocketmqSlaveCopy,
} from '../cluster/rocketmq-state.ts'
import type { ObservedTopic } from '../durability/observation.ts'
import { storedMessages } from '../durability/observe-topics.ts'
import { sumKnown } from '../durability/sums.ts'
import type { NameServerAnswer, RocketmqBrokerAnswer, RocketmqGroupAnswer } from './schemas/rocketmq.ts'
import {
  round,
  toFaultAnswer,
  toIso,
  toIsoOrNull,
  toNumber,
  toNumberOrNull,
  type WordChoice,
  withNumbers,
} from './serialize.ts'

export function toNameServerAnswer(state: NameServerState, words: WordChoice): NameServerAnswer {
  const { address, online, brokers, topicCount, missingBrokers, missingTopicCount } = state
  return {
    ...{ address, online, brokers, missingBrokers },
    fault: toFaultAnswer(state.fault, words),
    topics: topicCount,
    missingTopics: missingTopicCount,
  }
}

/** Where brokers put half messages that nobody decided about; it is there from the first one on. */
export const GIVEN_UP_TOPIC = 'TRANS_CHECK_MAX_TIME_TOPIC'

/** @param givenUp the topic of that name; null when there is none */
export function toRocketmqBrokerAnswer(
  state: RocketmqBrokerState,
  givenUp: ObservedTopic | null,
): RocketmqBrokerAnswer {
  const { replication, runtime, delayLevels, slaveCopy, ...rest } = state
  return {
    ...withNumbers(rest),
    replication: replication && toReplicationAnswer(replication),
    runtime: runtime && toRuntimeAnswer(runtime),
    givenUpHalfMessages: givenUpOf(state, givenUp),
    delayLevels: delayLevels?.map(toDelayLevelAnswer) ?? null,
    slaveCopy: slaveCopy && toSlaveCopyAnswer(slaveCopy),
  }
}

/** Only a master whose topics were read tells of half messages; without the topic it has given up none. */
function givenUpOf({ brokerName, halfMessages }: RocketmqBrokerState, topic: ObservedTopic | null): number | null {
  if (halfMessages === null) return null
  const queues = topic?.partitions.filter(({ broker }) => broker === brokerName) ?? []
  const { sum, isPartial } = sumKnown(queues, storedMessages)
  return isPartial ? null : toNumberOrNull(sum)
}

function toReplicationAnswer({
  lastReadAtMs,
  ...state
}: RocketmqReplication): NonNullable<RocketmqBrokerAnswer['replication']> {
  return { ...withNumbers(state), lastReadAt: toIsoOrNull(lastReadAtMs) }
}

function toRuntimeAnswer(state: RocketmqRuntime): NonNullable<RocketmqBrokerAnswer['runtime']> {
  const { bootAtMs, earliestMessageAtMs, ...rest } = state
  return {
    ...withNumbers(rest),
    putPerSecond: round(state.putPerSecond),
    getPerSecond: round(state.getPerSecond),
    bootAt: toIsoOrNull(bootAtMs),
    earliestMessageAt: toIsoOrNull(earliestMessageAtMs),
  }
}

function toDelayLevelAnswer(state: RocketmqDelayLevel): NonNullable<RocketmqBrokerAnswer['delayLevels']>[number] {
  return { ...withNumbers(state), waitingMessages: toNumber(state.maxOffset - state.deliveredOffset) }
}

function toSlaveCopyAnswer({ readAtMs, ...state }: RocketmqSlaveCopy): NonNullable<RocketmqBrokerAnswer['slaveCopy']> {
  return { ...state, readAt: toIso(readAtMs) }
}

export function toRocketmqGroupAnswer(state: RocketmqGroupState): RocketmqGroupAnswer {
  return { ...state, slaveOffsets: state.slaveOffsets?.map(withNumbers) ?? null }
}
