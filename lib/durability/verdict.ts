/** From what was found to one verdict with its reasons. */
import type { FindingCode } from './finding-codes.ts'
import type { Finding, Severity, Verdict, VerdictLevel, VerdictReason } from './observation.ts'

/** More subjects than this with the same trouble become one reason, or a lost broker would fill the page. */
const NAMED_PER_CODE = 5

/** How soon a reason hurts, soonest first; the order of reasons of the same severity. What is not named comes last. */
const HURTS_FIRST: readonly FindingCode[] = [
  'group.unreadDeleted',
  'partition.noEligibleLeader',
  'partition.offline',
  'quorum.noLeader',
  'controller.noLeader',
  'broker.masterMissing',
  'partition.underMinIsr',
  'broker.diskFull',
  'broker.commitLogFull',
  'broker.logDirFailed',
  'group.commitAheadOfLog',
  'group.lossForecast',
  'dlq.expiring',
  'group.transactionsAbandoned',
  'group.retryQueuesZero',
  'broker.forcedCleaning',
  'broker.syncMasterInNameOnly',
  'broker.asyncFlush',
  'broker.noSlave',
  'topic.retentionBelowLag',
  'transaction.hanging',
  'partition.atMinIsr',
  'broker.slaveStuck',
  'broker.slaveBehind',
  'quorum.voterBehind',
  'broker.missing',
  'partition.underReplicated',
  'broker.unreachable',
  'nameServer.unreachable',
  'nameServer.differs',
  'group.rewound',
  'group.stopped',
  'group.stalled',
  'dlq.growing',
  'broker.delayStuck',
  'broker.halfMessagesWaiting',
  'topic.replicationFactorOne',
  'topic.uncleanLeaderElection',
  'topic.minIsrAboveReplicas',
  'cluster.partlyUnknown',
  'cluster.pollFailed',
]
const PLACES = new Map(HURTS_FIRST.map((code, place) => [code, place]))
const SEVERITY_RANK: Record<Severity, number> = { critical: 0, high: 1, warning: 2, info: 3 }

/** @param isMuted leaves out what a person has muted, see `mutes.ts` */
export function verdictOf(findings: readonly Finding[], isMuted: (finding: Finding) => boolean = () => false): Verdict {
  const counted = findings.filter((finding) => isReason(finding) && !isMuted(finding))
  const byCode = Map.groupBy(counted, ({ code, severity, subject }) => `${code}\n${severity}\n${subject.type}`)
  const reasons = [...byCode.values()].flatMap(nameOrSum).sort(soonestHarmFirst)
  return { level: levelOf(reasons), reasons }
}

/** What is merely good to know is no reason; that something cannot be known always is. */
export function isReason({ code, severity }: Pick<Finding, 'code' | 'severity'>): boolean {
  return severity !== 'info' || code === 'cluster.partlyUnknown'
}

function nameOrSum(findings: readonly Finding[]): VerdictReason[] {
  const [first] = findings
  if (first === undefined) return []
  const { code, severity, subject } = first
  // What is found of the cluster itself differs by its facts, which a sum would not have.
  const isNamed = findings.length <= NAMED_PER_CODE || subject.type === 'cluster'
  if (isNamed) return findings.map(({ part: _, ...reason }) => reason)
  const partitions = findings.reduce((sum, { facts }) => sum + (Number(facts.partitions) || 0), 0)
  const count = new Set(findings.map(({ subject: { name } }) => name)).size
  const facts = { topics: count, count, partitions }
  const atMs = Math.min(...findings.map((finding) => finding.atMs))
  return [{ code, severity, subject: { type: 'cluster', name: '' }, facts, atMs }]
}

/** The gravest first, and among these what hurts soonest: less is more urgent. */
export function harmRank({ code, severity }: Pick<Finding, 'code' | 'severity'>): number {
  return SEVERITY_RANK[severity] * (HURTS_FIRST.length + 1) + placeOf(code)
}

function soonestHarmFirst(one: VerdictReason, other: VerdictReason): number {
  return harmRank(one) - harmRank(other) || one.atMs - other.atMs || one.subject.name.localeCompare(other.subject.name)
}

function placeOf(code: FindingCode): number {
  return PLACES.get(code) ?? HURTS_FIRST.length
}

function levelOf(reasons: readonly VerdictReason[]): VerdictLevel {
  if (reasons.some((reason) => reason.code === 'group.unreadDeleted' && reason.severity === 'critical')) return 'losing'
  if (reasons.some((reason) => SEVERITY_RANK[reason.severity] <= SEVERITY_RANK.high)) return 'atRisk'
  return reasons.some((reason) => reason.severity === 'warning') ? 'watch' : 'safe'
}
