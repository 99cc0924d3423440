'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { CauseListAnswer } from '../../lib/api/schemas/dead-letters.ts'
import { type ScanProgress as Progress, scanProgress } from '../../lib/client/dead-letter-views.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { RelativeTime } from '../ui/values.tsx'

const SHOWN_PARTITIONS = 50

/** How much of the queue the numbers by cause are about, down to the offsets. */
export function ScanProgress({
  answer,
  stored,
}: {
  answer: CauseListAnswer
  stored: number | null
}): ReactElement | null {
  const t = useTranslations('deadLetters.scan')
  const progress = scanProgress(answer, stored)
  if (progress.isUnread || answer.scannedTo.length === 0) return null
  return (
    <div className="mb-4 text-ink2 text-xs">
      <div className="flex flex-wrap items-center gap-x-1.5 gap-y-1">
        <ProgressText progress={progress} />
        {answer.asOf !== null && (
          <span className="text-ink3">
            · <RelativeTime at={answer.asOf} />
          </span>
        )}
        <details className="basis-full sm:basis-auto sm:open:basis-full">
          <summary className="inline-block min-h-6 py-1 text-ink3 underline decoration-dotted">{t('details')}</summary>
          <ScannedOffsets answer={answer} />
        </details>
      </div>
      {progress.ratio !== null && !progress.isComplete && (
        <progress
          aria-label={t('label')}
          max={1}
          value={progress.ratio}
          className="mt-1 block h-1 w-full max-w-md appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-watch [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-watch"
        />
      )}
    </div>
  )
}

function ProgressText({ progress }: { progress: Progress }): ReactElement {
  const t = useTranslations('deadLetters.scan')
  const format = useFormat()
  const { readRecords, totalRecords, ratio, isComplete } = progress
  if (isComplete) return <span>{t('complete')}</span>
  if (readRecords === null || totalRecords === null || ratio === null) return <span>{t('partlyUnknown')}</span>
  return (
    <span className="text-watch">
      {t('partly', {
        read: format.number(readRecords),
        total: format.number(totalRecords),
        // Never "100 %" while something is left.
        percent: format.percent(Math.min(ratio, 0.99)),
      })}
    </span>
  )
}

function ScannedOffsets({ answer: { scannedTo } }: { answer: CauseListAnswer }): ReactElement {
  const t = useTranslations('deadLetters.scan')
  const words = useTranslations('units')
  const format = useFormat()
  return (
    <ul className="mt-1 grid gap-x-6 gap-y-0.5 sm:grid-cols-2 xl:grid-cols-3">
      {scannedTo.slice(0, SHOWN_PARTITIONS).map(({ partition, broker, offset, endOffset }) => {
        const places = {
          partition,
          offset: format.number(offset),
          end: endOffset === null ? words('unknown') : format.number(endOffset),
        }
        return (
          <li key={`${broker} ${partition}`}>
            {broker === null ? t('partition', places) : t('brokerPartition', { broker, ...places })}
          </li>
        )
      })}
      {scannedTo.length > SHOWN_PARTITIONS && (
        <li className="text-ink3">{t('more', { count: scannedTo.length - SHOWN_PARTITIONS })}</li>
      )}
    </ul>
  )
}
