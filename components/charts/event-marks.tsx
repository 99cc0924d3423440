'use client'

import { useTranslations } from 'next-intl'
import { type KeyboardEvent, type ReactElement, useEffect, useMemo, useState } from 'react'
import type { Bounds } from '../../lib/client/time-range.ts'
import { type ChartMark, type MarkGroup, markGroups } from './mark-groups.ts'
import { PLOT_LEFT_PX, PLOT_RIGHT_PX } from './plot-frame.ts'

/** The least distance at which fingers tell two targets apart. */
const MARK_PX = 24
const MOST_NAMED = 6

interface EventMarksProps {
  marks: readonly ChartMark[]
  bounds: Bounds
  formatTime: (atMs: number) => string
}

/**
 * What happened, along the bottom of a chart. One stop of the Tab key for all of them: the arrow keys go from one to the
 * next. The strip keeps its height without marks, so that nothing moves when they arrive.
 */
export function EventMarks({ marks, bounds, formatTime }: EventMarksProps): ReactElement {
  const t = useTranslations('charts')
  const [box, widthPx] = useWidth()
  const [shown, setShown] = useState<number | null>(null)
  const [stop, setStop] = useState(0)
  const groups = useMemo(() => markGroups(marks, bounds, widthPx, MARK_PX), [marks, bounds, widthPx])
  const tabStop = Math.min(stop, groups.length - 1)
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.key === 'Escape') setShown(null)
    const next = nextStop(event.key, tabStop, groups.length)
    if (next === null) return
    event.preventDefault()
    setStop(next)
    event.currentTarget.querySelectorAll('button')[next]?.focus()
  }
  const active = shown === null ? undefined : groups[shown]
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the marks inside, which take part as one group.
    <div
      ref={box}
      className="relative h-6"
      style={{ marginLeft: PLOT_LEFT_PX, marginRight: PLOT_RIGHT_PX }}
      {...(groups.length === 0 ? {} : { role: 'group', 'aria-label': t('events') })}
      onKeyDown={onKeyDown}
      onMouseLeave={() => setShown(null)}
    >
      {groups.map((group, index) => (
        <button
          key={group.marks[0]?.key}
          type="button"
          tabIndex={index === tabStop ? 0 : -1}
          aria-label={
            signOf(group) +
            namesOf(group, formatTime).join('; ') +
            moreOf(group, (count) => `; ${t('more', { count })}`)
          }
          className="absolute top-0 flex size-6 -translate-x-1/2 items-center justify-center text-ink2 text-xs hover:text-accent focus-visible:text-accent"
          style={{ left: group.xPx }}
          onMouseEnter={() => setShown(index)}
          onFocus={() => {
            setStop(index)
            setShown(index)
          }}
          onBlur={() => setShown(null)}
          onClick={() => setShown(index)}
        >
          <MarkSign count={group.marks.length} />
        </button>
      ))}
      {active !== undefined && <MarkNames group={active} widthPx={widthPx} formatTime={formatTime} />}
    </div>
  )
}

function MarkSign({ count }: { count: number }): ReactElement {
  if (count === 1) {
    return (
      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
        <path d="M5 0 10 9H0Z" fill="currentColor" />
      </svg>
    )
  }
  return (
    <span className="min-w-4 rounded border border-current px-0.5 text-center leading-4" aria-hidden="true">
      {shownCount(count)}
    </span>
  )
}

interface MarkNamesProps {
  group: MarkGroup
  widthPx: number
  formatTime: (atMs: number) => string
}

function MarkNames({ group, widthPx, formatTime }: MarkNamesProps): ReactElement {
  const t = useTranslations('charts')
  const isRight = group.xPx > widthPx / 2
  return (
    <div
      aria-hidden="true"
      className="absolute bottom-6 z-30 w-max max-w-[min(28rem,100%)] rounded-md border border-line bg-panel px-2.5 py-1.5 text-ink text-xs"
      style={isRight ? { right: Math.max(0, widthPx - group.xPx - 12) } : { left: Math.max(0, group.xPx - 12) }}
    >
      {group.marks.slice(0, MOST_NAMED).map((mark) => (
        <div key={mark.key} className="py-0.5">
          <span className="font-medium break-words">{mark.label}</span>{' '}
          <span className="whitespace-nowrap text-ink3">{formatTime(mark.atMs)}</span>
        </div>
      ))}
      {moreOf(group, (count) => t('more', { count }))}
    </div>
  )
}

function shownCount(count: number): string {
  return count > 99 ? '99+' : String(count)
}

/** What is seen is said, too: who speaks to the machine says what they see. */
function signOf({ marks }: MarkGroup): string {
  return marks.length === 1 ? '' : `${shownCount(marks.length)}: `
}

function namesOf(group: MarkGroup, formatTime: (atMs: number) => string): string[] {
  return group.marks.slice(0, MOST_NAMED).map(({ label, atMs }) => `${label}, ${formatTime(atMs)}`)
}

function moreOf(group: MarkGroup, say: (count: number) => string): string {
  const more = group.marks.length - MOST_NAMED
  return more > 0 ? say(more) : ''
}

function nextStop(key: string, now: number, count: number): number | null {
  if (count === 0) return null
  if (key === 'ArrowRight') return Math.min(now + 1, count - 1)
  if (key === 'ArrowLeft') return Math.max(now - 1, 0)
  if (key === 'Home') return 0
  return key === 'End' ? count - 1 : null
}

function useWidth(): [(element: HTMLDivElement | null) => void, number] {
  const [widthPx, setWidthPx] = useState(0)
  const [element, setElement] = useState<HTMLDivElement | null>(null)
  useEffect(() => {
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => setWidthPx(entry?.contentRect.width ?? 0))
    observer.observe(element)
    return () => observer.disconnect()
  }, [element])
  return [setElement, widthPx]
}
