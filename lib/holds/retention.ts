/** What deletes messages because of their age or number on each system, and what a hold sets instead. Pure. */
import { nameOfSetting, placeOfSetting } from '../cluster/setting-names.ts'
import type { ClusterKind } from '../cluster/snapshot.ts'
import type { TopicSetting } from '../cluster/topic-settings.ts'
import type { ErrorCode } from '../errors.ts'

export type RetentionRefusal = Extract<ErrorCode, 'hold_unsupported' | 'hold_topic_compacted'>

export interface Retention {
  /** What has to be known before a topic is held whose copies lie on these brokers. */
  asked(brokers: readonly string[]): string[]
  /** Why these settings cannot be held; null: they can. What is missing is unknown, and refuses nothing. */
  refusalOf(settings: readonly TopicSetting[]): RetentionRefusal | null
  /** Whether it is one that a hold changes. */
  isHeld(setting: TopicSetting): boolean
  /** What no broker told may be limited. */
  isUnlimited(effective: readonly string[]): boolean
  /** What a hold sets. */
  held: string
}

const CLEANUP_POLICY = 'cleanup.policy'
/** They hold for each topic apart. */
const RETENTION_SETTINGS: readonly string[] = ['retention.ms', 'retention.bytes']
/** Kafka's word for "delete nothing because of this". */
const UNLIMITED = '-1'

const KAFKA: Retention = {
  asked: () => [...RETENTION_SETTINGS, CLEANUP_POLICY],
  // Compaction alone deletes nothing because of its age, and nothing else can be held.
  refusalOf(settings) {
    const policies = settings.find(({ name }) => name === CLEANUP_POLICY)?.effective ?? []
    const isCompactedAlone = policies.length > 0 && policies.every((policy) => !policy.includes('delete'))
    return isCompactedAlone ? 'hold_topic_compacted' : null
  },
  isHeld: ({ name }) => RETENTION_SETTINGS.includes(name),
  isUnlimited: (effective) => effective.length > 0 && effective.every((value) => value === UNLIMITED),
  held: UNLIMITED,
}

/** Hours, for all topics of the broker alike: it has one log. */
const RESERVED_TIME = 'fileReservedTime'
/** With it the log keeps hours of its own, which are read when the broker starts and never again. */
const DLEDGER = 'enableDLegerCommitLog'
/** RocketMQ has no word for "never": a hundred years. */
const CENTURY_HOURS = '876000'

const ROCKETMQ: Retention = {
  asked: (brokers) =>
    brokers.flatMap((broker) => [RESERVED_TIME, DLEDGER].map((setting) => nameOfSetting({ broker, setting }))),
  refusalOf(settings) {
    const isDledger = ({ name, effective }: TopicSetting): boolean =>
      placeOfSetting(name).setting === DLEDGER && effective.includes('true')
    return settings.some(isDledger) ? 'hold_unsupported' : null
  },
  isHeld: ({ name }) => placeOfSetting(name).setting === RESERVED_TIME,
  isUnlimited: (effective) =>
    effective.length > 0 && effective.every((hours) => Number(hours) >= Number(CENTURY_HOURS)),
  held: CENTURY_HOURS,
}

export const RETENTION: Record<ClusterKind, Retention> = { kafka: KAFKA, rocketmq: ROCKETMQ }
