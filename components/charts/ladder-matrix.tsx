'use client'

import './charts.css'
import { useTranslations } from 'next-intl'
import { type KeyboardEvent, type MouseEvent, type ReactElement, useEffect, useMemo, useRef, useState } from 'react'
import type { Durability } from '../../lib/durability/observation.ts'
import {
  cellAt,
  cellPosition,
  isMoveKey,
  type LadderBlock,
  type LadderCell,
  type LadderLayout,
  ladderPath,
  layOutLadder,
  moveCell,
} from './ladder-layout.ts'

export interface LadderMatrixProps {
  blocks: LadderBlock[]
  onOpen: (cell: LadderCell) => void
}

const LABEL_WIDTH = 76
/** The server does not know the width; this is a console on a usual screen. */
const ASSUMED_WIDTH = 1_100

/** Worst last, so that it is drawn on top. */
const DRAW_ORDER: readonly Durability[] = [
  'healthy',
  'unknown',
  'underReplicated',
  'atMinIsr',
  'underMinIsr',
  'offline',
]

/** The colours of `DURABILITY_STATE`; places that share one differ by shape. */
const FILLS: Record<Durability, string> = {
  healthy: 'var(--ladder-healthy)',
  underReplicated: 'var(--watch)',
  atMinIsr: 'var(--watch)',
  underMinIsr: 'var(--risk)',
  offline: 'var(--losing)',
  unknown: 'var(--unknown)',
}

/**
 * Every partition as a square, grouped by the broker that leads it: ten thousand of them read as texture. Six paths
 * draw all squares, so the browser lays out no element per partition; the pointer is resolved by arithmetic.
 */
export function LadderMatrix({ blocks, onOpen }: LadderMatrixProps): ReactElement {
  const t = useTranslations('charts.matrix')
  const [boxRef, width] = useWidth()
  const layout = useMemo(() => layOutLadder(blocks, width, LABEL_WIDTH), [blocks, width])
  const [active, setActive] = useState<number | null>(null)
  const cell = active === null ? undefined : layout.cells[active]
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && cell !== undefined) onOpen(cell)
    if (!isMoveKey(event.key)) return
    event.preventDefault()
    setActive(moveCell(layout, active, event.key))
  }
  return (
    <div ref={boxRef} className="relative w-full">
      <div
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it handles the arrow keys and Enter itself.
        tabIndex={0}
        aria-label={t('label', { count: layout.cells.length })}
        className="relative cursor-pointer"
        style={{ height: layout.height }}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => setActive(cellUnder(layout, event))}
        onPointerLeave={() => setActive(null)}
        onBlur={() => setActive(null)}
        onClick={(event) => openUnder(layout, event, onOpen)}
      >
        <LadderSvg layout={layout} active={active} />
        <BlockLabels layout={layout} />
        {cell !== undefined && active !== null && <CellTip layout={layout} index={active} cell={cell} />}
      </div>
      <output className="sr-only">{cell !== undefined && <CellWords cell={cell} />}</output>
    </div>
  )
}

/** Not the hovered one: a finger taps without hovering first. */
function openUnder(layout: LadderLayout, event: MouseEvent<HTMLElement>, onOpen: (cell: LadderCell) => void): void {
  const index = cellUnder(layout, event)
  const cell = index === null ? undefined : layout.cells[index]
  if (cell !== undefined) onOpen(cell)
}

function cellUnder(layout: LadderLayout, event: MouseEvent<HTMLElement>): number | null {
  const box = event.currentTarget.getBoundingClientRect()
  return cellAt(layout, event.clientX - box.left, event.clientY - box.top)
}

function useWidth(): [(element: HTMLElement | null) => void, number] {
  const [width, setWidth] = useState(ASSUMED_WIDTH)
  const [element, setElement] = useState<HTMLElement | null>(null)
  const frame = useRef(0)
  useEffect(() => {
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => {
      cancelAnimationFrame(frame.current)
      // In a frame of its own: changing the height inside the callback would be reported as a loop.
      frame.current = requestAnimationFrame(() => setWidth(entry?.contentRect.width ?? ASSUMED_WIDTH))
    })
    observer.observe(element)
    return () => {
      cancelAnimationFrame(frame.current)
      observer.disconnect()
    }
  }, [element])
  return [setElement, width]
}

function LadderSvg({ layout, active }: { layout: LadderLayout; active: number | null }): ReactElement {
  const paths = useMemo(
    () => DRAW_ORDER.map((durability) => ({ durability, d: ladderPath(layout, durability) })),
    [layout],
  )
  const spot = active === null ? null : cellPosition(layout, active)
  return (
    <svg width={layout.width} height={layout.height} className="block max-w-full" aria-hidden="true">
      {paths.map(({ durability, d }) => d !== '' && <path key={durability} d={d} fill={FILLS[durability]} />)}
      {spot !== null && (
        <rect
          x={spot.x - 1.5}
          y={spot.y - 1.5}
          width={layout.size + 3}
          height={layout.size + 3}
          fill="none"
          stroke="var(--ink)"
          strokeWidth={1.5}
        />
      )}
    </svg>
  )
}

function BlockLabels({ layout }: { layout: LadderLayout }): ReactElement {
  const t = useTranslations('charts.matrix')
  return (
    <div aria-hidden="true">
      {layout.blocks.map((block) => (
        <div
          key={`${block.leader ?? ''} ${block.broker ?? ''}`}
          className="absolute left-0 truncate pr-2 text-xs leading-3.5 text-ink3"
          style={{ top: block.y - 1, width: LABEL_WIDTH }}
        >
          {blockWords(t, block)}
        </div>
      ))}
    </div>
  )
}

function blockWords(
  t: ReturnType<typeof useTranslations<'charts.matrix'>>,
  { leader, broker }: Pick<LadderBlock, 'leader' | 'broker'>,
): string {
  if (broker !== null) return leader === null ? t('noMaster', { broker }) : broker
  return leader === null ? t('noLeader') : t('broker', { broker: leader })
}

function CellTip({ layout, index, cell }: { layout: LadderLayout; index: number; cell: LadderCell }): ReactElement {
  const { x, y } = cellPosition(layout, index)
  const isRight = x > layout.width / 2
  return (
    <div
      className="pointer-events-none absolute z-20 max-w-80 rounded-md border border-line bg-panel px-2 py-1 text-xs break-all"
      style={{ top: y + layout.pitch + 4, ...(isRight ? { right: layout.width - x } : { left: x }) }}
      aria-hidden="true"
    >
      <CellWords cell={cell} />
    </div>
  )
}

function CellWords({ cell }: { cell: LadderCell }): ReactElement {
  const t = useTranslations('charts.matrix')
  const states = useTranslations('states.durability')
  const { topic, broker } = cell
  const facts = { topic, partition: String(cell.partition), state: states(cell.durability) }
  return <>{broker === null ? t('cell', facts) : t('queueCell', { ...facts, broker })}</>
}
