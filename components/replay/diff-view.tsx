'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import { aroundChanges, type DiffLine, diffLines } from '../../lib/client/line-diff.ts'
import { formatJson, visibleText } from '../../lib/client/payload.ts'
import { cn } from '../ui/cn.ts'

const CONTEXT_LINES = 2
const LINES_SHOWN = 400
const LINE_LETTERS = 500

interface DiffViewProps {
  /** Null: a tombstone. */
  before: string | null
  after: string | null
  label: string
}

/** JSON is compared in its lines as they would be printed, so that one long line does not hide what changed. */
function linesOf(before: string, after: string): DiffLine[] {
  const [old, young] = [formatJson(before), formatJson(after)]
  return old !== null && young !== null && old !== young ? diffLines(old, young) : diffLines(before, after)
}

const LOOK: Record<DiffLine['kind'], { sign: string; className: string }> = {
  same: { sign: ' ', className: 'text-ink2' },
  removed: { sign: '−', className: 'bg-losebg' },
  added: { sign: '+', className: 'bg-watchbg' },
}

export function DiffView({ before, after, label }: DiffViewProps): ReactElement {
  const t = useTranslations('replays.edit')
  const lines = useMemo(() => aroundChanges(linesOf(before ?? '', after ?? ''), CONTEXT_LINES), [before, after])
  if (before === after) return <p className="text-ink3">{t('unchanged', { part: label })}</p>
  if (after === null) return <p className="text-risk">{t('becomesTombstone')}</p>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by the keyboard.
    <section aria-label={label} tabIndex={0} className="my-1 max-h-72 overflow-auto rounded-md border border-line">
      <pre className="w-max min-w-full py-1 font-mono text-xs leading-5">
        {lines.slice(0, LINES_SHOWN).map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line of a difference is its place.
          <DiffRow key={at} line={line} />
        ))}
      </pre>
      {lines.length > LINES_SHOWN ? <p className="px-2 py-1 text-ink3 text-xs">{t('moreLines')}</p> : null}
    </section>
  )
}

function DiffRow({ line }: { line: DiffLine | null }): ReactElement {
  const t = useTranslations('replays.edit')
  if (line === null) return <span className="block px-2 text-ink3">⋯</span>
  const { sign, className } = LOOK[line.kind]
  return (
    <span className={cn('block px-2', className)}>
      <span aria-hidden>{sign} </span>
      {line.kind === 'same' ? null : <span className="sr-only">{t(line.kind)} </span>}
      {visibleText(line.text.slice(0, LINE_LETTERS))}
      {line.text.length > LINE_LETTERS ? '…' : ''}
    </span>
  )
}
