/** Whether brokers are there and have room, for both systems. */
import type { RocketmqDiskMarks } from '../../cluster/rocketmq-state.ts'
import type { ObservedBroker, ObservedLogDir, Severity } from '../observation.ts'
import { type BrokerRule, type FindingFacts, type Hit, hit, MISS, type Outcome, type Partly, partly } from './rule.ts'

const DISK_HIGH_RATIO = 0.8
const DISK_CRITICAL_RATIO = 0.9
const MARK_IS_NEAR = 0.05
/** Of RocketMQ, for a broker whose settings are not known. */
const DEFAULT_MARKS: RocketmqDiskMarks = { deletesExpired: 0.75, deletesUnexpired: 0.85, refusesMessages: 0.9 }

export const BROKER_RULES: readonly BrokerRule[] = [
  rule('broker.missing', 'both', 'high', (broker, { layout }) => {
    if (broker.online === null) return 'unknown'
    if (broker.online) return MISS
    return hit(layout.restarting.has(broker.id) ? 'info' : 'high', addressOf(broker))
  }),
  rule('broker.unreachable', 'both', 'warning', (broker, { layout }) => {
    if (broker.online !== null) return MISS
    return hit(layout.restarting.has(broker.id) ? 'info' : 'warning', {
      ...addressOf(broker),
      reason: broker.fault?.code ?? 'unknown',
    })
  }),
  volumeRule('broker.logDirFailed', 'both', 'high', (broker) =>
    ofVolumes(broker, ({ path, error }) =>
      error === null ? MISS : hit('high', { broker: broker.id, path }, { part: path }),
    ),
  ),
  volumeRule('broker.diskFull', 'kafka', 'critical', (broker) =>
    ofVolumes(broker, ({ path, usedRatio, error }) => {
      if (error !== null) return MISS
      if (usedRatio === null) return 'unknown'
      const severity = volumeSeverity(usedRatio)
      const facts = { broker: broker.id, path, usedPercent: Math.floor(usedRatio * 100) }
      return severity === null ? MISS : hit(severity, facts, { part: path })
    }),
  ),
  volumeRule('broker.commitLogFull', 'rocketmq', 'critical', (broker) => {
    const marks = broker.rocketmq?.diskMarks ?? DEFAULT_MARKS
    const outcome = ofVolumes(broker, ({ path, usedRatio, error }) => {
      if (error !== null) return MISS
      if (usedRatio === null) return 'unknown'
      const severity = markSeverity(usedRatio, marks)
      const facts = { ...addressOf(broker), path, usedPercent: Math.floor(usedRatio * 100), ...markFacts(marks) }
      return severity === null ? MISS : hit(severity, facts, { part: path })
    })
    if (outcome === 'unknown') return outcome
    return 'hits' in outcome ? { ...outcome, hits: fullest(outcome.hits) } : fullest(outcome)
  }),
]

function rule(
  code: BrokerRule['code'],
  system: BrokerRule['system'],
  severity: Severity,
  judge: BrokerRule['judge'],
): BrokerRule {
  return { code, system, severity, scope: 'broker', judge }
}

function volumeRule(...given: Parameters<typeof rule>): BrokerRule {
  return { ...rule(...given), appliesTo: keepsData }
}

/** A controller that is nothing else keeps no messages. */
export function keepsData({ role }: Pick<ObservedBroker, 'role'>): boolean {
  return role !== 'controller'
}

function addressOf({ id, host, port }: ObservedBroker): FindingFacts {
  return { broker: id, address: `${host}:${port}` }
}

/** What is found on some volume counts, though another one is not known: of the rest of that broker nobody can tell then. */
function ofVolumes(broker: ObservedBroker, judge: (logDir: ObservedLogDir) => Outcome): Outcome | Partly {
  if (broker.logDirs === null) return 'unknown'
  const outcomes = broker.logDirs.map(judge)
  const hits = outcomes.flatMap((outcome): readonly Hit[] => (outcome === 'unknown' ? [] : outcome))
  return partly(hits, outcomes.includes('unknown') ? [{ type: 'broker', name: broker.id }] : [])
}

/** A RocketMQ broker acts on the fuller of its two folders, which mostly share a volume. */
function fullest(hits: readonly Hit[]): readonly Hit[] {
  const used = ({ facts }: Hit): number => Number(facts.usedPercent)
  return hits.length < 2 ? hits : [hits.reduce((one, other) => (used(other) > used(one) ? other : one))]
}

function volumeSeverity(ratio: number): Severity | null {
  if (ratio >= DISK_CRITICAL_RATIO) return 'critical'
  return ratio >= DISK_HIGH_RATIO ? 'high' : null
}

/** A RocketMQ broker acts by itself, and at the upper marks loses what nobody has read: they count before they are reached. */
function markSeverity(ratio: number, marks: RocketmqDiskMarks): Severity | null {
  const isNear = (mark: number | null): boolean => mark !== null && ratio >= mark - MARK_IS_NEAR
  if (isNear(marks.deletesUnexpired) || isNear(marks.refusesMessages)) return 'critical'
  return isNear(marks.deletesExpired) ? 'warning' : null
}

function markFacts({ deletesExpired, deletesUnexpired, refusesMessages }: RocketmqDiskMarks): FindingFacts {
  const percent = (mark: number): number => Math.round(mark * 100)
  return {
    deletesExpiredPercent: percent(deletesExpired),
    deletesUnexpiredPercent: deletesUnexpired === null ? 'never' : percent(deletesUnexpired),
    refusesPercent: percent(refusesMessages),
  }
}
