'use client'

import { RefreshCw } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { useProblemWords } from '../../lib/client/problem-words.ts'
import { Button } from './button.tsx'
import { cn } from './cn.ts'
import { StateGlyph } from './state-glyph.tsx'

/** Nothing to show, and that is known: what it means and what to do next. */
export function EmptyState({
  title,
  text,
  action,
}: {
  title: string
  text?: ReactNode
  action?: ReactNode
}): ReactElement {
  return (
    <div className="px-4 py-10 text-center">
      <p className="font-semibold text-base">{title}</p>
      {text === undefined ? null : <p className="mx-auto mt-1 max-w-prose text-ink2">{text}</p>}
      {action === undefined ? null : <div className="mt-4 flex justify-center gap-2">{action}</div>}
    </div>
  )
}

/** A part of a page could not be read: what happened and what to do. The rest of the page goes on. */
export function ErrorState({
  error,
  onRetry,
  className,
}: {
  error: unknown
  onRetry?: () => void
  className?: string
}): ReactElement {
  const t = useTranslations('ui')
  const words = useProblemWords()(error)
  return (
    <div role="alert" className={cn('flex items-start gap-3 px-4 py-6', className)}>
      <StateGlyph level="unknown" label="" sizePx={18} className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{words.title}</p>
        {words.detail === null ? null : <p className="break-words text-ink2">{words.detail}</p>}
        {words.fix === null ? null : <p className="text-ink2">{words.fix}</p>}
      </div>
      {onRetry === undefined ? null : (
        <Button onClick={onRetry}>
          <RefreshCw aria-hidden className="size-3.5" />
          {t('retry')}
        </Button>
      )}
    </div>
  )
}

/** A strip over content that is shown but not to be trusted as the present. */
export function StaleBanner({
  title,
  children,
  changing,
  level = 'unknown',
}: {
  title: string
  children?: ReactNode
  /** What changes while the strip stays: a screen reader would otherwise say all of it again each time. */
  changing?: ReactNode
  level?: 'unknown' | 'atRisk' | 'losing'
}): ReactElement {
  const ground = { unknown: 'bg-line2', atRisk: 'bg-riskbg', losing: 'bg-losebg' }[level]
  return (
    <div className={cn('mb-4 flex items-start gap-3 rounded-lg px-4 py-3', ground)}>
      <StateGlyph level={level} label="" sizePx={18} className="mt-0.5 shrink-0" />
      <div className="min-w-0 flex-1 break-words">
        <div role="status">
          <p className="font-semibold">{title}</p>
          {children === undefined ? null : <div className="text-ink2">{children}</div>}
        </div>
        {changing === undefined ? null : <div className="text-ink2">{changing}</div>}
      </div>
    </div>
  )
}
