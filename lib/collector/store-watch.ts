/** What keeps polls from being stored, over all clusters. It is told past the database, which cannot be written then. */
import type { ErrorCode } from '../errors.ts'

export interface StoreTrouble {
  /** Of the newest failure. */
  code: ErrorCode
  /** When the first poll could not be stored. */
  sinceMs: number
  /** Polls in memory, which are stored as soon as that is possible again. */
  waitingPolls: number
  /** Older ones that had to make room for them. */
  droppedPolls: number
  /** Whose polls are concerned, in alphabetical order. */
  clusterIds: string[]
}

type ClusterTrouble = Omit<StoreTrouble, 'clusterIds'>

export class StoreWatch {
  readonly #tell: (trouble: StoreTrouble | null) => void
  /** By cluster; the one that failed last stands last. */
  readonly #troubles = new Map<string, ClusterTrouble>()

  /** @param tell hears of each change; null: everything is stored again */
  constructor(tell: (trouble: StoreTrouble | null) => void) {
    this.#tell = tell
  }

  failed(clusterId: string, { atMs, ...failure }: Omit<ClusterTrouble, 'sinceMs'> & { atMs: number }): void {
    const sinceMs = this.#troubles.get(clusterId)?.sinceMs ?? atMs
    this.#troubles.delete(clusterId)
    this.#troubles.set(clusterId, { ...failure, sinceMs })
    this.#tell(this.#sum())
  }

  /** Also for a cluster that is polled no more. */
  ended(clusterId: string): void {
    if (this.#troubles.delete(clusterId)) this.#tell(this.#sum())
  }

  #sum(): StoreTrouble | null {
    const troubles = [...this.#troubles.values()]
    const newest = troubles.at(-1)
    if (newest === undefined) return null
    const add = (of: (trouble: ClusterTrouble) => number): number => troubles.reduce((sum, each) => sum + of(each), 0)
    return {
      code: newest.code,
      sinceMs: Math.min(...troubles.map(({ sinceMs }) => sinceMs)),
      waitingPolls: add(({ waitingPolls }) => waitingPolls),
      droppedPolls: add(({ droppedPolls }) => droppedPolls),
      clusterIds: [...this.#troubles.keys()].sort(),
    }
  }
}
