import { unknown } from '../../durability/forecasts/forecast.ts'
import type { Forecast, ObservedLogDir } from '../../durability/observation.ts'
import type { BrokerRow } from '../../history/disk-forecasts.ts'
import { toRocketmqBrokerAnswer } from '../rocketmq-serializers.ts'
import type { BrokerAnswer } from '../schemas/brokers.ts'
import { round, toFaultAnswer, toForecastAnswer, toIsoOrNull, toNumberOrNull, type WordChoice } from '../serialize.ts'

export function toBrokerAnswer(broker: BrokerRow, words: WordChoice): BrokerAnswer {
  const { id, host, port, rack, role, version, online, isController, leaderPartitions, replicaPartitions } = broker
  return {
    ...{ id, host, port, rack, role, version, online, isController, leaderPartitions, replicaPartitions },
    fault: toFaultAnswer(broker.fault, words),
    lastSeenAt: toIsoOrNull(broker.lastSeenAtMs),
    logDirs: broker.logDirs?.map((dir, index) => toLogDirAnswer(dir, broker.fullAt[index], words)) ?? null,
    diskFullAt: toForecastAnswer(broker.diskFullAt),
    rocketmq: broker.rocketmq && toRocketmqBrokerAnswer(broker.rocketmq),
  }
}

function toLogDirAnswer(
  dir: ObservedLogDir,
  fullAt: Forecast | undefined,
  words: WordChoice,
): NonNullable<BrokerAnswer['logDirs']>[number] {
  return {
    path: dir.path,
    volume: dir.volume,
    totalBytes: toNumberOrNull(dir.totalBytes),
    usableBytes: toNumberOrNull(dir.usableBytes),
    usedBytes: toNumberOrNull(dir.usedBytes),
    logBytes: toNumberOrNull(dir.logBytes),
    usedRatio: round(dir.usedRatio, 4),
    fullAt: toForecastAnswer(fullAt ?? unknown('historyShort')),
    error: toFaultAnswer(dir.error, words),
  }
}
