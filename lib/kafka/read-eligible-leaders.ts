/** ELR: which replicas may still lead without loss. Asked only for topics with a partition below full ISR. */

import type { FactBook } from '../cluster/fact-book.ts'
import { PacedCache } from '../cluster/fact-book.ts'
import { fault } from '../cluster/fault.ts'
import type { Outcome } from '../cluster/outcome.ts'
import type { KafkaCaller } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'
import { DESCRIBE_TOPIC_PARTITIONS } from './kafka-requests.ts'
import type { MetadataAnswer } from './metadata-request.ts'

const TOPICS_PER_REQUEST = 200
/** A broker answers no more at once, whatever is asked. */
const PARTITIONS_PER_ANSWER = 2_000
const MAX_ANSWERS = 25

type EligibleByPartition = (string[] | undefined)[]

export class EligibleLeaderReader {
  readonly #topics: PacedCache<EligibleByPartition>
  readonly #shapes = new Map<string, string>()

  constructor(paceMs: number | null) {
    this.#topics = new PacedCache(paceMs)
  }

  async read(
    caller: KafkaCaller,
    brokers: readonly number[],
    isKept: boolean,
    topics: MetadataAnswer['topics'],
    book: FactBook,
    nowMs: number,
  ): Promise<void> {
    const degraded = this.#degraded(topics)
    if (!isKept && degraded.size > 0) {
      const api = DESCRIBE_TOPIC_PARTITIONS.name
      book.fail('eligibleLeaders', 'api', api, fault('unsupportedByBroker', { api }))
      return
    }
    this.#topics.retain((name) => degraded.has(name))
    const due = this.#topics.due(degraded, nowMs)
    const broker = brokers[0]
    if (broker !== undefined) await this.#readTopics(caller, broker, due, nowMs)
    // With nothing below full ISR there is nothing to ask: the fact is as fresh as the metadata.
    if (due.length > 0 || degraded.size === 0) book.wasRead('eligibleLeaders', nowMs)
    for (const [name, reason] of this.#topics.faults()) book.fail('eligibleLeaders', 'topic', name, reason)
  }

  /** By partition; undefined where nothing is known. */
  of(topic: string): readonly (string[] | undefined)[] | null {
    return this.#topics.value(topic)
  }

  /** Topics to know about; one whose ISR or leader has changed since is forgotten, so that it is due at once. */
  #degraded(topics: MetadataAnswer['topics']): Set<string> {
    const degraded = new Set<string>()
    for (const { name, partitions } of topics) {
      if (typeof name !== 'string') continue
      const below = partitions.filter(({ isrNodes, replicaNodes }) => isrNodes.length < replicaNodes.length)
      if (below.length === 0) {
        this.#shapes.delete(name)
        continue
      }
      degraded.add(name)
      const shape = below
        .map(({ partitionIndex, leaderId, isrNodes }) => `${partitionIndex} ${leaderId} ${isrNodes}`)
        .join()
      if (this.#shapes.get(name) !== shape) this.#topics.forget(name)
      this.#shapes.set(name, shape)
    }
    return degraded
  }

  async #readTopics(caller: KafkaCaller, broker: number, names: string[], nowMs: number): Promise<void> {
    for (let at = 0; at < names.length; at += TOPICS_PER_REQUEST) {
      const some = names.slice(at, at + TOPICS_PER_REQUEST).sort()
      const outcomes = await readSome(caller, broker, some)
      for (const name of some) {
        const outcome = outcomes.get(name)
        if (outcome) this.#topics.set(name, outcome, nowMs)
      }
    }
  }
}

async function readSome(
  caller: KafkaCaller,
  broker: number,
  names: string[],
): Promise<Map<string, Outcome<EligibleByPartition>>> {
  const found = new Map<string, Outcome<EligibleByPartition>>()
  const topics = names.map((name) => ({ name }))
  let cursor: { topicName: string; partitionIndex: number } | undefined
  for (let page = 0; page < MAX_ANSWERS; page++) {
    const answer = await caller.call(broker, DESCRIBE_TOPIC_PARTITIONS, topics, PARTITIONS_PER_ANSWER, cursor)
    if (answer.fault) {
      for (const name of names) if (!found.has(name)) found.set(name, answer)
      return found
    }
    for (const { name, errorCode, partitions } of answer.value.topics)
      addTopic(found, name ?? '', errorCode, partitions)
    const next = answer.value.nextCursor
    if (!next) break
    cursor = next
  }
  return found
}

function addTopic(
  found: Map<string, Outcome<EligibleByPartition>>,
  name: string,
  errorCode: number,
  partitions: readonly { partitionIndex: number; eligibleLeaderReplicas?: number[] | null }[],
): void {
  const reason = faultOfErrorCode(errorCode, { api: DESCRIBE_TOPIC_PARTITIONS.name })
  if (reason) {
    found.set(name, { value: null, fault: reason })
    return
  }
  const eligible = found.get(name)?.value ?? []
  for (const { partitionIndex, eligibleLeaderReplicas } of partitions) {
    if (eligibleLeaderReplicas) eligible[partitionIndex] = eligibleLeaderReplicas.map(String)
  }
  found.set(name, { value: eligible, fault: null })
}
