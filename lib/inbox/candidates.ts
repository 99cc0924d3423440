/**
 * Dead letters that a search may want, by what the index knows of them, newest or oldest first over all partitions.
 * Blocks are decoded only when their turn comes.
 */
import { EXPIRED, handledAt, handledRunsIn, isGone, type RecordState, STATE_NAMES, statesOf } from './block-states.ts'
import type { BlockHead, BlockStore, PartitionIndex } from './block-store.ts'
import { placeKey } from './queues.ts'

export interface CandidateFilter {
  isKind: ((kind: BlockHead['kinds'][number]) => boolean) | null
  fromMs: number | null
  toMs: number | null
  /** Null: of all that still lies in the queue. What has expired is looked for by name only. */
  states: ReadonlySet<RecordState> | null
}

export type SearchOrder = 'newest' | 'oldest'

export interface Candidate {
  lane: number
  offset: bigint
  state: RecordState
  actionId: number | null
  /** The names of its cause's and origin's rows. */
  causeId: number
  originId: number
  /** Null when it has none. */
  atMs: number | null
}

/** Where a search goes on, by `placeKey`: newest first below it, oldest first from it on. */
export type SearchPositions = ReadonlyMap<string, bigint>

export class Candidates {
  readonly lanes: Lane[]
  readonly #order: SearchOrder

  constructor(
    blocks: BlockStore,
    partitions: readonly PartitionIndex[],
    filter: CandidateFilter,
    order: SearchOrder,
    positions: SearchPositions,
  ) {
    this.#order = order
    this.lanes = partitions.map((partition, number) => {
      return new Lane(blocks, partition, number, filter, order, positions.get(placeKey(partition)) ?? null)
    })
  }

  /** The next in the order; fewer than `count` only at the end. */
  async take(count: number): Promise<Candidate[]> {
    const taken: Candidate[] = []
    for (const lane of this.lanes) await lane.fill()
    while (taken.length < count) {
      const lane = this.#next()
      if (lane === null) break
      taken.push(lane.shift())
      if (lane.isEmpty) await lane.fill()
    }
    return taken
  }

  get isExhausted(): boolean {
    return this.lanes.every(({ isExhausted }) => isExhausted)
  }

  #next(): Lane | null {
    const sign = this.#order === 'newest' ? -1 : 1
    let best: Lane | null = null
    for (const lane of this.lanes) {
      if (lane.isEmpty) continue
      if (best === null || sign * (lane.timeMs - best.timeMs) < 0) best = lane
    }
    return best
  }
}

export class Lane {
  readonly partition: PartitionIndex
  readonly #blocks: BlockStore
  readonly #number: number
  readonly #filter: CandidateFilter
  readonly #order: SearchOrder
  readonly #from: bigint | null
  /** In the order; the next one first. */
  readonly #heads: BlockHead[]
  #candidates: Candidate[] = []
  #times: number[] = []
  #at = 0
  /** Of the last record that had a time: one without is as old as its neighbour. */
  #lastTimeMs: number

  constructor(
    blocks: BlockStore,
    partition: PartitionIndex,
    number: number,
    filter: CandidateFilter,
    order: SearchOrder,
    from: bigint | null,
  ) {
    this.partition = partition
    this.#blocks = blocks
    this.#number = number
    this.#filter = filter
    this.#order = order
    this.#from = from
    this.#lastTimeMs = order === 'newest' ? Number.MAX_SAFE_INTEGER : 0
    const { blocks: present, expiredBlocks } = partition
    const known = filter.states?.has('expired') === true ? [...expiredBlocks, ...present] : present
    const heads = known.filter((head) => this.#mayHold(head))
    this.#heads = order === 'newest' ? heads.reverse() : heads
  }

  get isEmpty(): boolean {
    return this.#at >= this.#candidates.length
  }

  get isExhausted(): boolean {
    return this.isEmpty && this.#heads.length === 0
  }

  get timeMs(): number {
    return this.#times[this.#at] as number
  }

  shift(): Candidate {
    return this.#candidates[this.#at++] as Candidate
  }

  async fill(): Promise<void> {
    while (this.isEmpty && this.#heads.length > 0) await this.#load(this.#heads.shift() as BlockHead)
  }

  #mayHold({ firstOffset, nextOffset, minAtMs, maxAtMs, kinds }: BlockHead): boolean {
    const { isKind, fromMs, toMs } = this.#filter
    if (this.#from !== null && (this.#order === 'newest' ? firstOffset >= this.#from : nextOffset <= this.#from)) {
      return false
    }
    if (fromMs !== null && (maxAtMs === null || maxAtMs < fromMs)) return false
    if (toMs !== null && (minAtMs === null || minAtMs >= toMs)) return false
    return isKind === null || kinds.some(isKind)
  }

  async #load(head: BlockHead): Promise<void> {
    this.#candidates = []
    this.#times = []
    this.#at = 0
    const columns = await this.#blocks.columnsOf(head)
    if (columns === null) return
    const runs = handledRunsIn(head, this.partition.ledger)
    const states = statesOf(columns, runs, this.partition.startOffset)
    const wantedKinds = head.kinds.map((kind) => this.#filter.isKind === null || this.#filter.isKind(kind))
    const isNewest = this.#order === 'newest'
    for (let step = 0; step < columns.count; step += 1) {
      const at = isNewest ? columns.count - 1 - step : step
      const kind = columns.kinds[at] as number
      const time = columns.times[at] as number
      const offset = columns.firstOffset + BigInt(columns.offsets[at] as number)
      if (wantedKinds[kind] !== true || !this.#isWanted(states[at] as number, time, offset)) continue
      const state = STATE_NAMES[states[at] as number] as RecordState
      const actionId = state === 'open' ? null : (handledAt(runs, columns.offsets[at] as number)?.actionId ?? null)
      const { causeId = 0, originId = 0 } = head.kinds[kind] ?? {}
      const atMs = Number.isNaN(time) ? null : time
      this.#candidates.push({ lane: this.#number, offset, state, actionId, causeId, originId, atMs })
      if (atMs !== null) this.#lastTimeMs = atMs
      this.#times.push(this.#lastTimeMs)
    }
  }

  #isWanted(state: number, time: number, offset: bigint): boolean {
    const { fromMs, toMs, states } = this.#filter
    if (isGone(state) && (state !== EXPIRED || states === null)) return false
    if (states !== null && !states.has(STATE_NAMES[state] as RecordState)) return false
    if (fromMs !== null && !(time >= fromMs)) return false
    if (toMs !== null && !(time < toMs)) return false
    if (this.#from === null) return true
    return this.#order === 'newest' ? offset < this.#from : offset >= this.#from
  }
}
