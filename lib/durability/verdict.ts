/** From an observation's parts to one verdict with its reasons. First version: the ladder and what keeps it from being known. */
import type { FaultCode } from '../cluster/fault.ts'
import type { NameServerState, RocketmqDiskMarks } from '../cluster/rocketmq-state.ts'
import type { FactKind, FactStatus, QuorumState } from '../cluster/snapshot.ts'
import { MINUTE_MS } from '../units.ts'
import type {
  LadderStep,
  ObservedBroker,
  ObservedGroup,
  ObservedLogDir,
  ObservedPartition,
  ObservedTopic,
  ReasonCode,
  Severity,
  Verdict,
  VerdictLevel,
  VerdictReason,
} from './observation.ts'

/** A broker away for less than this may be restarting. */
const RESTART_GRACE_MS = 5 * MINUTE_MS
const DISK_HIGH_RATIO = 0.8
const DISK_CRITICAL_RATIO = 0.9
const MARK_IS_NEAR = 0.05
/** Of RocketMQ, for a broker whose settings are not known. */
const DEFAULT_MARKS: RocketmqDiskMarks = { deletesExpired: 0.75, deletesUnexpired: 0.85, refusesMessages: 0.9 }
/** More topics than this with the same trouble become one reason, or a lost broker would fill the page. */
const TOPICS_NAMED_PER_CODE = 5

export interface VerdictInput {
  nowMs: number
  quorum: QuorumState | null
  nameServers: readonly NameServerState[] | null
  brokers: readonly ObservedBroker[]
  topics: readonly ObservedTopic[]
  groups: readonly ObservedGroup[]
  facts: readonly FactStatus[]
  unknownPartitions: number
  /** Reasons of the observation before, to keep since when each holds. */
  previousReasons: readonly VerdictReason[]
}

type Finding = Omit<VerdictReason, 'atMs'>

/** How soon a reason hurts, soonest first; the order of reasons of the same severity. */
const HURTS_FIRST: readonly ReasonCode[] = [
  'group.unreadDeleted',
  'partition.noEligibleLeader',
  'partition.offline',
  'quorum.noLeader',
  'partition.underMinIsr',
  'broker.diskFull',
  'broker.commitLogFull',
  'broker.logDirFailed',
  'partition.atMinIsr',
  'broker.missing',
  'partition.underReplicated',
  'broker.unreachable',
  'nameServer.unreachable',
  'nameServer.differs',
  'cluster.partlyUnknown',
  'cluster.pollFailed',
]
const SEVERITY_RANK: Record<Severity, number> = { critical: 0, high: 1, warning: 2, info: 3 }

export function verdictOf(input: VerdictInput): Verdict {
  const findings = [
    ...ladderFindings(input.topics),
    ...brokerFindings(input.brokers, input.nowMs),
    ...quorumFindings(input.quorum),
    ...(input.nameServers ?? []).flatMap(nameServerFindings),
    ...lossFindings(input.groups),
    ...unknownFindings(input),
  ]
  const since = new Map(input.previousReasons.map((reason) => [identityOf(reason), reason.atMs]))
  const reasons = findings
    .map((finding) => ({ ...finding, atMs: since.get(identityOf(finding)) ?? input.nowMs }))
    .sort(soonestHarmFirst)
  return { level: levelOf(reasons), reasons }
}

function soonestHarmFirst(one: VerdictReason, other: VerdictReason): number {
  return (
    SEVERITY_RANK[one.severity] - SEVERITY_RANK[other.severity] ||
    HURTS_FIRST.indexOf(one.code) - HURTS_FIRST.indexOf(other.code) ||
    one.atMs - other.atMs ||
    one.subject.name.localeCompare(other.subject.name)
  )
}

function levelOf(reasons: readonly Finding[]): VerdictLevel {
  if (reasons.some((reason) => reason.code === 'group.unreadDeleted' && reason.severity === 'critical')) return 'losing'
  if (reasons.some((reason) => SEVERITY_RANK[reason.severity] <= SEVERITY_RANK.high)) return 'atRisk'
  return reasons.some((reason) => reason.severity === 'warning') ? 'watch' : 'safe'
}

function identityOf(reason: Finding): string {
  return `${reason.code}\n${reason.subject.type}\n${reason.subject.name}`
}

interface TopicTrouble {
  code: ReasonCode
  severity: Severity
  topic: string
  partitions: ObservedPartition[]
  minIsr: number | null
}

function ladderFindings(topics: readonly ObservedTopic[]): Finding[] {
  const byCode = new Map<string, TopicTrouble[]>()
  for (const topic of topics) {
    if (topic.findings === 0) continue
    for (const trouble of troublesOf(topic)) {
      const key = `${trouble.code}\n${trouble.severity}`
      byCode.set(key, [...(byCode.get(key) ?? []), trouble])
    }
  }
  return [...byCode.values()].flatMap(nameOrSum)
}

function troublesOf(topic: ObservedTopic): TopicTrouble[] {
  const byCode = new Map<string, TopicTrouble>()
  for (const partition of topic.partitions) {
    if (partition.durability === 'healthy' || partition.durability === 'unknown') continue
    const { code, severity } = classify(partition.durability, partition)
    const key = `${code}\n${severity}`
    const known = byCode.get(key)
    if (known) known.partitions.push(partition)
    else
      byCode.set(key, {
        code,
        severity,
        topic: topic.name,
        partitions: [partition],
        minIsr: partition.minIsr ?? topic.settings.minIsr,
      })
  }
  return [...byCode.values()]
}

function classify(
  step: Exclude<LadderStep, 'healthy'>,
  partition: ObservedPartition,
): { code: ReasonCode; severity: Severity } {
  const isLastCopy = partition.isr?.length === 1 && partition.replicas.length > 1
  switch (step) {
    case 'offline': {
      // Known and empty: nobody is left whom the controller may elect without losing records.
      const hasNobody = partition.eligibleLeaders?.length === 0 && partition.isr?.length === 0
      return { code: hasNobody ? 'partition.noEligibleLeader' : 'partition.offline', severity: 'critical' }
    }
    case 'underMinIsr':
      return { code: 'partition.underMinIsr', severity: 'high' }
    case 'atMinIsr':
      return { code: 'partition.atMinIsr', severity: isLastCopy ? 'high' : 'warning' }
    case 'underReplicated':
      return { code: 'partition.underReplicated', severity: 'warning' }
  }
}

function nameOrSum(troubles: TopicTrouble[]): Finding[] {
  const [first] = troubles
  if (first === undefined) return []
  if (troubles.length > TOPICS_NAMED_PER_CODE) {
    const partitions = troubles.reduce((sum, trouble) => sum + trouble.partitions.length, 0)
    return [
      {
        code: first.code,
        severity: first.severity,
        subject: { type: 'cluster', name: '' },
        facts: { topics: troubles.length, partitions },
      },
    ]
  }
  return troubles.map((trouble) => ({
    code: trouble.code,
    severity: trouble.severity,
    subject: { type: 'topic', name: trouble.topic },
    facts: topicFacts(trouble),
  }))
}

function topicFacts(trouble: TopicTrouble): Finding['facts'] {
  const smallestIsr = Math.min(...trouble.partitions.map((partition) => partition.isr?.length ?? 0))
  const replicas = Math.max(...trouble.partitions.map((partition) => partition.replicas.length))
  return {
    topic: trouble.topic,
    partitions: trouble.partitions.length,
    inSync: smallestIsr,
    replicas,
    ...(trouble.minIsr === null ? {} : { minIsr: Math.min(trouble.minIsr, replicas) }),
  }
}

function brokerFindings(brokers: readonly ObservedBroker[], nowMs: number): Finding[] {
  return brokers.flatMap((broker) => [...availabilityFindings(broker, nowMs), ...diskFindings(broker)])
}

function availabilityFindings(broker: ObservedBroker, nowMs: number): Finding[] {
  const subject = { type: 'broker', name: broker.id } as const
  const facts = { broker: broker.id, address: `${broker.host}:${broker.port}` }
  if (broker.online === null) {
    const reason = broker.fault?.code ?? 'unknown'
    return [{ code: 'broker.unreachable', severity: 'warning', subject, facts: { ...facts, reason } }]
  }
  if (broker.online) return []
  const isRestart = broker.lastSeenAtMs !== null && nowMs - broker.lastSeenAtMs < RESTART_GRACE_MS
  return [{ code: 'broker.missing', severity: isRestart ? 'warning' : 'high', subject, facts }]
}

function diskFindings(broker: ObservedBroker): Finding[] {
  const marks = broker.rocketmq && (broker.rocketmq.diskMarks ?? DEFAULT_MARKS)
  return volumesOf(broker).flatMap((logDir): Finding[] => {
    const subject = { type: 'broker', name: broker.id } as const
    const facts = { broker: broker.id, path: logDir.path }
    if (logDir.error !== null) return [{ code: 'broker.logDirFailed', severity: 'high', subject, facts }]
    const ratio = logDir.usedRatio
    const severity = ratio === null ? null : marks ? markSeverity(ratio, marks) : volumeSeverity(ratio)
    if (ratio === null || severity === null) return []
    const usedPercent = Math.floor(ratio * 100)
    if (marks === null) return [{ code: 'broker.diskFull', severity, subject, facts: { ...facts, usedPercent } }]
    return [{ code: 'broker.commitLogFull', severity, subject, facts: { ...facts, usedPercent, ...markFacts(marks) } }]
  })
}

/** A RocketMQ broker acts on the fuller of its two folders, which mostly share a volume. */
function volumesOf({ rocketmq, logDirs }: ObservedBroker): ObservedLogDir[] {
  if (rocketmq === null || logDirs === null) return logDirs ?? []
  const fullest = (a: ObservedLogDir, b: ObservedLogDir): ObservedLogDir =>
    (b.usedRatio ?? 0) > (a.usedRatio ?? 0) ? b : a
  return logDirs.length === 0 ? [] : [logDirs.reduce(fullest)]
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

function markFacts({ deletesExpired, deletesUnexpired, refusesMessages }: RocketmqDiskMarks): Finding['facts'] {
  const percent = (mark: number): number => Math.round(mark * 100)
  return {
    deletesExpiredPercent: percent(deletesExpired),
    deletesUnexpiredPercent: deletesUnexpired === null ? 'never' : percent(deletesUnexpired),
    refusesPercent: percent(refusesMessages),
  }
}

function quorumFindings(quorum: QuorumState | null): Finding[] {
  if (quorum?.isMoving !== false) return []
  return [
    {
      code: 'quorum.noLeader',
      severity: 'critical',
      subject: { type: 'cluster', name: '' },
      facts: { voters: quorum.voters.length },
    },
  ]
}

/** Each may list something else, and clients ask whichever they like. */
function nameServerFindings({ address, fault, missingBrokers, missingTopicCount }: NameServerState): Finding[] {
  const subject = { type: 'nameServer', name: address } as const
  if (fault !== null) {
    return [{ code: 'nameServer.unreachable', severity: 'warning', subject, facts: { address, reason: fault.code } }]
  }
  const brokers = missingBrokers?.length ?? 0
  const topics = missingTopicCount ?? 0
  if (brokers + topics === 0) return []
  return [{ code: 'nameServer.differs', severity: 'warning', subject, facts: { address, brokers, topics } }]
}

/** Committed offsets before the start of the log: retention deleted what the group had not read. */
function lossFindings(groups: readonly ObservedGroup[]): Finding[] {
  return groups.flatMap((group): Finding[] => {
    const hit = group.partitions?.filter((partition) => (partition.lostMessages ?? 0n) > 0n) ?? []
    if (hit.length === 0) return []
    const lost = hit.reduce((sum, partition) => sum + (partition.lostMessages ?? 0n), 0n)
    // A group without members may be nobody's any more: it must not turn a cluster red.
    const severity = (group.memberCount ?? 0) > 0 ? 'critical' : 'warning'
    const topics = [...new Set(hit.map((partition) => partition.topic))].sort()
    return [
      {
        code: 'group.unreadDeleted',
        severity,
        subject: { type: 'group', name: group.id },
        facts: { group: group.id, lost: Number(lost), topic: topics[0] ?? '', topics: topics.length },
      },
    ]
  })
}

/** Without these nobody can say that every copy is in sync and no group was overrun. */
const NEEDED_FOR_SAFE: ReadonlySet<FactKind> = new Set(['metadata', 'offsets', 'groups', 'committedOffsets'])

/** What a cluster refuses for good is known to be missing; anything else that is not answered may hide trouble. */
const REFUSALS: ReadonlySet<FaultCode> = new Set(['authorizationFailed', 'unsupportedByBroker'])

function isDisquieting({ kind, faults }: FactStatus): boolean {
  return NEEDED_FOR_SAFE.has(kind) || faults.some(({ fault }) => !REFUSALS.has(fault.code))
}

function unknownFindings({ unknownPartitions, facts, quorum }: VerdictInput): Finding[] {
  const failed = facts.filter((status) => status.faultCount > 0)
  const isFrozen = quorum?.isMoving === false
  if ((unknownPartitions === 0 || isFrozen) && failed.length === 0) return []
  return [
    {
      code: 'cluster.partlyUnknown',
      severity: unknownPartitions > 0 || failed.some(isDisquieting) ? 'warning' : 'info',
      subject: { type: 'cluster', name: '' },
      facts: { partitions: unknownPartitions, kinds: failed.map((status) => status.kind).join(', ') || 'none' },
    },
  ]
}
