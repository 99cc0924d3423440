/** The KRaft quorum: who leads it, and is it alive? */

import type { FactBook } from '../cluster/fact-book.ts'
import { type Fault, fault } from '../cluster/fault.ts'
import type { QuorumReplica, QuorumState } from '../cluster/snapshot.ts'
import { SECOND_MS } from '../units.ts'
import type { KafkaClient } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { DESCRIBE_QUORUM } from './kafka-requests.ts'

const METADATA_LOG = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
/** A living quorum writes a no-op record every half second. */
const SHORTEST_COMPARISON_MS = 2 * SECOND_MS
const BROKERS_ASKED = 3

interface QuorumRead {
  atMs: number
  leader: string | null
  highWatermark: bigint
}

export class QuorumReader {
  readonly #paceMs: number
  #readAtMs: number | null = null
  #state: QuorumState | null = null
  #faults: [broker: string, fault: Fault][] = []
  #before: QuorumRead | null = null

  constructor(paceMs: number | null) {
    this.#paceMs = paceMs ?? 0
  }

  /** False with a ZooKeeper cluster, which has no quorum to describe. */
  get isSupported(): boolean {
    return !this.#faults.some(([, { code }]) => code === 'unsupportedByBroker')
  }

  get state(): QuorumState | null {
    return this.#state
  }

  async read(client: KafkaClient, brokers: readonly number[], book: FactBook, nowMs: number): Promise<void> {
    // Until two reads can be compared nobody knows whether it lives, so the second one comes early.
    const paceMs = this.#state?.isMoving === null ? Math.min(SHORTEST_COMPARISON_MS, this.#paceMs) : this.#paceMs
    if (this.#readAtMs === null || nowMs - this.#readAtMs >= paceMs) {
      await this.#readNow(client, brokers, nowMs)
      this.#readAtMs = nowMs
      if (this.#state) book.wasRead('quorum', nowMs)
    }
    for (const [broker, reason] of this.#faults) book.fail('quorum', 'broker', broker, reason)
  }

  async #readNow(client: KafkaClient, brokers: readonly number[], nowMs: number): Promise<void> {
    const asked = brokers.slice(0, BROKERS_ASKED)
    const answers = await Promise.all(asked.map((broker) => readFrom(client, broker)))
    const good = answers.find((answer) => answer.state !== null)?.state
    this.#faults = asked.flatMap((broker, index) => {
      const reason = answers[index]?.fault
      return reason ? [[String(broker), reason] satisfies [string, Fault]] : []
    })
    if (good) this.#state = { ...good, isMoving: this.#isMoving(good, nowMs) }
    // Every broker that we can talk to has lost the controllers: what it tells of the cluster is frozen.
    else if (asked.length > 0 && this.#faults.every(([, { code }]) => code === 'quorumNoLeader'))
      this.#state = NO_LEADER
    else this.#state = null
  }

  #isMoving(state: QuorumState, nowMs: number): boolean | null {
    if (state.leader === null || state.highWatermark === null) return false
    const before = this.#before
    const isComparable = before !== null && nowMs - before.atMs >= SHORTEST_COMPARISON_MS
    if (before === null || isComparable) {
      this.#before = { atMs: nowMs, leader: state.leader, highWatermark: state.highWatermark }
    }
    if (before === null) return null
    if (state.highWatermark > before.highWatermark) return true
    return isComparable ? false : (this.#state?.isMoving ?? null)
  }
}

const NO_LEADER: QuorumState = {
  leader: null,
  leaderEpoch: null,
  highWatermark: null,
  isMoving: false,
  voters: [],
  observers: [],
}

async function readFrom(
  client: KafkaClient,
  broker: number,
): Promise<{ state: QuorumState | null; fault: Fault | null }> {
  const answer = await client.callApart(broker, DESCRIBE_QUORUM, METADATA_LOG)
  if (answer.fault) return { state: null, fault: quorumFault(answer.fault, broker) }
  const partition = answer.value.topics[0]?.partitions[0]
  const reason = partition
    ? faultOfErrorCode(partition.errorCode, { api: DESCRIBE_QUORUM.name, broker })
    : fault('invalidAnswer', { broker })
  if (reason || !partition) return { state: null, fault: reason && quorumFault(reason, broker) }
  const { leaderId, leaderEpoch, highWatermark, currentVoters, observers } = partition
  const replicas = (list: typeof currentVoters) =>
    list.map((replica) => quorumReplica(replica, currentVoters, leaderId))
  return {
    state: {
      leader: leaderId < 0 ? null : String(leaderId),
      leaderEpoch,
      highWatermark: highWatermark < 0n ? null : highWatermark,
      isMoving: null,
      voters: replicas(currentVoters),
      observers: replicas(observers),
    },
    fault: null,
  }
}

/** A broker hands this request on to the active controller; that it cannot is what these answers say. */
function quorumFault(reason: Fault, broker: number): Fault {
  const cannotReachController = ['requestTimeout', 'leaderNotAvailable', 'connectionClosed'].includes(reason.code)
  return cannotReachController ? fault('quorumNoLeader', { broker }) : reason
}

interface RawReplica {
  replicaId: number
  logEndOffset: bigint
  lastCaughtUpTimestamp: bigint
}

function quorumReplica(replica: RawReplica, voters: readonly RawReplica[], leaderId: number): QuorumReplica {
  const { replicaId, logEndOffset, lastCaughtUpTimestamp } = replica
  const leaderEnd = voters.find((voter) => voter.replicaId === leaderId)?.logEndOffset ?? -1n
  return {
    id: String(replicaId),
    logEndOffset: logEndOffset < 0n ? null : logEndOffset,
    lag: logEndOffset < 0n || leaderEnd < 0n ? null : leaderEnd - logEndOffset,
    lastCaughtUpAtMs: lastCaughtUpTimestamp < 0n ? null : Number(lastCaughtUpTimestamp),
  }
}
