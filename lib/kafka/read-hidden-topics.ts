/**
 * Metadata leaves out topics that we may not see, without a word. Disks name every topic they store; asking for a
 * missing one by name tells whether it is gone or kept from us.
 */

import { PacedCache } from '../cluster/fact-book.ts'
import type { Fault } from '../cluster/fault.ts'
import type { KafkaClient } from './kafka-client.ts'
import { faultOfErrorCode } from './kafka-fault.ts'

const TOPICS_PER_READ = 200

export class HiddenTopicReader {
  readonly #topics: PacedCache<true>

  constructor(paceMs: number | null) {
    this.#topics = new PacedCache(paceMs)
  }

  async read(client: KafkaClient, names: readonly string[], nowMs: number): Promise<void> {
    const current = new Set(names)
    this.#topics.retain((name) => current.has(name))
    const due = this.#topics.due(names, nowMs).slice(0, TOPICS_PER_READ)
    if (due.length === 0) return
    const answer = await client.metadata(due)
    // The same broker has just answered; if it does not any more, the next poll asks again.
    if (answer.fault) return
    for (const { name, errorCode } of answer.value.topics) {
      const fault = faultOfErrorCode(errorCode, { api: 'Metadata' })
      const isDenied = fault?.code === 'authorizationFailed'
      this.#topics.set(name ?? '', isDenied ? { value: null, fault } : { value: true, fault: null }, nowMs)
    }
  }

  denied(): Iterable<[topic: string, fault: Fault]> {
    return this.#topics.faults()
  }
}
