/** Polls that wait to be appended to the history: usually one, more while the store cannot be written. */
import type { ClusterEvent } from '../durability/events.ts'
import type { SampleBatch } from '../history/history.ts'

/** About 50 MB: fifty polls of 10,000 series, and never less than the newest one. */
const MAX_SIZE = 500_000

export interface PendingPoll {
  batch: SampleBatch
  /** What happened since the poll before. */
  events: readonly ClusterEvent[]
}

export class PendingPolls {
  readonly #polls: PendingPoll[] = []
  #size = 0

  get count(): number {
    return this.#polls.length
  }

  /** @returns how many of the oldest had to go to make room */
  add(poll: PendingPoll): number {
    this.#polls.push(poll)
    this.#size += sizeOf(poll)
    let dropped = 0
    for (; this.#size > MAX_SIZE && this.#polls.length > 1; dropped += 1) this.#removeOldest()
    return dropped
  }

  /** In their order, each until it is durable. @throws what `append` throws; what was not appended stays */
  async flush(append: (poll: PendingPoll) => Promise<void>): Promise<void> {
    for (let poll = this.#polls[0]; poll !== undefined; poll = this.#polls[0]) {
      await append(poll)
      this.#removeOldest()
    }
  }

  #removeOldest(): void {
    const oldest = this.#polls.shift()
    if (oldest !== undefined) this.#size -= sizeOf(oldest)
  }
}

/** In samples; a failed poll has none, and is not for nothing either. */
function sizeOf({ batch, events }: PendingPoll): number {
  return 1 + batch.samples.length + events.length
}
