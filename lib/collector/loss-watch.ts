/** Looks for losses in each poll of a cluster, and has them stored before the poll that showed them. */
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
   * @returns what has to be stored with this poll
   * @throws HoldfastError when the store fails: the poll must not be stored then, or what it showed would be forgotten
   */
  async note(observation: Observation, purged: PurgedPlaces): Promise<readonly CarriedRow[]> {
    const { clusterId, ledger, pollBefore } = this.#options
    this.#memory ??= memoryOf(await pollBefore(clusterId))
    const { losses, memory } = watchLosses(observation, this.#memory, purged)
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
