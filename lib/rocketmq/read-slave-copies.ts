/**
 * Slaves copy topics, groups and consumer offsets by themselves, once a minute (4.9: every ten seconds), and after a
 * failover that copy is what consumers go on from. Each is compared with its master's tables.
 */
import type { FactBook } from '../cluster/fact-book.ts'
import type { Fault } from '../cluster/fault.ts'
import type { RocketmqSlaveCopy, RocketmqSlaveOffsets } from '../cluster/rocketmq-state.ts'
import type { BrokerName, Member } from './broker-members.ts'
import type { MemberReadings } from './read-members.ts'
import type { BrokerTables } from './read-tables.ts'
import type { RocketmqCaller } from './rocketmq-client.ts'
import { CONSUMER_OFFSETS, GROUP_CONFIGS, type OffsetTable, TOPIC_CONFIGS } from './rocketmq-requests.ts'

interface ReadCopy {
  copy: RocketmqSlaveCopy
  /** By group. */
  offsets: ReadonlyMap<string, RocketmqSlaveOffsets>
}

export class SlaveCopyReader {
  readonly #paceMs: number
  /** By slave id. */
  #copies = new Map<string, ReadCopy>()
  /** By broker name: the master's offsets when slaves were compared last. */
  #before = new Map<string, OffsetTable>()
  #faults: [slave: string, fault: Fault][] = []
  #readAtMs: number | null = null

  /** @param paceMs longer than slaves take to copy: what the master had one pace ago must be on the slave. */
  constructor(paceMs: number | null) {
    this.#paceMs = paceMs ?? 0
  }

  async read(
    caller: RocketmqCaller,
    names: readonly BrokerName[],
    tables: readonly BrokerTables[],
    readings: MemberReadings,
    book: FactBook,
    nowMs: number,
  ): Promise<void> {
    if (this.#readAtMs === null || nowMs - this.#readAtMs >= this.#paceMs) {
      this.#faults = []
      const copies = new Map<string, ReadCopy>()
      const byName = new Map(tables.map((table) => [table.brokerName, table]))
      await Promise.all(
        names.flatMap(({ brokerName, slaves }) => {
          const ofMaster = byName.get(brokerName)
          if (ofMaster?.source?.isMaster !== true) return []
          const answering = slaves.filter(({ id }) => readings.get(id)?.fault === null)
          return answering.map((slave) => this.#readSlave(caller, slave, ofMaster, nowMs, copies))
        }),
      )
      this.#copies = copies
      this.#before = new Map(tables.map(({ brokerName, offsets }) => [brokerName, offsets]))
      this.#readAtMs = nowMs
      book.wasRead('slaveCopies', nowMs)
    }
    for (const [slave, reason] of this.#faults) book.fail('slaveCopies', 'broker', slave, reason)
  }

  of(slaveId: string): RocketmqSlaveCopy | null {
    return this.#copies.get(slaveId)?.copy ?? null
  }

  /** Of every slave that was compared; null when none was. */
  offsetsOf(group: string): RocketmqSlaveOffsets[] | null {
    const found = [...this.#copies.values()].flatMap(({ offsets }) => offsets.get(group) ?? [])
    return found.length === 0 ? null : found
  }

  async #readSlave(
    caller: RocketmqCaller,
    { id, address, brokerName }: Member,
    master: BrokerTables,
    nowMs: number,
    copies: Map<string, ReadCopy>,
  ): Promise<void> {
    const [topics, groups, offsets] = await Promise.all([
      caller.call(address, TOPIC_CONFIGS),
      caller.call(address, GROUP_CONFIGS),
      caller.call(address, CONSUMER_OFFSETS),
    ])
    for (const { fault } of [topics, groups, offsets]) if (fault) this.#faults.push([id, fault])
    const before = this.#before.get(brokerName) ?? null
    copies.set(id, {
      copy: {
        readAtMs: nowMs,
        missingTopics: topics.value && countMissing(master.topics.keys(), topics.value),
        missingGroups: groups.value && countMissing(master.groups.keys(), groups.value),
        missingOffsets: offsets.value && countMissingOffsets(master.offsets, offsets.value),
        staleOffsets: offsets.value && before && countStaleOffsets(before, offsets.value),
      },
      offsets: offsets.value === null ? new Map() : compareOffsets(id, master.offsets, offsets.value),
    })
  }
}

function countMissing(names: Iterable<string>, present: ReadonlyMap<string, unknown>): number {
  let missing = 0
  for (const name of names) if (!present.has(name)) missing += 1
  return missing
}

interface ComparedQueue {
  group: string
  master: bigint
  slave: bigint | null
}

function* comparedQueues(master: OffsetTable, slave: OffsetTable): Generator<ComparedQueue> {
  for (const [group, topics] of master) {
    const ofSlave = slave.get(group)
    for (const [topic, offsets] of topics) {
      const copied = ofSlave?.get(topic)
      for (const [queue, offset] of offsets.entries()) {
        if (offset !== undefined) yield { group, master: offset, slave: copied?.[queue] ?? null }
      }
    }
  }
}

function countMissingOffsets(master: OffsetTable, slave: OffsetTable): number {
  let missing = 0
  for (const queue of comparedQueues(master, slave)) if (queue.slave === null) missing += 1
  return missing
}

/** Queues whose offset on the slave is below the one that the master had a whole pace ago. */
function countStaleOffsets(before: OffsetTable, slave: OffsetTable): number {
  let stale = 0
  for (const queue of comparedQueues(before, slave)) if (queue.slave !== null && queue.slave < queue.master) stale += 1
  return stale
}

function compareOffsets(broker: string, master: OffsetTable, slave: OffsetTable): Map<string, RocketmqSlaveOffsets> {
  const groups = new Map<string, RocketmqSlaveOffsets>()
  for (const { group, master: known, slave: copied } of comparedQueues(master, slave)) {
    const compared = groups.get(group) ?? { broker, missing: 0, behindMessages: 0n }
    groups.set(group, compared)
    if (copied === null) compared.missing += 1
    else if (copied < known) compared.behindMessages += known - copied
  }
  return groups
}
