'use client'

import Link from 'next/link'
import { type ReactElement, useEffect, useRef } from 'react'
import { cn } from './cn.ts'

export interface TabLink {
  id: string
  label: string
  href: string
  count?: string | null
}

/** Parts of one thing, each with its own address: links rather than ARIA tabs, since each loads a page. */
export function TabLinks({
  tabs,
  current,
  label,
}: {
  tabs: readonly TabLink[]
  current: string
  label: string
}): ReactElement {
  const nav = useRef<HTMLElement>(null)
  useEffect(() => showCurrent(nav.current, current), [current])
  return (
    <nav ref={nav} aria-label={label} className="-mx-1 mb-4 flex gap-1 overflow-x-auto border-line border-b px-1">
      {tabs.map((tab) => (
        <Link
          key={tab.id}
          href={tab.href}
          data-tab={tab.id}
          aria-current={tab.id === current ? 'page' : undefined}
          className={cn(
            '-mb-px whitespace-nowrap border-b-2 px-2.5 py-2 text-sm',
            tab.id === current
              ? 'border-ink font-semibold text-ink'
              : 'border-transparent text-ink2 hover:border-line hover:text-ink',
          )}
        >
          {tab.label}
          {tab.count ? <span className="ml-1.5 font-normal text-ink3 text-xs">{tab.count}</span> : null}
        </Link>
      ))}
    </nav>
  )
}

/** Where not all fit, the one that is open is in sight. */
function showCurrent(nav: HTMLElement | null, current: string): void {
  const tab = nav?.querySelector<HTMLElement>(`[data-tab="${CSS.escape(current)}"]`)
  if (!nav || !tab) return
  nav.scrollLeft = tab.offsetLeft - nav.offsetLeft - (nav.clientWidth - tab.offsetWidth) / 2
}
