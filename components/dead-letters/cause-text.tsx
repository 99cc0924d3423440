'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { CauseAnswer } from '../../lib/api/schemas/dead-letters.ts'
import { isArriving, splitClassName, templateParts } from '../../lib/client/dead-letter-views.ts'
import { useNowValue } from '../../lib/client/now.tsx'
import { visibleText } from '../../lib/client/payload.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { cn } from '../ui/cn.ts'

/** A class by its name; its package gives way where there is little room. */
export function ClassName({ name, className }: { name: string; className?: string }): ReactElement {
  const [inPackage, own] = splitClassName(visibleText(name))
  return (
    <span className={cn('inline-flex max-w-full items-baseline', className)} title={name}>
      <span className="min-w-0 truncate font-normal text-ink2">{inPackage}</span>
      <span className="min-w-0 max-w-full shrink-0 truncate font-semibold">{own}</span>
    </span>
  )
}

/** What is constant in a cause's message; what varies stands back. */
export function CauseTemplate({ message, className }: { message: string; className?: string }): ReactElement {
  return (
    <span className={className}>
      {templateParts(message).map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text have no identity but their place.
        <span key={index} className={part.isValue ? 'text-ink3' : undefined}>
          {visibleText(part.text)}
        </span>
      ))}
    </span>
  )
}

/** Where it failed, and whether it still does. */
export function CauseFoot({ cause }: { cause: CauseAnswer }): ReactElement | null {
  const t = useTranslations('deadLetters.causes')
  const format = useFormat()
  const state = useNowValue((nowMs) => {
    if (isArriving(cause, nowMs)) return cause.fixFirst ? t('fixFirst') : t('arriving')
    if (cause.lastSeenAt === null) return ''
    return t('quiet', { duration: format.roughDuration(Math.max(0, nowMs - Date.parse(cause.lastSeenAt))) })
  })
  const parts = [
    cause.frame === null ? '' : t('frame', { frame: visibleText(cause.frame) }),
    cause.returnedCount > 0 ? t('returned', { count: cause.returnedCount }) : '',
    cause.handledCount > 0 ? t('handled', { count: cause.handledCount }) : '',
    cause.expiredCount > 0 ? t('expired', { count: cause.expiredCount }) : '',
  ].filter((part) => part !== '')
  if (parts.length === 0 && state === '') return null
  return (
    <>
      {parts.map((part) => `${part} · `).join('')}
      <span className={cn(cause.fixFirst && 'font-semibold text-risk')}>{state}</span>
    </>
  )
}

/** One line of text that names a cause to those who cannot see the table. */
export function causeLabel(cause: Pick<CauseAnswer, 'exception' | 'message'>, none: string): string {
  const parts = [cause.exception, cause.message].filter((part) => part !== null)
  return parts.length === 0 ? none : visibleText(parts.join(': '))
}
