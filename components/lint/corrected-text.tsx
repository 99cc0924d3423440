'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useMemo } from 'react'
import { type CorrectedLine, correctedLines } from '../../lib/client/lint-views.ts'
import { cn } from '../ui/cn.ts'
import { CopyButton } from '../ui/copy-button.tsx'

/** The text with its faults mended; what is new in it is marked by a sign as well as by its ground. */
export function CorrectedText({ checked, corrected }: { checked: string; corrected: string }): ReactElement {
  const t = useTranslations('lint')
  const lines = useMemo(() => correctedLines(checked, corrected), [checked, corrected])
  const isSame = checked === corrected
  return (
    <section aria-labelledby="lint-corrected">
      <div className="mb-2 flex min-h-7 items-center gap-2">
        <h2 id="lint-corrected" className="font-semibold text-base">
          {t('corrected')}
        </h2>
        {isSame ? null : (
          <span className="ml-auto flex items-center gap-2">
            <CopyButton text={() => corrected} label={t('copyCorrected')} />
          </span>
        )}
      </div>
      {isSame ? (
        <p className="panel px-4 py-3 text-ink2">{t('nothingToCorrect')}</p>
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard. */}
          <pre className="panel max-h-96 overflow-auto py-2 font-mono text-xs leading-5" tabIndex={0}>
            <code className="block w-max min-w-full">
              {lines.map((line, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place.
                <Line key={at} line={line} />
              ))}
            </code>
          </pre>
          <p className="mt-1.5 max-w-prose text-ink3 text-xs">
            {t('changedLines', { count: lines.filter(({ isNew }) => isNew).length })} {t('correctedNote')}
          </p>
        </>
      )}
    </section>
  )
}

function Line({ line }: { line: CorrectedLine }): ReactElement {
  return (
    <span className={cn('block min-h-5 px-4', line.isNew && 'bg-watchbg')}>
      <span className="inline-block w-4 select-none text-ink2">{line.isNew ? '+' : ''}</span>
      {line.text}
    </span>
  )
}
