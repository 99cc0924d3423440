/** Disks: each broker tells its log dirs and the size of each of its replicas. */

import { type FactBook, PacedCache } from '../cluster/fact-book.ts'
import { fault } from '../cluster/fault.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { LogDirState, ReplicaSize } from '../cluster/snapshot.ts'
import { hasSameItems } from '../plain-data.ts'
import type { KafkaCaller } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { DESCRIBE_LOG_DIRS } from './kafka-requests.ts'

interface BrokerDirs {
  dirs: LogDirState[]
  /** By topic and partition number. */
  sizes: Map<string, (ReplicaSize[] | undefined)[]>
}

export class LogDirReader {
  readonly #brokers: PacedCache<BrokerDirs>
  /** Another list whenever some broker's sizes are others. */
  version: readonly unknown[] = []

  constructor(paceMs: number | null) {
    this.#brokers = new PacedCache(paceMs)
  }

  /** `hasNews`: topics appeared that have no sizes yet, so everything is read now. */
  async read(
    caller: KafkaCaller,
    brokers: readonly number[],
    book: FactBook,
    nowMs: number,
    hasNews: boolean,
  ): Promise<void> {
    this.#brokers.retain((id) => brokers.includes(Number(id)))
    const ids = brokers.map(String)
    const due = hasNews ? ids : this.#brokers.due(ids, nowMs)
    await Promise.all(due.map(async (id) => this.#brokers.set(id, await readBroker(caller, id), nowMs)))
    const answers = ids.map((id) => this.#brokers.value(id))
    if (!hasSameItems(this.version, answers)) this.version = answers
    if (due.length > 0) book.wasRead('logDirs', nowMs)
    for (const [id, fault] of this.#brokers.faults()) book.fail('logDirs', 'broker', id, fault)
    for (const id of ids) {
      for (const { path, error } of this.dirsOf(id) ?? []) {
        if (error) book.fail('logDirs', 'broker', `${id}:${path}`, error)
      }
    }
  }

  dirsOf(brokerId: string): LogDirState[] | null {
    return this.#brokers.value(brokerId)?.dirs ?? null
  }

  /** Of the replicas on these brokers; null when none of them is known. */
  sizesOf(topic: string, partition: number, replicas: readonly string[]): ReplicaSize[] | null {
    const found: ReplicaSize[] = []
    for (const id of replicas) {
      const sizes = this.#brokers.value(id)?.sizes.get(topic)?.[partition]
      if (sizes) found.push(...sizes)
    }
    return found.length > 0 ? found : null
  }

  /** Every topic that some broker stores, also one that its metadata does not show us. */
  *topics(): Generator<string> {
    const seen = new Set<string>()
    for (const { sizes } of this.#brokers.values()) {
      for (const topic of sizes.keys()) {
        if (seen.has(topic)) continue
        seen.add(topic)
        yield topic
      }
    }
  }
}

async function readBroker(caller: KafkaCaller, broker: string): Promise<Outcome<BrokerDirs>> {
  const answer = await caller.call(Number(broker), DESCRIBE_LOG_DIRS, null)
  if (answer.fault) return answer
  const sizes: BrokerDirs['sizes'] = new Map()
  const dirs = answer.value.results.map(({ errorCode, logDir, topics, totalBytes, usableBytes }): LogDirState => {
    const error = faultOfErrorCode(errorCode, { api: DESCRIBE_LOG_DIRS.name, broker, path: logDir })
    let logBytes = 0n
    for (const { name, partitions } of topics) {
      const ofTopic = sizes.get(name) ?? []
      sizes.set(name, ofTopic)
      for (const { partitionIndex, partitionSize, offsetLag, isFutureKey } of partitions) {
        logBytes += partitionSize
        const size = { broker, logDir, sizeBytes: partitionSize, offsetLag, isFuture: isFutureKey }
        const others = ofTopic[partitionIndex]
        if (others) others.push(size)
        else ofTopic[partitionIndex] = [size]
      }
    }
    return {
      path: logDir,
      volume: null,
      totalBytes: known(totalBytes),
      usableBytes: known(usableBytes),
      usedRatio: null,
      logBytes: error ? null : logBytes,
      error,
    }
  })
  // A broker that may not tell answers an empty list without an error.
  if (dirs.length === 0)
    return { value: null, fault: fault('authorizationFailed', { api: DESCRIBE_LOG_DIRS.name, broker }) }
  return { value: { dirs, sizes }, fault: null }
}

/** Minus one: the broker does not know. */
function known(bytes: bigint): bigint | null {
  return bytes < 0n ? null : bytes
}
