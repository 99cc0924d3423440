import type { ReactElement } from 'react'
import { diskLevel } from '../../lib/client/broker-views.ts'
import type { StateLevel } from '../../lib/client/states.ts'
import { cn } from '../ui/cn.ts'

const FILL: Record<StateLevel, string> = {
  losing: 'bg-losing',
  atRisk: 'bg-risk',
  watch: 'bg-watch',
  safe: 'bg-ink3',
  unknown: 'hatched',
}

/** Used against total, with the system's own data darker; the numbers stand beside it in words. */
export function DiskBar({
  ratio,
  logRatio,
  level = diskLevel(ratio),
  className,
}: {
  ratio: number
  logRatio: number | null
  /** Where the system has levels of its own. */
  level?: StateLevel
  className?: string
}): ReactElement {
  const fill = FILL[level]
  const own = logRatio === null ? ratio : Math.min(logRatio, ratio)
  return (
    <span aria-hidden className={cn('flex h-2 overflow-hidden rounded-sm bg-line', className)}>
      <span className={fill} style={{ width: `${own * 100}%` }} />
      <span className={cn(fill, 'opacity-50')} style={{ width: `${(ratio - own) * 100}%` }} />
    </span>
  )
}
