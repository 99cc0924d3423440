'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useId, useMemo } from 'react'
import type { LossAnswer } from '../../lib/api/schemas/losses.ts'
import { timelineOf } from '../../lib/client/loss-views.ts'
import { useFormat } from '../../lib/client/use-format.ts'
import { EventMarks } from '../charts/event-marks.tsx'

/** When the losses of the list were found, on one line of time. */
export function LossTimeline({
  losses,
  asOf,
}: {
  losses: readonly LossAnswer[]
  asOf: string | null
}): ReactElement | null {
  const t = useTranslations('losses.timeline')
  const format = useFormat()
  const id = useId()
  const bounds = useMemo(() => timelineOf(losses, asOf === null ? 0 : Date.parse(asOf)), [losses, asOf])
  const marks = useMemo(
    () =>
      losses
        .map(({ id: key, title, topic, broker, firstDetectedAt }) => ({
          key,
          atMs: Date.parse(firstDetectedAt),
          label: `${title}: ${topic ?? broker ?? ''}`,
        }))
        .sort((one, other) => one.atMs - other.atMs),
    [losses],
  )
  if (bounds === null) return null
  return (
    <section aria-labelledby={id} className="panel mb-4 px-3 pt-2 pb-2">
      <h2 id={id} className="mb-1 text-ink3 text-xs">
        {t('title')}
      </h2>
      <div className="border-line border-b">
        <EventMarks marks={marks} bounds={bounds} formatTime={format.exact} />
      </div>
      <p className="pt-1 text-ink3 text-xs">
        {t('axis', { from: format.exact(bounds.fromMs), to: format.exact(bounds.toMs) })}
      </p>
    </section>
  )
}
