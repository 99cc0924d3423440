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
import type { NameServerAnswer, RocketmqBrokerAnswer, RocketmqGroupAnswer } from './schemas/rocketmq.ts'
import { round, toFaultAnswer, toIso, toIsoOrNull, toNumber, type WordChoice, withNumbers } from './serialize.ts'

export function toNameServerAnswer(state: NameServerState, words: WordChoice): NameServerAnswer {
  const { address, online, brokers, topicCount, missingBrokers, missingTopicCount } = state
  return {
    ...{ address, online, brokers, missingBrokers },
    fault: toFaultAnswer(state.fault, words),
    topics: topicCount,
    missingTopics: missingTopicCount,
  }
}

export function toRocketmqBrokerAnswer(state: RocketmqBrokerState): RocketmqBrokerAnswer {
  // What waits undecided is a finding, and says so in words.
  const { replication, runtime, delayLevels, slaveCopy, undecided: _, ...rest } = state
  return {
    ...withNumbers(rest),
    replication: replication && toReplicationAnswer(replication),
    runtime: runtime && toRuntimeAnswer(runtime),
    delayLevels: delayLevels?.map(toDelayLevelAnswer) ?? null,
    slaveCopy: slaveCopy && toSlaveCopyAnswer(slaveCopy),
  }
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
