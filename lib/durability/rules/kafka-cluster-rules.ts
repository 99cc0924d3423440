/** What only the whole of a Kafka cluster shows. */
import type { QuorumReplica, QuorumState, SubjectRef } from '../../cluster/snapshot.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../units.ts'
import type { ObservedBroker, ObservedLogDir, ObservedPartition, ObservedTopic, Severity } from '../observation.ts'
import { partitionKey } from '../partition-key.ts'
import {
  type ClusterRule,
  foundSince,
  type Hit,
  hit,
  keepStill,
  type Layout,
  MISS,
  numberOf,
  type Outcome,
  type Partly,
  partly,
  RESTART_GRACE_MS,
  type Scene,
  settingOf,
  stoodSince,
  textOf,
} from './rule.ts'

const WANTED_BROKERS = 3
const WANTED_VOTERS = 3
const VOTER_BEHIND_MS = 60 * SECOND_MS
/** The brokers' own limit of a transaction where they do not tell it. */
const DEFAULT_TRANSACTION_MS = 15 * MINUTE_MS
/** Brokers end what has run out within seconds; this much more, and it hangs. */
const TRANSACTION_GRACE_MS = MINUTE_MS
const FEW_NOT_PREFERRED = 0.1

/** Brokers that differ in one of these keep messages differently. */
const SHARED_SETTINGS = [
  'default.replication.factor',
  'min.insync.replicas',
  'unclean.leader.election.enable',
  'auto.create.topics.enable',
  'log.retention.ms',
  'log.retention.bytes',
  'log.cleanup.policy',
  'message.max.bytes',
  'replica.fetch.max.bytes',
  'replica.lag.time.max.ms',
  'offsets.retention.minutes',
  'log.flush.interval.messages',
  'log.flush.interval.ms',
  'transaction.max.timeout.ms',
] as const

export const KAFKA_CLUSTER_RULES: readonly ClusterRule[] = [
  rule('quorum.noLeader', 'critical', ({ quorum }) => {
    if (quorum === null || quorum.isMoving === null) return 'unknown'
    return quorum.isMoving ? MISS : hit('critical', { voters: quorum.voters.length })
  }),
  rule('quorum.voterBehind', 'high', voterBehind),
  rule('quorum.fewVoters', 'info', ({ quorum }) => {
    // Without a leader nobody tells who votes.
    if (quorum === null || quorum.voters.length === 0) return 'unknown'
    const count = quorum.voters.length
    return count < WANTED_VOTERS ? hit('info', { count }) : MISS
  }),
  rule('cluster.fewerThanThreeBrokers', 'warning', ({ layout }) => {
    if (layout.dataBrokers === 0) return 'unknown'
    if (layout.dataBrokers >= WANTED_BROKERS) return MISS
    return hit(layout.isSingle ? 'info' : 'warning', { brokers: layout.dataBrokers })
  }),
  rule('cluster.singleRack', 'info', ({ layout }) => {
    if (layout.racks.size < 2 || layout.rackCount > 1) return MISS
    return hit('info', { brokers: layout.racks.size, racks: racksOf(layout) })
  }),
  rule('cluster.sharedDisk', 'warning', sharedDisk),
  rule('cluster.settingsDiffer', 'warning', ({ brokers }) => {
    const known = brokers.filter(({ role, config }) => role !== 'controller' && config !== null)
    const hits = SHARED_SETTINGS.flatMap((setting) => differing(known, setting))
    if (hits.length > 0) return hits
    return brokers.some(({ role, config }) => role !== 'controller' && config === null) ? 'unknown' : MISS
  }),
  rule('cluster.leadersNotPreferred', 'info', ({ topics, isFrozen }) => {
    if (isFrozen) return 'unknown'
    let [led, moved] = [0, 0]
    for (const { partitions } of topics) {
      for (const partition of partitions) {
        if (!isLed(partition)) continue
        led += 1
        if (isLedByAnother(partition)) moved += 1
      }
    }
    if (led === 0) return 'unknown'
    return moved / led > FEW_NOT_PREFERRED ? hit('info', { partitions: moved, all: led }) : MISS
  }),
  { ...rule('transaction.hanging', 'high', hangingTransactions), about: 'topic' },
  rule('cluster.clientSettingsUnknown', 'info', () => hit('info', {})),
]

function rule(code: ClusterRule['code'], severity: Severity, judge: ClusterRule['judge']): ClusterRule {
  return { code, system: 'kafka', severity, scope: 'cluster', judge }
}

function voterBehind({ quorum, nowMs, stills }: Scene): Outcome {
  if (quorum === null || quorum.isMoving !== true) return 'unknown'
  const others = quorum.voters.filter(({ id }) => id !== quorum.leader)
  const delays = others.map((voter) => ({ id: voter.id, behindMs: behindMs(voter, quorum, nowMs, stills) }))
  const behind = delays.filter((delay) => (delay.behindMs ?? 0) > VOTER_BEHIND_MS)
  if (behind.length === 0) return delays.some((delay) => delay.behindMs === null) ? 'unknown' : MISS
  const all = quorum.voters.length
  const majority = Math.floor(all / 2) + 1
  // One more loss and nobody can be elected.
  const isLastMajority = all - behind.length <= majority
  const isLong = behind.some((delay) => (delay.behindMs ?? 0) > RESTART_GRACE_MS)
  const facts = { voters: behind.map(({ id }) => id).join(', '), count: behind.length, all }
  return hit(isLastMajority && isLong ? 'high' : 'warning', facts)
}

/**
 * By the clock of the leader, which says of itself that it is caught up now: this machine's may differ. Of a voter that has
 * not caught up once under this leader, as when it was the leader and died, there is no time: it is watched from here.
 */
function behindMs(
  { id, lastCaughtUpAtMs }: QuorumReplica,
  { voters, leader, leaderEpoch }: QuorumState,
  nowMs: number,
  stills: Scene['stills'],
): number | null {
  if (lastCaughtUpAtMs === null) {
    const watchedMs = nowMs - stills.since(`voter ${id}`, BigInt(leaderEpoch ?? 0), nowMs)
    return watchedMs > VOTER_BEHIND_MS ? watchedMs : null
  }
  const leaderNowMs = voters.find((voter) => voter.id === leader)?.lastCaughtUpAtMs ?? null
  return leaderNowMs === null ? null : leaderNowMs - lastCaughtUpAtMs
}

function racksOf({ racks, rackCount }: Layout): string {
  if (rackCount === 0) return 'none'
  return [...racks.values()].includes(null) ? 'some' : 'one'
}

/** A machine for trying things out has them all on one disk, and nobody is frightened. */
const LOOPBACK = /^(localhost|127\.[\d.]+|::1|\[::1\])$/
/** Brokers are asked for their disks at nearly the same moment, but not at the same. */
const SAME_VOLUME_WITHIN = 0.001

/** Brokers of one host whose volumes have the same size and the same room are taken to share a disk. One hit per host. */
function sharedDisk({ brokers }: Scene): Outcome {
  const byHost = Map.groupBy(
    brokers.filter(({ role, online }) => role !== 'controller' && online !== false),
    ({ host }) => host,
  )
  const together = [...byHost].filter(([, some]) => some.length > 1)
  const outcomes = together.map(([host, some]): Outcome => {
    const sharing = some.filter((one) => some.some((other) => other !== one && sharesVolume(one, other)))
    if (sharing.length === 0) return some.some(isVolumeUnknown) ? 'unknown' : MISS
    const facts = { host, brokers: sharing.map(({ id }) => id).join(', '), count: sharing.length }
    return hit(LOOPBACK.test(host) ? 'info' : 'warning', facts, { part: host })
  })
  const hits = outcomes.flatMap((outcome): readonly Hit[] => (outcome === 'unknown' ? [] : outcome))
  return hits.length === 0 && outcomes.includes('unknown') ? 'unknown' : hits
}

function isVolumeUnknown({ logDirs }: ObservedBroker): boolean {
  return logDirs === null || logDirs.some(({ totalBytes, usableBytes }) => totalBytes === null || usableBytes === null)
}

function sharesVolume(one: ObservedBroker, other: ObservedBroker): boolean {
  return (one.logDirs ?? []).some((ours) => other.logDirs?.some((theirs) => isSameVolume(ours, theirs)))
}

function isSameVolume(one: ObservedLogDir, other: ObservedLogDir): boolean {
  if (one.totalBytes === null || one.totalBytes !== other.totalBytes) return false
  if (one.usableBytes === null || other.usableBytes === null) return false
  return Math.abs(Number(one.usableBytes - other.usableBytes)) <= Number(one.totalBytes) * SAME_VOLUME_WITHIN
}

function differing(brokers: readonly ObservedBroker[], setting: string): Hit[] {
  // A broker of another version may not have the setting at all.
  const having = brokers.filter(({ config }) => settingOf(config, setting) !== null)
  const byValue = Map.groupBy(having, (broker) => effectiveValue(broker, setting))
  if (byValue.size < 2) return []
  const values = [...byValue].map(([value, some]) => `${some.map(({ id }) => id).join(', ')}: ${value || '–'}`)
  return [{ severity: 'warning', part: setting, facts: { setting, values: values.join('; ') } }]
}

/** A time of retention may be given in three units, of which the finest holds. */
function effectiveValue({ config }: ObservedBroker, setting: string): string {
  const value = textOf(config, setting)
  if (value !== null || setting !== 'log.retention.ms') return value ?? ''
  const minutes = numberOf(config, 'log.retention.minutes')
  if (minutes !== null) return String(minutes * MINUTE_MS)
  const hours = numberOf(config, 'log.retention.hours')
  return hours === null ? '' : String(hours * HOUR_MS)
}

/** While a partition moves its list of replicas is a mixture. */
function isLed({ leader, replicas, reassignment }: ObservedPartition): boolean {
  return leader !== null && replicas.length > 0 && reassignment === null
}

/** Although the first of its replicas could lead. */
function isLedByAnother({ leader, replicas: [preferred], isr }: ObservedPartition): boolean {
  return preferred !== undefined && leader !== preferred && isr?.includes(preferred) === true
}

/**
 * Readers of committed records stop at the last stable offset. Where it has not moved for longer than a transaction may
 * take, its producer is gone; what lies behind it is deleted unread when its time comes. From outside a transaction
 * that is merely long looks the same, so the words say how to tell.
 */
function hangingTransactions(scene: Scene): Outcome | Partly {
  const { topics, brokers, foundBefore, nowMs } = scene
  const longestMs = longestTransactionMs(brokers)
  const hits: Hit[] = []
  const unsure: SubjectRef[] = []
  for (const topic of topics) {
    // Nearly all, so that nothing is made for them.
    if (topic.partitionCount !== null && topic.partitions.every(hasNothingOpen)) continue
    const found = foundBefore('transaction.hanging', refOf(topic))
    const foundSinceMs = foundSince(found, longestMs + TRANSACTION_GRACE_MS)
    const since = topic.partitions.map((partition) => standsSince(topic, partition, scene, foundSinceMs))
    const hit = hangingHit(topic, since, { longestMs, nowMs, foundAt: found?.facts.partition })
    if (hit !== null) hits.push(hit)
    else if (topic.partitionCount === null || since.includes('unknown')) unsure.push(refOf(topic))
  }
  return partly(hits, unsure)
}

function refOf({ name }: ObservedTopic): SubjectRef {
  return { type: 'topic', name }
}

function hasNothingOpen({ lastStableOffset, endOffset }: ObservedPartition): boolean {
  return lastStableOffset !== null && endOffset !== null && lastStableOffset >= endOffset
}

type Since = number | 'unknown' | null

/** Since when the last stable offset of a partition stands behind its end; null where nothing is open. */
function standsSince(
  topic: ObservedTopic,
  partition: ObservedPartition,
  scene: Scene,
  foundSinceMs: number | null,
): Since {
  if (hasNothingOpen(partition)) return null
  const { lastStableOffset, endOffset } = partition
  const key = `${topic.name}\n${topic.topicId}\n${partitionKey(partition)}`
  if (lastStableOffset !== null && endOffset !== null) return stoodSince(scene, key, lastStableOffset, foundSinceMs)
  keepStill(scene, key)
  return 'unknown'
}

interface Times {
  longestMs: number
  nowMs: number
  /** The partition that was named before: whoever works at it does not see another one meanwhile. */
  foundAt: string | number | undefined
}

function hangingHit(topic: ObservedTopic, since: readonly Since[], { longestMs, nowMs, foundAt }: Times): Hit | null {
  const isHanging = (one: Since): one is number =>
    typeof one === 'number' && nowMs - one > longestMs + TRANSACTION_GRACE_MS
  const hanging = since.filter(isHanging)
  if (hanging.length === 0) return null
  const named = topic.partitions.flatMap(({ partition }, index) => (isHanging(since[index] ?? null) ? partition : []))
  const facts = {
    ...{ topic: topic.name, partitions: hanging.length },
    partition: named.find((partition) => partition === foundAt) ?? named[0] ?? 0,
    minutes: Math.floor((nowMs - Math.min(...hanging)) / MINUTE_MS),
    timeoutMinutes: Math.ceil(longestMs / MINUTE_MS),
  }
  return { severity: 'high', subject: refOf(topic), facts }
}

/** As the most patient of the brokers has it: one that takes transactions of an hour has none hanging before. */
function longestTransactionMs(brokers: readonly ObservedBroker[]): number {
  const known = brokers.flatMap(({ config }) => numberOf(config, 'transaction.max.timeout.ms') ?? [])
  return Math.max(DEFAULT_TRANSACTION_MS, ...known)
}
