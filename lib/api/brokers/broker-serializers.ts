import type { ObservedBroker, ObservedLogDir } from '../../durability/observation.ts'
import { toRocketmqBrokerAnswer } from '../rocketmq-serializers.ts'
import type { BrokerAnswer } from '../schemas/brokers.ts'
import { NO_FORECAST, round, toFaultAnswer, toIsoOrNull, toNumberOrNull, type WordChoice } from '../serialize.ts'

export function toBrokerAnswer(broker: ObservedBroker, words: WordChoice): BrokerAnswer {
  const { id, host, port, rack, role, version, online, isController, leaderPartitions, replicaPartitions } = broker
  return {
    ...{ id, host, port, rack, role, version, online, isController, leaderPartitions, replicaPartitions },
    fault: toFaultAnswer(broker.fault, words),
    lastSeenAt: toIsoOrNull(broker.lastSeenAtMs),
    logDirs: broker.logDirs?.map((dir) => toLogDirAnswer(dir, words)) ?? null,
    diskFullAt: NO_FORECAST,
    rocketmq: broker.rocketmq && toRocketmqBrokerAnswer(broker.rocketmq),
  }
}

function toLogDirAnswer(dir: ObservedLogDir, words: WordChoice): NonNullable<BrokerAnswer['logDirs']>[number] {
  return {
    path: dir.path,
    volume: dir.volume,
    totalBytes: toNumberOrNull(dir.totalBytes),
    usableBytes: toNumberOrNull(dir.usableBytes),
    usedBytes: toNumberOrNull(dir.usedBytes),
    logBytes: toNumberOrNull(dir.logBytes),
    usedRatio: round(dir.usedRatio, 4),
    error: toFaultAnswer(dir.error, words),
  }
}
