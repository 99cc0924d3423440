'use client'

import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react'
import { cn } from './cn.ts'

interface ScrollPanelProps {
  labelledBy: string
  className?: string
  children: ReactNode
}

/** What may be wider than its place scrolls by itself, also with the keyboard, which stops there only when it does. */
export function ScrollPanel({ labelledBy, className, children }: ScrollPanelProps): ReactElement {
  const panel = useRef<HTMLElement>(null)
  const [isWider, setWider] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: other children are other elements to observe
  useEffect(() => {
    const element = panel.current
    if (element === null) return
    const look = (): void => setWider(element.scrollWidth > element.clientWidth)
    const observer = new ResizeObserver(look)
    for (const part of [element, ...element.children]) observer.observe(part)
    return () => observer.disconnect()
  }, [children])
  const focusable = isWider ? { tabIndex: 0, 'aria-labelledby': labelledBy } : {}
  return (
    <section ref={panel} className={cn('overflow-x-auto', className)} {...focusable}>
      {children}
    </section>
  )
}
