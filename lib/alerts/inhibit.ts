/**
 * Which alerts are told by a graver one: the cause is worth a call, its consequences are not. Pure. That a cluster cannot be
 * polled inhibits nothing here: until it can be, nothing begins and nothing ends.
 */
import type { ObservedTopic } from '../durability/observation.ts'
import type { Alert } from './alert.ts'
import { hasFired } from './alert.ts'

/** The worse a partition is, the less it is worth telling how it would be better. */
const LADDER = [
  'partition.noEligibleLeader',
  'partition.offline',
  'partition.underMinIsr',
  'partition.atMinIsr',
  'partition.underReplicated',
]
const BROKER_MISSING = 'broker.missing'
const MASTER_MISSING = 'broker.masterMissing'
const CONSUMER_STOPPED = 'group.stopped'
const CAUSES: ReadonlySet<string> = new Set([BROKER_MISSING, MASTER_MISSING, CONSUMER_STOPPED])
const LAG_SERIES: ReadonlySet<string> = new Set([
  'lagMessages',
  'lagSeconds',
  'groupLagMessages',
  'groupLagSeconds',
  'consumeRatePerSecond',
])

type TopicOf = (name: string) => ObservedTopic | undefined

/** What can inhibit others, found once for all open alerts. */
interface Causes {
  /** By broker: it is not there, and it was the master. */
  away: ReadonlyMap<string, Alert>
  masters: ReadonlyMap<string, Alert>
  /** By topic, by the place on the ladder. */
  ladder: ReadonlyMap<string, ReadonlyMap<string, Alert>>
  /** By group. */
  stopped: ReadonlyMap<string, Alert>
}

/**
 * @param isMuted what nobody is shown does not hide others
 * @param topicOf of the newest poll
 * @returns by alert, the one that tells it as well; null where none does
 */
export function inhibitorFinder(
  open: Iterable<Alert>,
  isMuted: (alert: Alert) => boolean,
  topicOf: TopicOf,
): (alert: Alert) => Alert | null {
  const causes = causesIn(open, isMuted)
  return (alert) => {
    if (!hasFired(alert)) return null
    const rung = rungOf(alert)
    if (rung >= 0) return graverPlace(causes, alert, rung) ?? brokerAway(causes, topicOf(alert.subject.name))
    if (alert.basis.code === BROKER_MISSING) return causes.masters.get(alert.subject.name) ?? null
    return isLag(alert) ? (causes.stopped.get(alert.subject.name) ?? null) : null
  }
}

function causesIn(open: Iterable<Alert>, isMuted: (alert: Alert) => boolean): Causes {
  const [away, masters, stopped] = [new Map<string, Alert>(), new Map<string, Alert>(), new Map<string, Alert>()]
  const ladder = new Map<string, Map<string, Alert>>()
  for (const alert of open) {
    if (!isCause(alert) || !hasFired(alert) || isMuted(alert)) continue
    const { subject, basis } = alert
    if (basis.code === BROKER_MISSING) away.set(subject.name, alert)
    else if (basis.code === MASTER_MISSING) masters.set(subject.name, alert)
    else if (basis.code === CONSUMER_STOPPED) stopped.set(subject.name, alert)
    else ladder.set(subject.name, (ladder.get(subject.name) ?? new Map()).set(basis.code, alert))
  }
  return { away, masters, ladder, stopped }
}

function isCause(alert: Alert): boolean {
  const { basis } = alert
  if (basis.kind !== 'finding') return false
  return CAUSES.has(basis.code) || rungOf(alert) >= 0
}

function rungOf({ basis }: Alert): number {
  return basis.kind === 'finding' ? LADDER.indexOf(basis.code) : -1
}

function graverPlace({ ladder }: Causes, alert: Alert, rung: number): Alert | null {
  const places = ladder.get(alert.subject.name)
  for (const code of LADDER.slice(0, rung)) {
    const graver = places?.get(code)
    if (graver !== undefined && graver.id !== alert.id) return graver
  }
  return null
}

/** Only where every copy that is missing is missing with a broker that is told: another one may have failed beside it. */
function brokerAway({ away }: Causes, topic: ObservedTopic | undefined): Alert | null {
  if (away.size === 0 || topic === undefined) return null
  let cause: Alert | null = null
  for (const { durability, replicas, isr, offlineReplicas } of topic.partitions) {
    if (durability === 'healthy') continue
    // A partition whose last copy went with its broker may keep that one in its list of those in sync.
    const lacking = replicas.filter((id) => isr?.includes(id) !== true || offlineReplicas?.includes(id) === true)
    if (durability === 'unknown' || lacking.length === 0) return null
    for (const id of lacking) {
      const told = away.get(id)
      if (told === undefined) return null
      cause ??= told
    }
  }
  return cause
}

function isLag({ basis, subject }: Alert): boolean {
  if (subject.type !== 'group') return false
  return basis.kind === 'series' ? LAG_SERIES.has(basis.code) : basis.code === 'group.stalled'
}
