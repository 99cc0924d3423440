import type { ReactElement, ReactNode } from 'react'
import { cn } from '../ui/cn.ts'
import { StateGlyph } from '../ui/state-glyph.tsx'

/** The five steps of a replay: a form before it is planned, and the record of it ever after. */
export function Steps({ label, children }: { label: string; children: ReactNode }): ReactElement {
  return (
    <ol aria-label={label} className="panel">
      {children}
    </ol>
  )
}

interface StepProps {
  id: string
  number: number
  title: string
  children: ReactNode
  className?: string
}

export function Step({ id, number, title, children, className }: StepProps): ReactElement {
  return (
    <li className={cn('border-line2 border-b last:border-0', className)}>
      <section
        aria-labelledby={id}
        className="grid gap-x-6 gap-y-2 px-4 py-4 sm:grid-cols-[9.5rem_minmax(0,1fr)] sm:px-5"
      >
        <h2 id={id} className="flex items-baseline gap-2.5 font-semibold text-base sm:pt-1">
          <span aria-hidden className="w-3 font-normal text-ink3">
            {number}
          </span>
          {title}
        </h2>
        <div className="min-w-0 space-y-3">{children}</div>
      </section>
    </li>
  )
}

/** What a tired person must not miss: the largest text of the page. */
export function Big({ children, className }: { children: ReactNode; className?: string }): ReactElement {
  return <p className={cn('break-words font-semibold text-[1.625rem] leading-8', className)}>{children}</p>
}

const LOOK = {
  note: { ground: 'bg-line2', level: 'unknown' },
  warning: { ground: 'bg-riskbg', level: 'atRisk' },
  danger: { ground: 'bg-losebg', level: 'losing' },
} as const

/** A sentence that changes what a person decides. */
export function Notice({
  look,
  title,
  children,
}: {
  look: keyof typeof LOOK
  title?: ReactNode
  children?: ReactNode
}): ReactElement {
  const { ground, level } = LOOK[look]
  return (
    <div className={cn('flex items-start gap-2.5 rounded-md px-3 py-2', ground)}>
      {look === 'note' ? null : <StateGlyph level={level} label="" className="mt-0.5 shrink-0" />}
      <div className="min-w-0 flex-1 break-words">
        {title === undefined ? null : <p className="font-semibold">{title}</p>}
        {children === undefined ? null : <div className="text-ink2">{children}</div>}
      </div>
    </div>
  )
}
