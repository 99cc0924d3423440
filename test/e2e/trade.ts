/**
 * Two RocketMQ clusters as polls would have stored them, through the collector's own code: `trade`, whose second slave
 * falls behind, and `dark`, which has lost a master, a NameServer and what a broker would have told of itself.
 */
import { fault } from '../../lib/cluster/fault.ts'
import type { BrokerState, ClusterSnapshot } from '../../lib/cluster/snapshot.ts'
import { samplesOf } from '../../lib/collector/samples.ts'
import { openDatabase } from '../../lib/db.ts'
import { topicKindClassifier } from '../../lib/dlq/topic-kind.ts'
import type { Observation } from '../../lib/durability/observation.ts'
import { observe } from '../../lib/durability/observe.ts'
import type { ExpectedBroker } from '../../lib/durability/observe-brokers.ts'
import { ObserveMemory } from '../../lib/durability/observe-memory.ts'
import { createChunkHistory } from '../../lib/history/chunk-history.ts'
import { createSnapshotWriter } from '../../lib/history/snapshot-writer.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../lib/units.ts'
import { aQueue, aRocketmqSnapshot, aRocketmqTopic } from '../builders/rocketmq.ts'

export const TRADE_CONFIG = `clusters:
  - { id: trade, name: Trade, kind: rocketmq, nameServers: ["127.0.0.1:9"], readOnly: false }
  - { id: dark, name: Dark, kind: rocketmq, nameServers: ["127.0.0.1:9"] }
`

const POLLS = 45

export async function storeTrade(databaseUrl: string, nowMs: number): Promise<void> {
  const database = await openDatabase(databaseUrl)
  try {
    const writer = createSnapshotWriter(database)
    const history = createChunkHistory(database, {
      rawHours: 48,
      fiveMinuteDays: 30,
      hourlyDays: 400,
      now: () => nowMs,
    })
    const memory = new ObserveMemory()
    let last: Observation | null = null
    for (let poll = 0; poll < POLLS; poll += 1) {
      const atMs = nowMs - (POLLS - 1 - poll) * MINUTE_MS
      last = conclude(grown(atMs, poll), last, memory, [])
      await history.append({
        ...{ clusterId: 'trade', atMs, samples: samplesOf(last), pollFailed: false, intervalMs: MINUTE_MS },
      })
    }
    // Polled once an hour, so that the poll of a moment ago is fresh for the whole test.
    if (last !== null) await writer.saveObservation('trade', last, HOUR_MS)
    await writer.saveObservation('dark', conclude(dark(nowMs), null, new ObserveMemory(), [lostMaster(nowMs)]), HOUR_MS)
  } finally {
    await database.close()
  }
}

function conclude(
  snapshot: ClusterSnapshot,
  previous: Observation | null,
  memory: ObserveMemory,
  expectedBrokers: ExpectedBroker[],
): Observation {
  const kindOf = topicKindClassifier({ include: [], exclude: [] })
  return observe({ snapshot, previous, expectedBrokers, kindOf, memory })
}

/** Broker b takes half as much as broker a, and its readers stand still. */
function grown(atMs: number, poll: number): ClusterSnapshot {
  const snapshot = aRocketmqSnapshot({ startedAtMs: atMs - 120, finishedAtMs: atMs })
  const arrived = (broker: string | null): bigint => BigInt(poll * (broker === 'a' ? 1_200 : 600))
  return {
    ...snapshot,
    brokers: snapshot.brokers.map((broker) => timed(broker, atMs)),
    topics: snapshot.topics.map((topic) => ({
      ...topic,
      partitions: topic.partitions.map((queue) => ({
        ...queue,
        endOffset: (queue.endOffset ?? 0n) + (topic.name === 'orders' ? arrived(queue.broker) : BigInt(poll)),
      })),
    })),
    groups: snapshot.groups.map((group) => ({
      ...group,
      partitions:
        group.partitions?.map((queue) => ({
          ...queue,
          committedOffset: (queue.committedOffset ?? 0n) + (queue.broker === 'a' ? arrived('a') : 0n),
        })) ?? null,
    })),
  }
}

function timed(broker: BrokerState, atMs: number): BrokerState {
  const { rocketmq } = broker
  if (rocketmq === null) return broker
  return {
    ...broker,
    rocketmq: {
      ...rocketmq,
      runtime: rocketmq.runtime && { ...rocketmq.runtime, bootAtMs: atMs - DAY_MS, earliestMessageAtMs: atMs - DAY_MS },
      slaveCopy: rocketmq.slaveCopy && { ...rocketmq.slaveCopy, readAtMs: atMs - 20_000 },
    },
  }
}

function dark(atMs: number): ClusterSnapshot {
  const snapshot = aRocketmqSnapshot({ startedAtMs: atMs - 900, finishedAtMs: atMs, version: null })
  const refused = fault('connectionRefused', { address: '10.0.0.2:9876' })
  const [first, second] = snapshot.nameServers ?? []
  const unread = { brokers: null, topicCount: null, missingBrokers: null, missingTopicCount: null }
  return {
    ...snapshot,
    nameServers: first && second ? [first, { ...second, ...unread, online: null, fault: refused }] : null,
    brokers: snapshot.brokers.filter(({ id }) => id !== 'b:0').map((broker) => muted(timed(broker, atMs))),
    topics: [
      aRocketmqTopic('orders', {
        partitions: [0, 1].flatMap((queue) => [
          aQueue('a', queue),
          aQueue('b', queue, { leader: null, isr: [], offlineReplicas: ['b:0'], startOffset: null, endOffset: null }),
        ]),
      }),
    ],
    facts: [
      {
        ...{ kind: 'runtime', paceMs: null, lastReadAtMs: atMs, faultCount: 1 },
        faults: [{ subject: { type: 'broker', name: 'b:1' }, fault: fault('requestTimeout', { timeoutMs: 3_000 }) }],
      },
    ],
  }
}

/** The slave that is left tells nothing; a's members are elected by a controller. */
function muted(broker: BrokerState): BrokerState {
  const { rocketmq } = broker
  if (rocketmq === null) return broker
  if (broker.id === 'b:1') {
    const untold = { replication: null, runtime: null, slaveCopy: null, flushDiskType: null, retentionMs: null }
    return { ...broker, logDirs: null, rocketmq: { ...rocketmq, ...untold, permission: null } }
  }
  const elected = { controllerLeader: '10.0.0.1:9878', master: 0, masterEpoch: 4, epoch: 9 }
  return { ...broker, rocketmq: { ...rocketmq, syncStateSet: { ...elected, inSync: [0], notInSync: [1] } } }
}

function lostMaster(nowMs: number): ExpectedBroker {
  return { id: 'b:0', host: '10.0.0.4', port: 10_911, rack: null, role: 'SYNC_MASTER', lastSeenAtMs: nowMs - HOUR_MS }
}
