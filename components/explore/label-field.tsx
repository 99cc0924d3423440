'use client'

import { useTranslations } from 'next-intl'
import { type ReactElement, useDeferredValue, useId, useState } from 'react'
import type { SeriesPick } from '../../lib/client/explore-view.ts'
import type { MetricLabel } from '../../lib/history/metrics.ts'
import { useLabelOptions } from './use-label-options.ts'

interface LabelFieldProps {
  label: MetricLabel
  pick: SeriesPick
  isPartitionMetric: boolean
  onChange: (value: string) => void
}

/**
 * Chosen from what the cluster has, or typed: what was deleted yesterday has a history too. Taken over when it is one of
 * the names, or when the field is left, so that half a name is not asked for.
 */
export function LabelField({ label, pick, isPartitionMetric, onChange }: LabelFieldProps): ReactElement {
  const t = useTranslations('explore')
  const id = useId()
  const value = pick.labels[label] ?? ''
  const [draft, setDraft] = useState<string | null>(null)
  const text = draft ?? value
  const options = useLabelOptions(label, pick, useDeferredValue(draft ?? ''), isPartitionMetric)
  const take = (name: string): void => {
    setDraft(null)
    const wanted = label === 'partition' && !/^\d{1,9}$/.test(name) ? '' : name
    if (wanted !== value) onChange(wanted)
  }
  return (
    <label className="flex min-w-0 flex-col gap-0.5 text-ink3 text-xs">
      {t(`labels.${label}`)}
      <input
        className="h-8 w-full rounded-md border border-control bg-panel px-2.5 text-ink text-sm placeholder:text-ink3"
        value={text}
        list={id}
        placeholder={t('any')}
        autoComplete="off"
        spellCheck={false}
        inputMode={label === 'partition' ? 'numeric' : 'text'}
        onChange={({ target }) =>
          options.includes(target.value) && !isTyped(target.value, text) ? take(target.value) : setDraft(target.value)
        }
        onBlur={() => take(text.trim())}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take(text.trim())
        }}
      />
      <datalist id={id}>
        {options.map((option) => (
          <option key={option} value={option} />
        ))}
      </datalist>
    </label>
  )
}

/** A key changes one sign; who chooses from the list changes more. */
function isTyped(next: string, before: string): boolean {
  return Math.abs(next.length - before.length) <= 1
}
