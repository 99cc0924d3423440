'use client'

import { useTranslations } from 'next-intl'
import type { ReactElement } from 'react'
import { boundsOfField, type NumberField, numberOf } from '../../lib/client/replay-form.ts'
import { cn } from '../ui/cn.ts'

interface NumberInputProps {
  field: NumberField
  value: string
  /** What it counts, in words: the field's accessible name. */
  label: string
  unit: string
  onChange(text: string): void
  /** May stay empty. */
  isOptional?: boolean
}

/** A short number with its unit behind it. A wrong one is said where it stands. */
export function NumberInput({ field, value, label, unit, onChange, isOptional }: NumberInputProps): ReactElement {
  const t = useTranslations('replays.form')
  const isWrong = numberOf(field, value) === null && !(isOptional === true && value.trim() === '')
  const { min, max } = boundsOfField(field)
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <input
        type="text"
        inputMode="decimal"
        autoComplete="off"
        aria-label={label}
        aria-invalid={isWrong}
        aria-errormessage={isWrong ? `${field}-fault` : undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={cn(
          'h-8 w-24 rounded-md border bg-panel px-2 text-right text-sm',
          isWrong ? 'border-losing' : 'border-control',
        )}
      />
      <span className="text-ink2">{unit}</span>
      {isWrong ? (
        <span id={`${field}-fault`} role="alert" className="text-losing text-xs">
          {t('wrongNumber', { min, max })}
        </span>
      ) : null}
    </span>
  )
}
