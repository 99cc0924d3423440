/** Settings of Kafka's brokers. */
import type { ConfigEntry } from '../../cluster/snapshot.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../units.ts'
import type { ObservedBroker, Severity } from '../observation.ts'
import { keepsData } from './broker-rules.ts'
import { type BrokerRule, hit, MISS, numberOf, type Outcome, type Scene, settingOf, textOf } from './rule.ts'

const SAFE_OFFSETS_RETENTION_MS = 7 * DAY_MS
/** Written out, it is what also holds when nothing is set. */
const NO_FLUSH = '9223372036854775807'
/** The brokers' default since 2.5; a slow disk or a collection of garbage takes longer than the ten seconds of before. */
const SAFE_REPLICA_LAG_MS = 30 * SECOND_MS
/** Clocks differ by less than this. */
const FARTHEST_FUTURE_MS = DAY_MS
/** Internal topics get these when they are made. How many are wanted, where there are brokers enough. */
const INTERNAL_COPIES: readonly (readonly [setting: string, wanted: number])[] = [
  ['offsets.topic.replication.factor', 3],
  ['transaction.state.log.replication.factor', 3],
  ['transaction.state.log.min.isr', 2],
  ['share.coordinator.state.topic.replication.factor', 3],
  ['share.coordinator.state.topic.min.isr', 2],
]

export const KAFKA_BROKER_RULES: readonly BrokerRule[] = [
  // Nothing has one copy yet: the topic that gets it has its own finding.
  rule('broker.defaultReplicationFactorOne', 'info', (broker) => {
    const factor = numberOf(broker.config, 'default.replication.factor')
    if (factor === null) return 'unknown'
    if (factor !== 1) return MISS
    return hit('info', { broker: broker.id })
  }),
  rule('broker.defaultMinIsrOne', 'info', (broker, { layout }) => {
    const minIsr = numberOf(broker.config, 'min.insync.replicas')
    if (minIsr === null) return 'unknown'
    // A second copy to wait for and one to spare take three brokers.
    return minIsr === 1 && layout.dataBrokers > 2 ? hit('info', { broker: broker.id }) : MISS
  }),
  rule('broker.internalReplicationLow', 'info', (broker, { layout }) => {
    const low = INTERNAL_COPIES.filter(([setting, wanted]) => {
      const value = numberOf(broker.config, setting)
      return value !== null && value < Math.min(wanted, layout.dataBrokers)
    })
    if (low.length > 0) return hit('info', { broker: broker.id, settings: low.map(([setting]) => setting).join(', ') })
    return broker.config === null ? 'unknown' : MISS
  }),
  rule('broker.autoCreateTopics', 'warning', (broker, { layout }) => {
    const isOn = textOf(broker.config, 'auto.create.topics.enable')
    if (isOn === null) return 'unknown'
    if (isOn !== 'true') return MISS
    // A topic that nobody meant to make keeps its messages badly only where the defaults are weak.
    const factor = numberOf(broker.config, 'default.replication.factor')
    const severity = layout.isSingle || factor !== 1 ? 'info' : 'warning'
    return hit(severity, { broker: broker.id })
  }),
  rule('broker.offsetsRetentionShort', 'warning', (broker) => {
    const minutes = numberOf(broker.config, 'offsets.retention.minutes')
    if (minutes === null) return 'unknown'
    if (minutes * MINUTE_MS >= SAFE_OFFSETS_RETENTION_MS) return MISS
    return hit('warning', { broker: broker.id, minutes })
  }),
  rule('broker.flushSettings', 'info', (broker) => {
    const names = ['log.flush.interval.messages', 'log.flush.interval.ms']
    const own = names.filter((name) => {
      const entry = settingOf(broker.config, name)
      return entry !== null && entry.value !== null && entry.value !== NO_FLUSH && !entry.isDefault
    })
    if (own.length > 0) return hit('info', { broker: broker.id, settings: own.join(', ') })
    return broker.config === null ? 'unknown' : MISS
  }),
  rule('broker.uncontrolledShutdown', 'warning', (broker) => {
    const isOn = textOf(broker.config, 'controlled.shutdown.enable')
    if (isOn === null) return 'unknown'
    return isOn === 'false' ? hit('warning', { broker: broker.id }) : MISS
  }),
  rule('broker.futureTimestamps', 'info', ({ id, config }) => {
    const name = futureLimitName(config)
    const limitMs = name === null ? null : numberOf(config, name)
    if (name === null || limitMs === null) return 'unknown'
    const isOwnClock = textOf(config, 'log.message.timestamp.type') === 'LogAppendTime'
    return isOwnClock || limitMs <= FARTHEST_FUTURE_MS ? MISS : hit('info', { broker: id, setting: name })
  }),
  rule('broker.replicaLagTimeShort', 'info', (broker) => {
    const lagMs = numberOf(broker.config, 'replica.lag.time.max.ms')
    if (lagMs === null) return 'unknown'
    if (lagMs >= SAFE_REPLICA_LAG_MS) return MISS
    return hit('info', { broker: broker.id, seconds: Math.floor(lagMs / SECOND_MS) })
  }),
  rule('broker.fewRecoveryThreads', 'info', (broker) => {
    const threads = numberOf(broker.config, 'num.recovery.threads.per.data.dir')
    if (threads === null) return 'unknown'
    return threads < 2 ? hit('info', { broker: broker.id, threads }) : MISS
  }),
]

/** Brokers before 3.6 have one limit for both directions of time. */
function futureLimitName(config: readonly ConfigEntry[] | null): string | null {
  const names = ['log.message.timestamp.after.max.ms', 'log.message.timestamp.difference.max.ms']
  return names.find((name) => settingOf(config, name) !== null) ?? null
}

function rule(
  code: BrokerRule['code'],
  severity: Severity,
  judge: (broker: ObservedBroker, scene: Scene) => Outcome,
): BrokerRule {
  return { code, system: 'kafka', severity, scope: 'broker', appliesTo: keepsData, judge }
}
