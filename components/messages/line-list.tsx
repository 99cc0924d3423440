'use client'

import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactElement, type ReactNode, useState } from 'react'
import { cn } from '../ui/cn.ts'

interface LineListProps {
  count: number
  line(index: number): ReactNode
  /** What is listed: the list scrolls, so it can be reached and has a name. */
  label: string
  /** Long lines go on below, instead of out of sight. */
  wraps?: boolean
  className?: string
}

/** Up to here all lines are in the page: the browser's own search and print then see everything. */
const WHOLE_UP_TO = 300
const LINE_PX = 18

/** Lines in a box that scrolls; of many only those near the eye exist. */
export function LineList({ count, line, label, wraps = false, className }: LineListProps): ReactElement {
  // Not a ref: the lines are in place before the box around them is, and would never hear that it scrolls.
  const [box, setBox] = useState<HTMLElement | null>(null)
  const look = cn('font-mono text-xs leading-[18px]', wraps ? 'whitespace-pre-wrap break-all' : 'w-max whitespace-pre')
  return (
    <section
      ref={setBox}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable to be scrolled by keys.
      tabIndex={0}
      className={cn('max-h-96 overflow-auto px-3 py-2', className)}
    >
      {count <= WHOLE_UP_TO ? (
        <div className={look}>
          {Array.from({ length: count }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no identity but their place.
            <div key={index} className="min-h-[18px]">
              {line(index)}
            </div>
          ))}
        </div>
      ) : (
        <VirtualLines box={box} count={count} line={line} className={look} />
      )}
    </section>
  )
}

interface VirtualLinesProps extends Pick<LineListProps, 'count' | 'line'> {
  box: HTMLElement | null
  className: string
}

function VirtualLines({ box, count, line, className }: VirtualLinesProps): ReactElement {
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => box,
    estimateSize: () => LINE_PX,
    overscan: 20,
    initialRect: { width: 600, height: 384 },
  })
  return (
    <div className={cn(className, 'relative')} style={{ height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((item) => (
        <div
          key={item.key}
          ref={virtualizer.measureElement}
          data-index={item.index}
          className="absolute top-0 left-0 min-h-[18px] min-w-full"
          style={{ transform: `translateY(${item.start}px)` }}
        >
          {line(item.index)}
        </div>
      ))}
    </div>
  )
}
