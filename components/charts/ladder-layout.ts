/** Where each partition's square stands, and the few paths that draw thousands of them. No React. */
import type { Durability } from '../../lib/durability/observation.ts'

export interface LadderCell {
  topic: string
  partition: number
  /** The name of the broker that holds the queue; null on Kafka. */
  broker: string | null
  durability: Durability
}

/** The partitions that one broker leads; `leader` null: those without a leader. `broker` as in its cells. */
export interface LadderBlock {
  leader: string | null
  broker: string | null
  cells: LadderCell[]
}

export interface PlacedBlock extends Omit<LadderBlock, 'cells'> {
  /** Index of its first cell among all. */
  firstCell: number
  cellCount: number
  y: number
  rows: number
}

export interface LadderLayout {
  cells: LadderCell[]
  blocks: PlacedBlock[]
  columns: number
  /** Edge of a square, and the distance from one square to the next. */
  size: number
  pitch: number
  left: number
  width: number
  height: number
}

const BLOCK_GAP = 6

/** Squares get smaller as their number grows, down to a texture. */
function squareSize(count: number): { size: number; pitch: number } {
  if (count <= 400) return { size: 12, pitch: 14 }
  if (count <= 2_000) return { size: 8, pitch: 9 }
  if (count <= 12_000) return { size: 5, pitch: 6 }
  return { size: 3, pitch: 4 }
}

export function layOutLadder(blocks: readonly LadderBlock[], width: number, left: number): LadderLayout {
  const cells = blocks.flatMap((block) => block.cells)
  const { size, pitch } = squareSize(cells.length)
  const columns = Math.max(1, Math.floor((width - left) / pitch))
  const placed: PlacedBlock[] = []
  let y = 0
  let firstCell = 0
  for (const block of blocks) {
    const rows = Math.ceil(block.cells.length / columns)
    placed.push({ leader: block.leader, broker: block.broker, firstCell, cellCount: block.cells.length, y, rows })
    firstCell += block.cells.length
    // A label needs the height of its text even beside a single row of small squares.
    y += Math.max(rows * pitch, 14) + BLOCK_GAP
  }
  return { cells, blocks: placed, columns, size, pitch, left, width, height: Math.max(0, y - BLOCK_GAP) }
}

export function cellPosition(layout: LadderLayout, index: number): { x: number; y: number } {
  const block = layout.blocks.find((one) => index >= one.firstCell && index < one.firstCell + one.cellCount)
  if (block === undefined) return { x: layout.left, y: 0 }
  const place = index - block.firstCell
  return {
    x: layout.left + (place % layout.columns) * layout.pitch,
    y: block.y + Math.floor(place / layout.columns) * layout.pitch,
  }
}

/** The cell under a point; null between blocks and past the last square of a row. */
export function cellAt(layout: LadderLayout, x: number, y: number): number | null {
  const column = Math.floor((x - layout.left) / layout.pitch)
  if (column < 0 || column >= layout.columns) return null
  const block = layout.blocks.find((one) => y >= one.y && y < one.y + one.rows * layout.pitch)
  if (block === undefined) return null
  const place = Math.floor((y - block.y) / layout.pitch) * layout.columns + column
  return place < block.cellCount ? block.firstCell + place : null
}

export type MoveKey = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End'

const MOVE_KEYS: readonly string[] = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End']

export function isMoveKey(key: string): key is MoveKey {
  return MOVE_KEYS.includes(key)
}

export function moveCell(layout: LadderLayout, index: number | null, key: MoveKey): number | null {
  const last = layout.cells.length - 1
  if (last < 0) return null
  if (index === null) return key === 'End' ? last : 0
  const steps: Record<MoveKey, number> = {
    ArrowLeft: index - 1,
    ArrowRight: index + 1,
    ArrowUp: verticalNeighbour(layout, index, -1),
    ArrowDown: verticalNeighbour(layout, index, 1),
    Home: 0,
    End: last,
  }
  return Math.min(last, Math.max(0, steps[key]))
}

/** Straight up or down, also across the border of two brokers, where rows do not line up by index. */
function verticalNeighbour(layout: LadderLayout, index: number, direction: 1 | -1): number {
  const from = cellPosition(layout, index)
  for (let distance = 1; distance <= 5; distance += 1) {
    const found = cellAt(layout, from.x, from.y + direction * distance * layout.pitch)
    if (found !== null) return found
  }
  return index
}

/** One path for all squares of a state. The shape differs too, so that the texture reads without colour. */
export function ladderPath(layout: LadderLayout, durability: Durability): string {
  const parts: string[] = []
  for (const block of layout.blocks) {
    for (let place = 0; place < block.cellCount; place += 1) {
      if (layout.cells[block.firstCell + place]?.durability !== durability) continue
      const x = layout.left + (place % layout.columns) * layout.pitch
      const y = block.y + Math.floor(place / layout.columns) * layout.pitch
      parts.push(SHAPES[durability](x, y, layout.size))
    }
  }
  return parts.join('')
}

const SHAPES: Record<Durability, (x: number, y: number, size: number) => string> = {
  healthy: (x, y, s) => `M${x} ${y}h${s}v${s}h-${s}z`,
  // The lower half: one copy is missing, some are left.
  underReplicated: (x, y, s) => `M${x} ${y + s / 2}h${s}v${s / 2}h-${s}z`,
  atMinIsr: (x, y, s) => `M${x + s / 2} ${y}L${x + s} ${y + s}h-${s}z`,
  // A square with a hole: what is written now is refused.
  underMinIsr: (x, y, s) =>
    `M${x} ${y}h${s}v${s}h-${s}zM${x + s * 0.35} ${y + s * 0.35}v${s * 0.3}h${s * 0.3}v-${s * 0.3}z`,
  offline: (x, y, s) => `M${x} ${y}h${s}v${s}h-${s}z`,
  unknown: (x, y, s) => `M${x} ${y + s}L${x + s} ${y}v${s * 0.35}L${x + s * 0.35} ${y + s}z`,
}

export function countByDurability(cells: readonly LadderCell[]): Record<Durability, number> {
  const counts = { healthy: 0, underReplicated: 0, atMinIsr: 0, underMinIsr: 0, offline: 0, unknown: 0 }
  for (const cell of cells) counts[cell.durability] += 1
  return counts
}
