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

type DiskMarks = NonNullable<RocketmqBrokerAnswer['diskMarks']>

export interface CommitLogLevel {
  code: keyof DiskMarks
  level: StateLevel
  /** Null where the broker does not do it. */
  ratio: number | null
}

/** Where a broker begins to act: deletes what is expired at any hour; deletes what is not, read or not; refuses messages. */
export function commitLogLevels(marks: DiskMarks | null): CommitLogLevel[] {
  const { deletesExpired, deletesUnexpired, refusesMessages } = marks ?? DEFAULT_MARKS
  return [
    { code: 'deletesExpired', level: 'watch', ratio: deletesExpired },
    { code: 'deletesUnexpired', level: 'losing', ratio: deletesUnexpired },
    { code: 'refusesMessages', level: 'losing', ratio: refusesMessages },
  ]
}

const DEFAULT_MARKS: DiskMarks = { deletesExpired: 0.75, deletesUnexpired: 0.85, refusesMessages: 0.9 }

/** The worst level that is reached; null below all of them. */
export function commitLogLevel(ratio: number, marks: DiskMarks | null): CommitLogLevel | null {
  return commitLogLevels(marks).findLast((level) => level.ratio !== null && ratio >= level.ratio) ?? null
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
