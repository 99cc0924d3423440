/** What the overview concludes from the reasons of all verdicts: when each hurts, and which hurts first. Pure. */
import type { ClusterAnswer, OpenLossesCode } from '../api/schemas/clusters.ts'
import type { FindingCode } from '../durability/finding-codes.ts'
import { SEVERITY_STATE, type StateLevel } from './states.ts'

export type Reason = ClusterAnswer['verdict']['reasons'][number]

/** When a reason does its harm, soonest first. */
export const HARM_TIMES = ['goingOn', 'whenFull', 'whenDeleted', 'anyFailure', 'unknown'] as const
export type HarmTime = (typeof HARM_TIMES)[number]

/** Written here, too: with a constant of the schemas all of zod would come into every page. */
const OPEN_LOSSES: OpenLossesCode = 'cluster.openLosses'

/** What is not named is a setting or a layout: it does its harm with the next failure. */
const HARM_TIME: Partial<Record<FindingCode | OpenLossesCode, HarmTime>> = {
  [OPEN_LOSSES]: 'goingOn',
  'group.unreadDeleted': 'goingOn',
  'group.transactionsAbandoned': 'goingOn',
  'group.retryQueuesZero': 'goingOn',
  'partition.noEligibleLeader': 'goingOn',
  'partition.offline': 'goingOn',
  'partition.underMinIsr': 'goingOn',
  'quorum.noLeader': 'goingOn',
  'controller.noLeader': 'goingOn',
  'broker.masterMissing': 'goingOn',
  'broker.logDirFailed': 'goingOn',
  'broker.putFailures': 'goingOn',
  'broker.diskFull': 'whenFull',
  'broker.commitLogFull': 'whenFull',
  'broker.forcedCleaning': 'whenFull',
  'group.lossForecast': 'whenDeleted',
  'topic.retentionBelowLag': 'whenDeleted',
  'transaction.hanging': 'whenDeleted',
  'broker.halfMessagesWaiting': 'whenDeleted',
  'group.stopped': 'whenDeleted',
  'group.stalled': 'whenDeleted',
  'broker.unreachable': 'unknown',
  'nameServer.unreachable': 'unknown',
  'cluster.partlyUnknown': 'unknown',
  'cluster.pollFailed': 'unknown',
}

function harmTime(code: string): HarmTime {
  return HARM_TIME[code as FindingCode] ?? 'anyFailure'
}

const LOSING: ReadonlySet<string> = new Set(['group.unreadDeleted', OPEN_LOSSES])

/** A critical reason is losing only where messages are being lost; otherwise it is a risk, however bad. */
export function reasonState(reason: Reason): StateLevel {
  if (harmTime(reason.code) === 'unknown') return 'unknown'
  if (reason.severity === 'critical' && !LOSING.has(reason.code)) return 'atRisk'
  return SEVERITY_STATE[reason.severity]
}

export interface Harm {
  cluster: ClusterAnswer
  reason: Reason
  when: HarmTime
  key: string
}

const SEVERITY_ORDER = ['critical', 'high', 'warning', 'info'] as const

/** All reasons of all clusters, soonest harm first; within one cluster the server's own order stays. */
export function soonestHarm(clusters: readonly ClusterAnswer[]): Harm[] {
  const all = clusters.flatMap((cluster) =>
    cluster.verdict.reasons.map((reason, place) => ({
      cluster,
      reason,
      when: harmTime(reason.code),
      key: `${cluster.id} ${reason.code} ${reason.subject.type} ${reason.subject.name} ${place}`,
    })),
  )
  return all.sort(
    (one, other) =>
      HARM_TIMES.indexOf(one.when) - HARM_TIMES.indexOf(other.when) ||
      SEVERITY_ORDER.indexOf(one.reason.severity) - SEVERITY_ORDER.indexOf(other.reason.severity),
  )
}

/** The names in a reason's sentence: its subject and the facts that are names or numbers of weight. */
export function namesOf(reason: Reason, number: (value: number) => string): string[] {
  const facts = Object.values(reason.facts).map((fact) => (typeof fact === 'number' ? number(fact) : fact))
  return [reason.subject.name, ...facts].filter((name) => name.length > 1 || !/^[a-z]$/i.test(name))
}
