import type { ObservedBroker, ObservedLogDir } from '../../durability/observation.ts'
import type { Locale } from '../../i18n/locale.ts'
import type { BrokerAnswer } from '../schemas/brokers.ts'
import { NO_FORECAST, toFaultAnswer, toIsoOrNull, toNumberOrNull } from '../serialize.ts'

export function toBrokerAnswer(broker: ObservedBroker, locale: Locale): BrokerAnswer {
  const { id, host, port, rack, role, version, online, isController, leaderPartitions, replicaPartitions } = broker
  return {
    ...{ id, host, port, rack, role, version, online, isController, leaderPartitions, replicaPartitions },
    fault: toFaultAnswer(broker.fault, locale),
    lastSeenAt: toIsoOrNull(broker.lastSeenAtMs),
    logDirs: broker.logDirs?.map((dir) => toLogDirAnswer(dir, locale)) ?? null,
    diskFullAt: NO_FORECAST,
  }
}

function toLogDirAnswer(dir: ObservedLogDir, locale: Locale): NonNullable<BrokerAnswer['logDirs']>[number] {
  return {
    path: dir.path,
    volume: dir.volume,
    totalBytes: toNumberOrNull(dir.totalBytes),
    usableBytes: toNumberOrNull(dir.usableBytes),
    usedBytes: toNumberOrNull(dir.usedBytes),
    logBytes: toNumberOrNull(dir.logBytes),
    error: toFaultAnswer(dir.error, locale),
  }
}
