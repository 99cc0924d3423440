'use client'

import { Archive, Circle, CircleCheck, CornerUpLeft, type LucideIcon, Trash2 } from 'lucide-react'
import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { DeadLetterAnswer } from '../../lib/api/schemas/dead-letters.ts'
import { cn } from '../ui/cn.ts'

export type DeadLetterStatus = DeadLetterAnswer['status']

const ICONS: Record<DeadLetterStatus, LucideIcon> = {
  open: Circle,
  replayed: CircleCheck,
  returned: CornerUpLeft,
  archived: Archive,
  expired: Trash2,
}

const COLOURS: Record<DeadLetterStatus, string> = {
  open: 'text-ink',
  replayed: 'text-ink2',
  returned: 'text-risk',
  archived: 'text-ink2',
  expired: 'text-losing',
}

/** What became of a dead letter: a shape and a word. */
export function StatusMark({ status }: { status: DeadLetterStatus }): ReactElement {
  const t = useTranslations('deadLetters.status')
  const Icon = ICONS[status]
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap', COLOURS[status])}>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {t(status)}
    </span>
  )
}
