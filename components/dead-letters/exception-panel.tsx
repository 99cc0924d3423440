'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, type ReactNode, useMemo, useState } from 'react'
import type { DeadLetterAnswer } from '../../lib/api/schemas/dead-letters.ts'
import { visibleText } from '../../lib/client/payload.ts'
import { foldTrace, type TraceRow, traceLines } from '../../lib/client/stack-trace-view.ts'
import { LineList } from '../messages/line-list.tsx'
import { Button } from '../ui/button.tsx'
import { cn } from '../ui/cn.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { PanelSection } from '../ui/panel-section.tsx'
import { ClassName } from './cause-text.tsx'

type Exception = NonNullable<DeadLetterAnswer['exception']>

/** What was thrown, and where: the application's own calls first, all of the trace on demand. */
export function ExceptionPanel({ exception }: { exception: Exception | null }): ReactElement {
  const t = useTranslations('deadLetters')
  const isSilent = exception === null || Object.values(exception).every((part) => part === null || Array.isArray(part))
  return (
    <PanelSection id="exception-title" title={t('record.exception.title')}>
      {isSilent ? (
        <p className="px-3 py-3 text-ink2">
          <span className="font-semibold">{t('causes.none')}.</span> {t('causes.noneHelp')}
        </p>
      ) : (
        <>
          <Thrown name={exception.class} message={exception.message} />
          {hasOtherCause(exception) && (
            <div className="border-line2 border-t">
              <p className="px-3 pt-2 text-ink3 text-xs">{t('record.exception.cause')}</p>
              <Thrown name={exception.rootCauseClass} message={exception.causeMessage} isCause />
            </div>
          )}
          <Trace exception={exception} />
        </>
      )}
    </PanelSection>
  )
}

function hasOtherCause({ class: name, message, rootCauseClass, causeMessage }: Exception): boolean {
  const isOther = rootCauseClass !== null && rootCauseClass !== name
  return isOther || (causeMessage !== null && causeMessage !== message)
}

interface ThrownProps {
  name: string | null
  message: string | null
  isCause?: boolean
}

function Thrown({ name, message, isCause = false }: ThrownProps): ReactElement {
  return (
    <div className={cn('px-3 pb-2', !isCause && 'pt-2.5')}>
      {name !== null && <ClassName name={name} />}
      {message !== null && (
        <p className="max-h-40 overflow-y-auto whitespace-pre-wrap text-ink2 [overflow-wrap:anywhere]">
          {visibleText(message)}
        </p>
      )}
    </div>
  )
}

function Trace({ exception: { stackTrace, ownFrameLines } }: { exception: Exception }): ReactElement {
  const t = useTranslations('deadLetters.record.exception')
  const [isWhole, setIsWhole] = useState(false)
  const all = useMemo(() => traceLines(stackTrace ?? '', ownFrameLines), [stackTrace, ownFrameLines])
  const folded = useMemo(() => foldTrace(stackTrace ?? '', ownFrameLines), [stackTrace, ownFrameLines])
  if (stackTrace === null) return <p className="px-3 pb-2.5 text-ink3 text-xs">{t('noTrace')}</p>
  const rows = isWhole ? all : folded
  return (
    <div className="border-line border-t">
      <div className="flex min-h-9 flex-wrap items-center gap-2 px-3 pt-1.5">
        <h3 className="min-w-0 flex-1 text-ink3 text-xs">{t('trace')}</h3>
        {folded.some(({ kind }) => kind === 'fold') && (
          <Button
            look="quiet"
            className="h-7 px-2 text-xs"
            aria-expanded={isWhole}
            onClick={() => setIsWhole(!isWhole)}
          >
            {isWhole ? t('hide') : t('show', { count: all.length })}
          </Button>
        )}
        <CopyButton text={() => stackTrace} label={t('copy')} />
      </div>
      <LineList
        label={t('trace')}
        count={rows.length}
        line={(index) => <TraceLine row={rows[index]} />}
        wraps
        className="max-h-[28rem] pt-0"
      />
    </div>
  )
}

function TraceLine({ row }: { row: TraceRow | undefined }): ReactNode {
  const t = useTranslations('deadLetters.record.exception')
  if (row === undefined) return null
  if (row.kind === 'fold') return <span className="pl-8 text-ink3">{t('folded', { count: row.count })}</span>
  const text = visibleText(row.text.replaceAll('\t', '    '))
  if (row.isOwn) {
    return (
      <strong className="font-semibold text-ink" title={t('own')}>
        {text}
      </strong>
    )
  }
  return <span className={/^\s/.test(row.text) ? 'text-ink3' : 'text-ink2'}>{text}</span>
}
