'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import type { AlertDetailAnswer } from '../../lib/api/schemas/alerts.ts'
import { useFormat } from '../../lib/client/use-format.ts'

type Transition = AlertDetailAnswer['transitions'][number]

/** What became of an alert, the oldest first. */
export function AlertTimeline({ transitions }: { transitions: readonly Transition[] }): ReactElement {
  const t = useTranslations('alerts.reasons')
  const format = useFormat()
  // One moment may hold several: their place in the list tells them apart.
  const steps = transitions.map((step, place) => ({ ...step, key: `${step.at} ${place}` }))
  return (
    <ol className="mt-1 space-y-1 border-line border-l pl-3">
      {steps.map(({ key, at, reason, to, severity }) => (
        <li key={key} className="flex flex-wrap gap-x-3">
          <time dateTime={at} className="w-48 shrink-0 text-ink3 tabular-nums">
            {format.exact(Date.parse(at))}
          </time>
          <span>{t(reason, { state: to, severity })}</span>
        </li>
      ))}
    </ol>
  )
}
