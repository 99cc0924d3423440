'use client'

import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { PaletteKey } from '../shell/palette-button.tsx'
import { useWindowTitle } from '../shell/window-title.tsx'

export interface Crumb {
  label: string
  href: string
}

export interface PageHeaderProps {
  title: string
  /** The way here, without the page itself. */
  crumbs?: readonly Crumb[]
  /** The part of the thing that is shown, for the browser's tab: the page itself says it in its tabs. */
  part?: string
  /** Beside the title: a verdict glyph, a kind. */
  beside?: ReactNode
  /** At the right: freshness, range, actions. */
  children?: ReactNode
}

/** The head of every page: it names the page here and in the browser's tab with the same words. */
export function PageHeader({ title, crumbs = [], part, beside, children }: PageHeaderProps): ReactElement {
  const t = useTranslations('ui')
  const windowTitle = useWindowTitle([
    ...(part === undefined ? [] : [part]),
    title,
    ...crumbs.slice(-1).map((crumb) => crumb.label),
  ])
  return (
    <div className="mb-3 flex flex-wrap items-end gap-x-4 gap-y-2">
      <title>{windowTitle}</title>
      <div className="min-w-0 flex-1 basis-60">
        {crumbs.length === 0 ? null : (
          <nav aria-label={t('breadcrumb')}>
            <ol className="flex flex-wrap items-center gap-x-1 text-ink3 text-xs">
              {crumbs.map((crumb, place) => (
                <li key={crumb.href} className="flex items-center gap-1">
                  {place > 0 && <ChevronRight aria-hidden className="size-3" />}
                  <Link href={crumb.href} className="rounded-sm py-1 hover:text-ink hover:underline">
                    {crumb.label}
                  </Link>
                </li>
              ))}
            </ol>
          </nav>
        )}
        <div className="flex min-h-8 flex-wrap items-center gap-x-2.5">
          <h1 className="break-all font-semibold text-xl">{title}</h1>
          {beside}
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-2 print:hidden">
        {children}
        {/* Narrow screens have it in the bar above. */}
        <span className="max-lg:hidden">
          <PaletteKey />
        </span>
      </div>
    </div>
  )
}
