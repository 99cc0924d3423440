/** Settings of Kafka's brokers. */
import { DAY_MS, MINUTE_MS } from '../../units.ts'
import type { ObservedBroker, Severity } from '../observation.ts'
import { type BrokerRule, hit, MISS, numberOf, type Outcome, type Scene, settingOf, textOf } from './rule.ts'

const SAFE_OFFSETS_RETENTION_MS = 7 * DAY_MS
/** Written out, it is what also holds when nothing is set. */
const NO_FLUSH = '9223372036854775807'

export const KAFKA_BROKER_RULES: readonly BrokerRule[] = [
  // Nothing has one copy yet: the topic that gets it has its own finding.
  rule('broker.defaultReplicationFactorOne', 'info', (broker) => {
    const factor = numberOf(broker.config, 'default.replication.factor')
    if (factor === null) return 'unknown'
    if (factor !== 1) return MISS
    return hit('info', { broker: broker.id })
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
]

function rule(
  code: BrokerRule['code'],
  severity: Severity,
  judge: (broker: ObservedBroker, scene: Scene) => Outcome,
): BrokerRule {
  return {
    ...{ code, system: 'kafka', severity, scope: 'broker' },
    judge: (broker, scene) => (broker.role === 'controller' ? MISS : judge(broker, scene)),
  }
}
