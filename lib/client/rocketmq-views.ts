/** What pages conclude from what only RocketMQ has. Pure. */
import type { BrokerAnswer } from '../api/schemas/brokers.ts'
import type { NameServerAnswer, RocketmqBrokerAnswer } from '../api/schemas/rocketmq.ts'
import type { StateLevel } from './states.ts'

export function nameServerLevel({ online, missingBrokers, missingTopics }: NameServerAnswer): StateLevel {
  if (online === null) return 'unknown'
  return (missingBrokers?.length ?? 0) + (missingTopics ?? 0) > 0 ? 'watch' : 'safe'
}

export interface RocketmqMember {
  broker: BrokerAnswer
  state: RocketmqBrokerAnswer
}

/** Brokers whose own state is known, masters before their slaves. */
export function membersOf(brokers: readonly BrokerAnswer[]): RocketmqMember[] {
  return brokers.flatMap((broker) => (broker.rocketmq === null ? [] : [{ broker, state: broker.rocketmq }]))
}

export function isSlave({ role }: Pick<BrokerAnswer, 'role'>): boolean {
  return role === 'SLAVE'
}

/** How safe a slave's copy is; a master's own is. */
export function replicationLevel({ rocketmq }: Pick<BrokerAnswer, 'rocketmq'>): StateLevel {
  const inSync = rocketmq?.replication?.inSync ?? null
  if (inSync === null) return 'unknown'
  return inSync ? 'safe' : 'atRisk'
}

/** Where brokers act by default: delete what is expired at any hour; delete what is not, read or not; refuse messages. */
export const COMMIT_LOG_LEVELS = [
  { ratio: 0.75, code: 'deletesExpired', level: 'watch' },
  { ratio: 0.85, code: 'deletesUnexpired', level: 'losing' },
  { ratio: 0.9, code: 'refusesMessages', level: 'losing' },
] as const satisfies readonly { ratio: number; code: string; level: StateLevel }[]

export type CommitLogLevel = (typeof COMMIT_LOG_LEVELS)[number]

/** The highest level that is reached; null below all of them. */
export function commitLogLevel(ratio: number): CommitLogLevel | null {
  return COMMIT_LOG_LEVELS.findLast((level) => ratio >= level.ratio) ?? null
}

/** Messages that wait for their delay; null when unknown. */
export function delayedMessages({ delayLevels }: RocketmqBrokerAnswer): number | null {
  return delayLevels?.reduce((sum, level) => sum + level.waitingMessages, 0) ?? null
}

type SlaveCopy = NonNullable<RocketmqBrokerAnswer['slaveCopy']>

/** What a slave's copy of topics, groups and offsets lacks; null when a part is unknown and nothing is known to lack. */
export function copyGaps({ missingTopics, missingGroups, missingOffsets, staleOffsets }: SlaveCopy): number | null {
  const parts = [missingTopics, missingGroups, missingOffsets, staleOffsets]
  const known = parts.flatMap((part) => part ?? [])
  const gaps = known.reduce((sum, part) => sum + part, 0)
  return gaps === 0 && known.length < parts.length ? null : gaps
}
