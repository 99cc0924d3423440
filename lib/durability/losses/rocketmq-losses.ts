/** What only RocketMQ loses: messages whose transaction nobody decided, and what a slave had not copied. */
import { MINUTE_MS } from '../../units.ts'
import type { Observation, ObservedBroker } from '../observation.ts'
import { brokerNameOf, isMaster, toMebibytes } from '../rules/rocketmq-members.ts'
import { RESTART_GRACE_MS } from '../rules/rule.ts'
import { sumKnown } from '../sums.ts'
import type { Loss } from './loss.ts'
import { type Episode, type LossMemory, logEndOf } from './loss-memory.ts'

export interface RocketmqFindings {
  losses: Loss[]
  /** As of `OverrunFindings`. */
  episodes: Map<string, Episode | null>
}

export function rocketmqLosses(observation: Observation, memory: LossMemory): RocketmqFindings {
  const { clusterKind, brokers, atMs } = observation
  const found: RocketmqFindings = { losses: [], episodes: new Map() }
  if (clusterKind !== 'rocketmq') return found
  const givenUp = givenUpBefore(memory)
  for (const broker of brokers) abandonedBy(broker, givenUp.get(brokerNameOf(broker)) ?? [], observation, memory, found)
  for (const members of Map.groupBy(brokers, brokerNameOf).values()) {
    lookForMaster(members, memory, atMs, found)
  }
  endOfAway(brokers, memory, found)
  return found
}

const GIVEN_UP = 'givenUp'
const GIVEN_UP_TOPIC = 'TRANS_CHECK_MAX_TIME_TOPIC'

/** By broker name: another member that became master has what the one before had, and it is the same loss. */
function givenUpBefore({ episodes }: LossMemory): ReadonlyMap<string, Episode[]> {
  const known = [...episodes.values()].filter(({ key }) => key.startsWith(`["${GIVEN_UP}",`))
  return Map.groupBy(known, ({ key }) => brokerNameOf({ id: memberOf(key), rocketmq: null }))
}

function memberOf(key: string): string {
  return (JSON.parse(key) as string[])[1] ?? ''
}

/**
 * Messages of a transaction that were set aside for good, since the console looked last. Counted by where their log ends:
 * how many are stored falls as they expire, and what comes after that is lost all the same.
 */
function abandonedBy(
  broker: ObservedBroker,
  known: readonly Episode[],
  { topics, atMs }: Observation,
  memory: LossMemory,
  found: RocketmqFindings,
): void {
  const stored = broker.rocketmq?.givenUpHalfMessages ?? null
  if (stored === 0n) for (const { key } of known) found.episodes.set(key, null)
  const end = stored === null || stored === 0n ? null : endOfGivenUp(topics, brokerNameOf(broker))
  if (stored === null || end === null) return
  const key = JSON.stringify([GIVEN_UP, broker.id])
  const start = end - stored
  // Of a log that begins anew, as on an empty disk, places before mean nothing.
  // Another member may keep for longer what the one before had deleted, or lack the end: it is the same log.
  const isSame = (one: Episode): boolean => one.fromOffset <= start || memberOf(one.key) !== broker.id
  const begun = known.find(isSame) ?? { ...begin(key, memory, 0n), fromOffset: start }
  const count = end - begun.fromOffset
  if (count <= begun.count) return
  found.episodes.set(begun.key, { ...begun, count })
  found.losses.push({
    kind: 'transactionsAbandoned',
    ...{ topic: null, partition: null, broker: memberOf(begun.key), group: null, episode: begun.name },
    ...{ fromOffset: null, toOffset: null, count, countBound: 'lower' },
    ...{ windowFromMs: begun.windowFromMs, windowToMs: atMs, isAbandoned: false },
    evidence: { broker: broker.id, address: `${broker.host}:${broker.port}`, givenUp: Number(count) },
  })
}

/** Of all queues together, which only grows; null while it is not known of one. */
function endOfGivenUp(topics: Observation['topics'], brokerName: string): bigint | null {
  const { partitions = [] } = topics.find(({ name }) => name === GIVEN_UP_TOPIC) ?? {}
  const queues = partitions.filter(({ broker }) => broker === brokerName)
  const { sum, isPartial } = sumKnown(queues, ({ endOffset }) => endOffset)
  return isPartial || queues.length === 0 ? null : sum
}

/** Of something whose entry carries the time of the last poll before it; at the first poll there is none. */
function begin(key: string, { atMs }: LossMemory, count: bigint, name = `${atMs ?? 'first'}`): Episode {
  return {
    ...{ key, name, fromOffset: 0n, committedOffset: null },
    ...{ windowFromMs: atMs, isConfirmed: true, count, isAbandoned: false },
  }
}

export function keyOfAway(master: string): string {
  return JSON.stringify(['masterAway', master])
}

/** It is back, and be it as the slave of another. */
function endOfAway(brokers: readonly ObservedBroker[], memory: LossMemory, found: RocketmqFindings): void {
  for (const { id, online } of brokers) {
    const key = keyOfAway(id)
    if (online && memory.episodes.has(key)) found.episodes.set(key, null)
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
  const loss = master.online ? null : leftBehind(master, members, memory, nowMs)
  const key = keyOfAway(master.id)
  if (loss === null || memory.episodes.get(key)?.name === loss.episode) return
  found.episodes.set(key, begin(key, memory, 0n, loss.episode))
  found.losses.push(loss)
}

/** A master that is away for longer than a restart takes, and every slave lacks what it was seen to have. */
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
  const ended = memory.logEnds.get(master.id)
  if (awayMs < RESTART_GRACE_MS || ended === undefined) return null
  const best = furthest(members)
  if (best === null || best.endOffset >= ended.endOffset) return null
  return {
    kind: 'replicaBehindAtFailover',
    ...{ topic: null, partition: null, broker: master.id, group: null },
    // Bytes are known, not messages.
    ...{ episode: `${lastSeenAtMs}`, fromOffset: null, toOffset: null, count: null, countBound: 'lower' },
    ...{ windowFromMs: ended.atMs, windowToMs: Math.max(ended.atMs, lastSeenAtMs), isAbandoned: false },
    evidence: {
      ...{ broker: master.id, address: `${master.host}:${master.port}`, replica: best.broker },
      ...{ behindMiB: toMebibytes(ended.endOffset - best.endOffset), awayMinutes: Math.floor(awayMs / MINUTE_MS) },
    },
  }
}

/** The slave that has most; null while one of them does not tell: it may have had everything. */
function furthest(members: readonly ObservedBroker[]): { broker: string; endOffset: bigint } | null {
  let best: { broker: string; endOffset: bigint } | null = null
  for (const member of members) {
    if (isMaster(member)) continue
    const [end] = logEndOf(member, 0)
    if (end === undefined) return null
    if (best === null || end.endOffset > best.endOffset) best = end
  }
  return best
}
