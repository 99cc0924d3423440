/** What consumer groups have lost or are about to lose, for both systems. */
import type { SubjectRef } from '../../cluster/snapshot.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../units.ts'
import type { Forecast, ObservedGroup, ObservedGroupPartition, ObservedTopic, Severity } from '../observation.ts'
import { STALLED_AFTER_MS } from '../observe-groups.ts'
import {
  type GroupRule,
  type Hit,
  hit,
  MISS,
  mayHoldSinceBefore,
  type Outcome,
  type Partly,
  partly,
  type Scene,
} from './rule.ts'

/** Shares of the retention that the oldest unread record has lived through. */
const AGE_WARNING = 0.5
const AGE_HIGH = 0.8
/** What is forecast within the horizon makes a cluster `atRisk`; what is this near needs somebody at once. */
const LOSS_HORIZON_MS = DAY_MS
const LOSS_IS_NEAR_MS = 4 * HOUR_MS
/** A time to come is told in hours from here on, which also keeps the finding the same for longer. */
const TOLD_IN_HOURS_MS = 3 * HOUR_MS
/** A consumer that is rolled out anew, or a job between two runs, is away for less than this. */
const STOPPED_AFTER_MS = 10 * MINUTE_MS
/** Kafka's console consumer makes up a group for each run and leaves it behind. */
const THROWAWAY = /^console-consumer-\d+$/

export const GROUP_RULES: readonly GroupRule[] = [
  rule('group.unreadDeleted', 'both', 'critical', unreadDeleted),
  somebodys('group.lossForecast', 'both', 'critical', lossForecast),
  { ...somebodys('topic.retentionBelowLag', 'both', 'high', retentionBelowLag), about: 'topic' },
  somebodys('group.stopped', 'both', 'warning', (group, scene) => {
    if (group.evaluation === 'unknown') return 'unknown'
    const mayHold = mayHoldSinceBefore(scene, 'group.stopped', groupRef(group), STOPPED_AFTER_MS)
    if (group.evaluation !== 'stopped') return MISS
    const isLong = scene.nowMs - stoppedSinceMs(group) >= STOPPED_AFTER_MS
    return isLong || mayHold ? hit('warning', lagFacts(group)) : MISS
  }),
  rule('group.stalled', 'both', 'warning', (group, scene) => {
    if (group.evaluation === 'unknown') return 'unknown'
    const mayHold = mayHoldSinceBefore(scene, 'group.stalled', groupRef(group), STALLED_AFTER_MS)
    const isStalled = group.evaluation === 'stalled' || (mayHold && isStandingStill(group))
    return isStalled ? hit('warning', lagFacts(group)) : MISS
  }),
  shareRule('group.shareWithoutDlq', 'kafka', 'warning', (group, { dlqs, facts }) => {
    if (dlqs.some(({ groups }) => groups.includes(group.id))) return MISS
    const configs = facts.find(({ kind }) => kind === 'configs')
    const isUnread = configs?.faults.some(({ subject }) => subject.type === 'group' && subject.name === group.id)
    // Not every fault is kept.
    const isUnsure = isUnread === true || (configs !== undefined && configs.faultCount > configs.faults.length)
    return isUnsure ? 'unknown' : hit('warning', { group: group.id })
  }),
]

function rule(
  code: GroupRule['code'],
  system: GroupRule['system'],
  severity: Severity,
  judge: GroupRule['judge'],
): GroupRule {
  return { code, system, severity, scope: 'group', judge }
}

function somebodys(...given: Parameters<typeof rule>): GroupRule {
  return { ...rule(...given), appliesTo: (group) => !isNobodys(group) }
}

function shareRule(...given: Parameters<typeof rule>): GroupRule {
  return { ...rule(...given), appliesTo: (group) => group.type === 'share' && !isNobodys(group) }
}

/** What it has not read, nobody will miss. */
export function isNobodys({
  id,
  evaluation,
  memberCount,
}: Pick<ObservedGroup, 'id' | 'evaluation' | 'memberCount'>): boolean {
  return evaluation === 'abandoned' || (memberCount === 0 && THROWAWAY.test(id))
}

/** Committed offsets before the start of the log: retention deleted what the group had not read. */
function unreadDeleted(group: ObservedGroup): Outcome {
  if (group.partitions === null) return 'unknown'
  const overrun = group.partitions.filter(({ lostMessages }) => (lostMessages ?? 0n) > 0n)
  if (overrun.length === 0) return group.partitions.some(isLossUnknown) || group.fault !== null ? 'unknown' : MISS
  const lost = overrun.reduce((sum, { lostMessages }) => sum + (lostMessages ?? 0n), 0n)
  const topics = [...new Set(overrun.map(({ topic }) => topic))].sort()
  return hit(lossSeverity(group, overrun), {
    ...{ group: group.id, type: group.type, lost: Number(lost), topic: topics[0] ?? '', topics: topics.length },
  })
}

function isLossUnknown({ committedOffset, isCommitUnknown, lostMessages }: ObservedGroupPartition): boolean {
  return isCommitUnknown || (committedOffset !== null && lostMessages === null)
}

/** A group without members may be nobody's any more: it must not turn a cluster red. */
function lossSeverity(group: ObservedGroup, overrun: readonly ObservedGroupPartition[]): Severity {
  if (isNobodys(group)) return 'info'
  if (group.memberCount === 0 || overrun.every(isPerhapsMarker)) return 'warning'
  return group.memberCount === null ? 'high' : 'critical'
}

/**
 * The end of a transaction takes a place in the log that no reader sees. A consumer that commits "behind the last record"
 * stays before it, and once all the rest has expired that place alone looks like an unread message.
 */
function isPerhapsMarker({ lostMessages, startOffset, endOffset, broker }: ObservedGroupPartition): boolean {
  return broker === null && lostMessages === 1n && startOffset !== null && startOffset === endOffset
}

/** Unread messages that will be deleted before the group has read them, as far as its pace tells. */
function lossForecast(group: ObservedGroup, { nowMs, topicOf }: Scene): Outcome {
  if (group.partitions === null || group.lossAt.state === 'unknown') return 'unknown'
  const near = group.partitions.filter(({ lossAt }) => leftMs(lossAt, nowMs) <= LOSS_HORIZON_MS)
  const [first] = near.toSorted((one, other) => leftMs(one.lossAt, nowMs) - leftMs(other.lossAt, nowMs))
  if (first === undefined) return MISS
  const settings = topicOf(first.topic)?.settings ?? null
  return hit(forecastSeverity(near, nowMs), {
    ...{ group: group.id, type: group.type, topic: first.topic, partitions: near.length },
    topics: new Set(near.map(({ topic }) => topic)).size,
    ...{ because: first.lossAt.because, ...timeToCome(group.lossAt, nowMs) },
    retentionMinutes: Math.floor(Number(settings?.retentionMs ?? 0n) / MINUTE_MS),
    retentionBytes: Number(settings?.retentionBytes ?? 0n),
  })
}

function leftMs({ earliestAtMs }: Forecast, nowMs: number): number {
  return earliestAtMs === null ? Infinity : Math.max(0, earliestAtMs - nowMs)
}

/** A group that moves may yet catch up: only where that cannot be is somebody called. */
function forecastSeverity(near: readonly ObservedGroupPartition[], nowMs: number): Severity {
  const sure = near.filter(
    ({ lossAt, evaluation }) => lossAt.latestAtMs !== null || evaluation === 'stopped' || evaluation === 'stalled',
  )
  if (sure.length === 0) return 'warning'
  return sure.some(({ lossAt }) => leftMs(lossAt, nowMs) <= LOSS_IS_NEAR_MS) ? 'critical' : 'high'
}

/** From and to, outwards in whole hours or minutes. */
function timeToCome(forecast: Forecast, nowMs: number): Hit['facts'] {
  const fromMs = leftMs(forecast, nowMs)
  const isInHours = fromMs >= TOLD_IN_HOURS_MS
  const unitMs = isInHours ? HOUR_MS : MINUTE_MS
  const toMs = forecast.latestAtMs === null ? null : forecast.latestAtMs - nowMs
  return {
    ...{ unit: isInHours ? 'hours' : 'minutes', from: Math.floor(fromMs / unitMs) },
    to: toMs === null ? 'unknown' : Math.ceil(toMs / unitMs),
  }
}

interface Age {
  topic: string
  lagMs: number
  retentionMs: number
}

/** One hit per topic: its retention is what has to change. */
function retentionBelowLag(group: ObservedGroup, { topicOf }: Scene): Outcome | Partly {
  if (group.partitions === null) return 'unknown'
  const ages = group.partitions.map((partition) => ageOf(partition, topicOf(partition.topic)))
  const oldest = new Map<string, Age>()
  for (const age of ages) {
    if (typeof age === 'string' || shareOf(age) < AGE_WARNING) continue
    const known = oldest.get(age.topic)
    if (known === undefined || shareOf(age) > shareOf(known)) oldest.set(age.topic, age)
  }
  const unsure = group.partitions.flatMap(({ topic }, index) => (ages[index] === 'unknown' ? topic : []))
  const unknown = new Set(group.fault === null ? unsure : [...unsure, ...group.topics])
  const hits = [...oldest.values()].map((age) => ageHit(group, age))
  return partly(hits, [...unknown].filter((topic) => !oldest.has(topic)).map(refOf))
}

function groupRef({ id }: ObservedGroup): SubjectRef {
  return { type: 'group', name: id }
}

/** Somebody is there, and some partition with unread messages was not seen to be read since the poll before. */
function isStandingStill({ memberCount, partitions }: ObservedGroup): boolean {
  if (memberCount === 0 || partitions === null) return false
  return partitions.some(
    ({ lagMessages, consumeRatePerSecond }) => (lagMessages ?? 0n) > 0n && (consumeRatePerSecond ?? 0) === 0,
  )
}

function refOf(topic: string): SubjectRef {
  return { type: 'topic', name: topic }
}

/** `never`: time deletes nothing there, or nothing that this group has yet to read. */
function ageOf(partition: ObservedGroupPartition, topic: ObservedTopic | undefined): Age | 'never' | 'unknown' {
  const { lagSeconds, committedOffset, isCommitUnknown } = partition
  if (committedOffset === null && !isCommitUnknown) return 'never'
  if (topic === undefined || lagSeconds === null) return 'unknown'
  const { retentionMs, cleanupPolicy } = topic.settings
  const isDeleting = cleanupPolicy === null || cleanupPolicy.includes('delete')
  if (lagSeconds === 0 || !isDeleting) return 'never'
  if (retentionMs === null) return 'unknown'
  if (retentionMs <= 0n) return 'never'
  return { topic: topic.name, lagMs: lagSeconds * SECOND_MS, retentionMs: Number(retentionMs) }
}

function shareOf({ lagMs, retentionMs }: Age): number {
  return lagMs / retentionMs
}

function ageHit(group: ObservedGroup, age: Age): Hit {
  const share = shareOf(age)
  const facts = {
    ...{ topic: age.topic, group: group.id, type: group.type, percent: Math.floor(share * 100) },
    lagMinutes: Math.floor(age.lagMs / MINUTE_MS),
    retentionMinutes: Math.floor(age.retentionMs / MINUTE_MS),
  }
  const severity = share >= AGE_HIGH ? 'high' : 'warning'
  return { severity, facts, part: group.id, subject: refOf(age.topic) }
}

/** Since when it has had something to read and was not seen to read any of it. */
function stoppedSinceMs({ partitions }: ObservedGroup): number {
  const stopped = partitions?.filter(({ evaluation }) => evaluation === 'stopped') ?? []
  const unreadSinceMs = Math.min(...stopped.map(({ standsSinceMs }) => standsSinceMs ?? Infinity))
  return Math.max(unreadSinceMs, ...stopped.map(({ committedSinceMs }) => committedSinceMs ?? 0))
}

function lagFacts({ id, type, lagMessages }: ObservedGroup): Hit['facts'] {
  return { group: id, type, lag: lagMessages === null ? 'unknown' : Number(lagMessages) }
}
