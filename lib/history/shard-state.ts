import type { SeriesLabels } from './history.ts'
import type { MetricName } from './metrics.ts'
import { isWhole, type ShardKind } from './shard-kinds.ts'
import { ABSENT, SlotValues } from './slot-values.ts'

/** A full shard takes no new subjects. Small enough to decode quickly, large enough to keep rows few. */
const FULL_AT_SLOTS = 2_048
const FIRST_SLOTS = 64
/** The writer's side of one shard. */
export class ShardState {
  readonly kind: ShardKind
  readonly metrics: MetricName[]
  readonly isWhole: boolean[]
  readonly entities: SeriesLabels[]
  /** Null until it is stored. */
  id: number | null
  isDictionaryChanged: boolean
  last: SlotValues
  next: SlotValues
  /** No frame was written yet since this process began: the next one must stand alone. */
  isNew = true
  isIdle = true
  wasIdle = true

  constructor(kind: ShardKind, stored: { id: number; metrics: MetricName[]; entities: SeriesLabels[] } | null) {
    this.kind = kind
    this.metrics = stored?.metrics ?? [...kind.metrics]
    this.isWhole = this.metrics.map(isWhole)
    this.entities = stored?.entities ?? []
    this.id = stored?.id ?? null
    this.isDictionaryChanged = stored === null
    const slots = Math.max(FIRST_SLOTS, this.entities.length * this.metrics.length)
    this.last = new SlotValues(slots)
    this.next = new SlotValues(slots)
  }

  get isFull(): boolean {
    return this.entities.length * this.metrics.length >= FULL_AT_SLOTS
  }

  /** @returns its index */
  addEntity(labels: SeriesLabels): number {
    const index = this.entities.push(labels) - 1
    this.isDictionaryChanged = true
    const needed = this.entities.length * this.metrics.length
    if (needed > this.next.slots) {
      this.last = this.last.grownTo(needed * 2)
      this.next = this.next.grownTo(needed * 2)
    }
    return index
  }

  beginBatch(): void {
    this.next.states.fill(ABSENT)
    this.isIdle = true
  }

  /** Once all its series are gone, one more frame says so, and then none is written. */
  needsFrame(): boolean {
    return !(this.isIdle && this.wasIdle)
  }
}
