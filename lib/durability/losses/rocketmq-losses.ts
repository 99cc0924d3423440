/** What only RocketMQ loses: messages whose transaction nobody decided, and what a slave had not copied. */
import { MINUTE_MS } from '../../units.ts'
import type { Observation, ObservedBroker } from '../observation.ts'
import { brokerNameOf, isMaster, toMebibytes } from '../rules/rocketmq-members.ts'
import { RESTART_GRACE_MS } from '../rules/rule.ts'
import type { Loss } from './loss.ts'
import type { Episode, KnownReplica, LossMemory } from './loss-memory.ts'

/** What may be on the way to a slave that keeps up. */
const ON_THE_WAY_BYTES = 64n * 1024n

export interface RocketmqFindings {
  losses: Loss[]
  /** As of `OverrunFindings`. */
  episodes: Map<string, Episode | null>
}

export function rocketmqLosses({ clusterKind, brokers, atMs }: Observation, memory: LossMemory): RocketmqFindings {
  const found: RocketmqFindings = { losses: [], episodes: new Map() }
  if (clusterKind !== 'rocketmq') return found
  for (const broker of brokers) abandonedBy(broker, memory, atMs, found)
  for (const members of Map.groupBy(brokers, brokerNameOf).values()) {
    lookForMaster(members, memory, atMs, found)
  }
  return found
}

/** Messages of a transaction that were set aside for good, since the console looked last. */
function abandonedBy(broker: ObservedBroker, memory: LossMemory, nowMs: number, found: RocketmqFindings): void {
  const count = broker.rocketmq?.givenUpHalfMessages ?? null
  if (count === null) return
  const key = JSON.stringify(['givenUp', broker.id])
  const known = memory.episodes.get(key)
  if (count === 0n) {
    if (known !== undefined) found.episodes.set(key, null)
    return
  }
  if (known !== undefined && count <= known.count) return
  const episode = known === undefined ? begin(key, memory, count) : { ...known, count }
  found.episodes.set(key, episode)
  found.losses.push({
    kind: 'transactionsAbandoned',
    ...{ topic: null, partition: null, broker: broker.id, group: null, episode: episode.name },
    ...{ fromOffset: null, toOffset: null, count, countBound: 'lower' },
    ...{ windowFromMs: episode.windowFromMs, windowToMs: nowMs, isAbandoned: false },
    evidence: { broker: broker.id, address: `${broker.host}:${broker.port}`, givenUp: Number(count) },
  })
}

/** Of something whose entry carries the time of the last poll before it; at the first poll there is none. */
function begin(key: string, { atMs }: LossMemory, count: bigint, name = `${atMs ?? 'first'}`): Episode {
  return {
    ...{ key, name, fromOffset: 0n, committedOffset: null },
    ...{ windowFromMs: atMs, isConfirmed: true, count, isAbandoned: false },
  }
}

function lookForMaster(
  members: readonly ObservedBroker[],
  memory: LossMemory,
  nowMs: number,
  found: RocketmqFindings,
): void {
  const master = members.find(isMaster)
  // That nobody knows whether it runs is not that it is away.
  if (master === undefined || master.online === null) return
  const key = JSON.stringify(['masterAway', master.id])
  const known = memory.episodes.get(key)
  if (master.online) {
    if (known !== undefined) found.episodes.set(key, null)
    return
  }
  const loss = leftBehind(master, members, memory, nowMs)
  if (loss === null || known?.name === loss.episode) return
  found.episodes.set(key, begin(key, memory, 0n, loss.episode))
  found.losses.push(loss)
}

/** A master that is away for longer than a restart takes, and every slave lacked more than was on the way. */
function leftBehind(
  master: ObservedBroker,
  members: readonly ObservedBroker[],
  memory: LossMemory,
  nowMs: number,
): Loss | null {
  const { lastSeenAtMs } = master
  // Another one was elected: the ends of its queues tell what it lacks.
  if (lastSeenAtMs === null || members.some((member) => member !== master && isMaster(member))) return null
  const awayMs = nowMs - lastSeenAtMs
  const best = leastBehind(members, memory)
  if (awayMs < RESTART_GRACE_MS || best === null || best.behindBytes <= ON_THE_WAY_BYTES) return null
  return {
    kind: 'replicaBehindAtFailover',
    ...{ topic: null, partition: null, broker: master.id, group: null },
    // Bytes are known, not messages.
    ...{ episode: `${lastSeenAtMs}`, fromOffset: null, toOffset: null, count: null, countBound: 'lower' },
    ...{ windowFromMs: best.atMs, windowToMs: Math.max(best.atMs, lastSeenAtMs), isAbandoned: false },
    evidence: {
      ...{ broker: master.id, address: `${master.host}:${master.port}`, replica: best.broker },
      ...{ behindMiB: toMebibytes(best.behindBytes), awayMinutes: Math.floor(awayMs / MINUTE_MS) },
    },
  }
}

/** Null while it is not known of one of them: it may have had everything. */
function leastBehind(members: readonly ObservedBroker[], { replicas }: LossMemory): KnownReplica | null {
  let best: KnownReplica | null = null
  for (const member of members) {
    if (isMaster(member)) continue
    const known = replicas.get(member.id)
    if (known === undefined) return null
    if (best === null || known.behindBytes < best.behindBytes) best = known
  }
  return best
}
