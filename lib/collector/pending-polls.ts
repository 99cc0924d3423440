/** Polls that wait to be appended to the history: usually one, more while the store cannot be written. */
import type { SampleBatch } from '../history/history.ts'

/** About 50 MB: fifty polls of 10,000 series, and never less than the newest one. */
const MAX_SAMPLES = 500_000

export class PendingPolls {
  readonly #batches: SampleBatch[] = []
  #samples = 0

  /** @returns how many of the oldest had to go to make room */
  add(batch: SampleBatch): number {
    this.#batches.push(batch)
    this.#samples += batch.samples.length
    let dropped = 0
    for (; this.#samples > MAX_SAMPLES && this.#batches.length > 1; dropped += 1) this.#removeOldest()
    return dropped
  }

  /** In their order, each until it is durable. @throws what `append` throws; what was not appended stays */
  async flush(append: (batch: SampleBatch) => Promise<void>): Promise<void> {
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      await append(batch)
      this.#removeOldest()
    }
  }

  #removeOldest(): void {
    this.#samples -= this.#batches.shift()?.samples.length ?? 0
  }
}
