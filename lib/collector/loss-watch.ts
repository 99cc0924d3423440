/** Looks for losses in each poll of a cluster, and has them stored before the poll that showed them. */
import type { EpochsSeen } from '../cluster/cluster-driver.ts'
import { lossIdentity } from '../durability/losses/loss.ts'
import {
  type CarriedRow,
  carriedOf,
  type LossMemory,
  NO_MEMORY,
  recalled,
  type StoredPoll,
} from '../durability/losses/loss-memory.ts'
import type { PurgedPlaces } from '../durability/losses/purged-places.ts'
import { watchLosses } from '../durability/losses/watch-losses.ts'
import type { Observation } from '../durability/observation.ts'
import type { DetectedLoss } from '../losses/grow-loss.ts'
import type { LossLedger } from '../losses/loss-ledger.ts'

export interface LossWatchOptions {
  clusterId: string
  ledger: Pick<LossLedger, 'record'>
  /** The newest stored poll; null when there is none. */
  pollBefore(clusterId: string): Promise<StoredPoll | null>
}

export class LossWatch {
  readonly #options: LossWatchOptions
  /** Null until it is known what polls before this process saw. */
  #memory: LossMemory | null = null
  /** What could not be stored yet. */
  readonly #pending = new Map<string, DetectedLoss>()

  constructor(options: LossWatchOptions) {
    this.#options = options
  }

  /**
   * For the next poll to ask about.
   *
   * @throws HoldfastError when it is not known yet what polls before this process saw, and the store fails
   */
  async epochsSeen(): Promise<EpochsSeen> {
    const { topics } = await this.#recall()
    return (topic) => topics.get(topic)?.known.partitions
  }

  /** When the newest poll was that was noted or stored; null: there is none, or it was not read. */
  get seenAtMs(): number | null {
    return this.#memory?.atMs ?? null
  }

  async #recall(): Promise<LossMemory> {
    const { clusterId, pollBefore } = this.#options
    this.#memory ??= memoryOf(await pollBefore(clusterId))
    return this.#memory
  }

  /**
   * @returns what has to be stored with this poll
   * @throws HoldfastError when the store fails: the poll must not be stored then, or what it showed would be forgotten
   */
  async note(observation: Observation, purged: PurgedPlaces): Promise<readonly CarriedRow[]> {
    const { clusterId, ledger } = this.#options
    const { losses, memory } = watchLosses(observation, await this.#recall(), purged)
    this.#memory = memory
    for (const loss of losses) {
      const identity = lossIdentity(clusterId, loss)
      const firstAtMs = this.#pending.get(identity)?.firstAtMs ?? observation.atMs
      this.#pending.set(identity, { loss, firstAtMs, lastAtMs: observation.atMs })
    }
    await ledger.record(clusterId, [...this.#pending.values()])
    this.#pending.clear()
    return carriedOf(memory, observation)
  }
}

function memoryOf(stored: StoredPoll | null): LossMemory {
  return stored === null ? NO_MEMORY : recalled(stored)
}
