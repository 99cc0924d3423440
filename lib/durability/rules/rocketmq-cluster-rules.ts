/** What only several members, topics or servers of a RocketMQ cluster show together. */
import type { RocketmqSyncStateSet } from '../../cluster/rocketmq-state.ts'
import type { SubjectRef } from '../../cluster/snapshot.ts'
import { MINUTE_MS } from '../../units.ts'
import type { ObservedBroker, Severity } from '../observation.ts'
import { brokerNameOf, isMaster, isOn, isRestarting } from './rocketmq-members.ts'
import {
  type ClusterRule,
  foundSince,
  type Hit,
  heldSince,
  hit,
  MISS,
  numberOf,
  type Outcome,
  type Partly,
  partly,
  RESTART_GRACE_MS,
  type Scene,
} from './rule.ts'

export const ROCKETMQ_CLUSTER_RULES: readonly ClusterRule[] = [
  { ...rule('broker.masterMissing', 'critical', masterMissing), about: 'broker' },
  rule('controller.noLeader', 'high', noLeader),
  { ...rule('controller.replicaNotInSync', 'high', replicaNotInSync), about: 'broker' },
  rule('nameServer.single', 'warning', ({ nameServers, layout }) => {
    if (nameServers === null) return 'unknown'
    const [first] = nameServers
    if (first === undefined || nameServers.length > 1) return MISS
    return hit(layout.isSingle ? 'info' : 'warning', { address: first.address })
  }),
  { ...rule('topic.singleBroker', 'warning', singleBroker), about: 'topic' },
]

function rule(code: ClusterRule['code'], severity: Severity, judge: ClusterRule['judge']): ClusterRule {
  return { code, system: 'rocketmq', severity, scope: 'cluster', judge }
}

/** One hit per broker name without a master, at the member that was it last. */
function masterMissing({ brokers, nowMs, layout }: Scene): Outcome | Partly {
  const names = [...Map.groupBy(brokers, brokerNameOf)]
  const hits = names.flatMap(([name, members]): Hit[] => {
    // One that is listed and silent is the master, as far as anybody knows.
    const [subject] = members
    if (subject === undefined || members.some((member) => isMaster(member) && member.online !== false)) return []
    const last = members.find(isMaster) ?? subject
    // A master that is there was ruled out.
    const slaves = members.filter(({ online }) => online === true).length
    const found = masterless(name, last, slaves, nowMs)
    const isRestart = layout.restarting.has(last.id)
    return [isRestart ? { ...found, severity: isRoutedAround(name, slaves, brokers) ? 'info' : 'warning' } : found]
  })
  const silent = brokers.filter((broker) => isMaster(broker) && broker.online === null)
  return partly(hits, silent.map(refOf))
}

function refOf({ id }: ObservedBroker): SubjectRef {
  return { type: 'broker', name: id }
}

function masterless(name: string, last: ObservedBroker, slaves: number, nowMs: number): Hit {
  const awayMs = isMaster(last) && last.lastSeenAtMs !== null ? nowMs - last.lastSeenAtMs : null
  const minutes = awayMs === null ? 'unknown' : Math.floor(awayMs / MINUTE_MS)
  return {
    // While a slave serves readers nothing but what it had not copied is out of reach.
    severity: slaves > 0 ? 'high' : 'critical',
    subject: refOf(last),
    facts: { broker: last.id, name, address: `${last.host}:${last.port}`, slaves, minutes },
  }
}

/** Readers go on at the slaves, writers at another master. */
function isRoutedAround(name: string, slaves: number, brokers: readonly ObservedBroker[]): boolean {
  return slaves > 0 && brokers.some((other) => isMaster(other) && other.online === true && brokerNameOf(other) !== name)
}

/** Only a controller that answered and names no leader tells; silent ones prove nothing. */
function noLeader(scene: Scene): Outcome {
  const modes = scene.brokers.map((broker) => isOn(broker, 'enableControllerMode'))
  if (!modes.includes(true)) return modes.includes(null) ? 'unknown' : MISS
  const hasLeader = scene.brokers.some(({ rocketmq }) => (rocketmq?.syncStateSet?.controllerLeader ?? null) !== null)
  const wasAnswered = scene.facts.some(({ kind, faultCount }) => kind === 'syncStateSets' && faultCount === 0)
  const isLeaderless = !hasLeader && wasAnswered
  const found = scene.foundBefore('controller.noLeader', { type: 'cluster', name: '' })
  const sinceMs = heldSince(scene, 'controller.noLeader', isLeaderless, foundSince(found, 0))
  if (sinceMs === null) return hasLeader ? MISS : 'unknown'
  const isElection = scene.nowMs - sinceMs < RESTART_GRACE_MS
  return hit(isElection ? 'warning' : 'high', { minutes: Math.floor((scene.nowMs - sinceMs) / MINUTE_MS) })
}

/** One hit per broker name, at its master. */
function replicaNotInSync(scene: Scene): Outcome | Partly {
  const controlled = scene.brokers.filter(
    (broker) => isMaster(broker) && (broker.rocketmq?.syncStateSet ?? null) !== null,
  )
  const outcomes = controlled.map((master) => outOfSync(master, master.rocketmq?.syncStateSet ?? null, scene))
  const hits = outcomes.flatMap((outcome): readonly Hit[] => (outcome === 'unknown' ? [] : outcome))
  const mayBeControlled = scene.brokers.some((broker) => isOn(broker, 'enableControllerMode') !== false)
  if (controlled.length === 0 && mayBeControlled) return 'unknown'
  return partly(hits, controlled.filter((_, index) => outcomes[index] === 'unknown').map(refOf))
}

function outOfSync(master: ObservedBroker, set: RocketmqSyncStateSet | null, scene: Scene): Outcome {
  // What was told last, by a controller that is gone meanwhile, may be over.
  if (set === null || set.controllerLeader === null) return 'unknown'
  const found = scene.foundBefore('controller.replicaNotInSync', refOf(master))
  const key = `controller.replicaNotInSync\n${master.id}`
  const sinceMs = heldSince(scene, key, set.notInSync.length > 0, foundSince(found, 0))
  if (sinceMs === null) return MISS
  const least = numberOf(master.config, 'minInSyncReplicas') ?? 1
  // One failure more, and the master refuses messages, or nobody has them any more.
  const isLast = set.inSync.length <= least
  const isRecent = scene.nowMs - sinceMs < RESTART_GRACE_MS
  return hit(
    isRestarting(master, scene) ? 'info' : isLast && !isRecent ? 'high' : 'warning',
    {
      ...{ broker: master.id, name: brokerNameOf(master), members: set.notInSync.join(', ') },
      ...{ count: set.notInSync.length, inSync: set.inSync.length, least },
    },
    { subject: refOf(master) },
  )
}

/**
 * Judged over all topics: a topic seems to be on one broker only where the others' topics are not known. Each broker
 * has topics of its own, so that one which no topic names was not read.
 */
function singleBroker({ topics, brokers, layout }: Scene): Outcome {
  if (layout.dataBrokers < 2) return MISS
  const read = new Set(topics.flatMap(({ rocketmq }) => rocketmq?.brokers.map(({ broker }) => broker) ?? []))
  if (brokers.some((broker) => !read.has(brokerNameOf(broker)))) return 'unknown'
  return topics.flatMap(({ name, kind, rocketmq }): Hit[] => {
    const [only, ...others] = rocketmq?.brokers ?? []
    // Retries and dead letters lie where they came up.
    if (kind !== 'normal' || only === undefined || others.length > 0) return []
    const facts = { topic: name, broker: only.broker, brokers: layout.dataBrokers }
    return [{ severity: 'warning', subject: { type: 'topic', name }, facts }]
  })
}
