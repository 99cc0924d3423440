import { useTranslations } from 'next-intl'
import type { ReactElement, ReactNode } from 'react'
import { cn } from './cn.ts'

/** A place holder of the final size. It stands still: nothing blinks while it loads. */
export function Skeleton({ className }: { className?: string }): ReactElement {
  return <span aria-hidden className={cn('skeleton block h-4', className)} />
}

/** Rows of a table that is still loading, of the height the rows will have. */
export function SkeletonRows({ rows = 8, rowClass = 'h-9' }: { rows?: number; rowClass?: string }): ReactElement {
  return (
    <div aria-hidden>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: place holders have no identity but their place.
        <div key={row} className={cn('flex items-center gap-6 border-line2 border-b px-4 last:border-0', rowClass)}>
          <Skeleton className="h-3 w-48" />
          <Skeleton className="ml-auto h-3 w-16" />
          <Skeleton className="h-3 w-16" />
          <Skeleton className="hidden h-3 w-24 sm:block" />
        </div>
      ))}
    </div>
  )
}

/** Says once, to those who listen, that the part is loading. */
export function Loading({ children }: { children: ReactNode }): ReactElement {
  const t = useTranslations('ui')
  return (
    <div aria-busy>
      <span className="sr-only" role="status">
        {t('loading')}
      </span>
      {children}
    </div>
  )
}
